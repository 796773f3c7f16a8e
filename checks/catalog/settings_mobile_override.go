package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

var settingsMobileOverride = &checks.Check{
	ID: "settings/mobile-override", Title: "the mobile override has its switch and its address", Since: "v0.1.0",
	Doc: `The mobile redirect override has a switch and an address, and Immich applies it only if it has both. With the switch alone the
phone app goes on asking for ` + "`app.immich:///oauth-callback`" + `, and a provider that takes only https addresses refuses it, though the
override seems to be on. From 3.0 the settings page saves it so. An address without the switch does nothing either.

**Mend it**: switch it on and enter ` + "`https://HOST/api/oauth/mobile-redirect`" + `, or switch it off.`,
	Cites:    []cite.Citation{cite.Immich("v3.0.0", "server/src/services/auth.service.ts"), cite.RFC("8252", "7.1")},
	Symptoms: []string{"custom scheme URIs are not allowed for 'web' client type", "Invalid redirect_uri in the phone app only"},
	Severity: checks.Warning,
	Versions: checks.Range{From: "v1.41.0"},
	After:    []string{"server/answers"},
	Needs:    []facts.Kind{facts.Settings},
	Run: func(f *facts.Facts) checks.Outcome {
		s := f.Settings.Get()
		on, uri := s.MobileOverrideEnabled.Get(), s.MobileRedirectURI.Get()
		from := append(s.MobileOverrideEnabled.From(), s.MobileRedirectURI.From()...)
		fd := checks.Finding{Evidence: seen(from[:1]...), Want: secret.Textf("both, or neither")}
		switch {
		case on && uri == "":
			fd.Got = secret.Textf("on, without an address (%s)", from[0].Ref)
			fd.Message = secret.Textf("the mobile redirect override is on and has no address: Immich does not apply it")
			fd.Fix = []checks.Remedy{{Do: secret.Textf("enter https://HOST/api/oauth/mobile-redirect, or switch it off"), Where: oauthSettings("mobileRedirectUri")}}
		case !on && uri != "":
			fd.Severity, fd.Got = checks.Note, secret.Textf("off, with %s (%s)", uri, from[0].Ref)
			fd.Message = secret.Textf("a mobile redirect override is entered and not switched on: Immich does not apply it")
			fd.Fix = []checks.Remedy{{Do: secret.Textf("nothing while the app logs in; else switch it on"), Where: oauthSettings("mobileOverrideEnabled")}}
		case on:
			return checks.Passed(secret.Textf("%s", uri), from[0])
		default:
			return checks.Passed(secret.Textf("it is off"), from[0])
		}
		return checks.Failed(fd)
	},
}
