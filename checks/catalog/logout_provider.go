package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var logoutProvider = &checks.Check{
	ID: "logout/provider", Title: "logging out of Immich leads to the provider's logout page", Since: "v0.1.0",
	Doc: `Whoever logs out of Immich is sent to the ` + "`end_session_endpoint`" + ` of the provider's document. Without one only Immich's own session
ends: the next press of the login button logs in again without a question, which matters on a shared computer. One that
is no whole address leads to a page of Immich that does not exist; from 3.1.0, which adds ` + "`id_token_hint`" + ` to it, the logout
answers 500. From 3.0.0 the setting ` + "`oauth.endSessionEndpoint`" + ` stands above the document.

**Mend it**: switch on RP-initiated logout at the provider; or enter its logout page as End Session Endpoint.`,
	Cites:    []cite.Citation{cite.RPLogout("2.1"), cite.Immich("v3.1.0", "server/src/repositories/oauth.repository.ts")},
	Symptoms: []string{"Failed to logout", "after a logout the next login asks for no password"},
	Severity: checks.Error,
	Breaks:   []checks.At{"logout/end-session"},
	After:    []string{"discovery/document", "discovery/immich"},
	Needs:    []facts.Kind{facts.Server, facts.Settings, facts.Discovery},
	Run: func(f *facts.Facts) checks.Outcome {
		d, release := f.Discovery.Get(), rules(f)
		d.Object.Get()
		end := d.EndSessionEndpoint
		steps := []checks.At{"logout/end-session"}
		if end.Is() && absolute(string(end.Get())) != "" {
			return passed(secret.Textf("%s", end.Get()), steps, end.From()...)
		}
		fd := checks.Finding{
			Breaks: steps, Evidence: checks.Evidence{From: d.Object.From(), Grade: checks.Implied}, Want: secret.Textf("a whole address as end_session_endpoint"),
			Fix: []checks.Remedy{{Do: secret.Textf("switch on RP-initiated logout, with its public address"), Where: secret.Textf("the provider")}},
		}
		if immich.LogoutSetting.At(release).Value { // the setting stands above the document
			set := facts.Or(f, f.Settings.Get().EndSessionEndpoint, "")
			if set != "" {
				return passed(secret.Textf("%s, by the setting", set), steps, f.Settings.Get().EndSessionEndpoint.From()...)
			}
			fd.Fix = append(fd.Fix, checks.Remedy{Do: secret.Textf("or enter the provider's logout page"), Where: oauthSettings("endSessionEndpoint")})
		}
		switch {
		case !end.Is() || end.Get() == "":
			fd.Severity, fd.Breaks, fd.Got = checks.Note, nil, end.Why.Detail
			fd.Message = secret.Textf("the provider names no logout page: a logout of Immich leaves people logged in at the provider")
			return checks.Failed(fd)
		case immich.ParsesLogout.At(release).Value:
			fd.Message = secret.Textf("the end_session_endpoint is no whole address: a logout will answer 500")
		default:
			fd.Message = secret.Textf("the end_session_endpoint is no whole address: a logout will lead to a page of Immich that does not exist")
		}
		fd.Got = secret.Textf("%s", end.Get())
		return checks.Failed(fd)
	},
}
