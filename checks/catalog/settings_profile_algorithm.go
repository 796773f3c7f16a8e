package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var settingsProfileAlgorithm = &checks.Check{
	ID: "settings/profile-algorithm", Title: "profiles are signed if Immich expects it", Since: "v0.1.0",
	Doc: `From 1.109 Immich has a setting Profile Signing Algorithm. It is ` + "`none`" + ` unless changed: the userinfo endpoint answers plain JSON,
as nearly every provider does. Any other value, RS256 too, makes Immich demand a signed profile and refuse JSON with
` + "`JWT UserInfo Response expected`" + `. People set it to the same as Signing Algorithm, because it looks as if it belonged together.
From 2.6 userinfo is not asked if the ID token holds the e-mail address.

**Mend it**: set it back to ` + "`none`" + `, unless the client is registered for signed userinfo (` + "`userinfo_signed_response_alg`" + `).`,
	Cites:    []cite.Citation{cite.OIDCCore("5.3.2"), cite.OAuth4WebAPI("v3.8.6", "src/index.ts"), cite.OpenIDClient("v5.7.1", "lib/client.js")},
	Symptoms: []string{"JWT UserInfo Response expected", "OAUTH_JWT_USERINFO_EXPECTED", "expected application/jwt response"},
	Severity: checks.Error,
	Breaks:   checks.Logins("userinfo"),
	Versions: checks.Range{From: "v1.109.0"},
	After:    []string{"server/answers", "oauth/enabled"},
	Needs:    []facts.Kind{facts.Server, facts.Settings},
	Uses:     []facts.Kind{facts.Discovery},
	Run: func(f *facts.Facts) checks.Outcome {
		set := f.Settings.Get().ProfileSigningAlgorithm
		name, steps := set.Get(), existing(f, checks.Logins("userinfo"))
		if name == "none" || name == "" { // an empty one is not kept: the default comes back
			return passed(secret.Textf("profiles are plain JSON"), steps, set.From()...)
		}
		fd := checks.Finding{
			Breaks: steps, Evidence: seen(set.From()...), Want: secret.Textf("none"), Got: secret.Textf("%q (%s)", name, set.From()[0].Ref),
			Fix: []checks.Remedy{{Do: secret.Textf("set it to none, unless the client is registered for signed userinfo"), Where: oauthSettings("profileSigningAlgorithm"), Snippet: secret.Textf("none")}},
		}
		fd.Grade = checks.Implied
		if immich.UserinfoUnlessEmail.At(rules(f)).Value {
			fd.Severity = checks.Warning // userinfo is not asked where the ID token holds the e-mail address
		}
		offered := facts.Or(f, f.Discovery, facts.DiscoveryDoc{}).UserinfoAlgs
		switch _, is := algorithm(string(name)); {
		case !is:
			fd.Message = secret.Textf("%q is no algorithm, and anything but none makes Immich demand a signed profile", name)
		case offered.Has(name):
			return passed(secret.Textf("%s, if the client is registered for it", name), steps, append(set.From(), offered.From)...)
		case offered.Is():
			fd.Message = secret.Textf("Immich demands profiles signed with %s, and the provider does not offer that", name)
		default:
			fd.Severity = checks.Warning
			fd.Message = secret.Textf("Immich demands profiles signed with %s, and the provider does not say that it signs any", name)
		}
		return checks.Failed(fd)
	},
}
