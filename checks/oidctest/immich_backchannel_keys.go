package oidctest

import (
	"slices"

	"github.com/go-jose/go-jose/v4"
)

// fitting is the keys for the algorithm and the key ID of a token, as jose 6
// chooses them.
func fitting(keys []map[string]any, header map[string]any, alg string) (out []*jose.JSONWebKey) {
	for _, k := range keys {
		if !fitsJose(k, header, alg) {
			continue
		}
		key := new(jose.JSONWebKey)
		public := map[string]any{}
		for _, name := range []string{"kty", "n", "e", "crv", "x", "y"} {
			if v, given := k[name]; given {
				public[name] = v
			}
		}
		if key.UnmarshalJSON(plainJSON(public)) == nil {
			out = append(out, key)
		}
	}
	return out
}

func fitsJose(jwk, header map[string]any, alg string) bool {
	kty := map[string]string{"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}[alg[:min(len(alg), 2)]]
	if kid, ok := header["kid"].(string); jwk["kty"] != kty || ok && jwk["kid"] != kid {
		return false
	}
	if own, ok := jwk["alg"].(string); ok && own != alg {
		return false
	}
	if use, ok := jwk["use"].(string); ok && use != "sig" {
		return false
	}
	if ops, ok := jwk["key_ops"].([]any); ok && !slices.Contains(ops, any("verify")) {
		return false
	}
	crv := map[string]string{"ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "Ed25519": "Ed25519", "EdDSA": "Ed25519"}[alg]
	return crv == "" || jwk["crv"] == crv
}
