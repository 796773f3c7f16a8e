package catalog

import (
	"regexp"
	"strings"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/front"
	"immich-oidc-doctor/checks/secret"
)

// sameAsking reports whether two redirect URIs were asked for in the same way
// and both answered, so that only the redirect URI can make a difference.
func sameAsking(a, b facts.RedirectTry) bool {
	return a.Provider.Answer == facts.Answered && b.Provider.Answer == facts.Answered && a.Asked == b.Asked
}

// alike reports whether two answers are the same but for what each request has
// of its own.
func alike(a, b facts.RedirectTry) bool {
	p, q := a.Provider, b.Provider
	if p.Status != q.Status || a.Back != b.Back || a.Form != b.Form || p.ContentType != q.ContentType {
		return false
	}
	to, other := redirected(p), redirected(q)
	switch {
	case to == nil && other == nil:
		return wording(text(p.Body.String())) == wording(text(q.Body.String()))
	case to == nil || other == nil:
		return false
	}
	return originOf(to) == originOf(other) && route(to.Path) == route(other.Path) && wording(said(a)) == wording(said(b))
}

// route is a path without the names that are made anew for each request.
func route(path string) string {
	parts := strings.Split(path, "/")
	for i, s := range parts {
		if len(s) >= 8 && strings.ContainsAny(s, "0123456789") || len(s) >= 24 {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}

// passing finds what a text has of one request alone: numbers, names made anew,
// addresses.
var passing = regexp.MustCompile(`\S*[0-9:%]\S*|\S{24,}`)

// wording is a text without what it has of one request alone.
func wording(text string) string {
	return strings.Join(strings.Fields(passing.ReplaceAllString(strings.ToLower(text), " ")), " ")
}

// guarded reports whether something in front answered that is no login page,
// and so not the provider's own.
func guarded(a facts.Attempt) bool {
	who, known := inFront(a)
	return known && who.Kind != front.Login
}

// loginError reports whether a redirect's error only says that nobody is logged in.
func loginError(t facts.RedirectTry) bool {
	to := redirected(t.Provider)
	return to != nil && wantsPeople(secret.Name(to.Query().Get("error")))
}

// nearMiss says in what alone two redirect URIs differ that are not the same
// and easily taken for it; "" if they are the same or differ in more.
func nearMiss(a, b string) string {
	s, restA, whole := strings.Cut(a, ":")
	t, restB, both := strings.Cut(b, ":")
	switch {
	case a == b || !whole || !both:
		return ""
	case strings.EqualFold(a, b):
		return "upper and lower case"
	case s == t && strings.TrimLeft(restA, "/") == strings.TrimLeft(restB, "/"):
		return "the number of slashes after " + s + ":"
	case strings.TrimRight(a, "/") == strings.TrimRight(b, "/"):
		return "the slash at the end"
	case restA == restB && isHTTP(s) && isHTTP(t):
		return "the scheme"
	case s == t && isHTTP(s) && withoutPort(restA) == withoutPort(restB):
		return "the port"
	}
	return ""
}

func isHTTP(scheme string) bool { return scheme == "http" || scheme == "https" }

var port = regexp.MustCompile(`^(//[^/?#]*?)(:[0-9]+)?([/?#].*)?$`)

// withoutPort is what follows the scheme of a URL, without the port.
func withoutPort(rest string) string { return port.ReplaceAllString(rest, "$1$3") }
