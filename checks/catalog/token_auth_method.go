package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

var tokenAuthMethod = &checks.Check{
	ID: "token/auth-method", Title: "the provider takes the client secret the way this release sends it", Since: "v0.1.0",
	Doc: `Immich shows its client secret to the token endpoint in one of two ways: in a header (` + "`client_secret_basic`" + `) or in the body
(` + "`client_secret_post`" + `). Up to 1.131 it takes the header unless the provider lists only the body; 1.132 always the body; from 1.133
the setting ` + "`oauth.tokenEndpointAuthMethod`" + ` decides, and that is the body unless changed. Many providers take either;
Authelia, Okta and others take only the one that the client is registered for. That is why logins broke with the upgrade
to 1.132.

**Mend it**: set Immich's Token Endpoint Auth Method to the method of the client at the provider, or the other way round.`,
	Cites:    []cite.Citation{cite.OIDCDiscovery("3"), cite.RFC("6749", "2.3.1"), cite.OpenIDClient("v5.7.1", "lib/client.js"), cite.Immich("v1.133.0", "server/src/repositories/oauth.repository.ts")},
	Symptoms: []string{"server responded with a challenge in the WWW-Authenticate HTTP Header", "invalid_client", "The OAuth 2.0 Client supports client authentication method 'client_secret_basic', but method 'client_secret_post' was requested"},
	Severity: checks.Note, // providers take more than they list (Dex): only asking settles it
	After:    []string{"discovery/document", "discovery/endpoints"},
	Needs:    []facts.Kind{facts.Server, facts.Settings, facts.Discovery},
	Uses:     []facts.Kind{facts.Authorize},
	Run: func(f *facts.Facts) checks.Outcome {
		d := f.Discovery.Get()
		d.Object.Get()
		list, shape := d.AuthMethods, f.Settings.Get().SecretShape
		if shape.Is() && shape.Get().Empty && immich.PublicClient.At(rules(f)).Value {
			return notApplicable(secret.Textf("no client secret is set, so none is shown"))
		}
		rule := immich.Authenticates.At(rules(f)).Value
		var lists func(string) bool
		if list.Is() {
			lists = func(method string) bool { return list.Has(secret.Name(method)) }
		}
		const basic, post secret.Name = immich.AuthBasic, immich.AuthPost
		setting := post
		if rule == immich.AuthBySetting {
			setting = facts.Or(f, f.Settings.Get().TokenEndpointAuthMethod, post)
		}
		sends := secret.Name(immich.AuthMethod(rules(f), true, lists, string(setting)))
		if !list.Is() && sends == basic {
			return checks.Passed(secret.Textf("%s, the default of what lists nothing", sends), d.Object.From()...)
		}
		if !list.Is() { // many take it and list nothing
			return skipped(facts.Why{Reason: facts.Absent, Detail: secret.Textf("the provider does not say how clients show their secret")})
		}
		if list.Has(sends) {
			return checks.Passed(secret.Textf("%s is listed", sends), list.From)
		}
		fd := checks.Finding{
			Evidence: checks.Evidence{From: []facts.Provenance{list.From}, Grade: checks.Implied},
			Message:  secret.Textf("this release sends the client secret by %s, which the provider does not list", sends),
			Want:     secret.Textf("%s in token_endpoint_auth_methods_supported", sends), Got: secret.Textf("%s", names(list.Values, ", ")),
			Fix: []checks.Remedy{{Do: secret.Textf("set the method of the client to %s", sends), Where: secret.Textf("the client at the provider")}},
		}
		inDialect(f, provider.Method, secret.Textf("%s", sends), &fd.Fix[0])
		if rule == immich.AuthBySetting {
			fd.Message = secret.Textf("Immich sends the client secret by %s, which the provider does not list", sends)
			if !f.Settings.Get().TokenEndpointAuthMethod.Is() {
				fd.Message = secret.Textf("%s (the default, unless the setting was changed)", fd.Message)
			}
			fd.Fix = append([]checks.Remedy{{Do: secret.Textf("choose a method that the provider lists"), Where: oauthSettings("tokenEndpointAuthMethod")}}, fd.Fix...)
		}
		return checks.Failed(fd)
	},
}
