package catalog

import (
	"slices"
	"strings"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

var scopeOpenID = &checks.Check{
	ID: "scope/openid", Title: "Immich asks for the scope openid", Since: "v0.1.0",
	Doc: `The scope ` + "`openid`" + ` makes a login of what would be a mere OAuth grant: without it a provider gives out no ID token, and most
refuse userinfo as well. Immich asks for ` + "`openid email profile`" + ` unless ` + "`oauth.scope`" + ` was changed; who adds ` + "`groups`" + ` by typing only that
loses the rest. Up to 1.131 a login fails without an ID token; later it goes on to userinfo.

**Mend it**: put ` + "`openid`" + ` back at the beginning of the scope. With Glewlwyd it is better left out from 1.132: see authorize/nonce.`,
	Cites:    []cite.Citation{cite.OIDCCore("3.1.2.1"), cite.OpenIDClient("v5.7.1", "lib/client.js")},
	Symptoms: []string{"id_token not present in TokenSet", "insufficient_scope", "Failed to finish oauth"},
	Severity: checks.Error,
	Breaks:   append(checks.Logins("id-token"), checks.Logins("userinfo")...),
	After:    []string{"discovery/immich"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize},
	Uses:     []facts.Kind{facts.Discovery},
	Run: func(f *facts.Facts) checks.Outcome {
		t := f.Authorize.Get().Tries[0]
		t.URL.Get()
		asked, from := scopesOf(t)
		steps := existing(f, append(checks.Logins("id-token"), checks.Logins("userinfo")...))
		if slices.Contains(asked, "openid") {
			return passed(secret.Textf("%s", names(asked, " ")), steps, from)
		}
		fd := checks.Finding{
			Breaks: existing(f, checks.Logins("id-token")), Evidence: checks.Evidence{From: []facts.Provenance{from}, Grade: checks.Implied},
			Message: secret.Textf("Immich does not ask for the scope openid, so the provider gives out no ID token"),
			Want:    secret.Textf("openid in the scope"), Got: secret.Textf("scope=%s (%s)", names(asked, " "), from.Ref),
			Fix: []checks.Remedy{{Do: secret.Textf("put openid back into the scope"), Where: oauthSettings("scope"), Snippet: secret.Textf("openid email profile")}},
		}
		if !immich.NeedsIDToken.At(rules(f)).Value {
			facts.Or(f, f.Discovery, facts.DiscoveryDoc{}) // what Provider goes by
			if p, surety := Provider(f); p.WantsNonce.Text != "" && surety == provider.Sure {
				return passed(secret.Textf("%s; with it %s would want a nonce", names(asked, " "), secret.Name(p.Name)), steps, from)
			}
			fd.Severity, fd.Breaks = checks.Warning, existing(f, checks.Logins("userinfo"))
			fd.Message = secret.Textf("Immich does not ask for the scope openid: the provider gives out no ID token, and most refuse userinfo too")
		}
		return checks.Failed(fd)
	},
}

// scopesOf is the scopes that Immich's authorization URL asks for, and who saw them.
func scopesOf(t facts.AuthorizeTry) (asked []secret.Name, from facts.Provenance) {
	if !t.Scope.Is() {
		return nil, t.URL.From()[0]
	}
	for _, s := range strings.Fields(string(t.Scope.Get())) {
		asked = append(asked, secret.Name(s))
	}
	return asked, t.Scope.From()[0]
}
