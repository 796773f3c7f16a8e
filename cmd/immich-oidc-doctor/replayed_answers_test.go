package main

import (
	"cmp"
	"maps"
	"net/url"
	"regexp"
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

// webLogin is where the provider of the recordings sends people back to.
const webLogin = "http://127.0.0.1:2283/auth/login"

// immichAsks is what is known once Immich has shown its settings and started a
// login with that request; beside the app's also one with the web page's.
func immichAsks(q probed, issuer, at, id, held string) *facts.Facts {
	const origin = "http://127.0.0.1:2283"
	from := facts.Provenance{Vantage: facts.ByImmich, Ref: "settings.1"}
	tries := []facts.AuthorizeTry{loginTry("web", origin, q, at, id)}
	if strings.HasPrefix(q.Sent["redirect_uri"], "app.immich:") {
		tries = []facts.AuthorizeTry{loginTry("web", origin, probed{}, at, id), loginTry("mobile", "", q, at, id)}
	}
	return &facts.Facts{
		Clock:   facts.Is(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)),
		Target:  facts.Is(facts.TargetSpec{Given: origin, Server: origin}),
		Server:  facts.Is(facts.ServerInfo{Version: facts.Says[secret.Name]("v2.7.5", from), OAuth: facts.Says(true, from)}),
		Origins: facts.Is(facts.OriginList{All: []facts.Origin{{Name: origin, From: from}}}),
		Settings: facts.Is(facts.SettingsDoc{
			IssuerURL: facts.Says(secret.URI(issuer), from), ClientID: facts.Says(secret.Name(id), from),
			ClientSecret: secret.New(held), SecretShape: facts.Says(secret.New(held).Shape(), from),
			TokenEndpointAuthMethod: facts.Says(secret.Name(cmp.Or(q.Shown, "client_secret_post")), from), Read: facts.Says(true, from),
		}),
		Authorize: facts.Is(facts.AuthorizeLog{Tries: tries}),
	}
}

// loginTry is one login that Immich started, with the parameters of q.
func loginTry(journey, origin secret.Name, q probed, at, id string) facts.AuthorizeTry {
	exchange := "authorize." + journey + ".1"
	from := facts.Provenance{Vantage: facts.ByImmich, Ref: exchange}
	redirect := cmp.Or(q.Sent["redirect_uri"], webLogin)
	sent := url.Values{"client_id": {id}, "response_type": {"code"}, "redirect_uri": {redirect},
		"scope": {cmp.Or(q.Sent["scope"], "openid email profile")}, "state": {cmp.Or(q.Sent["state"], "st4te-0123456789abcdef")}}
	challenge := secret.Name("none")
	if method := q.Sent["code_challenge_method"]; method != "" {
		challenge = secret.Name(method)
		sent.Set("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
		sent.Set("code_challenge_method", method)
	}
	return facts.AuthorizeTry{
		Journey: journey, Origin: origin, Redirect: secret.URI(redirect),
		Immich: facts.Attempt{Exchange: exchange, Method: "POST", URL: "http://127.0.0.1:2283/api/oauth/authorize", Answer: facts.Answered, Status: 201},
		URL:    facts.Says(secret.URI(at+"?"+sent.Encode()), from), Endpoint: facts.Says(secret.URI(at), from),
		RedirectURI: facts.Says(secret.URI(redirect), from), ClientID: facts.Says(secret.Name(id), from),
		Scope: facts.Says(secret.Name(sent.Get("scope")), from), CodeChallenge: facts.Says(challenge, from), State: secret.New(sent.Get("state")),
	}
}

// What the tool says to one question.
type verdict string

const (
	yes    verdict = "yes"
	no     verdict = "no"
	unseen verdict = "not visible"
	either verdict = "either" // of two things one is wrong, and the provider does not say which
)

// oneOfTwo finds that in a message.
var oneOfTwo = regexp.MustCompile(`either it does not know the client.*, or none of its redirect URIs|client ID or its secret`)

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
			if v = no; oneOfTwo.MatchString(f.Message) {
				v = either
			}
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
		p.redirects = []string{cmp.Or(q.Sent["redirect_uri"], webLogin)}
	}
	if strings.HasPrefix(q.Sent["redirect_uri"], "app.immich:") {
		p.redirects = append(p.redirects, webLogin)
	}
	if p.method = q.Shown; tells(q.Truth.Method, false) {
		p.method = map[string]string{"client_secret_post": "client_secret_basic", "client_secret_basic": "client_secret_post"}[q.Shown]
	}
	p.start(t)
	found := p.first(func(q probed) bool { return q.Kind == "discovery" })
	at := func(member string) string {
		return strings.Replace(memberOf(found.Body, member), found.At, p.srv.URL, 1)
	}
	given := immichAsks(q, at("issuer"), at("authorization_endpoint"), id, p.holds)
	return judge(learnFrom(t, given, facts.Network, facts.Discovery, facts.Redirects, facts.Endpoints, facts.Credentials), false)
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

// Each recorded answer of a real provider is read right, or said not to tell,
// or that of two things one is wrong, where one is; and no fewer than these.
func TestEachRecordedAnswerOfAProviderIsReadRight(t *testing.T) {
	t.Parallel()
	for of, all := range recordedProbes() {
		t.Run(of, func(t *testing.T) {
			t.Parallel()
			got, asked := map[string]score{}, 0
			for _, q := range all {
				if asksThat(q) {
					asked++
					compareAnswer(t, q, got)
				}
			}
			t.Logf("%d answers, %d to what the tool asks; %+v", len(all), asked, got)
			if want := replayedScores[of]; !maps.Equal(want, got) {
				t.Errorf("want %+v, got %+v", want, got)
			}
		})
	}
}

// compareAnswer has one recorded answer read, and counts what is said of what is
// known of it.
func compareAnswer(t *testing.T, q probed, count map[string]score) {
	t.Helper()
	d := replayed(t, q)
	wrong := tells(q.Truth.Client, false) || tells(q.Truth.Redirect, false) || tells(q.Truth.Secret, false)
	for check, truth := range map[string]*bool{
		"redirect/registered": q.Truth.Redirect, "client/known": q.Truth.Client, "client/secret": q.Truth.Secret, "token/auth-method": q.Truth.Method,
	} {
		if truth == nil {
			continue
		}
		want, n := map[bool]verdict{true: yes, false: no}[*truth], count[check]
		switch got := verdictOf(d, check, q.Sent["redirect_uri"]); {
		case got == want:
			n.Right++
		case got == unseen:
			n.NotVisible++
		case got == either && wrong:
			n.Either++
		default:
			t.Errorf("%s: %s: want %s, got %s", q.Probe, check, want, got)
		}
		count[check] = n
	}
}
