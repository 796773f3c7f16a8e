package main

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/secret"
	"immich-oidc-doctor/report"
)

// learnFrom runs the sources of these kinds over what is given.
func learnFrom(t *testing.T, given *facts.Facts, kinds ...facts.Kind) *facts.Facts {
	w := wire.New(wire.Config{UserAgent: "immich-oidc-doctor/test"})
	defer w.Close()
	sources := slices.DeleteFunc(gather.Sources(), func(s gather.Any) bool { return !slices.Contains(kinds, s.Kind()) })
	return gather.Gather(t.Context(), w, given, sources, gather.Probes, slots)
}

// immichAsks is what is known once Immich has started a login with that
// request, and shown its settings.
func immichAsks(q probed, at, id, held string) *facts.Facts {
	const origin = "http://127.0.0.1:2283"
	from := facts.Provenance{Vantage: facts.ByImmich, Ref: "authorize.web.1"}
	sent := url.Values{"client_id": {id}, "response_type": {"code"}}
	for _, name := range []string{"redirect_uri", "scope", "state"} {
		sent.Set(name, q.Sent[name])
	}
	if q.Sent["scope"] == "" {
		sent.Set("scope", "openid email profile")
	}
	if q.Sent["state"] == "" {
		sent.Set("state", "st4te-0123456789abcdef")
	}
	challenge := secret.Name("none")
	if method := q.Sent["code_challenge_method"]; method != "" {
		challenge = secret.Name(method)
		sent.Set("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
		sent.Set("code_challenge_method", method)
	}
	try := facts.AuthorizeTry{
		Journey: "web", Origin: origin, Redirect: secret.URI(q.Sent["redirect_uri"]),
		Immich: facts.Attempt{Exchange: "authorize.web.1", Method: "POST", URL: origin + "/api/oauth/authorize", Answer: facts.Answered, Status: 201},
		URL:    facts.Says(secret.URI(at+"?"+sent.Encode()), from), Endpoint: facts.Says(secret.URI(at), from),
		RedirectURI: facts.Says(secret.URI(q.Sent["redirect_uri"]), from), ClientID: facts.Says(secret.Name(id), from),
		Scope: facts.Says(secret.Name(sent.Get("scope")), from), CodeChallenge: facts.Says(challenge, from), State: secret.New(sent.Get("state")),
	}
	if strings.HasPrefix(q.Sent["redirect_uri"], "app.immich:") {
		try.Journey, try.Origin = "mobile", ""
	}
	settings := facts.SettingsDoc{
		ClientID: facts.Says(secret.Name(id), from), ClientSecret: secret.New(held),
		TokenEndpointAuthMethod: facts.Says(secret.Name(q.Shown), from), Read: facts.Says(true, from),
	}
	if q.Shown == "" {
		settings.TokenEndpointAuthMethod = facts.Says[secret.Name]("client_secret_post", from)
	}
	return &facts.Facts{
		Clock:     facts.Is(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)),
		Target:    facts.Is(facts.TargetSpec{Given: origin, Server: origin}),
		Server:    facts.Is(facts.ServerInfo{Version: facts.Says[secret.Name]("v2.7.5", from), OAuth: facts.Says(true, from)}),
		Origins:   facts.Is(facts.OriginList{All: []facts.Origin{{Name: origin, From: from}}}),
		Settings:  facts.Is(settings),
		Authorize: facts.Is(facts.AuthorizeLog{Tries: []facts.AuthorizeTry{try}}),
	}
}

// What the tool says to one question.
type verdict string

const (
	yes    verdict = "yes"
	no     verdict = "no"
	unseen verdict = "not visible"
)

// verdictOf is what a check says, on one subject if it has any. Of the method
// only what was tried counts: a list of the provider's says little of one client.
func verdictOf(d *report.Document, id, subject string) verdict {
	i := slices.IndexFunc(d.Results, func(r report.Result) bool { return r.ID == id })
	if i < 0 {
		return unseen
	}
	tried := func(p report.Place) bool {
		return id != "token/auth-method" || strings.HasPrefix(p.Ref, "credentials.")
	}
	r, v := d.Results[i], unseen
	for _, c := range r.Cells {
		if c.Status == checks.Pass && (c.Subject == "" || c.Subject == subject) && slices.ContainsFunc(c.Where, tried) {
			v = yes
		}
	}
	for _, f := range r.Findings {
		if f.Severity != checks.Note.String() && (f.Subject == "" || f.Subject == subject) {
			v = no
		}
	}
	return v
}

// clientOf is the client ID that the recorded request was made with; a name of
// ours where it was not recorded.
func clientOf(q probed) string {
	if id := q.Sent["client_id"]; id != "" && !strings.HasPrefix(id, "(") {
		return id
	}
	return "immich"
}

// replayed has the tool get the recorded answer to its own request, and judges.
func replayed(t *testing.T, q probed) *report.Document {
	id := clientOf(q)
	p := &player{of: q.Of, id: id, secret: "the client's own secret", holds: "the client's own secret", pinned: &q}
	if tells(q.Truth.Client, false) {
		p.id = "some-other-client"
	}
	if tells(q.Truth.Secret, false) {
		p.holds = "what Immich has in its place"
	}
	if !tells(q.Truth.Redirect, false) {
		p.redirects = []string{q.Sent["redirect_uri"]}
	}
	if p.method = q.Shown; tells(q.Truth.Method, false) {
		p.method = map[string]string{"client_secret_post": "client_secret_basic", "client_secret_basic": "client_secret_post"}[q.Shown]
	}
	p.start(t)
	found := p.first(func(q probed) bool { return q.Kind == "discovery" })
	given := immichAsks(q, strings.Replace(memberOf(found.Body, "authorization_endpoint"), found.At, p.srv.URL, 1), id, p.holds)
	return judge(learnFrom(t, given, facts.Discovery, facts.Redirects, facts.Credentials), false)
}

// asksThat reports whether the tool asks what was asked there: a request that
// has what Immich sends, and credentials in one of the two ways.
func asksThat(q probed) bool {
	switch q.Kind {
	case "authorize":
		return q.Sent["redirect_uri"] != "" && q.Sent["client_id"] != ""
	case "token":
		return (q.Sent["grant_type"] == "authorization_code" || q.Sent["grant_type"] == "refresh_token") &&
			(q.Shown == "client_secret_post" || q.Shown == "client_secret_basic")
	}
	return q.Kind == "pushed"
}

// Each recorded answer of a real provider is read right, or said not to tell;
// where it proves something, it is read right.
func TestEachRecordedAnswerOfAProviderIsReadRight(t *testing.T) {
	t.Parallel()
	for of, all := range recordedProbes() {
		t.Run(of, func(t *testing.T) {
			t.Parallel()
			count := map[string]int{}
			for _, q := range all {
				if !asksThat(q) {
					count["not asked by the tool"]++
					continue
				}
				d := replayed(t, q)
				for _, about := range []struct {
					check string
					truth *bool
				}{
					{"redirect/registered", q.Truth.Redirect}, {"client/known", q.Truth.Client},
					{"client/secret", q.Truth.Secret}, {"token/auth-method", q.Truth.Method},
				} {
					if about.truth == nil {
						continue
					}
					want := map[bool]verdict{true: yes, false: no}[*about.truth]
					switch got := verdictOf(d, about.check, q.Sent["redirect_uri"]); {
					case got == want:
						count[about.check+" right"]++
					case got == unseen:
						count[about.check+" not visible"]++
						t.Logf("%s: %s: not visible, is %s", q.Probe, about.check, want)
					default:
						t.Errorf("%s: %s: want %s, got %s", q.Probe, about.check, want, got)
					}
				}
			}
			t.Logf("%s: %v", of, count)
		})
	}
}
