package catalog

import (
	"strings"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

var settingsWellKnown = &checks.Check{
	ID: "settings/well-known", Title: "the issuer URL is the issuer, not a document's", Since: "v0.1.0",
	Doc: `Immich also takes the address of the discovery document (` + "`…/.well-known/openid-configuration`" + `) for an issuer URL. From 1.132 it then
does not compare it with the issuer that the document names. That mends a login whose provider names itself otherwise, and
it hides such a mistake: the ID token must still carry the document's issuer, and a provider that was moved goes on under
its old name until something else compares it.

**Mend it**: nothing while logins work. If they end with an issuer that does not match, enter the issuer itself.`,
	Cites:    []cite.Citation{cite.OpenIDClient("v6.8.4", "src/index.ts"), cite.OIDCDiscovery("4.3")},
	Symptoms: []string{"unexpected JWT claim value encountered", `unexpected "iss" (issuer) response parameter value`},
	Severity: checks.Note,
	Versions: checks.Range{From: "v1.132.0"},
	After:    []string{"server/answers"},
	Needs:    []facts.Kind{facts.Settings},
	Run: func(f *facts.Facts) checks.Outcome {
		set := f.Settings.Get().IssuerURL
		if !strings.Contains(string(set.Get()), "/.well-known/") {
			return checks.Passed(secret.Textf("%s", set.Get()), set.From()...)
		}
		issuer, _, _ := strings.Cut(string(set.Get()), "/.well-known/")
		return checks.Failed(checks.Finding{
			Evidence: seen(set.From()...), Got: secret.Textf("%s", set.Get()), Want: secret.Textf("%s", secret.URI(issuer)),
			Message: secret.Textf("the issuer URL is the address of the document: Immich does not compare it with the issuer that the document names"),
			Fix:     []checks.Remedy{{Do: secret.Textf("nothing while logins work; else enter the \"issuer\" of the document"), Where: oauthSettings("issuerUrl")}},
		})
	},
}
