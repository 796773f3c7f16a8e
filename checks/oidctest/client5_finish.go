package oidctest

import (
	"context"
	"slices"
	"strings"
)

// finish is the client's callback and, always, userinfo.
func (c *client5) finish(ctx context.Context, cb callback) (*identity, *jsError) {
	_, query, _ := strings.Cut(cb.url, "?")
	query, _, _ = strings.Cut(query, "#")
	params := map[string]string{}
	for _, p := range parseParams(query) {
		params[p.name] = p.value
	}
	if failure := c.checkCallback(params); failure != nil {
		return nil, failure
	}
	who := &identity{}
	access := ""
	if code := params["code"]; code != "" {
		tokens, failure := c.exchange(ctx, cb.redirectURI, code)
		if failure != nil {
			return nil, failure
		}
		if who.idToken, _ = tokens["id_token"].(string); who.idToken == "" {
			return nil, newError("TypeError", "id_token not present in TokenSet")
		}
		access, _ = tokens["access_token"].(string)
		if failure := c.idToken(ctx, who.idToken, access); failure != nil {
			return nil, failure
		}
	}
	claims, failure := c.userinfo(ctx, access)
	if failure != nil {
		failure.profile = true
		return nil, failure
	}
	if c.r.since("v1.126.0") && !truthy(claims["sub"]) {
		return nil, newError("Error", "Unexpected profile response, no `sub`")
	}
	who.claims = claims
	return who, nil
}

// checkCallback looks at the authorization response. The state is compared with
// itself: Immich of these releases keeps none.
func (c *client5) checkCallback(params map[string]string) *jsError {
	iss, given := params["iss"]
	switch {
	case given && iss != c.meta.text("issuer"):
		return newError("RPError", "iss mismatch, expected %s, got: %s", c.meta.text("issuer"), iss)
	case !given && params["id_token"] == "" && truthy(c.meta["authorization_response_iss_parameter_supported"]):
		return newError("RPError", "iss missing from the response")
	}
	if code, given := params["error"]; given {
		return opError(code, params["error_description"])
	}
	if params["id_token"] != "" {
		return newError("RPError", "missing required property c_hash")
	}
	return nil
}

func (c *client5) exchange(ctx context.Context, redirectURI, code string) (map[string]any, *jsError) {
	endpoint := c.meta.text("token_endpoint")
	if endpoint == "" {
		return nil, newError("TypeError", "token_endpoint must be configured on the issuer")
	}
	form := []param{{"grant_type", "authorization_code"}, {"code", code}, {"redirect_uri", redirectURI}}
	o := outgoing{method: "POST", url: endpoint, header: []param{{"Accept", "application/json"},
		{"Content-Type", "application/x-www-form-urlencoded"}}}
	if c.byPost() {
		form = append(form, param{"client_id", c.set.ClientID}, param{"client_secret", c.set.ClientSecret})
	} else {
		o.header = append(o.header, param{"Authorization", basic(c.set.ClientID, c.set.ClientSecret, "-_.!~*'()")})
	}
	o.body = writeQuery(form)
	res, failure := c.request(ctx, o)
	if failure != nil {
		return nil, failure
	}
	if failure := expectOK5(res, false); failure != nil {
		return nil, failure
	}
	doc, failure := c.parse(res.body)
	tokens, _ := doc.(map[string]any)
	return tokens, failure
}

// byPost is whether the secret goes into the body: only if the metadata list
// that and not the header. No list means the header.
func (c *client5) byPost() bool {
	const name = "token_endpoint_auth_methods_supported"
	if s, ok := c.meta[name].(string); ok { // includes of a string finds a part of it
		return !strings.Contains(s, "client_secret_basic") && strings.Contains(s, "client_secret_post")
	}
	methods, given := c.meta.list(name)
	return given && !slices.Contains(methods, "client_secret_basic") && slices.Contains(methods, "client_secret_post")
}

// writeQuery is Node's querystring.stringify.
func writeQuery(params []param) string {
	parts := make([]string, len(params))
	for i, p := range params {
		parts[i] = encodeBut(p.name, "-_.!~*'()", false) + "=" + encodeBut(p.value, "-_.!~*'()", false)
	}
	return strings.Join(parts, "&")
}

func (c *client5) userinfo(ctx context.Context, access string) (map[string]any, *jsError) {
	if access == "" {
		return nil, newError("TypeError", "no access token provided")
	}
	endpoint := c.meta.text("userinfo_endpoint")
	if endpoint == "" {
		return nil, newError("TypeError", "userinfo_endpoint must be configured on the issuer")
	}
	alg, accept := c.set.ProfileSigningAlgorithm, "application/jwt"
	if alg == "none" || alg == "" || !c.r.since("v1.109.0") {
		alg, accept = "", "application/json"
	}
	res, failure := c.request(ctx, outgoing{method: "GET", url: endpoint,
		header: []param{{"Accept", accept}, {"Authorization", "Bearer " + access}}})
	if failure != nil {
		return nil, failure
	}
	if failure := expectOK5(res, true); failure != nil {
		return nil, failure
	}
	if alg == "" {
		doc, failure := c.parse(res.body)
		claims, _ := doc.(map[string]any)
		return claims, failure
	}
	if !strings.HasPrefix(res.header.Get("Content-Type"), "application/jwt") {
		return nil, newError("RPError", "expected application/jwt response from the userinfo_endpoint")
	}
	return c.verified(ctx, res.body, alg, nil)
}
