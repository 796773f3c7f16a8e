package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var oauthEnabled = &checks.Check{
	ID: "oauth/enabled", Title: "login through OAuth is switched on", Since: "v0.1.0",
	Doc: `Immich shows the button and answers the login only if OAuth is switched on in its settings. Environment variables
` + "`OAUTH_ENABLED`" + ` and the like have had no effect since 1.38.

**Mend it**: switch it on under Administration > Settings > Authentication Settings > OAuth; or, where a configuration file
is in use, set ` + "`oauth.enabled: true`" + ` there and restart; or run ` + "`immich-admin enable-oauth-login`" + ` in the container.`,
	Cites:    []cite.Citation{cite.Immich("v2.7.5", "server/src/services/auth.service.ts")},
	Symptoms: []string{"OAuth is not enabled", "OAuth2 is not enabled", "the login page has no OAuth button"},
	Severity: checks.Error,
	Breaks:   checks.Logins("authorize"), // it is refused before discovery is run
	After:    []string{"server/answers"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize},
	Run: func(f *facts.Facts) checks.Outcome {
		s := f.Server.Get()
		r, is := refused(f)
		from, tries := past(f, 0)
		if is && r.cause == immich.UnknownReason && r.status >= 500 {
			from, tries = r.from, true // it fails at something behind the switch
		}
		steps := existing(f, checks.Logins("authorize"))
		switch {
		case is && r.cause == immich.Disabled:
		case s.OAuth.Is() && s.OAuth.Get():
			return passed(secret.Textf("the server says so"), steps, s.OAuth.From()...)
		case tries: // whatever a cache says of the settings
			return passed(secret.Textf("Immich starts a login, or tries to"), steps, from)
		case !s.OAuth.Is():
			return skipped(s.OAuth.Why)
		default:
			r.from = s.OAuth.From()[0]
		}
		where := oauthSettings("enabled")
		if s.ConfigFile.Is() && s.ConfigFile.Get() {
			where = secret.Textf("the file that IMMICH_CONFIG_FILE names, then restart immich-server")
		}
		return checks.Failed(checks.Finding{
			Evidence: seen(r.from), Breaks: steps, Message: secret.Textf("OAuth is switched off in Immich: the login page has no button for it"),
			Want: secret.Textf("oauth.enabled: true"), Got: secret.Textf("off (%s)", r.from.Ref),
			Fix: []checks.Remedy{{Do: secret.Textf("switch it on"), Where: where}},
		})
	},
}
