package main

import (
	"encoding/base64"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

// maxHeaderFile is how much of a header file is read, in bytes.
const maxHeaderFile = 64 << 10

var (
	headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$") // RFC 9110, 5.1
	unprinted  = regexp.MustCompile(`[^\t -~\x80-\xff]`)             // RFC 9110, 5.5
)

// notTheirs are the headers that belong to the request itself.
var notTheirs = []string{"host", "connection", "content-length", "content-type", "transfer-encoding", "accept-encoding", "te", "upgrade", "trailer"}

// headers reads the header file. What is in it is secret, and so may be what
// stands in the place of its name: no error repeats either.
func (t *targetFlags) headers(server string) ([]facts.Header, error) {
	const hint = "it is a file with lines 'Name: value', 64 KiB at most, or - for stdin"
	if t.headerFile == "" {
		return nil, nil
	}
	if err := t.mayCarry(server); err != nil {
		return nil, err
	}
	text, err := t.read("--header-file", t.headerFile, hint)
	if err != nil {
		return nil, err
	}
	if len(text) > maxHeaderFile {
		return nil, wrong(hint, "--header-file: too large to be one")
	}
	hs, line := parseHeaders(string(text))
	if line > 0 {
		return nil, wrong("a line is 'Name: value', such as 'CF-Access-Client-Id: …'; empty lines and lines that begin with # are left out",
			"--header-file: line %d is no header that can be sent", line)
	}
	return hs, nil
}

// mayCarry refuses to send a secret where others may read it.
func (t *targetFlags) mayCarry(server string) error {
	if t.skipVerify {
		return wrong("trust the certificate by --ca-file instead", "--header-file holds secrets, which are not sent with --skip-verify-ssl")
	}
	for _, address := range append([]string{server}, t.origins...) {
		given, err := serverURL(address)
		if err != nil {
			continue // said elsewhere
		}
		if u, err := url.Parse(given); err == nil && u.Scheme == "http" && !loopback(u.Hostname()) {
			return wrong("give https addresses", "--header-file holds secrets, which are not sent to an http address")
		}
	}
	return nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// parseHeaders returns the headers, or the number of the first line that is none.
func parseHeaders(text string) (hs []facts.Header, wrongLine int) {
	for i, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		line = strings.TrimRight(line, "\r")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		if !ok || value == "" || !headerName.MatchString(name) || unprinted.MatchString(value) || slices.Contains(notTheirs, strings.ToLower(name)) {
			return nil, i + 1
		}
		h := facts.Header{Name: secret.Name(name), Value: secret.New(value)}
		for _, p := range partsOf(value) {
			h.Parts = append(h.Parts, secret.New(p))
		}
		hs = append(hs, h)
	}
	return hs, 0
}

// partsOf is what a server may show again of a value without the rest: the
// token behind its scheme, a cookie's value, the password of a Basic value.
func partsOf(value string) (parts []string) {
	add := func(s string) {
		if len(s) >= 8 && s != value && !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	for _, p := range strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(" \t;,", r) }) {
		add(p)
		_, v, _ := strings.Cut(p, "=")
		add(v)
		for _, s := range []string{p, v} {
			if plain, err := base64.StdEncoding.DecodeString(s); err == nil {
				_, password, _ := strings.Cut(string(plain), ":")
				add(string(plain))
				add(password)
			}
		}
	}
	return parts
}
