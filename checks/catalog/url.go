package catalog

import (
	"net/url"
	"strings"
)

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
