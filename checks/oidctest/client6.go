package oidctest

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// client6 is openid-client 6 over oauth4webapi 3, Immich v1.132.0 and later. It
// compares the issuer at discovery, has PKCE where the provider advertises it,
// takes its way of authentication from the settings, and never looks at the ID
// token's signature.
type client6 struct {
	n    *node
	r    release
	set  Settings
	meta metadata
}

func (c *client6) provider() metadata { return c.meta }

// insecure is whether http may be spoken. The setting came with v3.0.0; before,
// it always was.
func (c *client6) insecure() bool { return !c.r.since("v3.0.0") || c.set.AllowInsecureRequests }

// messages6 is what the client makes of an error of the library below; the
// specific text becomes the cause.
var messages6 = map[string]string{
	"OAUTH_HTTP_REQUEST_FORBIDDEN":           "only requests to HTTPS are allowed",
	"OAUTH_REQUEST_PROTOCOL_FORBIDDEN":       "only requests to HTTP or HTTPS are allowed",
	"OAUTH_RESPONSE_IS_NOT_CONFORM":          "unexpected HTTP response status code",
	"OAUTH_RESPONSE_IS_NOT_JSON":             "unexpected response content-type",
	"OAUTH_PARSE_ERROR":                      "parsing error occured", // sic
	"OAUTH_INVALID_RESPONSE":                 "invalid response encountered",
	"OAUTH_JWT_CLAIM_COMPARISON_FAILED":      "unexpected JWT claim value encountered",
	"OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED": "unexpected JSON attribute value encountered",
	"OAUTH_JWT_TIMESTAMP_CHECK_FAILED":       "JWT timestamp claim value failed validation",
	"OAUTH_UNSUPPORTED_OPERATION":            "unsupported operation",
	"OAUTH_TIMEOUT":                          "operation timed out",
}

// specific is an error of the library below.
func specific(code, format string, args ...any) *jsError {
	e := newError("OperationProcessingError", format, args...)
	e.code = code
	if code == "OAUTH_UNSUPPORTED_OPERATION" {
		e.name = "UnsupportedOperationError"
	}
	return e
}

func invalidResponse(format string, args ...any) *jsError {
	return specific("OAUTH_INVALID_RESPONSE", format, args...)
}

// general is what the client throws for it. Some causes are printed as what they
// carry, not as an error.
func general(e *jsError) *jsError {
	switch e.name {
	case "OperationProcessingError", "UnsupportedOperationError", "TimeoutError":
	default:
		return e
	}
	message, known := messages6[e.code]
	if !known {
		message = e.message
	}
	out := newError("ClientError", "%s", message)
	out.code = e.code
	if strings.HasPrefix(e.code, "OAUTH_RESPONSE_IS_NOT_") {
		out.detail = e.detail
	} else {
		out.cause = e
	}
	return out
}

func (c *client6) discover(ctx context.Context) *jsError {
	server, ok := parseWebURL(c.set.IssuerURL)
	if !ok {
		e := newError("TypeError", "Invalid URL")
		e.code = "ERR_INVALID_URL"
		return e
	}
	target := *server
	given := strings.Contains(server.href(), "/.well-known/")
	if !given {
		target.path = strings.Replace(server.path+"/.well-known/openid-configuration", "//", "/", 1)
	}
	res, failure := c.fetch(ctx, outgoing{method: "GET", header: []param{{"Accept", "application/json"}}}, &target, true)
	if failure != nil {
		// With the URL of the document in the setting, the scheme is looked at
		// where nobody wraps the error.
		if given && failure.name == "OperationProcessingError" {
			return failure
		}
		return general(failure)
	}
	if res.status != 200 {
		return general(notConform(res, "Authorization Server Metadata"))
	}
	doc, failure := c.object(res)
	if failure != nil {
		return general(failure)
	}
	if failure := compareIssuer(doc, server, given); failure != nil {
		return failure
	}
	c.meta = doc
	if c.set.ClientID == "" {
		e := newError("TypeError", `"clientId" must be a non-empty string`)
		e.code = "ERR_INVALID_ARG_VALUE"
		return e
	}
	return nil
}

// compareIssuer wants a string, and wants it to be the setting, both as URLs.
// Nothing is compared if the setting is the URL of the document. Two hosted
// products of Microsoft are excepted, whose issuers are templates.
func compareIssuer(doc map[string]any, server *webURL, given bool) *jsError {
	issuer, ok := doc["issuer"].(string)
	if !ok || issuer == "" {
		what := `"response" body "issuer" property must be a string`
		if ok {
			what = `"response" body "issuer" property must not be empty`
		}
		return general(invalidResponse("%s", what))
	}
	if given || server.host == "login.microsoftonline.com" || strings.HasSuffix(server.host, ".b2clogin.com") {
		return nil
	}
	u, ok := parseWebURL(issuer)
	if !ok {
		e := newError("TypeError", "Invalid URL")
		e.code = "ERR_INVALID_URL"
		return e
	}
	if u.href() == server.href() {
		return nil
	}
	e := newError("ClientError", "discovered metadata issuer does not match the expected issuer")
	e.code = "OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED"
	e.detail = carried(member{name: "expected", value: quoted(server.href())},
		inspectJSON("body", doc),
		member{name: "attribute", value: "'issuer'"})
	return e
}

func notConform(res *incoming, what string) *jsError {
	e := specific("OAUTH_RESPONSE_IS_NOT_CONFORM", `"response" is not a conform %s response (unexpected HTTP status code)`, what)
	e.detail = res.inspect()
	return e
}

func notJSON(res *incoming) *jsError {
	e := specific("OAUTH_RESPONSE_IS_NOT_JSON", `"response" content-type must be application/json`)
	e.detail = res.inspect()
	return e
}

// object reads a JSON body. The content type only matters if it is not JSON.
func (c *client6) object(res *incoming) (map[string]any, *jsError) {
	var v any
	if err := json.Unmarshal([]byte(strings.TrimPrefix(res.body, "\ufeff")), &v); err != nil {
		if res.mediaType() != "application/json" {
			return nil, notJSON(res)
		}
		e := specific("OAUTH_PARSE_ERROR", `failed to parse "response" body as JSON`)
		e.cause = newError("SyntaxError", "%s", badJSON(res.body, err, c.r))
		return nil, e
	}
	members, ok := v.(map[string]any)
	if !ok {
		return nil, invalidResponse(`"response" body must be a top level object`)
	}
	return members, nil
}

// limit is how long a call may take and whether it is the setting that says so,
// not fetch. The setting is called milliseconds and handed over as seconds.
func (c *client6) limit(discovering bool) (limit time.Duration, own bool, failure *jsError) {
	fetch := clientLimit.at(c.r)
	if !c.r.since("v1.133.0") {
		if discovering {
			return 30 * time.Second, true, nil
		}
		return fetch, false, nil
	}
	ms := int64(c.set.Timeout) * 1000
	switch {
	case ms > 1<<32-1:
		e := newError("RangeError", `The value of "delay" is out of range. It must be >= 0 && <= 4294967295. Received %s`, underscored(ms))
		e.code = "ERR_OUT_OF_RANGE"
		return 0, false, e
	case ms > 1<<31-1: // overflows the timer, which then fires at once
		return 0, true, nil
	case ms < fetch.Milliseconds():
		return time.Duration(ms) * time.Millisecond, true, nil
	}
	return fetch, false, nil
}

// underscored is a number as Node prints a long one.
func underscored(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "_" + s[i:]
	}
	return s
}
