package gather

import (
	"context"
	"crypto/rsa"
	"encoding/json"

	"github.com/go-jose/go-jose/v4"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/secret"
)

// keys fetches the key set that discovery names.
var keys = &Source[facts.KeySet]{
	Gives: facts.Keys,
	After: []facts.Kind{facts.Discovery},
	Sends: func(facts.TargetSpec) []Send {
		return []Send{{ID: "keys.1", Method: "GET", URL: "{jwks_uri}", To: ToProvider, Why: "the keys that it signs with"}}
	},
	Learn: func(ctx context.Context, w *wire.Wire, f *facts.Facts) facts.Fact[facts.KeySet] {
		d := f.Discovery.Get()
		a, body := w.Get(ctx, d.JWKSURI.Get())
		set := facts.KeySet{Try: a, From: []facts.Provenance{a.From(min(facts.Here, d.JWKSURI.From()[0].Vantage))}}
		why := facts.Why{Reason: facts.Absent, Detail: secret.Textf("there is no key set (%s)", a.Exchange)}
		if a.Answer != facts.Answered {
			why = facts.Why{Reason: facts.Unanswered, Detail: secret.Textf("%s", a.Exchange)}
		}
		var raw []json.RawMessage
		o := only200(a, body)
		_, there := o["keys"]
		if o == nil || there && json.Unmarshal(o["keys"], &raw) != nil {
			set.Read.Why = why
			return facts.Is(set) // Authentik without a signing key answers {}: read, and empty
		}
		set.Read = facts.Says(true, set.From[0])
		for _, k := range raw[:min(len(raw), 50)] {
			set.Keys = append(set.Keys, readKey(k))
		}
		return facts.Is(set)
	},
}

// readKey keeps what is public of one key and says whether go-jose can use it.
func readKey(raw json.RawMessage) (k facts.Key) {
	o := decode(raw)
	for name, at := range map[string]*secret.Name{"kid": &k.ID, "kty": &k.Type, "alg": &k.Alg, "use": &k.Use, "crv": &k.Curve} {
		facts.If(member(o, name, facts.Provenance{}, asName), func(v secret.Name) { *at = v })
	}
	_, k.Private = o["d"]
	if _, symmetric := o["k"]; symmetric {
		k.Private = true
	}
	var jwk jose.JSONWebKey
	if err := jwk.UnmarshalJSON(raw); err != nil {
		k.Unusable = secret.Raw(err.Error())
		return k
	}
	k.Bits = modulus(jwk.Public().Key)
	if !jwk.Valid() {
		k.Unusable = secret.Textf("the key's parameters do not fit together")
	}
	return k
}

// modulus is the length of an RSA key in bits, 0 for other keys.
func modulus(key any) int {
	if k, ok := key.(*rsa.PublicKey); ok && k.N != nil {
		return k.N.BitLen()
	}
	return 0
}
