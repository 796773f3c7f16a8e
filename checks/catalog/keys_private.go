package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

var keysPrivate = &checks.Check{
	ID: "keys/private", Title: "the key set shows no secret key", Since: "v0.1.0",
	Doc: `The key set stands on the internet for everybody, and holds the public half of each key. A set with the private half (` + "`d`" + `) or a
shared secret (` + "`k`" + `) lets whoever reads it sign in the provider's name: end other people's sessions in Immich (back-channel
logout, from 3.0.0), and log in as anybody at a program that takes tokens from the browser. Logins to Immich go on from
1.132, which is why nobody notices; older releases pass such a key over and find none.

**Mend it**: make a new key at once, publish only its public half, and throw the old one away: it has been read.`,
	Cites:    []cite.Citation{cite.OIDCDiscovery("3"), cite.OIDCCore("10.1"), cite.RFC("7517", "9.2")},
	Symptoms: []string{"no valid key found in issuer's jwks_uri", "JSON Web Key Set members must be public keys"},
	Severity: checks.Warning,
	After:    []string{"discovery/endpoints"},
	Needs:    []facts.Kind{facts.Keys},
	Run: func(f *facts.Facts) checks.Outcome {
		k := f.Keys.Get()
		k.Read.Get()
		n := count(k.Keys, func(k facts.Key) bool { return k.Private })
		if n == 0 {
			return checks.Passed(secret.Textf("%s keys, none of them secret", secret.Int(len(k.Keys))), k.From...)
		}
		return checks.Failed(checks.Finding{
			Evidence: seen(k.From...), Want: secret.Textf("public keys only"), Got: secret.Textf("%s secret keys (%s)", secret.Int(n), k.Try.Exchange),
			Message: secret.Textf("the provider shows the world a secret key: whoever reads it can sign in the provider's name"),
			Fix: []checks.Remedy{{
				Do: secret.Textf("make a new signing key at once, publish only its public half, and never use the old one again"), Where: secret.Textf("%s", k.Try.URL)}},
		})
	},
}
