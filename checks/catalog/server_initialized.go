package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var serverInitialized = &checks.Check{
	ID: "server/initialized", Title: "somebody has set Immich up", Since: "v0.1.0",
	Doc: `A new Immich has no account. The first must be the administrator's, and a login through OAuth does not make one: it goes
through at the provider, and Immich answers "The first registered account must the administrator." (so it is written). From
1.136 such a login may make the administrator, if the claim that ` + "`oauth.roleClaim`" + ` names says ` + "`admin`" + `; but the web page does not
get there, since it leads to the form for the first account.

**Mend it**: open Immich in a browser, choose Getting Started and create the administrator account. If Immich answers
"Admin setup is disabled", set ` + "`IMMICH_ALLOW_SETUP=true`" + ` until that is done.`,
	Cites: []cite.Citation{
		cite.Immich("v2.7.5", "server/src/services/auth.service.ts"),
		cite.Immich("v2.7.5", "web/src/routes/auth/login/+page.ts"),
	},
	Symptoms: []string{"The first registered account must the administrator.", "the login page leads to Admin Registration"},
	Severity: checks.Error,
	Breaks:   []checks.At{"web/account", "mobile/account"}, // nobody is logged in who could link
	Versions: checks.Range{From: "v1.82.0"},
	After:    []string{"server/answers"},
	Needs:    []facts.Kind{facts.Server},
	Run:      runServerInitialized,
}

func runServerInitialized(f *facts.Facts) checks.Outcome {
	known := f.Server.Get().Initialized
	if known.Get() {
		return checks.Passed(secret.Textf("there is an administrator"), known.From()...)
	}
	fd := checks.Finding{
		Evidence: checks.Evidence{From: known.From(), Grade: checks.Implied},
		Message:  secret.Textf("nobody has set Immich up: without an administrator it refuses every first login through OAuth"),
		Want:     secret.Textf("isInitialized: true"), Got: secret.Textf("false (%s)", known.From()[0].Ref),
		Fix: []checks.Remedy{{Do: secret.Textf("create the administrator account"), Where: secret.Textf("Immich in a browser: Getting Started")}},
	}
	if !immich.RoleMakesAdmin.At(rules(f)).Value {
		return checks.Failed(fd)
	}
	app := fd
	fd.Breaks, app.Breaks = []checks.At{"web/account"}, []checks.At{"mobile/account"}
	fd.Message = secret.Textf("nobody has set Immich up: its login page leads to the form for the first account")
	app.Grade = checks.Assumed // what the provider says of the role is not known
	app.Message = secret.Textf("without an administrator Immich refuses every first login from the app, unless the provider's role claim says admin")
	return checks.Failed(fd, app)
}
