package oidctest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A relyingParty is the OpenID client of one release, after discovery. There
// are two: that of openid-client 5, up to v1.131.3, and that of openid-client 6.
type relyingParty interface {
	// authorizationURL is where the browser is sent.
	authorizationURL(a authorization) (string, *jsError)
	// finish exchanges the code in the callback and learns who came.
	finish(ctx context.Context, cb callback) (*identity, *jsError)
	// provider is what discovery found.
	provider() metadata
}

// An authorization is what a login starts with.
type authorization struct {
	redirectURI string
	state       string
	challenge   string
}

// A callback is what a login comes back with.
type callback struct {
	url         string // as the browser posts it
	redirectURI string // for openid-client 5: what authorize was asked with
	state       string // for openid-client 6: what the cookie says
	verifier    string
}

// An identity is who logged in, by the provider's word.
type identity struct {
	claims  map[string]any
	idToken string
	sid     string
	// fromIDToken: userinfo was not asked, since the ID token has an email.
	fromIDToken bool
}

// discover asks the issuer, anew at every step of a login, as Immich does.
func (m *Immich) discover(ctx context.Context, set Settings) (relyingParty, *jsError) {
	if clientGeneration.at(m.r) == 5 {
		c := &client5{n: m.node, r: m.r, set: set}
		return c, c.discover(ctx)
	}
	c := &client6{n: m.node, r: m.r, set: set}
	return c, c.discover(ctx)
}

// metadata is a discovery document.
type metadata map[string]any

// text is a member that is a string, or else empty.
func (m metadata) text(name string) string {
	s, _ := m[name].(string)
	return s
}

// list is a member that is a list of strings; others in it are passed over.
func (m metadata) list(name string) ([]string, bool) {
	values, ok := m[name].([]any)
	var out []string
	for _, v := range values {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out, ok
}

// hasPKCE is whether S256 is advertised. JavaScript's includes also finds it in
// a member that is a string.
func (m metadata) hasPKCE() bool {
	const name = "code_challenge_methods_supported"
	if s, ok := m[name].(string); ok {
		return strings.Contains(s, "S256")
	}
	methods, _ := m.list(name)
	return slices.Contains(methods, "S256")
}

// truthy is what JavaScript takes for true.
func truthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case float64:
		return v != 0
	}
	return true
}

// text is how JavaScript puts a JSON value into a string.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return v
	case map[string]any:
		return "[object Object]"
	case []any:
		parts := make([]string, len(v))
		for i, p := range v {
			parts[i] = text(p)
		}
		return strings.Join(parts, ",")
	}
	return string(plainJSON(v))
}

// badJSON is what V8 says of a text that is not JSON.
func badJSON(body string, err error, r release) string {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) || int(syntax.Offset) > len(body) || strings.Contains(err.Error(), "unexpected end") {
		return "Unexpected end of JSON input"
	}
	at := max(int(syntax.Offset)-1, 0)
	char, _ := utf8.DecodeRuneInString(body[at:])
	if !r.since("v1.81.0") { // Node 18 and older
		return fmt.Sprintf("Unexpected token %c in JSON at position %d", char, at)
	}
	// The excerpt has ten characters on either side.
	const around, whole = 10, 21
	runes, pos := []rune(body), utf8.RuneCountInString(body[:at])
	excerpt := `"` + body + `"`
	if len(runes) >= whole {
		from, to := max(pos-around, 0), min(pos+around, len(runes))
		excerpt = `"` + string(runes[from:to]) + `"`
		if pos >= around {
			excerpt = "..." + excerpt
		}
		if pos < len(runes)-around {
			excerpt += "..."
		}
	}
	return fmt.Sprintf("Unexpected token '%c', %s is not valid JSON", char, excerpt)
}
