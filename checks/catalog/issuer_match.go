package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var issuerMatch = &checks.Check{
	ID: "issuer/match", Title: "the issuer URL is the one that the provider's document names", Since: "v0.1.0",
	Doc: `From 1.132.0 Immich compares the issuer URL of its settings with the ` + "`issuer`" + ` of the provider's document. Host case, default
port and a slash behind the bare host do not matter; a slash at the end of a path, another host name and http in place of
https do. Older releases compare nothing. A setting that contains ` + "`/.well-known/`" + ` is not compared in any release.

**Mend it**: copy the ` + "`issuer`" + ` of the document into Immich, character by character. If the document names the wrong host or
scheme, the provider does not know its own address: mend its configuration, or the ` + "`X-Forwarded-Proto`" + ` and ` + "`-Host`" + ` headers of
its proxy.`,
	Cites:    []cite.Citation{cite.OIDCDiscovery("4.3"), cite.OAuth4WebAPI("v3.8.6", "src/index.ts")},
	Symptoms: []string{"discovered metadata issuer does not match the expected issuer", "OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED"},
	Severity: checks.Error,
	Breaks:   checks.Every("discovery"),
	After:    []string{"discovery/document"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize, facts.Discovery, facts.Settings},
	Run:      runIssuerMatch,
}

func runIssuerMatch(f *facts.Facts) checks.Outcome {
	d, s := f.Discovery.Get(), f.Settings.Get()
	steps := existing(f, checks.Every("discovery"))
	fix := []checks.Remedy{{Do: secret.Textf("set the issuer URL to exactly the \"issuer\" of the provider's document"), Where: oauthSettings("issuerUrl")}}
	if d.Issuer.Is() {
		fix[0].Snippet = secret.Textf("%s", d.Issuer.Get())
		if absolute(string(d.Try.URL)) == "https" && absolute(string(d.Issuer.Get())) == "http" { // to copy that would be the next fault
			fix = []checks.Remedy{{
				Do:    secret.Textf("let the provider know that people reach it by https: its document, fetched by https, names http"),
				Where: secret.Textf("the provider's public address, or X-Forwarded-Proto: https from the proxy before it"),
			}}
		}
	}
	if r, is := refused(f); is && r.cause == immich.OtherIssuer {
		fd := checks.Finding{
			Evidence: seen(r.from), Breaks: steps, Fix: fix, Want: secret.Textf("the issuer that the document names"),
			Message: secret.Textf("Immich refuses the provider: the issuer URL in its settings is not the issuer of the provider's document"),
			Got:     secret.Textf("%s (%s)", r.message, r.from.Ref),
		}
		if d.Issuer.Is() && s.IssuerURL.Is() {
			fd.Want, fd.Got = secret.Textf("%s", d.Issuer.Get()), secret.Textf("%s", s.IssuerURL.Get())
		}
		return checks.Failed(fd)
	}
	if r, is := refused(f); is && r.cause == immich.BadURL && s.IssuerURL.Is() && absolute(string(s.IssuerURL.Get())) != "" && d.Issuer.Is() && !isURL(string(d.Issuer.Get())) {
		return checks.Failed(checks.Finding{
			Evidence: seen(r.from, d.Issuer.From()[0]), Breaks: steps, Want: secret.Textf("an https address as issuer"), Got: secret.Textf("%s", d.Issuer.Get()),
			Message: secret.Textf("the issuer that the provider's document names is no address, so Immich cannot compare it"),
			Fix:     []checks.Remedy{{Do: secret.Textf("give the provider its public https address"), Where: secret.Textf("the provider's configuration")}},
		})
	}
	if from, ok := past(f, stageIssuer); ok {
		return passed(secret.Textf("Immich takes the one that it has"), steps, from)
	}
	setting, named := s.IssuerURL.Get(), d.Issuer.Get()
	release := rules(f)
	from := append(s.IssuerURL.From(), d.Issuer.From()...)
	if !immich.ComparesIssuer.At(release).Value {
		return passed(secret.Textf("this release does not compare it"), steps, from...)
	}
	if immich.SameIssuer(string(setting), string(named)) {
		return passed(secret.Textf("%s", named), steps, from...)
	}
	fd := checks.Finding{
		Evidence: checks.Evidence{From: from, Grade: checks.Implied}, Breaks: steps, Fix: fix,
		Message: secret.Textf("the issuer URL is not the issuer that the provider's document names; Immich will refuse it"),
		Want:    secret.Textf("%s", named), Got: secret.Textf("%s", setting),
	}
	if notYet(f, stageIssuer) {
		fd.Severity = checks.Warning // Immich stumbles earlier, and over something else
	}
	return checks.Failed(fd)
}
