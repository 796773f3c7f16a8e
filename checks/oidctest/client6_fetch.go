package oidctest

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// badPorts are those that fetch refuses to dial (WHATWG Fetch, "port blocking").
var badPorts = []string{"1", "7", "9", "11", "13", "15", "17", "19", "20", "21", "22", "23", "25", "37", "42", "43",
	"53", "69", "77", "79", "87", "95", "101", "102", "103", "104", "109", "110", "111", "113", "115", "117", "119",
	"123", "135", "137", "139", "143", "161", "179", "389", "427", "465", "512", "513", "514", "515", "526", "530",
	"531", "532", "540", "548", "554", "556", "563", "587", "601", "636", "989", "990", "993", "995", "1719", "1720",
	"1723", "2049", "3659", "4045", "4190", "5060", "5061", "6000", "6566", "6665", "6666", "6667", "6668", "6669",
	"6679", "6697", "10080"}

// fetch is Node's, as the library calls it: redirects are answers, and whatever
// goes wrong on the way is "fetch failed", with the reason as its cause.
func (c *client6) fetch(ctx context.Context, o outgoing, u *webURL, discovering bool) (*incoming, *jsError) {
	if failure := c.allowed(u); failure != nil {
		return nil, failure
	}
	limit, own, failure := c.limit(discovering)
	if failure != nil {
		return nil, failure
	}
	if u.hasUser {
		return nil, newError("TypeError", "Request cannot be constructed from a URL that includes credentials: %s", u.href())
	}
	if own && limit == 0 {
		return nil, timedOut()
	}
	if slices.Contains(badPorts, u.port) {
		e := newError("Error", "bad port")
		e.frames = []string{"makeNetworkError (node:internal/deps/undici/undici:11566:35)"}
		return nil, fetchFailed(e)
	}
	o.url, o.limit = u.href(), limit
	o.header = append(o.header, param{"User-Agent", clientVersion.at(c.r)}, param{"Accept-Encoding", "gzip, deflate"},
		param{"Accept-Language", "*"}, param{"Sec-Fetch-Mode", "cors"})
	res, err := c.n.do(ctx, o)
	if err == nil {
		return res, nil
	}
	return nil, c.fetchError(err, own, u)
}

func (c *client6) fetchError(err error, own bool, u *webURL) *jsError {
	switch {
	case err == errSlow && own:
		return timedOut()
	case err == errSlow:
		return fetchFailed(&jsError{name: "HeadersTimeoutError", message: "Headers Timeout Error", code: "UND_ERR_HEADERS_TIMEOUT",
			frames: []string{"FastTimer.onParserTimeout [as _onTimeout] (node:internal/deps/undici/undici:6308:28)"}})
	case errors.Is(err, errSlowConnect):
		return fetchFailed(&jsError{name: "ConnectTimeoutError", code: "UND_ERR_CONNECT_TIMEOUT",
			message: "Connect Timeout Error (attempted address: " + u.host + ":" + u.effectivePort() + ", timeout: 10000ms)",
			frames:  []string{"onConnectTimeout (node:internal/deps/undici/undici:2494:24)"}})
	case strings.Contains(err.Error(), "malformed HTTP"):
		return fetchFailed(&jsError{name: "HTTPParserError", message: "Expected HTTP/", code: "HPE_INVALID_CONSTANT",
			frames: []string{"Parser.execute (node:internal/deps/undici/undici:6164:19)"}})
	}
	return fetchFailed(c.n.networkError(err, strings.Trim(u.host, "[]"), u.effectivePort()))
}

// effectivePort is the port, also where it is the usual one.
func (u *webURL) effectivePort() string {
	if u.port != "" {
		return u.port
	}
	return defaultPorts[u.scheme]
}

// allowed looks at the scheme, as the library does before each request.
func (c *client6) allowed(u *webURL) *jsError {
	if u.scheme != "https" && !c.insecure() {
		return specific("OAUTH_HTTP_REQUEST_FORBIDDEN", "only requests to HTTPS are allowed")
	}
	if u.scheme != "https" && u.scheme != "http" {
		return specific("OAUTH_REQUEST_PROTOCOL_FORBIDDEN", "only HTTP and HTTPS requests are allowed")
	}
	return nil
}

func fetchFailed(cause *jsError) *jsError {
	return &jsError{name: "TypeError", message: "fetch failed", cause: cause}
}

// timedOut is the error of a limit that the setting drew.
func timedOut() *jsError {
	e := newError("TimeoutError", "The operation was aborted due to timeout")
	e.code = "OAUTH_TIMEOUT"
	return e
}

// endpoint is a member of the metadata as a URL that may be spoken to.
func (c *client6) endpoint(name string) (*webURL, *jsError) {
	value, ok := c.meta[name].(string)
	code := "OAUTH_INVALID_SERVER_METADATA"
	if _, given := c.meta[name]; !given {
		code = "OAUTH_MISSING_SERVER_METADATA"
	}
	u, valid := parseWebURL(value)
	if !ok || !valid {
		return nil, specific(code, `authorization server metadata does not contain a valid "as.%s"`, name)
	}
	return u, c.allowed(u)
}

// authorizationURL is built outside of what turns errors into general ones.
func (c *client6) authorizationURL(a authorization) (string, *jsError) {
	u, failure := c.endpoint("authorization_endpoint")
	if failure != nil {
		return "", failure
	}
	params := append(parseParams(u.query),
		param{"redirect_uri", a.redirectURI}, param{"scope", c.set.Scope}, param{"state", a.state})
	if c.r.since("v3.0.0") && c.set.Prompt != "" {
		params = append(params, param{"prompt", c.set.Prompt})
	}
	challenge := []param{{"code_challenge", a.challenge}, {"code_challenge_method", "S256"}}
	switch rule := pkceRule.at(c.r); {
	case rule == pkceAlways || c.meta.hasPKCE():
		params = append(params, challenge...)
	case rule == pkceBlank:
		params = append(params, param{"code_challenge", ""}, param{"code_challenge_method", ""})
	}
	params = append(params, param{"client_id", c.set.ClientID}, param{"response_type", "code"})
	u.query, u.hasQuery = writeParams(params), true
	return u.href(), nil
}
