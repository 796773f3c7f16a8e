package oidctest

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// client5 is openid-client 5.2 to 5.7, Immich v1.36.0 to v1.131.3. It compares
// no issuer at discovery, has no PKCE here, takes its way of authentication
// from the metadata, and verifies the ID token's signature.
type client5 struct {
	n    *node
	r    release
	set  Settings
	meta metadata
}

func (c *client5) provider() metadata { return c.meta }

func (c *client5) discover(ctx context.Context) *jsError {
	target, failure := wellKnown5(c.set.IssuerURL)
	if failure != nil {
		return failure
	}
	res, failure := c.request(ctx, outgoing{method: "GET", url: target, header: []param{{"Accept", "application/json"}}})
	if failure != nil {
		return failure
	}
	if failure := expectOK5(res, false); failure != nil {
		return failure
	}
	doc, failure := c.parse(res.body)
	if failure != nil {
		return failure
	}
	c.meta, _ = doc.(map[string]any)
	if c.set.ClientID == "" {
		return newError("TypeError", "client_id is required")
	}
	return nil
}

var schemeLike = regexp.MustCompile(`^[a-zA-Z0-9.+-]+:`)

// wellKnown5 makes the URL of the discovery document out of the setting, as
// Node's old url.parse sees that.
func wellKnown5(setting string) (string, *jsError) {
	s := strings.TrimSpace(setting)
	scheme := schemeLike.FindString(s)
	rest := strings.TrimPrefix(s, scheme)
	rest, hash, _ := cutKeep(rest, "#")
	rest, query, _ := cutKeep(rest, "?")
	slashed := scheme == "" || strings.EqualFold(scheme, "http:") || strings.EqualFold(scheme, "https:")
	authority, path := "", rest
	if after, ok := strings.CutPrefix(rest, "//"); ok || !slashed {
		authority, path, _ = cutKeep(after, "/")
		if ok {
			authority = "//" + authority
		}
		if path == "" && slashed {
			path = "/"
		}
	}
	if path == "" {
		return "", newError("TypeError", "Cannot read properties of null (reading 'includes')")
	}
	if !strings.Contains(path, "/.well-known/") {
		path = strings.TrimSuffix(path, "/") + "/.well-known/openid-configuration"
	}
	return scheme + authority + path + query + hash, nil
}

// cutKeep is strings.Cut with the separator at the head of what follows.
func cutKeep(s, sep string) (before, after string, found bool) {
	if i := strings.Index(s, sep); i >= 0 {
		return s[:i], s[i:], true
	}
	return s, "", false
}

// request is the client's own over node:http. Every call has one limit, that of
// a silent socket.
func (c *client5) request(ctx context.Context, o outgoing) (*incoming, *jsError) {
	u, ok := parseWebURL(o.url)
	if !ok || u.scheme != "http" && u.scheme != "https" {
		return nil, newError("TypeError", "only valid absolute URLs can be requested")
	}
	o.url, o.limit = u.href(), clientLimit.at(c.r)
	o.header = append(o.header, param{"User-Agent", clientVersion.at(c.r)}, param{"Accept-Encoding", "identity"})
	res, err := c.n.do(ctx, o)
	switch {
	case err == nil:
		return res, nil
	case err == errSlow || strings.Contains(err.Error(), errSlowConnect.Error()):
		return nil, newError("RPError", "outgoing request timed out after %s", timeoutText(o.limit))
	case strings.Contains(err.Error(), "malformed HTTP"):
		return nil, &jsError{name: "Error", message: "Parse Error: Expected HTTP/", code: "HPE_INVALID_CONSTANT"}
	}
	port := u.port
	if port == "" {
		port = defaultPorts[u.scheme]
	}
	return nil, c.n.networkError(err, strings.Trim(u.host, "[]"), port)
}

// expectOK5 refuses all but 200, with the error of the body if it has one.
func expectOK5(res *incoming, bearer bool) *jsError {
	if res.status == 200 {
		if res.body == "" {
			return newError("OPError", "expected 200 OK with body but no body was returned")
		}
		return nil
	}
	if bearer && res.status == 401 {
		if e := challengeError5(res.header.Get("Www-Authenticate")); e != nil {
			return e
		}
	}
	var body struct {
		Error       string `json:"error"`
		Description any    `json:"error_description"`
	}
	if json.Unmarshal([]byte(res.body), &body) == nil && body.Error != "" {
		return opError(body.Error, body.Description)
	}
	return newError("OPError", "expected 200 OK, got: %s", res.statusLine())
}

// opError is an OAuth error of the provider (RFC 6749 5.2).
func opError(code string, description any) *jsError {
	if truthy(description) {
		return newError("OPError", "%s (%s)", code, text(description))
	}
	return newError("OPError", "%s", code)
}

var challengeParam = regexp.MustCompile(`(\w+)=("[^"]*")`)

func challengeError5(header string) *jsError {
	params := map[string]string{}
	for _, m := range challengeParam.FindAllStringSubmatch(header, -1) {
		if m[1] != "algs" {
			params[m[1]] = strings.Trim(m[2], `"`)
		}
	}
	if params["error"] == "" {
		return nil
	}
	return opError(params["error"], params["error_description"])
}

func (c *client5) parse(body string) (any, *jsError) {
	var v any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		return nil, newError("SyntaxError", "%s", badJSON(body, err, c.r))
	}
	return v, nil
}

func (c *client5) authorizationURL(a authorization) (string, *jsError) {
	endpoint := c.meta.text("authorization_endpoint")
	if endpoint == "" {
		return "", newError("TypeError", "authorization_endpoint must be configured on the issuer")
	}
	u, ok := parseWebURL(endpoint)
	if !ok {
		return "", newError("TypeError", "Invalid URL")
	}
	params := parseParams(u.query)
	for _, p := range []param{
		{"client_id", c.set.ClientID},
		{"scope", c.set.Scope},
		{"response_type", "code"},
		{"redirect_uri", a.redirectURI},
		{"state", a.state},
	} {
		params = setParam(params, p)
	}
	u.query, u.hasQuery = writeParams(params), true
	return strings.ReplaceAll(u.href(), "+", "%20"), nil
}

// setParam is URLSearchParams.set: the first of the name is replaced, others go.
func setParam(params []param, p param) []param {
	i := slices.IndexFunc(params, func(q param) bool { return q.name == p.name })
	if i < 0 {
		return append(params, p)
	}
	params[i].value = p.value
	rest := slices.DeleteFunc(params[i+1:], func(q param) bool { return q.name == p.name })
	return params[:i+1+len(rest)]
}
