package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/front"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var logoutEndpoint = &checks.Check{
	ID: "logout/endpoint", Title: "the provider's logout page answers", Since: "v0.1.0",
	Doc: `Whoever logs out of Immich is sent to the provider's logout page with the browser. If nothing is at that address, or the proxy before
it reaches nothing, people see an error page after every logout and stay logged in at the provider. Logins do not suffer.

This tool opens the page as a browser would that nobody is logged in with: nobody is logged out. A provider may ask whether to log
out, send people on, or answer 400 because nobody is there to log out; all of that is fine.

**Mend it**: see that the proxy passes this path to the provider, and that the document (or ` + "`oauth.endSessionEndpoint`" + `, from 3.0.0) names
the right one.`,
	Cites:    []cite.Citation{cite.RPLogout("2"), cite.Immich("v3.1.0", "server/src/repositories/oauth.repository.ts")},
	Symptoms: []string{"404 Not Found after a logout", "after a logout the next login asks for no password"},
	Severity: checks.Error,
	Breaks:   []checks.At{"logout/end-session"},
	After:    []string{"logout/provider"},
	Needs:    []facts.Kind{facts.Server, facts.Settings, facts.Endpoints},
	Run: func(f *facts.Facts) checks.Outcome {
		try := f.Endpoints.Get().EndSession
		a, steps := try.Try, []checks.At{"logout/end-session"}
		if !a.Made() && try.Why.Reason == facts.Absent {
			return notApplicable(try.Why.Detail)
		}
		if !a.Made() {
			return skipped(try.Why)
		}
		fd := checks.Finding{
			Severity: checks.Warning, Breaks: steps, Evidence: seen(try.From...), Want: secret.Textf("any page of the provider's"), Got: got(a),
			Fix: []checks.Remedy{{Do: secret.Textf("see that the proxy passes this path to the provider, and that the document names the right one"), Where: secret.Textf("for %s", a.URL)}},
		}
		who, known := inFront(a)
		switch {
		case a.Answer != facts.Answered: // browsers may have a way there of their own
			fd.Message = secret.Textf("this machine gets no answer from the provider's logout page")
			fd.Fix = []checks.Remedy{{Do: secret.Textf("open it with the browser; if that gets no answer either, correct the address or mend the way there"), Where: secret.Textf("%s", a.URL)}}
		case a.Status == 404 || a.Status == 410:
			fd.Severity, fd.Message = checks.Error, secret.Textf("nothing is at the address to which Immich sends people who log out")
		case known && who.Kind == front.Gateway:
			fd.Message = secret.Textf("%s answers in the place of the provider's logout page", secret.Name(who.Name))
			fd.Fix = []checks.Remedy{{Do: secret.Textf("%s", secret.Name(who.Mend)), Where: secret.Textf("for %s", a.URL)}}
		case a.Status >= 500:
			fd.Message = secret.Textf("the provider's logout page answers HTTP %s", secret.Int(a.Status))
			fd.Fix = []checks.Remedy{{Do: secret.Textf("see the log of the provider for this request"), Where: secret.Textf("%s", a.URL)}}
		default:
			return passed(secret.Textf("it answers: %s", got(a)), steps, try.From...)
		}
		if immich.LogoutSetting.At(rules(f)).Value { // which stands above the document
			facts.Or(f, f.Settings.Get().EndSessionEndpoint, "")
		}
		return checks.Failed(fd)
	},
}
