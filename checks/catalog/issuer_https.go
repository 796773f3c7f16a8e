package catalog

import (
	"strings"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var issuerHTTPS = &checks.Check{
	ID: "issuer/https", Title: "the issuer URL is https, or http is allowed", Since: "v0.1.0",
	Doc: `From 3.0.0 Immich refuses a provider at an http address unless Allow Insecure Requests is switched on. Upgrades switch it on
by themselves only for an issuer URL that was entered in the web page and begins with http; settings in a configuration
file are not touched.

**Mend it**: serve the provider over https and correct the issuer URL, or set ` + "`oauth.allowInsecureRequests: true`" + `.`,
	Cites:    []cite.Citation{cite.Immich("v3.0.0", "server/src/repositories/oauth.repository.ts"), cite.OIDCDiscovery("3")},
	Symptoms: []string{"Error in OAuth discovery: ClientError: only requests to HTTPS are allowed"},
	Severity: checks.Error,
	Breaks:   checks.Every("discovery"),
	Versions: checks.Range{From: "v3.0.0"},
	After:    []string{"server/answers", "oauth/enabled"},
	YieldsTo: []string{"settings/issuer-url"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize, facts.Settings},
	Run: func(f *facts.Facts) checks.Outcome {
		steps := existing(f, checks.Every("discovery"))
		fd := checks.Finding{
			Breaks:  steps,
			Message: secret.Textf("this release refuses a provider at an http address"),
			Want:    secret.Textf("an https issuer URL, or oauth.allowInsecureRequests: true"),
			Fix: []checks.Remedy{
				{Do: secret.Textf("serve the provider over https and set the issuer URL to it"), Where: oauthSettings("issuerUrl")},
				{Do: secret.Textf("or allow http"), Where: oauthSettings("allowInsecureRequests"), Snippet: secret.Textf("allowInsecureRequests: true")},
			},
		}
		if r, is := refused(f); is && r.cause == immich.OnlyHTTPS {
			fd.Message = secret.Textf("this release refuses the issuer URL: it is http, or https:// is missing in front of it")
			fd.Evidence, fd.Got = seen(r.from), secret.Textf("%s (%s)", r.message, r.from.Ref)
			return checks.Failed(fd)
		}
		if from, ok := past(f, stageScheme); ok {
			return passed(secret.Textf("Immich takes it"), steps, from)
		}
		s := f.Settings.Get()
		url, from := s.IssuerURL.Get(), s.IssuerURL.From()
		if !strings.HasPrefix(strings.ToLower(string(url)), "http:") {
			return passed(secret.Textf("%s", url), steps, from...)
		}
		if facts.Or(f, s.AllowInsecureRequests, false) {
			return passed(secret.Textf("http is allowed"), steps, append(from, s.AllowInsecureRequests.From()...)...)
		}
		rules(f)
		fd.Evidence, fd.Got = seen(from...), secret.Textf("%s", url)
		return checks.Failed(fd)
	},
}
