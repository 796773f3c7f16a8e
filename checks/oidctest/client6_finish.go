package oidctest

import (
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// finish is authorizationCodeGrant and, if the ID token has no email, the
// userinfo request.
func (c *client6) finish(ctx context.Context, cb callback) (*identity, *jsError) {
	u, ok := parseWebURL(cb.url)
	if !ok {
		e := newError("TypeError", "Invalid URL")
		e.code = "ERR_INVALID_URL"
		return nil, e
	}
	code, failure := c.checkCallback(parseParams(u.query), cb.state)
	if failure != nil {
		return nil, general(failure)
	}
	tokens, failure := c.exchange(ctx, u, code, cb.verifier)
	if failure != nil {
		return nil, general(failure)
	}
	who := &identity{}
	who.idToken, _ = tokens["id_token"].(string)
	if who.idToken != "" {
		_, claims, failure := c.idToken(who.idToken)
		if failure != nil {
			return nil, general(failure)
		}
		who.claims = claims
		who.sid, _ = claims["sid"].(string)
	}
	if _, has := who.claims["email"]; has && c.r.since("v2.6.0") {
		who.fromIDToken = true
	} else {
		access, _ := tokens["access_token"].(string)
		if who.claims, failure = c.userinfo(ctx, access); failure != nil {
			failure = general(failure)
			failure.profile = true
			return nil, failure
		}
	}
	if !truthy(who.claims["sub"]) {
		return nil, newError("Error", "Unexpected profile response, no `sub`")
	}
	return who, nil
}

// checkCallback looks at the authorization response in the order of the library
// and returns the code.
func (c *client6) checkCallback(params []param, expectedState string) (string, *jsError) {
	one := func(name string) (string, *jsError) {
		var values []string
		for _, p := range params {
			if p.name == name {
				values = append(values, p.value)
			}
		}
		if len(values) > 1 {
			return "", invalidResponse("%q parameter must be provided only once", name)
		}
		return strings.Join(values, ""), nil
	}
	got := map[string]string{}
	for _, name := range []string{"response", "iss", "state", "error", "id_token", "token", "code"} {
		value, failure := one(name)
		if failure != nil {
			return "", failure
		}
		got[name] = value
		if failure := c.checkParam(name, value, got["state"], expectedState, params); failure != nil {
			return "", failure
		}
	}
	return got["code"], nil
}

func (c *client6) checkParam(name, value, state, expectedState string, params []param) *jsError {
	switch {
	case name == "response" && value != "":
		return invalidResponse(`"parameters" contains a JARM response, use validateJwtAuthResponse() instead of validateAuthResponse()`)
	case name == "iss" && value == "" && truthy(c.meta["authorization_response_iss_parameter_supported"]):
		e := invalidResponse(`response parameter "iss" (issuer) missing`)
		e.detail = carried(member{name: "parameters", value: inspectParams(params)})
		return e
	case name == "iss" && value != "" && value != c.meta.text("issuer"):
		e := invalidResponse(`unexpected "iss" (issuer) response parameter value`)
		e.detail = carried(member{name: "expected", value: quoted(c.meta.text("issuer"))}, member{name: "parameters", value: inspectParams(params)})
		return e
	case name == "state" && state != expectedState:
		text := `unexpected "state" response parameter value`
		if !slices.ContainsFunc(params, func(p param) bool { return p.name == "state" }) {
			text = `response parameter "state" missing`
		}
		e := invalidResponse("%s", text)
		e.detail = carried(member{name: "expected", value: quoted(expectedState)}, member{name: "parameters", value: inspectParams(params)})
		return e
	case name == "error" && value != "":
		return authorizationError(value, params)
	case (name == "id_token" || name == "token") && value != "":
		return specific("OAUTH_UNSUPPORTED_OPERATION", "implicit and hybrid flows are not supported")
	case name == "code" && value == "":
		return invalidResponse(`no authorization code in "callbackParameters"`)
	}
	return nil
}

// authorizationError is an OAuth error in the callback (RFC 6749 4.1.2.1).
func authorizationError(code string, params []param) *jsError {
	e := newError("AuthorizationResponseError", "authorization response from the server is an error")
	e.code = "OAUTH_AUTHORIZATION_RESPONSE_ERROR"
	e.members = []member{{name: "cause", value: inspectParams(params)}, {name: "error", value: quoted(code)}}
	for _, p := range params {
		if p.name == "error_description" {
			e.members = append(e.members, member{name: "error_description", value: quoted(p.value)})
		}
	}
	return e
}

func inspectParams(params []param) string {
	parts := make([]string, len(params))
	for i, p := range params {
		parts[i] = quoted(p.name) + " => " + quoted(p.value)
	}
	return "URLSearchParams { " + strings.Join(parts, ", ") + " }"
}

// exchange is the token request and its response, without the ID token.
func (c *client6) exchange(ctx context.Context, callback *webURL, code, verifier string) (map[string]any, *jsError) {
	u, failure := c.endpoint("token_endpoint")
	if failure != nil {
		return nil, failure
	}
	// The callback as the URL class writes it, which may be another string than
	// the redirect URI that authorize was asked with.
	form := []param{{"redirect_uri", callback.base()}, {"code", code}}
	if c.meta.hasPKCE() {
		form = append(form, param{"code_verifier", verifier})
	}
	form = append(form, param{"grant_type", "authorization_code"})
	o := outgoing{method: "POST", header: []param{{"Accept", "application/json"},
		{"Content-Type", "application/x-www-form-urlencoded;charset=UTF-8"}}}
	switch method := c.method(); method {
	case "client_secret_basic":
		o.header = append(o.header, param{"Authorization", basic(c.set.ClientID, c.set.ClientSecret, "")})
	default:
		form = append(form, param{"client_id", c.set.ClientID})
		if method == "client_secret_post" {
			form = append(form, param{"client_secret", c.set.ClientSecret})
		}
	}
	o.body = writeParams(form)
	res, failure := c.fetch(ctx, o, u, false)
	if failure != nil {
		return nil, failure
	}
	return c.tokenResponse(res)
}

// method is the client authentication: the setting, which v1.132 did not have.
func (c *client6) method() string {
	switch {
	case c.set.ClientSecret == "":
		return "none"
	case !c.r.since("v1.133.0"):
		return "client_secret_post"
	}
	return c.set.TokenEndpointAuthMethod
}

// basic is the Authorization header of RFC 6749 2.3.1: both parts are encoded
// as forms are. Which characters stay as they are differs.
func basic(id, secret, keep string) string {
	pair := encodeBut(id, keep, true) + ":" + encodeBut(secret, keep, true)
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))
}

func (c *client6) tokenResponse(res *incoming) (map[string]any, *jsError) {
	// Until v1.138 a challenge was an error with status 200 too.
	if res.status != 200 || !c.r.since("v1.139.0") {
		if failure := challenged(res); failure != nil {
			return nil, failure
		}
	}
	if res.status != 200 {
		if res.status >= 400 && res.status < 500 {
			if res.mediaType() != "application/json" {
				return nil, notJSON(res)
			}
			if body, failure := c.object(res); failure == nil {
				if code, ok := body["error"].(string); ok && code != "" {
					return nil, bodyError(res, body, code)
				}
			}
		}
		return nil, notConform(res, "Token Endpoint")
	}
	body, failure := c.object(res)
	if failure != nil {
		return nil, failure
	}
	return body, c.checkTokens(body)
}

func (c *client6) checkTokens(body map[string]any) *jsError {
	for _, name := range []string{"access_token", "token_type"} {
		if failure := wantString(body, name, true); failure != nil {
			return failure
		}
	}
	switch strings.ToLower(body["token_type"].(string)) {
	case "bearer", "dpop":
	default:
		return specific("OAUTH_UNSUPPORTED_OPERATION", "unsupported `token_type` value")
	}
	if v, given := body["expires_in"]; given {
		n, ok := v.(float64)
		if s, isString := v.(string); isString {
			parsed, err := strconv.ParseFloat(s, 64)
			n, ok = parsed, err == nil
		}
		if failure := c.wantNumber(`"response" body "expires_in" property`, n, ok); failure != nil {
			return failure
		}
	}
	for _, name := range []string{"refresh_token", "scope", "id_token"} {
		if _, given := body[name]; given {
			if failure := wantString(body, name, name != "scope"); failure != nil {
				return failure
			}
		}
	}
	return nil
}

// wantNumber wants a number from zero on; zero itself only from v1.139.0.
func (c *client6) wantNumber(what string, n float64, ok bool) *jsError {
	switch {
	case !ok:
		return invalidResponse("%s must be a number", what)
	case c.r.since("v1.139.0") && n < 0:
		return invalidResponse("%s must be a non-negative number", what)
	case !c.r.since("v1.139.0") && n <= 0:
		return invalidResponse("%s must be a positive number", what)
	}
	return nil
}

func wantString(body map[string]any, name string, full bool) *jsError {
	s, ok := body[name].(string)
	switch {
	case !ok:
		return invalidResponse("\"response\" body %q property must be a string", name)
	case full && s == "":
		return invalidResponse("\"response\" body %q property must not be empty", name)
	}
	return nil
}

// challenged is the error of a WWW-Authenticate header; the body is not read.
func challenged(res *incoming) *jsError {
	header := res.header.Get("Www-Authenticate")
	scheme, _, _ := strings.Cut(strings.TrimSpace(header), " ")
	if scheme == "" || strings.ContainsAny(scheme, `,"=`) {
		return nil
	}
	e := newError("WWWAuthenticateChallengeError", "server responded with a challenge in the WWW-Authenticate HTTP Header")
	e.code = "OAUTH_WWW_AUTHENTICATE_CHALLENGE"
	params := []member{}
	for _, m := range challengeParam.FindAllStringSubmatch(header, -1) {
		params = append(params, member{name: m[1], value: quoted(strings.Trim(m[2], `"`))})
	}
	one := member{of: []member{{name: "scheme", value: quoted(strings.ToLower(scheme))}, {name: "parameters", of: params}}}
	e.members = []member{{name: "cause", list: true, of: []member{one}}, {name: "status", value: itoa(res.status)}}
	return e
}

// bodyError is an OAuth error of the token endpoint (RFC 6749 5.2).
func bodyError(res *incoming, body map[string]any, code string) *jsError {
	e := newError("ResponseBodyError", "server responded with an error in the response body")
	e.code = "OAUTH_RESPONSE_BODY_ERROR"
	cause := []member{{name: "error", value: quoted(code)}}
	tail := []member{{name: "error", value: quoted(code)}, {name: "status", value: itoa(res.status)}}
	if d, ok := body["error_description"].(string); ok {
		description := member{name: "error_description", value: quoted(d)}
		cause, tail = append(cause, description), append(tail, description)
	}
	e.members = append([]member{{name: "cause", of: cause}}, tail...)
	return e
}
