package oidctest

import (
	"context"
	"crypto/rsa"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

func (c *client5) checkSignature(ctx context.Context, token string, header map[string]any, alg string) *jsError {
	refused := newError("RPError", "failed to validate JWT signature")
	switch {
	case alg == "none":
		return nil
	case strings.HasPrefix(alg, "HS"):
		if !macMatches(token, alg, c.set.ClientSecret) {
			return refused
		}
		return nil
	}
	keys, failure := c.keys(ctx, header, alg)
	if failure != nil {
		return failure
	}
	for _, jwk := range keys {
		key, failure := imported(jwk)
		if failure != nil {
			return failure
		}
		if r, ok := key.(*rsa.PublicKey); ok && r.N.BitLen() < 2048 {
			continue
		}
		jws, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
		if err != nil {
			return refused
		}
		if _, err := jws.Verify(key); err == nil {
			return nil
		}
	}
	return refused
}

// imported makes a key of the members that Node looks at.
func imported(jwk map[string]any) (any, *jsError) {
	public := map[string]any{}
	for _, name := range []string{"kty", "n", "e", "crv", "x", "y"} {
		if v, given := jwk[name]; given {
			public[name] = v
		}
	}
	key := new(jose.JSONWebKey)
	if key.UnmarshalJSON(plainJSON(public)) != nil {
		return nil, newError("TypeError", "Invalid JWK data")
	}
	return key.Key, nil
}

// keys finds those that a token may be signed with in the provider's key set,
// which is fetched for every login.
func (c *client5) keys(ctx context.Context, header map[string]any, alg string) ([]map[string]any, *jsError) {
	uri := c.meta.text("jwks_uri")
	if uri == "" {
		return nil, newError("TypeError", "jwks_uri must be configured on the issuer")
	}
	res, failure := c.request(ctx, outgoing{method: "GET", url: uri, header: []param{{"Accept", "application/json, application/jwk-set+json"}}})
	if failure != nil {
		return nil, failure
	}
	if failure := expectOK5(res, false); failure != nil {
		return nil, failure
	}
	doc, failure := c.parse(res.body)
	if failure != nil {
		return nil, failure
	}
	store, failure := keyStore5(doc)
	if failure != nil {
		return nil, failure
	}
	wanted := map[string]any{"alg": alg}
	if header["kid"] != nil {
		wanted["kid"] = header["kid"]
	}
	found, failure := store.all(header["kid"], alg)
	switch {
	case failure != nil:
		return nil, failure
	case len(found) == 0:
		return nil, newError("RPError", "no valid key found in issuer's jwks_uri for key parameters %s", plainJSON(wanted))
	case len(found) > 1 && !truthy(header["kid"]):
		return nil, newError("RPError", "multiple matching keys found in issuer's jwks_uri for key parameters %s, kid must be provided in this case", plainJSON(wanted))
	}
	return found, nil
}

// A store5 is the client's store of keys: those of a set that it takes, with
// what their kind says of use and algorithm filled in.
type store5 []map[string]any

func keyStore5(doc any) (store store5, failure *jsError) {
	malformed := newError("TypeError", "jwks must be a JSON Web Key Set formatted object")
	set, _ := doc.(map[string]any)
	members, ok := set["keys"].([]any)
	if !ok {
		return nil, malformed
	}
	for _, m := range members {
		jwk, ok := m.(map[string]any)
		if _, typed := jwk["kty"]; !ok || !typed {
			return nil, malformed
		}
		if jwk := taken5(jwk); jwk != nil {
			store = append(store, jwk)
		}
	}
	return store, nil
}

// taken5 is a key as the store keeps it, nil if it passes it over.
func taken5(was map[string]any) map[string]any {
	jwk := map[string]any{}
	for name, v := range was {
		jwk[name] = v
	}
	kty, _ := jwk["kty"].(string)
	use, used := jwk["use"]
	if kty == "" || used && use != "sig" && use != "enc" || truthy(jwk["d"]) || truthy(jwk["k"]) {
		return nil
	}
	for _, name := range []string{"alg", "kid"} {
		if _, text := jwk[name].(string); !text && has5(jwk, name) {
			return nil
		}
	}
	crv, _ := jwk["crv"].(string)
	if alg := map[string]string{"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}[crv]; kty == "EC" && use == "sig" && alg != "" {
		jwk["alg"] = alg
	}
	switch {
	case crv == "secp256k1":
		jwk["use"], jwk["alg"] = "sig", "ES256K"
	case kty == "OKP" && (crv == "Ed25519" || crv == "Ed448"):
		jwk["use"], jwk["alg"] = "sig", "EdDSA"
	case kty == "OKP" && (crv == "X25519" || crv == "X448"):
		jwk["use"] = "enc"
	}
	if alg, _ := jwk["alg"].(string); !truthy(jwk["use"]) && (strings.HasPrefix(alg, "ECDH") || strings.HasPrefix(alg, "RSA")) {
		jwk["use"] = "enc"
	}
	return jwk
}

func has5(jwk map[string]any, name string) bool { _, given := jwk[name]; return given }

// all is the keys for a key ID and an algorithm. Every key is asked what it is
// good for, and one of an unknown kind that does not say throws.
func (s store5) all(kid any, alg string) (found []map[string]any, failure *jsError) {
	kty := map[string]string{"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}[alg[:min(len(alg), 2)]]
	for _, jwk := range s {
		fits := (kty == "" || jwk["kty"] == kty) && (kid == nil || jwk["kid"] == kid) && (!has5(jwk, "use") || jwk["use"] == "sig")
		if own := text(jwk["alg"]); fits && truthy(jwk["alg"]) && own != alg {
			continue
		}
		algs, known := algorithms5(jwk)
		if !known {
			return nil, newError("Error", "unreachable")
		}
		if fits && slices.Contains(algs, alg) {
			found = append(found, jwk)
		}
	}
	return found, nil
}

// algorithms5 is what a key may sign with.
func algorithms5(jwk map[string]any) (algs []string, known bool) {
	if truthy(jwk["alg"]) {
		return []string{text(jwk["alg"])}, true
	}
	signs := !has5(jwk, "use") || jwk["use"] == "sig"
	switch jwk["kty"] {
	case "EC":
		if alg := map[string]string{"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}[text(jwk["crv"])]; signs && alg != "" {
			algs = []string{alg}
		}
	case "RSA":
		if signs {
			algs = []string{"PS256", "PS384", "PS512", "RS256", "RS384", "RS512"}
		}
	case "OKP":
	default:
		return nil, false
	}
	return algs, true
}
