package catalog

import (
	"strings"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/front"
	"immich-oidc-doctor/checks/secret"
)

var serverApp = &checks.Check{
	ID: "server/app", Title: "nothing stands between the phone app and Immich", Since: "v0.1.0",
	Doc: `The phone app is no browser: it asks Immich's API directly and cannot pass a login page, a challenge or a redirect to either.
It asks ` + "`/.well-known/immich`" + ` first (from 1.43), to learn where the API is, then ` + "`/api/server/ping`" + `, then starts the login by a
POST to ` + "`/api/oauth/authorize`" + `, and asks ` + "`/api/users/me`" + ` as soon as it is logged in. People often exempt only some of these
from forward authentication, or have a rule for ` + "`/.well-known/`" + ` that serves certificate challenges and nothing else. In the browser
everything works; the app finds no server, or is thrown out just after the login.

**Mend it**: exempt ` + "`/api/`" + ` and ` + "`/.well-known/immich`" + ` on this host. Immich has a login of its own. If the guard must stay, give the app a
service token that it sends with each request (in the app: Settings > Advanced > Custom proxy headers), and this tool the same by
` + "`--header-file`" + `.`,
	Cites: []cite.Citation{cite.Immich("v2.7.5", "mobile/lib/services/api.service.dart"), cite.Immich("v2.7.5", "server/src/controllers/app.controller.ts"),
		cite.Immich("v2.7.5", "server/src/controllers/user.controller.ts")},
	Symptoms: []string{"Server is not reachable", "401 on /api/users/me for user anonymous", "Could not locate /.well-known/immich", "No host specified in URI /users/me"},
	Severity: checks.Error,
	Breaks:   append(checks.Logins("sign-in"), checks.Logins("session")...),
	After:    []string{"server/answers", "authorize/answers"},
	Needs:    []facts.Kind{facts.Server, facts.Target, facts.Authorize, facts.Doors},
	Run: func(f *facts.Facts) (o checks.Outcome) {
		for _, d := range f.Doors.Get().All {
			appFinds(f, &o, d)
			appStarts(f, &o, d)
			appStays(f, &o, d)
		}
		return o
	},
}

// appFinds judges /.well-known/immich.
func appFinds(f *facts.Facts, o *checks.Outcome, d facts.Door) {
	a, steps := d.WellKnown, []checks.At{"mobile/sign-in"}
	about := checks.Subject{Origin: d.Origin, What: secret.Textf("/.well-known/immich")}
	_, renamed := samePath(a)
	switch {
	case !a.Made():
		o.Cells = append(o.Cells, checks.Cell{Subject: about, Status: checks.NA, At: steps, Why: d.API.Why})
	case a.Answer != facts.Answered:
		o.Cells = append(o.Cells, silent(about, a, steps))
	case d.API.Is():
		o.Cells = append(o.Cells, checks.Cell{Subject: about, Status: checks.Pass, At: steps, Evidence: seen(d.API.From()...), Saw: secret.Textf("the API is at %s", d.API.Get())})
	case renamed:
		o.Cells = append(o.Cells, onlyLeadsTo(about, a, steps))
	default:
		fd := stopped(f, a, about, steps)
		fd.Want = secret.Textf("HTTP 200 with {\"api\":{\"endpoint\":\"/api\"}}")
		fd.Fix = append(fd.Fix, checks.Remedy{Do: secret.Textf("until then, enter the address in the app with /api at its end"), Snippet: secret.Textf("%s/api", d.Address)})
		fd.Message = secret.Textf("%s: the phone app does not find the server", fd.Message)
		o.Findings = append(o.Findings, fd)
	}
}

// appStarts judges the start of a login where people open Immich.
func appStarts(f *facts.Facts, o *checks.Outcome, d facts.Door) {
	a, steps := startAt(f, d), existing(f, checks.Logins("sign-in"))
	about := checks.Subject{Origin: d.Origin, What: secret.Textf("/api/oauth/authorize")}
	_, renamed := samePath(a)
	switch {
	case a.Answer != facts.Answered:
		o.Cells = append(o.Cells, silent(about, a, steps))
	case immichs(a):
		o.Cells = append(o.Cells, checks.Cell{Subject: about, Status: checks.Pass, At: steps, Evidence: seen(a.From(facts.ByImmich)), Saw: got(a)})
	case renamed:
		o.Cells = append(o.Cells, onlyLeadsTo(about, a, steps))
	default:
		who, _ := inFront(a)
		steps = appAlone(o, d, a, who, about, steps)
		fd := stopped(f, a, about, steps)
		fd.Want = secret.Textf("HTTP 201 from Immich")
		fd.Message = secret.Textf("%s when a login is started", fd.Message)
		o.Findings = append(o.Findings, fd)
	}
}

// appStays judges what the app asks as soon as it is logged in.
func appStays(f *facts.Facts, o *checks.Outcome, d facts.Door) {
	a, steps := d.Me, existing(f, checks.Logins("session"))
	path := secret.URI(strings.TrimPrefix(string(a.URL), string(d.Address)))
	about := checks.Subject{Origin: d.Origin, What: secret.Textf("%s", path)}
	_, renamed := samePath(a)
	switch {
	case a.Answer != facts.Answered:
		o.Cells = append(o.Cells, silent(about, a, steps))
	case immichs(a):
		o.Cells = append(o.Cells, checks.Cell{Subject: about, Status: checks.Pass, At: steps, Evidence: seen(a.From(facts.ByImmich)), Saw: secret.Textf("Immich itself answers %s", got(a))})
	case renamed:
		o.Cells = append(o.Cells, onlyLeadsTo(about, a, steps))
	default:
		who, _ := inFront(a)
		steps = appAlone(o, d, a, who, about, steps)
		fd := stopped(f, a, about, steps)
		fd.Want = secret.Textf("Immich's own refusal, as JSON: nobody is logged in")
		if fd.Message = secret.Textf("%s: whoever logs in is thrown out at once", fd.Message); len(steps) == 1 {
			fd.Message = secret.Textf("%s answers at %s: the phone app is thrown out as soon as it is logged in", secret.Name(who.Name), about.What)
		}
		o.Findings = append(o.Findings, fd)
	}
}

// appAlone leaves of steps only the app's where people with a browser passed
// the same guard before, at the page. Without that their page cannot pass it
// either: it asks in the background.
func appAlone(o *checks.Outcome, d facts.Door, a facts.Attempt, who front.Front, about checks.Subject, steps []checks.At) []checks.At {
	guard, guarded := inFront(d.Page)
	if !passedByBrowsers(who) || !guarded || !passedByBrowsers(guard) {
		return steps
	}
	app := len(steps) - 1
	o.Cells = append(o.Cells, checks.Cell{Subject: about, Status: checks.Pass, At: steps[:app], Evidence: seen(a.From(facts.Here)), Saw: secret.Textf("people pass %s in the browser", secret.Name(who.Name))})
	return steps[app:]
}

// immichs reports whether it is Immich's API that answered: JSON, and not that
// of a guard.
func immichs(a facts.Attempt) bool {
	who, known := inFront(a)
	return isJSON(a) && (!known || who.Name == anyPassword || who.Kind == front.Gateway && strings.Contains(a.Body.String(), `"message"`))
}

// stopped says what answers a in Immich's place, and what to exempt.
func stopped(f *facts.Facts, a facts.Attempt, about checks.Subject, steps []checks.At) checks.Finding {
	fd := checks.Finding{Subject: about, Severity: checks.Error, Breaks: steps, Evidence: seen(a.From(facts.Here)), Got: got(a)}
	who, known := inFront(a)
	where := secret.Textf("for /api/ and /.well-known/immich on %s", about.Origin)
	if about.Origin == "" {
		where = secret.Textf("for /api/ and /.well-known/immich")
	}
	switch {
	case known:
		fd.Grade, fd.Severity = sure(who), severest(who, checks.Error)
		fd.Message = secret.Textf("%s answers at %s", secret.Name(who.Name), about.What)
		fd.Fix = []checks.Remedy{{Do: secret.Textf("%s", secret.Name(who.Mend)), Where: where}}
		if passedByBrowsers(who) {
			fd.Fix = append(fd.Fix, serviceToken(f))
		}
	case isPage(a):
		fd.Message = secret.Textf("a web page answers at %s", about.What)
		fd.Fix = []checks.Remedy{{Do: secret.Textf("see that the proxy passes this path to Immich on port 2283, and that no rule for certificates or another page takes it"), Where: where}}
	default:
		fd.Message = secret.Textf("something other than Immich answers at %s", about.What)
		fd.Fix = []checks.Remedy{{Do: secret.Textf("see that the proxy passes this path to Immich on port 2283, and that no rule for certificates takes it"), Where: where}}
	}
	return fd
}

// serviceToken is the way for those who want to keep the guard.
func serviceToken(f *facts.Facts) checks.Remedy {
	if len(f.Target.Get().Headers) > 0 {
		return checks.Remedy{Do: secret.Textf("or correct the service token: what --header-file sends is not accepted here")}
	}
	return tokenForApp()
}

func tokenForApp() checks.Remedy {
	return checks.Remedy{
		Do:    secret.Textf("or give the app a service token to send with each request, and this tool the same by --header-file"),
		Where: secret.Textf("in the app: Settings > Advanced > Custom proxy headers"),
	}
}
