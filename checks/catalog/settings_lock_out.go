package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

var settingsLockOut = &checks.Check{
	ID: "settings/lock-out", Title: "there is another way in while OAuth fails", Since: "v0.1.0",
	Doc: `With password login switched off, OAuth is the only door. If it breaks, nobody gets in, the administrator neither, and with
auto launch on the login page sends everybody to the provider before it shows anything; from 1.41 to 1.138.0 it does so again
after each failure, without end.

**Mend it**: ` + "`docker exec -it immich_server immich-admin enable-password-login`" + ` opens the other door; ` + "`/auth/login?autoLaunch=0`" + ` shows
the login page without auto launch. Where a configuration file is in use, set ` + "`passwordLogin.enabled: true`" + ` there and restart.`,
	Cites:    []cite.Citation{cite.Immich("v2.7.5", "server/src/commands/password-login.ts"), cite.Immich("v1.138.1", "web/src/routes/auth/login/+page.svelte")},
	Symptoms: []string{"Password login has been disabled", "Login has been disabled", "the login page reloads without end"},
	Severity: checks.Warning,
	Versions: checks.Range{From: "v1.41.0"},
	After:    []string{"server/answers"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize},
	Run: func(f *facts.Facts) checks.Outcome {
		s := f.Server.Get()
		from := s.PasswordLogin.From()
		if s.PasswordLogin.Get() {
			return checks.Passed(secret.Textf("password login is on"), from...)
		}
		r, is := refused(f)
		if !is {
			by, ok := started(f)
			if !ok {
				return skipped(f.Authorize.Get().Tries[0].URL.Why)
			}
			return checks.Passed(secret.Textf("password login is off, and Immich starts logins by OAuth"), append(from, by)...)
		}
		fd := checks.Finding{
			Evidence: seen(append(from, r.from)...), Want: secret.Textf("a way in"), Got: secret.Textf("%s (%s)", r.message, r.from.Ref),
			Message: secret.Textf("password login is off and OAuth does not work: nobody can log in"),
			Fix: []checks.Remedy{{Do: secret.Textf("switch password login on until OAuth works"), Where: secret.Textf("on the machine that runs Immich"),
				Snippet: secret.Textf("docker exec -it immich_server immich-admin enable-password-login")}},
		}
		if s.ConfigFile.Is() && s.ConfigFile.Get() {
			fd.Fix[0].Where, fd.Fix[0].Snippet = secret.Textf("the file that IMMICH_CONFIG_FILE names, then restart immich-server"), secret.Textf("passwordLogin:\n  enabled: true")
		}
		if s.AutoLaunch.Is() && s.AutoLaunch.Get() {
			fd.Message = secret.Textf("password login is off, OAuth does not work, and auto launch sends everybody there at once: nobody can log in")
			fd.Fix = append(fd.Fix, checks.Remedy{Do: secret.Textf("open the login page without auto launch"), Snippet: secret.Textf("/auth/login?autoLaunch=0")})
		}
		return checks.Failed(fd)
	},
}
