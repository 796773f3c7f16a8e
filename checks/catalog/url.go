package catalog

import (
	"net/url"
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

// absolute returns the scheme of an absolute http URL, "" if s is none.
func absolute(s string) (scheme string) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.Scheme
}
