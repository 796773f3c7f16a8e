package oidctest

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Back-channel logout, OpenID Connect Back-Channel Logout 1.0, from v3.0.0 on.
// It is the only place where these releases verify a signature; what does it is
// the npm package jose, whose texts are in the log.

const (
	logoutEvent     = "http://schemas.openid.net/event/backchannel-logout"
	logoutTolerance = 5   // seconds
	logoutAge       = 120 // seconds
	keySetLimit     = 5 * time.Second
	keySetCooldown  = 30 * time.Second
	keySetAge       = 10 * time.Minute
)

// A keySet is what was fetched from a jwks_uri. It outlives requests.
type keySet struct {
	keys    []map[string]any
	fetched time.Time
}

func (c *call) backchannelLogout() (*reply, error) {
	in, err := c.decode()
	if err != nil {
		return nil, err
	}
	if token, ok := in["logout_token"].(string); !ok || token == "" {
		if err := c.requireStrings(in, "logout_token"); err != nil {
			return nil, err
		}
	}
	if !c.set.Enabled {
		return nil, badRequest("Received backchannel logout request but OAuth is not enabled")
	}
	claims, err := c.logoutClaims(in["logout_token"].(string))
	if err != nil {
		thrown, isThrown := err.(*jsError)
		if !isThrown {
			thrown = newError("InternalServerErrorException", "%v", err.(*httpError).message)
		}
		c.log("ERROR", "AuthService", "Error backchannel logout: "+thrown.message)
		c.log("ERROR", "AuthService", thrown.inspect())
		return nil, badRequest("Error backchannel logout: token validation failed")
	}
	sub, sid := claimText(claims, "sub"), claimText(claims, "sid")
	if sub == "" && sid == "" {
		return nil, badRequest("Invalid logout token: it must contain either a sub or a sid claim")
	}
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	for token, s := range c.m.store.sessions {
		if (sub == "" || s.user.OAuthID == sub) && (sid == "" || s.sid == sid) {
			delete(c.m.store.sessions, token)
		}
	}
	return &reply{status: http.StatusOK}, nil
}

// logoutClaims are those of a valid logout token.
func (c *call) logoutClaims(token string) (map[string]any, error) {
	rp, err := c.discover()
	if err != nil {
		return nil, err
	}
	claims, failure := c.verifyLogout(token, rp.provider())
	if failure == nil {
		return claims, nil
	}
	logger := clientLogger.at(c.m.r)
	c.log("ERROR", logger, "Error validating JWT logout token: "+failure.message)
	c.log("ERROR", logger, failure.inspect())
	thrown := newError("Error", "Error validating JWT logout token")
	thrown.cause = failure
	return nil, thrown
}

func joseError(name, code, text string) *jsError {
	e := newError(name, "%s", text)
	e.code = code
	return e
}

func (c *call) verifyLogout(token string, meta metadata) (map[string]any, *jsError) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, joseError("JWSInvalid", "ERR_JWS_INVALID", "Invalid Compact JWS")
	}
	header, ok := part(parts[0])
	if !ok {
		return nil, joseError("JWSInvalid", "ERR_JWS_INVALID", "JWS Protected Header is invalid")
	}
	alg := c.set.SigningAlgorithm
	if !strings.HasPrefix(alg, "HS") && meta.text("jwks_uri") == "" {
		return nil, newError("Error", "Unable to get JWKS URI")
	}
	if header["alg"] != alg {
		return nil, joseError("JOSEAlgNotAllowed", "ERR_JOSE_ALG_NOT_ALLOWED", `"alg" (Algorithm) Header Parameter value not allowed`)
	}
	if failure := c.verifyLogoutSignature(token, header, alg, meta.text("jwks_uri")); failure != nil {
		return nil, failure
	}
	claims, ok := part(parts[1])
	if !ok {
		return nil, joseError("JWTInvalid", "ERR_JWT_INVALID", "JWT Claims Set must be a top-level JSON object")
	}
	if failure := c.checkLogoutClaims(claims, meta); failure != nil {
		return nil, failure
	}
	events, _ := claims["events"].(map[string]any)
	switch {
	case !truthy(events[logoutEvent]):
		return nil, newError("Error", "Missing backchannel-logout event claim")
	case truthy(claims["nonce"]):
		return nil, newError("Error", "Logout token must not contain a nonce")
	}
	return claims, nil
}

func (c *call) checkLogoutClaims(claims map[string]any, meta metadata) *jsError {
	invalid := func(text string) *jsError {
		return joseError("JWTClaimValidationFailed", "ERR_JWT_CLAIM_VALIDATION_FAILED", text)
	}
	for _, name := range []string{"iss", "aud", "iat"} {
		if _, given := claims[name]; !given {
			return invalid(`missing required "` + name + `" claim`)
		}
	}
	now := seconds(c.m.Now())
	iat, isNumber := claims["iat"].(float64)
	exp, hasExp := claims["exp"].(float64)
	nbf, hasNbf := claims["nbf"].(float64)
	switch {
	case claims["iss"] != meta.text("issuer"):
		return invalid(`unexpected "iss" claim value`)
	case !has(claims["aud"], c.set.ClientID):
		return invalid(`unexpected "aud" claim value`)
	case !isNumber:
		return invalid(`"iat" claim must be a number`)
	case hasNbf && nbf > now+logoutTolerance:
		return invalid(`"nbf" claim timestamp check failed`)
	case hasExp && exp <= now-logoutTolerance:
		return joseError("JWTExpired", "ERR_JWT_EXPIRED", `"exp" claim timestamp check failed`)
	case now-iat-logoutTolerance > logoutAge:
		return joseError("JWTExpired", "ERR_JWT_EXPIRED", `"iat" claim timestamp check failed (too far in the past)`)
	case now-iat < -logoutTolerance:
		return invalid(`"iat" claim timestamp check failed (it should be in the past)`)
	}
	return nil
}

func (c *call) verifyLogoutSignature(token string, header map[string]any, alg, uri string) *jsError {
	refused := joseError("JWSSignatureVerificationFailed", "ERR_JWS_SIGNATURE_VERIFICATION_FAILED", "signature verification failed")
	if strings.HasPrefix(alg, "HS") {
		if !macMatches(token, alg, c.set.ClientSecret) {
			return refused
		}
		return nil
	}
	key, failure := c.logoutKey(header, alg, uri)
	if failure != nil {
		return failure
	}
	jws, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
	if err != nil {
		return refused
	}
	if _, err := jws.Verify(key.Key); err != nil {
		return refused
	}
	return nil
}

// macMatches checks an HMAC with the client secret.
func macMatches(token, alg, secret string) bool {
	i := strings.LastIndexByte(token, '.')
	h := hashes[lastThree(alg)]
	got, err := base64.RawURLEncoding.DecodeString(token[i+1:])
	if h == nil || err != nil {
		return false
	}
	want := hmac.New(h, []byte(secret))
	want.Write([]byte(token[:i]))
	return hmac.Equal(got, want.Sum(nil))
}

// logoutKey finds the key in the cached set, which is fetched again if it is old
// or, not too often, if the key is not in it.
func (c *call) logoutKey(header map[string]any, alg, uri string) (*jose.JSONWebKey, *jsError) {
	m := c.m
	m.mu.Lock()
	set := m.keySets[uri]
	m.mu.Unlock()
	age := m.Now().Sub(set.fetched)
	if set.keys == nil || age >= keySetAge {
		var failure *jsError
		if set, failure = c.fetchKeys(uri); failure != nil {
			return nil, failure
		}
	} else if len(fitting(set.keys, header, alg)) == 0 && age >= keySetCooldown {
		if fresh, failure := c.fetchKeys(uri); failure == nil {
			set = fresh
		}
	}
	found := fitting(set.keys, header, alg)
	switch {
	case len(found) == 0:
		return nil, joseError("JWKSNoMatchingKey", "ERR_JWKS_NO_MATCHING_KEY", "no applicable key found in the JSON Web Key Set")
	case len(found) > 1:
		return nil, joseError("JWKSMultipleMatchingKeys", "ERR_JWKS_MULTIPLE_MATCHING_KEYS", "multiple matching keys found in the JSON Web Key Set")
	}
	return found[0], nil
}

// fetchKeys asks for the key set. http is allowed here whatever the settings say.
func (c *call) fetchKeys(uri string) (keySet, *jsError) {
	u, ok := parseWebURL(uri)
	if !ok {
		return keySet{}, newError("TypeError", "Invalid URL")
	}
	res, err := c.m.node.do(c.r.Context(), outgoing{method: "GET", url: u.href(), limit: keySetLimit,
		header: []param{{"Accept", "application/json, application/jwk-set+json"}, {"User-Agent", "jose/v6.2.3"}}})
	switch {
	case err == errSlow || err == context.DeadlineExceeded:
		return keySet{}, joseError("JWKSTimeout", "ERR_JWKS_TIMEOUT", "request timed out")
	case err != nil:
		return keySet{}, fetchFailed(c.m.node.networkError(err, strings.Trim(u.host, "[]"), u.effectivePort()))
	case res.status != http.StatusOK:
		return keySet{}, joseError("JOSEError", "ERR_JOSE_GENERIC", "Expected 200 OK from the JSON Web Key Set HTTP response")
	}
	var doc struct {
		Keys []map[string]any `json:"keys"`
	}
	if err := json.Unmarshal([]byte(res.body), &doc); err != nil {
		return keySet{}, joseError("JOSEError", "ERR_JOSE_GENERIC", "Failed to parse the JSON Web Key Set HTTP response as JSON")
	}
	if doc.Keys == nil {
		return keySet{}, joseError("JWKSInvalid", "ERR_JWKS_INVALID", "JSON Web Key Set malformed")
	}
	set := keySet{keys: doc.Keys, fetched: c.m.Now()}
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	c.m.keySets[uri] = set
	return set, nil
}
