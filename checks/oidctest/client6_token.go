package oidctest

import (
	"context"
	"slices"
	"strings"
)

const tolerance6 = 30 // seconds, for exp and nbf

// claimNames are what the library calls the registered claims.
var claimNames = map[string]string{
	"aud": "audience", "exp": "expiration time", "iat": "issued at", "iss": "issuer", "sub": "subject",
	"nbf": "not before",
}

// idToken checks an ID token as a token response holds it. The signature is not
// among what is looked at.
func (c *client6) idToken(token string) (header, claims map[string]any, failure *jsError) {
	header, claims, failure = c.jwt(token, func(header map[string]any) *jsError {
		return wantAlgorithm(header, c.set.SigningAlgorithm)
	})
	if failure != nil {
		return nil, nil, failure
	}
	for _, name := range []string{"aud", "exp", "iat", "iss", "sub"} {
		if _, given := claims[name]; !given {
			return nil, nil, invalidResponse("JWT %q (%s) claim missing", name, claimNames[name])
		}
	}
	if failure := c.checkAudience(claims); failure != nil {
		return nil, nil, failure
	}
	if v, given := claims["auth_time"]; given {
		n, ok := v.(float64)
		if failure := c.wantNumber(`ID Token "auth_time" (authentication time)`, n, ok); failure != nil {
			return nil, nil, failure
		}
	}
	if _, given := claims["nonce"]; given {
		return nil, nil, unexpectedClaim(`unexpected ID Token "nonce" claim value`, "nonce", claims)
	}
	return header, claims, nil
}

func (c *client6) checkAudience(claims map[string]any) *jsError {
	if claims["iss"] != c.meta.text("issuer") {
		return unexpectedClaim(`unexpected JWT "iss" (issuer) claim value`, "iss", claims)
	}
	if !has(claims["aud"], c.set.ClientID) {
		return unexpectedClaim(`unexpected JWT "aud" (audience) claim value`, "aud", claims)
	}
	if list, ok := claims["aud"].([]any); ok && len(list) != 1 {
		switch azp, given := claims["azp"]; {
		case !given:
			return unexpectedClaim(`ID Token "aud" (audience) claim includes additional untrusted audiences`, "aud", claims)
		case azp != c.set.ClientID:
			return unexpectedClaim(`unexpected ID Token "azp" (authorized party) claim value`, "azp", claims)
		}
	}
	return nil
}

func unexpectedClaim(text, claim string, claims map[string]any) *jsError {
	e := specific("OAUTH_JWT_CLAIM_COMPARISON_FAILED", "%s", text)
	e.detail = carried(inspectJSON("claims", claims), member{name: "claim", value: quoted(claim)})
	return e
}

// jwt takes a JWT apart and checks what does not depend on its purpose.
func (c *client6) jwt(token string, checkAlgorithm func(map[string]any) *jsError) (header, claims map[string]any, failure *jsError) {
	parts := strings.Split(token, ".")
	switch len(parts) {
	case 3:
	case 5:
		return nil, nil, specific("OAUTH_UNSUPPORTED_OPERATION", "JWE decryption is not configured")
	default:
		return nil, nil, invalidResponse("Invalid JWT")
	}
	header, ok := part(parts[0])
	if !ok {
		return nil, nil, specific("OAUTH_PARSE_ERROR", "failed to parse JWT Header body as base64url encoded JSON")
	}
	if failure := checkAlgorithm(header); failure != nil {
		return nil, nil, failure
	}
	if _, given := header["crit"]; given {
		return nil, nil, specific("OAUTH_UNSUPPORTED_OPERATION", `no JWT "crit" header parameter extensions are supported`)
	}
	if claims, ok = part(parts[1]); !ok {
		return nil, nil, specific("OAUTH_PARSE_ERROR", "failed to parse JWT Payload body as base64url encoded JSON")
	}
	return header, claims, c.checkTimes(claims)
}

// checkTimes looks at the types of what is there, and at exp and nbf.
func (c *client6) checkTimes(claims map[string]any) *jsError {
	now := seconds(c.n.m.Now())
	for _, name := range []string{"exp", "iat", "iss", "nbf", "aud"} {
		v, given := claims[name]
		if !given {
			continue
		}
		_, isNumber := v.(float64)
		_, isString := v.(string)
		_, isList := v.([]any)
		switch {
		case name == "aud" && !isString && !isList, name == "iss" && !isString,
			name != "aud" && name != "iss" && !isNumber:
			return invalidResponse("unexpected JWT %q (%s) claim type", name, claimNames[name])
		case name == "exp" && v.(float64) <= now-tolerance6:
			return untimely(`unexpected JWT "exp" (expiration time) claim value, expiration is past current timestamp`, name, now, claims)
		case name == "nbf" && v.(float64) > now+tolerance6:
			return untimely(`unexpected JWT "nbf" (not before) claim value`, name, now, claims)
		}
	}
	return nil
}

func untimely(text, claim string, now float64, claims map[string]any) *jsError {
	e := specific("OAUTH_JWT_TIMESTAMP_CHECK_FAILED", "%s", text)
	e.detail = carried(inspectJSON("claims", claims), member{name: "now", value: itoa(int(now))},
		member{name: "tolerance", value: itoa(tolerance6)}, member{name: "claim", value: quoted(claim)})
	return e
}

// wantAlgorithm compares the header with what the client is set to: exactly,
// and whatever the metadata list.
func wantAlgorithm(header map[string]any, set string) *jsError {
	if header["alg"] == set {
		return nil
	}
	return unexpectedAlgorithm(header, quoted(set), "client configuration")
}

// listedAlgorithm takes what the metadata list, where the client is set to
// nothing.
func listedAlgorithm(header map[string]any, listed []string, hasList bool) *jsError {
	switch {
	case !hasList:
		return specific("", `missing client or server configuration to verify used JWT "alg" header parameter`)
	case slices.Contains(listed, text(header["alg"])):
		return nil
	}
	return unexpectedAlgorithm(header, string(plainJSON(listed)), "authorization server metadata")
}

func unexpectedAlgorithm(header map[string]any, expected, reason string) *jsError {
	e := invalidResponse(`unexpected JWT "alg" header parameter`)
	e.detail = carried(inspectJSON("header", header), member{name: "expected", value: expected},
		member{name: "reason", value: quoted(reason)})
	return e
}

// userinfo asks for the profile. That its sub is the ID token's is not checked.
func (c *client6) userinfo(ctx context.Context, access string) (map[string]any, *jsError) {
	u, failure := c.endpoint("userinfo_endpoint")
	if failure != nil {
		return nil, failure
	}
	set := c.set.ProfileSigningAlgorithm
	accept := "application/jwt"
	if set == "none" || set == "" {
		set, accept = "", "application/json, application/jwt"
	}
	res, failure := c.fetch(ctx, outgoing{method: "GET", header: []param{{"Accept", accept}, {"Authorization", "Bearer " + access}}}, u, false)
	if failure != nil {
		return nil, failure
	}
	if failure := challenged(res); failure != nil {
		return nil, failure
	}
	if res.status != 200 {
		return nil, notConform(res, "UserInfo Endpoint")
	}
	claims, failure := c.profile(res, set)
	if failure != nil {
		return nil, failure
	}
	return claims, wantString(claims, "sub", true)
}

// profile reads a userinfo response, signed or not.
func (c *client6) profile(res *incoming, set string) (map[string]any, *jsError) {
	if res.mediaType() != "application/jwt" {
		if set != "" {
			e := specific("OAUTH_JWT_USERINFO_EXPECTED", "JWT UserInfo Response expected")
			e.detail = res.inspect()
			return nil, e
		}
		return c.object(res)
	}
	listed, hasList := c.meta.list("userinfo_signing_alg_values_supported")
	_, claims, failure := c.jwt(res.body, func(header map[string]any) *jsError {
		if set != "" {
			return wantAlgorithm(header, set)
		}
		return listedAlgorithm(header, listed, hasList)
	})
	if failure != nil {
		return nil, failure
	}
	if iss, given := claims["iss"]; given && iss != c.meta.text("issuer") {
		return nil, unexpectedClaim(`unexpected JWT "iss" (issuer) claim value`, "iss", claims)
	}
	if aud, given := claims["aud"]; given && !has(aud, c.set.ClientID) {
		return nil, unexpectedClaim(`unexpected JWT "aud" (audience) claim value`, "aud", claims)
	}
	return claims, nil
}
