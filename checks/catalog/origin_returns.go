package catalog

import (
	"strings"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var originReturns = &checks.Check{
	ID: "origin/returns", Title: "a login comes back to the address where it began", Since: "v0.1.0",
	Doc: `The web page asks the provider to send people back to the address in the browser's address bar, ` + "`/auth/login`" + ` below it; the
setting External Domain has no part in it. The cookies that remember the login belong to that host. If a proxy sends
` + "`/auth/login`" + ` on to another host (from the LAN name to the domain, say) while the page itself and the API answer at the first, the login
begins at one host and ends at the other: from 1.132 Immich says "OAuth state is missing"; older releases name the other host in
the token request, and the provider answers ` + "`invalid_grant`" + `.

**Mend it**: send on everything or nothing: let the proxy redirect the whole host to the one that people shall use, or serve
both alike and register the redirect URIs of both with the provider. Give each address that people use by ` + "`--origin`" + `.`,
	Cites: []cite.Citation{cite.Immich("v1.132.0", "server/src/controllers/oauth.controller.ts"), cite.Immich("v2.7.5", "web/src/lib/utils.ts"),
		cite.RFC("6265", "5.3"), cite.RFC("6749", "4.1.3")},
	Symptoms: []string{"OAuth state is missing", "invalid_grant"},
	Severity: checks.Error,
	Breaks:   []checks.At{"web/callback", "linking/callback", "web/token", "linking/token"},
	After:    []string{"authorize/answers", "discovery/immich"},
	Needs:    []facts.Kind{facts.Server, facts.Target, facts.Origins, facts.Doors},
	Run: func(f *facts.Facts) (o checks.Outcome) {
		for _, d := range f.Doors.Get().All {
			returnsTo(f, &o, d)
		}
		if fd, ok := notLookedAt(f); ok {
			o.Findings = append(o.Findings, fd)
		}
		return o
	},
}

func returnsTo(f *facts.Facts, o *checks.Outcome, d facts.Door) {
	a := d.Page
	steps := existing(f, []checks.At{"web/callback", "linking/callback", "web/token", "linking/token"})
	about := checks.Subject{Origin: d.Origin, What: secret.Textf("/auth/login")}
	to, moved := samePath(a)
	cell := checks.Cell{Subject: about, Status: checks.Pass, At: steps, Evidence: seen(a.From(facts.Here)), Saw: got(a)}
	switch {
	case a.Answer != facts.Answered:
		o.Cells = append(o.Cells, silent(about, a, steps))
		return
	case !moved || strings.EqualFold(originOf(to), string(d.Address)):
		o.Cells = append(o.Cells, cell)
		return
	}
	elsewhere := secret.URI(originOf(to))
	fd := checks.Finding{Subject: about, Evidence: seen(a.From(facts.Here)), Want: secret.Textf("a page at %s", d.Address), Got: got(a)}
	if home := redirected(d.Home); home != nil && originOf(home) == string(elsewhere) { // nobody can begin here
		fd.Severity = checks.Note
		fd.Message = secret.Textf("whoever opens %s is sent on to %s and logs in there", d.Address, elsewhere)
		fd.Fix = []checks.Remedy{{Do: secret.Textf("give that address"), Snippet: secret.Textf("--origin %s", elsewhere)}}
		o.Cells = append(o.Cells, cell)
		o.Findings = append(o.Findings, fd)
		return
	}
	if bareHost(elsewhere) != bareHost(d.Address) && immich.StateInCookie.At(rules(f)).Value {
		fd.Breaks = existing(f, []checks.At{"web/callback", "linking/callback"})
		fd.Message = secret.Textf("a login that begins at %s comes back to %s, where the browser does not send its cookies: \"OAuth state is missing\"", d.Address, elsewhere)
	} else {
		fd.Breaks = existing(f, []checks.At{"web/token", "linking/token"})
		fd.Message = secret.Textf("a login that begins at %s comes back to %s, which Immich then names to the provider in place of the first: invalid_grant", d.Address, elsewhere)
	}
	fd.Fix = []checks.Remedy{{Do: secret.Textf("let the proxy send every request for %s on to %s, or none", d.Address, elsewhere), Where: secret.Textf("the proxy before Immich")}}
	o.Findings = append(o.Findings, fd)
}

// notLookedAt is a note that an address of Immich is none of those that were
// judged, though people may use it: the one that was given, or what Immich
// calls its external domain, which is for the links that it hands out.
func notLookedAt(f *facts.Facts) (fd checks.Finding, ok bool) {
	origins, s := f.Origins.Get().All, f.Server.Get()
	other := string(f.Target.Get().Server)
	if len(origins) > 0 && secret.Name(other) == origins[0].Name && s.ExternalDomain.Is() {
		other = originOf(leadsTo("", string(s.ExternalDomain.Get())))
	}
	for _, o := range origins {
		if o.Name == secret.Name(other) {
			return fd, false
		}
	}
	if n, known := nearnessOf(other); len(origins) == 0 || !known || n != public {
		return fd, false
	}
	return checks.Finding{
		Subject: checks.Subject{What: secret.Textf("%s", secret.URI(other))}, Severity: checks.Note, Evidence: seen(origins[0].From),
		Message: secret.Textf("the logins of %s were looked at, not those of %s", origins[0].Name, secret.URI(other)),
		Fix: []checks.Remedy{{Do: secret.Textf("if people log in there too, give every address that they open; each needs redirect URIs of its own"),
			Snippet: secret.Textf("--origin %s --origin %s", origins[0].Name, secret.URI(other))}},
	}, true
}
