package catalog

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

const wellKnown = "/.well-known/openid-configuration"

// leadsTo is the absolute URL that a redirect from a URL leads to.
func leadsTo(from, location string) *url.URL {
	base, err := url.Parse(from)
	if err != nil {
		return new(url.URL)
	}
	to, err := base.Parse(location)
	if err != nil {
		return new(url.URL)
	}
	return to
}

// hostOf is what stands before the first slash.
func hostOf(s string) string {
	host, _, _ := strings.Cut(s, "/")
	return strings.ToLower(host)
}

// userinfo is a user and a password in a URL; a masked one is no longer one
// that parses.
var userinfo = regexp.MustCompile(`://[^/?#@]*@`)

// absolute returns the scheme of an absolute http URL, "" if s is none.
func absolute(s string) (scheme string) {
	u, err := url.Parse(userinfo.ReplaceAllString(s, "://"))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.Scheme
}

// isURL reports whether JavaScript makes a URL of s: it must have a scheme.
func isURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme != ""
}

// portOf is the port that a URL spells out, -1 if none.
func portOf(s string) int {
	u, err := url.Parse(userinfo.ReplaceAllString(s, "://"))
	if err != nil {
		return -1
	}
	n, err := strconv.Atoi(u.Port())
	if err != nil {
		return -1
	}
	return n
}

// authority is host and port of u as browsers write them: without a default port.
func authority(u *url.URL) string {
	host := strings.ToLower(u.Host)
	if u.Scheme == "https" {
		return strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":80")
}
