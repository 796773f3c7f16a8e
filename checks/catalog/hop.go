package catalog

import (
	"net/netip"
	"net/url"
	"strings"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/front"
	"immich-oidc-doctor/checks/secret"
)

// Who the rows are that any server may answer like, without anybody in front.
const (
	anyPassword = "something that wants a password"
	anyBasic    = "HTTP basic authentication"
)

// isPage reports whether a web page answered.
func isPage(a facts.Attempt) bool { return front.LooksLikeHTML(a.Body.String()) }

// isJSON reports whether something answered that calls itself JSON.
func isJSON(a facts.Attempt) bool {
	return a.ContentType == "application/json" && !isPage(a)
}

// passedByBrowsers reports whether people get past a front with a browser,
// where the app and programs do not.
func passedByBrowsers(who front.Front) bool {
	return who.Kind == front.Login || who.Kind == front.Challenge
}

// sure is how sure it makes us that a front stopped this request: robots are
// stopped by what they look like, and we look like ourselves.
func sure(who front.Front) checks.Grade {
	if who.Kind == front.Challenge || who.Kind == front.Block {
		return checks.Implied
	}
	return 0
}

// severest is how bad a front may be: a limit is gone in a minute.
func severest(who front.Front, at checks.Severity) checks.Severity {
	if who.Kind == front.Limit {
		return min(at, checks.Warning)
	}
	return at
}

// redirected is where a redirects to, nil if nowhere.
func redirected(a facts.Attempt) *url.URL {
	from, err := url.Parse(string(a.URL))
	if err != nil || a.Location == "" || a.Status < 300 || a.Status >= 400 {
		return nil
	}
	to, err := from.Parse(string(a.Location))
	if err != nil {
		return nil
	}
	return to
}

// samePath reports whether a redirects to the same path elsewhere: another
// name for the same server, no login page.
func samePath(a facts.Attempt) (to *url.URL, ok bool) {
	if to = redirected(a); to == nil {
		return nil, false
	}
	from, err := url.Parse(string(a.URL))
	return to, err == nil && strings.TrimSuffix(to.Path, "/") == strings.TrimSuffix(from.Path, "/")
}

// originOf is scheme and host of a URL.
func originOf(u *url.URL) string { return strings.ToLower(u.Scheme + "://" + u.Host) }

// bareHost is the host of a URL, without its port.
func bareHost(s secret.URI) string {
	u, err := url.Parse(string(s))
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// A nearness says from where the host of a URL can be reached.
type nearness int

const (
	public    nearness = iota // from everywhere
	private                   // from the home network: a private address, a name under .lan and the like
	container                 // from some containers or this machine alone: a name without a dot, .docker.internal, .svc
)

// nearnessOf is that of a URL's host; ok if it has one.
func nearnessOf(s string) (n nearness, ok bool) {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" {
		return 0, false
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip = ip.Unmap(); ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
			return private, true
		}
		return public, true
	}
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return private, true
	}
	for _, end := range []string{".docker.internal", ".containers.internal", ".svc", ".svc.cluster.local"} {
		if strings.HasSuffix(host, end) {
			return container, true
		}
	}
	if !strings.Contains(host, ".") {
		return container, true
	}
	for _, end := range []string{".internal", ".local", ".lan", ".home", ".home.arpa", ".localdomain"} {
		if strings.HasSuffix(host, end) {
			return private, true
		}
	}
	return public, true
}

// startAt is the start of a web login at a door: of its own, or that which was
// made at the address that was given.
func startAt(f *facts.Facts, d facts.Door) facts.Attempt {
	if d.Authorize.Made() {
		return d.Authorize
	}
	t, _ := f.Authorize.Get().Of("web")
	return t.Immich
}

// silent is the cell of something that could not be asked.
func silent(about checks.Subject, a facts.Attempt, at []checks.At) checks.Cell {
	return checks.Cell{Subject: about, Status: checks.Skip, At: at, Why: facts.Why{Reason: facts.Unanswered, Detail: got(a)}}
}

// onlyLeadsTo is the cell of an address that is another name for some server.
func onlyLeadsTo(about checks.Subject, a facts.Attempt, at []checks.At) checks.Cell {
	return checks.Cell{Subject: about, Status: checks.Skip, At: at, Why: facts.Why{Reason: facts.Absent, Detail: secret.Textf("it only leads to %s (%s)", a.Location, a.Exchange)}}
}
