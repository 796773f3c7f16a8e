package oidctest

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"hash"
	"strings"
)

// hashes are those of the algorithms, by their last three digits.
var hashes = map[string]func() hash.Hash{"256": sha256.New, "384": sha512.New384, "512": sha512.New}

// idToken checks an ID token, its signature included.
func (c *client5) idToken(ctx context.Context, token, access string) *jsError {
	claims, failure := c.verified(ctx, token, c.expectedAlgorithm(), []string{"iss", "sub", "aud", "exp", "iat"})
	if failure != nil {
		return failure
	}
	if truthy(claims["nonce"]) {
		return newError("RPError", "nonce mismatch, expected undefined, got: %s", text(claims["nonce"]))
	}
	if want, ok := claims["at_hash"].(string); ok && want != "" && access != "" {
		header, _ := part(strings.Split(token, ".")[0])
		if h := hashes[lastThree(text(header["alg"]))]; h != nil {
			digest := h()
			digest.Write([]byte(access))
			sum := digest.Sum(nil)
			if got := base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2]); got != want {
				return newError("RPError", "at_hash mismatch, expected %s, got: %s", want, got)
			}
		}
	}
	return nil
}

func lastThree(s string) string { return s[max(len(s)-3, 0):] }

// expectedAlgorithm is the setting from v1.95.0 on. Before, Immich took HS256 if
// the metadata named that first, and else RS256.
func (c *client5) expectedAlgorithm() string {
	if c.r.since("v1.95.0") {
		return c.set.SigningAlgorithm
	}
	if listed, _ := c.meta.list("id_token_signing_alg_values_supported"); len(listed) > 0 && listed[0] == "HS256" {
		return "HS256"
	}
	return "RS256"
}

// verified checks a JWT: algorithm, claims, signature, in this order.
func (c *client5) verified(ctx context.Context, token, alg string, required []string) (map[string]any, *jsError) {
	parts := strings.Split(token, ".")
	if len(parts) == 5 {
		return nil, newError("RPError", "failed to decode JWT (TypeError: encrypted JWTs cannot be decoded)")
	}
	if len(parts) != 3 {
		return nil, newError("RPError", "failed to decode JWT (Error: JWTs must have three components)")
	}
	header, ok := part(parts[0])
	claims, ok2 := part(parts[1])
	if !ok || !ok2 {
		return nil, newError("RPError", "failed to decode JWT (SyntaxError: Unexpected end of JSON input)")
	}
	if header["alg"] != alg {
		return nil, newError("RPError", "unexpected JWT alg received, expected %s, got: %s", alg, text(header["alg"]))
	}
	for _, name := range required {
		if _, given := claims[name]; !given {
			return nil, newError("RPError", "missing required JWT property %s", name)
		}
	}
	if failure := c.checkClaims(claims); failure != nil {
		return nil, failure
	}
	return claims, c.checkSignature(ctx, token, header, alg)
}

// checkClaims has no tolerance for another clock.
func (c *client5) checkClaims(claims map[string]any) *jsError {
	if iss, given := claims["iss"]; given && iss != c.meta.text("issuer") {
		return newError("RPError", "unexpected iss value, expected %s, got: %s", c.meta.text("issuer"), text(iss))
	}
	now := seconds(c.n.m.Now())
	for _, name := range []string{"iat", "nbf", "exp"} {
		v, given := claims[name]
		if !given {
			continue
		}
		at, ok := v.(float64)
		switch {
		case !ok:
			return newError("RPError", "JWT %s claim must be a JSON numeric value", name)
		case name == "nbf" && at > now:
			return newError("RPError", "JWT not active yet, now %.0f, nbf %.0f", now, at)
		case name == "exp" && now >= at:
			return newError("RPError", "JWT expired, now %.0f, exp %.0f", now, at)
		}
	}
	if aud, given := claims["aud"]; given {
		list, isList := aud.([]any)
		switch {
		case isList && len(list) > 1 && !truthy(claims["azp"]):
			return newError("RPError", "missing required JWT property azp")
		case isList && !has(aud, c.set.ClientID):
			return newError("RPError", "aud is missing the client_id, expected %s to be included in %s", c.set.ClientID, plainJSON(aud))
		case !isList && aud != c.set.ClientID:
			return newError("RPError", "aud mismatch, expected %s, got: %s", c.set.ClientID, text(aud))
		}
	}
	if azp, given := claims["azp"]; given && azp != c.set.ClientID {
		return newError("RPError", "azp mismatch, got: %s", text(azp))
	}
	return nil
}
