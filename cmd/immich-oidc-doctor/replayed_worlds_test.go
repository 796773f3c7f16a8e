package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"immich-oidc-doctor/checks/oidctest"
	"immich-oidc-doctor/report"
)

// A replayedWorld is Immich's stand-in before a recorded provider, with one
// thing wrong.
type replayedWorld struct {
	name    string
	release string                                // of Immich; empty: v2.7.5
	set     func(p *player, i *oidctest.Settings) // makes it wrong, after all was right
	wrong   string                                // what heard calls it; empty: nothing
	only    func(of string) bool                  // the providers of which it was recorded; nil: all
	line    string                                // of the configuration of Authelia that mends it, with {web} for where Immich is
}

func authelia(of string) bool { return strings.HasPrefix(of, "authelia") }

var replayedWorlds = []replayedWorld{
	{name: "all right", set: func(*player, *oidctest.Settings) {}},
	{name: "web missing", wrong: "web", line: "- '{web}/auth/login'", set: func(p *player, _ *oidctest.Settings) {
		p.redirects = slices.DeleteFunc(p.redirects, func(u string) bool { return strings.HasSuffix(u, "/auth/login") })
	}},
	{name: "app missing", wrong: "app", line: "- 'app.immich:///oauth-callback'", set: func(p *player, _ *oidctest.Settings) {
		p.redirects = slices.DeleteFunc(p.redirects, func(u string) bool { return strings.HasPrefix(u, "app.immich:") })
	}},
	{name: "unknown client", wrong: "client", set: func(p *player, i *oidctest.Settings) {
		i.ClientID = map[bool]string{true: "nosuchclient", false: "no-such-client"}[authelia(p.of)]
	}},
	{name: "wrong secret", wrong: "secret", set: func(_ *player, i *oidctest.Settings) { i.ClientSecret = "not the secret of the client" }},
	{name: "wrong method", wrong: "method", line: "token_endpoint_auth_method: 'client_secret_post'", only: func(of string) bool { return of == "authelia-4.38.0-pre" },
		set: func(p *player, _ *oidctest.Settings) { p.method = "client_secret_basic" }},
	{name: "the other method", only: func(of string) bool { return of == "authelia-4.37.5" }, // which takes both
		set: func(p *player, i *oidctest.Settings) { p.method, i.TokenEndpointAuthMethod = "", "client_secret_basic" }},
	{name: "PKCE required", wrong: "pkce", line: "require_pkce: false", release: "v1.118.2", only: func(of string) bool { return of == "authelia-4.38.0-pre" },
		set: func(p *player, _ *oidctest.Settings) { p.needsPKCE, p.method = true, "client_secret_basic" }}, // which this release sends
}

// run runs the world and gives the tool's report of it.
func (c replayedWorld) run(t *testing.T, of string) (*report.Document, *player, *oidctest.Immich) {
	t.Helper()
	release := "v2.7.5"
	if c.release != "" {
		release = c.release
	}
	immich := oidctest.NewImmich(release)
	if err := immich.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(immich.Close)
	p := &player{of: of, id: "immich", secret: "the secret of the client",
		redirects: []string{immich.URL() + "/auth/login", immich.URL() + "/user-settings", "app.immich:///oauth-callback"}}
	if of == "gitea-1.26.4" {
		p.id = "20b68e3e-5c10-487a-9707-39cac4d179f5"
	}
	if of == "authelia-4.38.0-pre" {
		p.method = "client_secret_post"
	}
	p.start(t)
	found := p.first(func(q probed) bool { return q.Kind == "discovery" })
	immich.Do(func() {
		o := &immich.OAuth
		o.Enabled, o.ClientID, o.ClientSecret, o.ExternalDomain = true, p.id, p.secret, immich.URL()
		o.IssuerURL = strings.Replace(memberOf(found.Body, "issuer"), found.At, p.srv.URL, 1)
		c.set(p, o)
	})
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte(oidctest.AdminKey), 0o600); err != nil {
		t.Fatal(err)
	}
	return doctor(t, "check", immich.URL(), "--api-key-file", key, "--format", "json").document(t), p, immich
}

// heard is the tool's answer to each question.
func heard(d *report.Document, url string) map[string]verdict {
	return map[string]verdict{
		"web": verdictOf(d, "redirect/registered", url+"/auth/login"), "linking": verdictOf(d, "redirect/registered", url+"/user-settings"),
		"app": verdictOf(d, "redirect/registered", "app.immich:///oauth-callback"), "client": verdictOf(d, "client/known", ""),
		"secret": verdictOf(d, "client/secret", ""), "method": verdictOf(d, "token/auth-method", ""), "pkce": verdictOf(d, "pkce/accepted", ""),
	}
}

// inShort is that as replayedVerdicts has it.
func inShort(got map[string]verdict, roots []string) (s string) {
	for i, about := range []string{"web", "linking", "app", "client", "secret", "method"} {
		if i == 3 {
			s += " "
		}
		s += map[verdict]string{yes: "y", no: "n", either: "e", unseen: "-"}[got[about]]
	}
	return strings.TrimSpace(s + " " + strings.Join(roots, " "))
}

// causeOf is the check that names each thing.
var causeOf = map[string]string{"web": "redirect/registered", "app": "redirect/registered", "client": "client/known",
	"secret": "client/secret", "method": "token/auth-method", "pkce": "pkce/accepted"}

// neverWrong holds that nothing is said that is not so: of what is right no
// alarm, of what is wrong no praise, and of a client that is not there nothing.
func (c replayedWorld) neverWrong(t *testing.T, d *report.Document, got map[string]verdict) {
	t.Helper()
	for about, v := range got {
		switch {
		case about == c.wrong && v == yes, about != c.wrong && v == no, v == either && c.wrong == "":
			t.Errorf("%s: %s", about, v)
		case c.wrong == "client" && v == yes && about != "pkce":
			t.Errorf("%s: %s, of a client that is not there", about, v)
		}
	}
	for _, id := range append(alarms(d), d.RootCauses...) {
		if id == "authorize/nonce" && d.Provider.Name == "Glewlwyd" {
			continue // no login there comes to its end
		}
		if named := got["client"] == either && id == "client/known" || got["secret"] == either && id == "client/secret"; c.wrong == "" || id != causeOf[c.wrong] && !named {
			t.Errorf("%s is blamed", id)
		}
	}
}

func TestRecordedProvidersBehindAnImmich(t *testing.T) {
	t.Parallel()
	for of := range recordedProbes() {
		for _, c := range replayedWorlds {
			if c.only != nil && !c.only(of) {
				continue
			}
			t.Run(of+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				d, p, immich := c.run(t, of)
				got := heard(d, immich.URL())
				c.neverWrong(t, d, got)
				if len(p.missing) > 0 {
					t.Errorf("no answer was recorded to %s", p.missing)
				}
				if len(p.asked) > 20 {
					t.Errorf("%d requests to the provider: %s", len(p.asked), p.asked)
				}
				if authelia(of) && c.line != "" {
					mendedBy(t, d, causeOf[c.wrong], strings.Replace(c.line, "{web}", immich.URL(), 1))
				}
				if short := inShort(got, d.RootCauses); short != replayedVerdicts[of+"/"+c.name] {
					t.Errorf("want %q, got %q", replayedVerdicts[of+"/"+c.name], short)
				}
				t.Logf("%v; %v; %d requests", got, d.RootCauses, len(p.asked))
			})
		}
	}
}

// mendedBy holds that a check's finding ends in that very line, and where in
// Authelia's configuration it belongs.
func mendedBy(t *testing.T, d *report.Document, id, line string) {
	t.Helper()
	var offered []string
	for _, r := range d.Results {
		for _, f := range r.Findings {
			for _, fix := range f.Fix {
				if r.ID != id {
					continue
				}
				if fix.Snippet == line && strings.HasPrefix(fix.Where, "Authelia: configuration.yml: identity_providers.oidc.clients[].") {
					return
				}
				offered = append(offered, fix.Where+": "+fix.Snippet)
			}
		}
	}
	t.Errorf("want %q, got %q", line, offered)
}
