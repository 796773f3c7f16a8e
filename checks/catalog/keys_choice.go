package catalog

import (
	"slices"
	"strings"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var keysChoice = &checks.Check{
	ID: "keys/choice", Title: "this release finds the key of a token in the key set", Since: "v0.1.0",
	Doc: `Where Immich verifies a signature (at every login up to 1.131; for back-channel logout from 3.0.0) it must find the one key of
the set that signed. It looks for the key's type, for ` + "`use`" + `, for ` + "`alg`" + ` and, if the token names one, for ` + "`kid`" + `. Several keys of one
kind without a key ID cannot be told apart; an RSA key below 2048 bits is refused; one member without ` + "`kty`" + ` spoils the
whole set for releases up to 1.131, and so does a byte order mark before it.

**Mend it**: let the provider publish each signing key with its own ` + "`kid`" + `, ` + "`use: sig`" + ` and ` + "`alg`" + `, RSA keys of 2048 bits or more, and
nothing else.`,
	Cites: []cite.Citation{cite.RFC("7517", "4.5"), cite.RFC("7518", "3.3"), cite.OIDCCore("10.1"), cite.OpenIDClient("v5.7.1", "lib/helpers/keystore.js"), cite.Jose("v6.2.3", "src/jwks/local.ts")},
	Symptoms: []string{"multiple matching keys found in issuer's jwks_uri", "no valid key found in issuer's jwks_uri", "jwks must be a JSON Web Key Set formatted object",
		"failed to validate JWT signature", "unreachable", "ERR_JWKS_MULTIPLE_MATCHING_KEYS"},
	Severity: checks.Error,
	Breaks:   append(checks.Logins("id-token"), "back-channel/notice"),
	After:    []string{"keys/usable", "keys/algorithm"},
	Needs:    []facts.Kind{facts.Server, facts.Settings, facts.Discovery, facts.Keys},
	Run: func(f *facts.Facts) checks.Outcome {
		k, release := f.Keys.Get(), rules(f)
		steps, severity := keysNeeded(f, release)
		alg, says := expects(f, release)
		switch {
		case len(steps) == 0:
			return notApplicable(secret.Textf("this release reads no keys"))
		case symmetric(alg):
			return notApplicable(secret.Textf("Immich expects %s, which is verified with the client secret", alg))
		case k.Read.Is() && len(k.Keys) == 0:
			return notApplicable(secret.Textf("there is no key to choose"))
		}
		k.Read.Get()
		if says == nil {
			f.Assume()
		}
		fitting, spoilt := chosen6(k, string(alg))
		if immich.ReadsKeysAtLogin.At(release).Value {
			fitting, spoilt = chosen5(k, string(alg))
		} else if id := shared(fitting); id != "" && spoilt.IsZero() {
			spoilt = secret.Textf("two keys for %s have the kid %s, so Immich cannot tell which of them signed", alg, id) // openid-client 5 tries both
		}
		fd := checks.Finding{
			Severity: severity, Breaks: steps, Evidence: checks.Evidence{From: k.From, Grade: checks.Implied}, Message: spoilt,
			Want: secret.Textf("one key for %s, or several with a kid each", alg), Got: secret.Textf("%s keys, %s of them for %s (%s)", secret.Int(len(k.Keys)), secret.Int(len(fitting)), alg, k.Try.Exchange),
			Fix: []checks.Remedy{{Do: secret.Textf("let the provider publish each signing key with its own kid, use sig and alg, and nothing else"), Where: secret.Textf("%s", k.Try.URL)}},
		}
		if there := count(k.Keys, func(k facts.Key) bool { return fits(k, string(alg)) && k.Use != "enc" }); spoilt.IsZero() && len(fitting)+there == 0 {
			return notApplicable(secret.Textf("there is no key for %s to choose", alg)) // keys/algorithm minds
		}
		if spoilt.IsZero() {
			fd.Message = doubt(fitting, alg)
		}
		if weak := count(fitting, weakRSA); fd.Message.IsZero() && weak > 0 {
			fd.Message = secret.Textf("the key for %s has fewer than 2048 bits, and Immich then refuses every signature", alg)
			if weak < len(fitting) {
				fd.Severity = checks.Warning
				fd.Message = secret.Textf("a key for %s has fewer than 2048 bits; what is signed with it Immich refuses", alg)
			}
		}
		if fd.Message.IsZero() {
			return withLogins(f, release, passed(secret.Textf("%s of %s keys are for %s", secret.Int(len(fitting)), secret.Int(len(k.Keys)), alg), steps, k.From...))
		}
		return withLogins(f, release, checks.Failed(fd))
	},
}

// doubt says why the key of a token cannot be found among those that fit.
func doubt(fitting []facts.Key, alg secret.Name) secret.Text {
	switch nameless := count(fitting, func(k facts.Key) bool { return k.ID == "" }); {
	case len(fitting) == 0:
		return secret.Textf("this release takes none of the keys for %s, as they are marked for something else or show their secret part", alg)
	case nameless > 1 && nameless == len(fitting):
		// A token with a kid would match none of them, one without matches all.
		return secret.Textf("%s keys are for %s and none has a kid, so Immich cannot tell which of them signed", secret.Int(nameless), alg)
	}
	return secret.Text{}
}

// shared is a key ID that two keys have, "" if there is none.
func shared(ks []facts.Key) secret.Name {
	for i, k := range ks {
		if k.ID != "" && slices.ContainsFunc(ks[:i], func(o facts.Key) bool { return o.ID == k.ID }) {
			return k.ID
		}
	}
	return ""
}

func weakRSA(k facts.Key) bool { return k.Type == "RSA" && k.Bits > 0 && k.Bits < 2048 }

func count(ks []facts.Key, is func(facts.Key) bool) (n int) {
	for _, k := range ks {
		if is(k) {
			n++
		}
	}
	return n
}

// keyType is the type of key that an algorithm takes (RFC 7518 3.1, RFC 8037 3.1).
func keyType(alg string) secret.Name {
	return map[string]secret.Name{"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}[alg[:min(2, len(alg))]]
}

var curveAlgs = map[secret.Name]secret.Name{"P-256": "ES256", "P-384": "ES384", "P-521": "ES512", "secp256k1": "ES256K", "Ed25519": "EdDSA", "Ed448": "EdDSA"}

// chosen5 is the keys that openid-client 5 may take for a token, whatever its
// kid; spoilt says why it takes none from this set at all.
func chosen5(set facts.KeySet, alg string) (fitting []facts.Key, spoilt secret.Text) {
	if s := unreadable5(set.Try, set.Form); !s.IsZero() {
		return nil, s
	}
	for i, k := range set.Keys {
		if k.NoObject || k.Untyped {
			return nil, secret.Textf("member %s of the key set has no kty, and openid-client 5 then refuses the whole set", secret.Int(i+1))
		}
	}
	for _, k := range set.Keys {
		odd := func(name secret.Name) bool { return slices.Contains(k.Odd, name) }
		if k.Type == "" || odd("use") || odd("alg") || odd("kid") || !slices.Contains([]secret.Name{"", "sig", "enc"}, k.Use) || k.Private {
			continue // passed over
		}
		use, own := k.Use, k.Alg
		switch {
		case k.Type == "EC" && k.Use == "sig" && strings.HasPrefix(string(k.Curve), "P-"):
			own = curveAlgs[k.Curve]
		case k.Curve == "secp256k1" || k.Curve == "Ed25519" || k.Curve == "Ed448":
			use, own = "sig", curveAlgs[k.Curve]
		case k.Curve == "X25519" || k.Curve == "X448":
			use = "enc"
		case use == "" && (strings.HasPrefix(string(own), "ECDH") || strings.HasPrefix(string(own), "RSA")):
			use = "enc"
		}
		if own == "" && !slices.Contains([]secret.Name{"RSA", "EC", "OKP"}, k.Type) {
			return nil, secret.Textf("a key of type %s without alg makes openid-client 5 fail with \"unreachable\"", k.Type)
		}
		if own == "" && k.Type == "EC" {
			own = curveAlgs[k.Curve]
		}
		if k.Type == keyType(alg) && use != "enc" && (string(own) == alg || own == "" && k.Type == "RSA") {
			fitting = append(fitting, k)
		}
	}
	return fitting, secret.Text{}
}

// unreadable5 says why openid-client 5 cannot read a document that others can:
// it asks for no compression, gets some and reads it as text; and it takes a
// byte order mark for a character.
func unreadable5(a facts.Attempt, form facts.Form) secret.Text {
	switch {
	case form.BOM:
		return secret.Textf("the answer begins with a byte order mark, which openid-client 5 cannot read as JSON")
	case a.Encoding != "":
		return secret.Textf("the answer is compressed (%s) though nobody asked for that, and openid-client 5 cannot read it", a.Encoding)
	}
	return secret.Text{}
}

// chosen6 is the same for jose 6, which verifies back-channel logout.
func chosen6(set facts.KeySet, alg string) (fitting []facts.Key, spoilt secret.Text) {
	for i, k := range set.Keys {
		if k.NoObject {
			return nil, secret.Textf("member %s of the key set is no object, and Immich then refuses the whole set", secret.Int(i+1))
		}
	}
	for _, k := range set.Keys {
		switch {
		case k.Type != keyType(alg), k.Alg != "" && string(k.Alg) != alg, k.Use != "" && k.Use != "sig", k.Private,
			len(k.Ops) > 0 && !slices.Contains(k.Ops, "verify"), k.Type == "EC" && string(curveAlgs[k.Curve]) != alg, k.Type == "OKP" && k.Curve != "Ed25519":
			continue
		}
		fitting = append(fitting, k)
	}
	return fitting, secret.Text{}
}
