// Package front is what is known of the things that stand in front of a server
// and answer in its place: forward authentication, challenges, tunnels.
package front

import (
	"regexp"
	"slices"
	"strings"
)

// A Front is one of them.
type Front struct {
	Name string // "a Cloudflare challenge"
	Mend string // what to do about it, a verb phrase

	// Each that is not empty must match: the redirect's target, the Server
	// header, the beginning of the body. Statuses lists status codes, nil is any.
	Location, Server, Body string
	Statuses               []int
}

// Fronts, the most telling first; the last two catch what nobody knows by name.
var Fronts = []Front{
	{Name: "Cloudflare Access", Location: `\.cloudflareaccess\.com/`, Mend: "add a bypass policy in Cloudflare Access for Immich's paths"},
	{Name: "a Cloudflare challenge", Statuses: []int{403, 503}, Body: `(?i)cdn-cgi/challenge-platform|cf-chl|just a moment`, Mend: "switch the challenge off for this host (Security > WAF, Bot Fight Mode)"},
	{Name: "an error of a Cloudflare tunnel", Statuses: []int{502, 530, 521, 522, 523, 524}, Body: `(?i)cloudflare|error 10\d\d|error code: 10\d\d`, Mend: "see that the tunnel runs and reaches the server behind it"},
	{Name: "a login page of an Authentik outpost", Location: `/outpost\.goauthentik\.io/|/if/flow/`, Mend: "list the paths under Unauthenticated Paths of the proxy provider, or take the outpost off this host"},
	{Name: "a login page of oauth2-proxy", Location: `/oauth2/(start|sign_in)`, Mend: "skip authentication for these paths (skip_auth_routes), or take oauth2-proxy off this host"},
	{Name: "a login page of oauth2-proxy", Body: `(?i)oauth2[-_ ]proxy`, Mend: "skip authentication for these paths (skip_auth_routes), or take oauth2-proxy off this host"},
	{Name: "a login page of Pangolin", Location: `/auth/resource/`, Mend: "add a bypass rule for these paths in Pangolin's resource"},
	{Name: "a login page of Authelia", Location: `[?&]rd=`, Mend: "add a bypass rule in Authelia's access_control, or take the forward-auth middleware off this host"},
	{Name: "a login page of Tinyauth", Location: `/login\?redirect_uri=`, Mend: "take the forward-auth middleware off this host"},
	{Name: "a gateway whose server does not answer", Statuses: []int{502, 503, 504}, Mend: "see that the server behind the proxy runs and that the proxy points at it"},
	{Name: "something that wants a password", Statuses: []int{401, 407}, Mend: "take the authentication off these paths"},
	{Name: "a login page", Location: `(?i)(^|[^/])/(login|signin|sign-in|auth|sso|oauth)\b`, Mend: "take the authentication that stands in front off these paths"},
	{Name: "a login page", Body: `(?i)<input[^>]+type=["']?password`, Mend: "take the authentication that stands in front off these paths"},
}

// An Answer is what was seen of a server that should have answered as another.
type Answer struct {
	Status                 int
	Location, Server, Body string
}

// Recognise says what answered, if it is known by some mark.
func Recognise(a Answer) (Front, bool) {
	for _, f := range Fronts {
		if f.Statuses != nil && !slices.Contains(f.Statuses, a.Status) {
			continue
		}
		if matches(f.Location, a.Location) && matches(f.Server, a.Server) && matches(f.Body, a.Body) {
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

func matches(pattern, s string) bool {
	return pattern == "" || s != "" && regexp.MustCompile(pattern).MatchString(s)
}
