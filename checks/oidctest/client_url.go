package oidctest

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// A webURL is a URL as the WHATWG URL Standard parses and writes it, which is
// what JavaScript's URL does, and not what net/url does: blanks around it go,
// the host is lower-cased, a default port is dropped, an empty path of http
// becomes "/". Names beyond ASCII are not handled.
type webURL struct {
	scheme   string
	user     string // user:password, as given
	hasUser  bool
	host     string // of a scheme without "//" empty
	hasHost  bool
	port     string
	path     string
	query    string
	hasQuery bool
	hash     string
	hasHash  bool
}

// defaultPorts are those of the special schemes that matter here.
var defaultPorts = map[string]string{"http": "80", "https": "443", "ws": "80", "wss": "443", "ftp": "21"}

// parseWebURL is new URL(s); false where that throws "Invalid URL".
func parseWebURL(s string) (*webURL, bool) {
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	s = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(s)
	scheme, rest, found := strings.Cut(s, ":")
	if !found || !isScheme(scheme) {
		return nil, false
	}
	u := &webURL{scheme: strings.ToLower(scheme)}
	_, special := defaultPorts[u.scheme]
	rest, u.hash, u.hasHash = strings.Cut(rest, "#")
	rest, u.query, u.hasQuery = strings.Cut(rest, "?")
	u.hash, u.query = percentEncode(u.hash, " \"<>`"), percentEncode(u.query, " \"'<>")
	if special {
		rest = "//" + strings.TrimLeft(strings.ReplaceAll(rest, `\`, "/"), "/")
	}
	if authority, ok := strings.CutPrefix(rest, "//"); ok {
		rest = ""
		if i := strings.IndexByte(authority, '/'); i >= 0 {
			authority, rest = authority[:i], authority[i:]
		}
		if !u.setAuthority(authority, special) {
			return nil, false
		}
	}
	u.path = percentEncode(rest, " \"<>`{}")
	if special || u.hasHost || strings.HasPrefix(u.path, "/") {
		u.path = withoutDots(u.path)
	}
	if special && u.path == "" {
		u.path = "/"
	}
	return u, true
}

func isScheme(s string) bool {
	for i, r := range strings.ToLower(s) {
		letter := r >= 'a' && r <= 'z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789+-.", r)) {
			return false
		}
	}
	return s != ""
}

func (u *webURL) setAuthority(authority string, special bool) bool {
	u.hasHost = true
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		u.user, u.hasUser, authority = authority[:i], i > 0 && authority[:i] != ":", authority[i+1:]
	}
	host, port := authority, ""
	if i := strings.LastIndexByte(authority, ':'); i >= 0 && !strings.HasSuffix(authority, "]") {
		host, port = authority[:i], authority[i+1:]
	}
	if special {
		if decoded, err := url.PathUnescape(host); err == nil {
			host = decoded
		}
		host = strings.ToLower(host)
	}
	if special && host == "" || strings.ContainsAny(host, " #%/<>?@\\^|") || !validIPv6(host) {
		return false
	}
	u.host = host
	if port == "" {
		return true
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return false
	}
	if u.port = strconv.FormatUint(n, 10); u.port == defaultPorts[u.scheme] {
		u.port = ""
	}
	return true
}

func validIPv6(host string) bool {
	inner, bracketed := strings.CutPrefix(host, "[")
	if !bracketed {
		return !strings.ContainsAny(host, "[]:")
	}
	inner, closed := strings.CutSuffix(inner, "]")
	addr, err := netip.ParseAddr(inner)
	return closed && err == nil && addr.Is6()
}

// withoutDots resolves the segments "." and ".." of a path.
func withoutDots(path string) string {
	if !strings.Contains(path, "/.") && !strings.Contains(strings.ToLower(path), "%2e") {
		return path
	}
	segments := strings.Split(path, "/")[1:]
	var out []string
	for i, s := range segments {
		last := i == len(segments)-1
		switch strings.ReplaceAll(strings.ToLower(s), "%2e", ".") {
		case ".":
			if last {
				out = append(out, "")
			}
		case "..":
			if len(out) > 0 {
				out = out[:len(out)-1]
			}
			if last {
				out = append(out, "")
			}
		default:
			out = append(out, s)
		}
	}
	return "/" + strings.Join(out, "/")
}

// percentEncode encodes control characters, bytes beyond ASCII and those of a
// set, and leaves what is encoded already.
func percentEncode(s, set string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || strings.IndexByte(set, c) >= 0 {
			b.WriteString("%" + strings.ToUpper(strconv.FormatUint(uint64(c)|0x100, 16)[1:]))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// base is the URL without query and fragment.
func (u *webURL) base() string {
	s := u.scheme + ":"
	if u.hasHost {
		s += "//"
		if u.hasUser {
			s += u.user + "@"
		}
		s += u.host
		if u.port != "" {
			s += ":" + u.port
		}
	}
	return s + u.path
}

// href is the URL as a string.
func (u *webURL) href() string {
	s := u.base()
	if u.hasQuery && (u.query != "" || !u.hasHash) {
		s += "?" + u.query
	}
	if u.hasHash {
		s += "#" + u.hash
	}
	return strings.TrimSuffix(strings.TrimSuffix(s, "#"), "?")
}

// A param is a parameter of a query or a form, whose order matters here.
type param struct{ name, value string }

// parseParams is URLSearchParams of a query.
func parseParams(query string) []param {
	var out []param
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		out = append(out, param{formDecode(name), formDecode(value)})
	}
	return out
}

// formDecode never fails: what is no escape stays as it is.
func formDecode(s string) string {
	s = strings.ReplaceAll(s, "+", " ")
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// writeParams writes parameters as application/x-www-form-urlencoded.
func writeParams(params []param) string {
	parts := make([]string, len(params))
	for i, p := range params {
		parts[i] = encodeBut(p.name, "*-._", true) + "=" + encodeBut(p.value, "*-._", true)
	}
	return strings.Join(parts, "&")
}

// encodeBut percent-encodes all but letters, digits and a set; blanks become +
// if plus is set.
func encodeBut(s, keep string, plus bool) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', strings.IndexByte(keep, c) >= 0:
			b.WriteByte(c)
		case c == ' ' && plus:
			b.WriteByte('+')
		default:
			b.WriteString("%" + strings.ToUpper(strconv.FormatUint(uint64(c)|0x100, 16)[1:]))
		}
	}
	return b.String()
}
