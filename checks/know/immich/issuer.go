package immich

import (
	"net/url"
	"strings"
)

// SameIssuer compares as openid-client 6 does: not at all if the setting holds
// /.well-known/, else both as WHATWG URLs, where host case, default port and the
// slash behind a bare host make no difference, and everything else does. The
// hosts of Microsoft that openid-client exempts are exempt.
func SameIssuer(setting, named string) bool {
	if strings.Contains(setting, "/.well-known/") {
		return true
	}
	s, errS := url.Parse(strings.TrimSpace(setting))
	n, errN := url.Parse(named)
	if errS != nil || errN != nil {
		return false
	}
	if host := strings.ToLower(s.Hostname()); host == "login.microsoftonline.com" || strings.HasSuffix(host, ".b2clogin.com") {
		return true
	}
	return href(s) == href(n)
}

// href is u as WHATWG writes it, as far as issuers go.
func href(u *url.URL) string {
	c := *u
	c.Scheme, c.Host = strings.ToLower(c.Scheme), strings.ToLower(c.Host)
	if c.Scheme == "https" {
		c.Host = strings.TrimSuffix(c.Host, ":443")
	} else {
		c.Host = strings.TrimSuffix(c.Host, ":80")
	}
	if c.Path == "" {
		c.Path = "/"
	}
	return c.String()
}

// TokenRedirect is how the release writes a redirect URI in the token request:
// as it stands with openid-client 5; with 6 as WHATWG does, without its query.
func TokenRedirect(release, redirect string) string {
	u, err := url.Parse(redirect)
	if err != nil || Library.At(release).Value == OpenIDClient5 || u.Host == "" {
		return redirect
	}
	u.RawQuery, u.Fragment = "", ""
	return href(u)
}
