package catalog

import (
	"strings"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var redirectMobile = &checks.Check{
	ID: "redirect/mobile", Title: "the phone app's redirect URI leads back to the app", Since: "v0.1.0",
	Doc: `The phone app asks to be sent back to ` + "`app.immich:///oauth-callback`" + ` (to 1.112: ` + "`app.immich:/`" + `). For providers that take only https
addresses Immich has an override: ` + "`mobileRedirectUri`" + `, which must be ` + "`https://HOST/api/oauth/mobile-redirect`" + `, an address of Immich
that sends the phone on to the app. If it names the web page instead, the login ends in the browser and the app waits for
ever. Immich 1.118.0 applies it to the token request and not to the login page: the provider then refuses the code.

**Mend it**: enter ` + "`https://HOST/api/oauth/mobile-redirect`" + ` with the host that phones use, register the same with the provider; or
switch the override off. At 1.118.0 upgrade to 1.118.1 or later.`,
	Cites:    []cite.Citation{cite.Immich("v2.7.5", "server/src/controllers/oauth.controller.ts"), cite.RFC("8252", "7.1")},
	Symptoms: []string{"the app stays on the login page after a login in the browser", "User canceled authentication", "custom scheme URIs are not allowed for 'web' client type"},
	Severity: checks.Error,
	Breaks:   []checks.At{"mobile/callback", "mobile/token"},
	After:    []string{"discovery/immich"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize, facts.Settings},
	Run:      runRedirectMobile,
}

// mobileRedirect is Immich's own address for phones, at the origin that people use.
func mobileRedirect(f *facts.Facts) secret.Text {
	for _, t := range f.Authorize.Get().Tries {
		if t.Journey == "web" {
			return secret.Textf("%s/api/oauth/mobile-redirect", secret.URI(strings.TrimSuffix(string(t.Redirect), "/auth/login")))
		}
	}
	return secret.Textf("https://HOST/api/oauth/mobile-redirect")
}

func runRedirectMobile(f *facts.Facts) checks.Outcome {
	l := f.Authorize.Get()
	t, _ := l.Of("mobile")
	sends := t.RedirectURI.Get()
	steps := []checks.At{"mobile/callback", "mobile/token"}
	if sends == t.Redirect || strings.HasPrefix(string(sends), "app.immich:") {
		if !immich.OverrideApplied.At(rules(f)).Value {
			set := f.Settings.Get()
			if !immich.Before(rules(f), immich.MobileOverride) && facts.Or(f, set.MobileOverrideEnabled, false) && facts.Or(f, set.MobileRedirectURI, "") != "" {
				return ignored(t, set)
			}
			return passed(secret.Textf("%s; this release applies no override", sends), steps, t.RedirectURI.From()...)
		}
		return passed(secret.Textf("%s", sends), steps, t.RedirectURI.From()...)
	}
	want := mobileRedirect(f)
	fd := checks.Finding{
		Breaks: steps[:1], Want: want, Got: secret.Textf("%s", sends),
		Fix: []checks.Remedy{{Do: secret.Textf("set the mobile redirect override to Immich's own address for it, or switch it off"), Where: oauthSettings("mobileRedirectUri"), Snippet: want}},
	}
	a := l.Override
	fd.Evidence = seen(t.Immich.From(facts.ByImmich))
	switch {
	case a.Made() && a.Answer == facts.Answered && !isImmichs(f, sends): // its path was asked of Immich, not of that host
		return skipped(facts.Why{Reason: facts.NotAsked, Detail: secret.Textf("%s is on another host than Immich; give --origin if that is Immich too", sends)})
	case a.Made() && a.Answer == facts.Answered:
		fd.Evidence = seen(t.Immich.From(facts.ByImmich), a.From(facts.ByImmich))
		if strings.HasPrefix(string(a.Location), "app.immich:") {
			return respelled(f, sends, fd, steps)
		}
		if who, known := inFront(a); known && strings.HasSuffix(leadsTo("", string(sends)).Path, "/api/oauth/mobile-redirect") {
			fd.Message = secret.Textf("%s answers in Immich's place where the phone should be sent on to the app", secret.Name(who.Name))
			fd.Got = secret.Textf("%s: %s", sends, got(a))
			fd.Fix = []checks.Remedy{{Do: secret.Textf("%s", secret.Name(who.Mend)), Where: secret.Textf("for GET /api/oauth/mobile-redirect")}}
			break
		}
		fd.Message = secret.Textf("the mobile redirect override does not lead back to the app: %s answers no redirect to it", sends)
		fd.Got = secret.Textf("%s: %s", sends, got(a))
	case a.Made():
		return skipped(facts.Why{Reason: facts.Unanswered, Detail: got(a)})
	default:
		fd.Message = secret.Textf("the mobile redirect override is no address of Immich, so nothing leads back to the app")
	}
	return checks.Failed(fd)
}

// ignored finds an override that the release drops on the way to the provider.
func ignored(t facts.AuthorizeTry, set facts.SettingsDoc) checks.Outcome {
	from := append(set.MobileOverrideEnabled.From(), t.Immich.From(facts.ByImmich))
	return checks.Failed(checks.Finding{
		Evidence: checks.Evidence{From: from, Grade: checks.Implied}, Breaks: []checks.At{"mobile/token"},
		Message: secret.Textf("the mobile redirect override is on, and this release sends the phone to the provider without it, so that the provider refuses that address or, later, the code"),
		Want:    secret.Textf("the override"), Got: secret.Textf("%s", t.RedirectURI.Get()),
		Fix: []checks.Remedy{{Do: secret.Textf("upgrade Immich to 1.118.1 or later")}},
	})
}

// isImmichs reports whether a URL is at a host where Immich is known to answer.
func isImmichs(f *facts.Facts, u secret.URI) bool {
	host := authority(leadsTo("", string(u)))
	for _, t := range f.Authorize.Get().Tries {
		if host == authority(leadsTo("", string(t.Immich.URL))) || t.Journey == "web" && host == authority(leadsTo("", string(t.Redirect))) {
			return true
		}
	}
	return false
}

// respelled finds an override that openid-client 6 writes differently in the
// token request than in the authorization request: providers then refuse the code.
func respelled(f *facts.Facts, sends secret.URI, fd checks.Finding, steps []checks.At) checks.Outcome {
	if spelt := immich.TokenRedirect(rules(f), string(sends)); spelt != string(sends) {
		fd.Grade, fd.Breaks = checks.Implied, steps[1:]
		fd.Want = secret.Textf("%s", secret.URI(spelt))
		fd.Message = secret.Textf("Immich writes the override differently in the token request, and the provider will refuse the code (invalid_grant)")
		fd.Fix = []checks.Remedy{{Do: secret.Textf("enter the override as Immich writes it, and register it so"), Where: oauthSettings("mobileRedirectUri"), Snippet: fd.Want}}
		return checks.Failed(fd)
	}
	return passed(secret.Textf("%s leads back to the app", sends), steps, fd.From...)
}
