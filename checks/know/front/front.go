// Package front is what is known of the things that stand in front of a server
// and answer in its place: forward authentication, challenges, tunnels, proxies
// that lead nowhere.
package front

import (
	"regexp"
	"slices"
	"strings"
)

// A Kind is what one does about it, and who is stopped by it.
type Kind string

const (
	Login     Kind = "login"     // wants a login: people pass it in a browser, programs do not
	Challenge Kind = "challenge" // wants proof of a human: browsers pass it by themselves
	Block     Kind = "block"     // refuses this client, whoever it is
	Limit     Kind = "limit"     // too many requests
	Gateway   Kind = "gateway"   // a proxy that does not reach its server
	Routing   Kind = "routing"   // a proxy that knows no such address, or knows another server for it
)

// A Front is one of them, recognised by its marks.
type Front struct {
	Name string // "a Cloudflare challenge"
	Kind Kind
	Mend string // what to do about it, a verb phrase

	// Each that is not empty must match: the redirect's target, the headers
	// Server and WWW-Authenticate, the beginning of the body. Statuses lists
	// status codes, nil is any. Empty wants no body at all.
	Location, Server, Challenge, Body string
	Statuses                          []int
	Empty                             bool
}

// An Answer is what was seen of a server that should have answered as another.
type Answer struct {
	Status                            int
	Location, Server, Challenge, Body string
}

// Recognise says what answered, if it is known by some mark.
func Recognise(a Answer) (Front, bool) {
	for i, f := range Fronts {
		if f.Statuses != nil && !slices.Contains(f.Statuses, a.Status) || f.Empty && strings.TrimSpace(a.Body) != "" {
			continue
		}
		if m := compiled[i]; m[0].in(a.Location) && m[1].in(a.Server) && m[2].in(a.Challenge) && m[3].in(a.Body) {
			return f, true
		}
	}
	return Front{}, false
}

// LooksLikeHTML reports whether a body begins as a page does.
func LooksLikeHTML(body string) bool {
	b := strings.ToLower(strings.TrimSpace(strings.TrimPrefix(body, "\ufeff")))
	return strings.HasPrefix(b, "<!doctype html") || strings.HasPrefix(b, "<html") || strings.HasPrefix(b, "<head") || strings.HasPrefix(b, "<!--")
}

// A mark is a pattern; without one anything will do.
type mark struct{ *regexp.Regexp }

func (m mark) in(s string) bool { return m.Regexp == nil || s != "" && m.MatchString(s) }

var compiled = func() (all [][4]mark) {
	for _, f := range Fronts {
		var ms [4]mark
		for i, pattern := range []string{f.Location, f.Server, f.Challenge, f.Body} {
			if pattern != "" {
				ms[i] = mark{regexp.MustCompile(pattern)}
			}
		}
		all = append(all, ms)
	}
	return all
}()
