package oidctest

import (
	"net/http"
	"strings"
)

const (
	accessCookie   = "immich_access_token"
	typeCookie     = "immich_auth_type"
	signedInCookie = "immich_is_authenticated"
	stateCookie    = "immich_oauth_state"
	verifierCookie = "immich_oauth_code_verifier"
)

// setCookie is the Set-Cookie of a value. The order of the attributes is that
// of Express from v1.106.0 on; before, Immich wrote them itself, without
// Expires.
func (c *call) setCookie(name, value string) string {
	r := c.m.r
	age := cookieAge.at(r)
	seconds := "Max-Age=" + itoa(int(age.Seconds()))
	parts := []string{name + "=" + encodeBut(value, "-_.!~*'()", false)}
	hidden := name != signedInCookie // which the web application reads
	if !r.since("v1.106.0") {
		if hidden {
			parts = append(parts, "HttpOnly")
		}
		if c.secure {
			parts = append(parts, "Secure")
		}
		return strings.Join(append(parts, "Path=/", seconds, "SameSite="+cookieSameSite.at(r)), "; ") + ";"
	}
	parts = append(parts, seconds, "Path=/", "Expires="+c.m.Now().Add(age).UTC().Format(http.TimeFormat))
	if hidden {
		parts = append(parts, "HttpOnly")
	}
	if c.secure {
		parts = append(parts, "Secure")
	}
	return strings.Join(append(parts, "SameSite="+cookieSameSite.at(r)), "; ")
}

// clearCookie is the Set-Cookie that takes one back.
func clearCookie(name string) string {
	return name + "=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"
}

// sessionCookies are those of a login.
func (c *call) sessionCookies(token, kind string) []string {
	out := []string{c.setCookie(accessCookie, token), c.setCookie(typeCookie, kind)}
	if c.m.r.since("v1.95.0") {
		out = append(out, c.setCookie(signedInCookie, "true"))
	}
	return out
}
