package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

// A started login is Immich's own client passing DNS, TLS, trust and the
// issuer: seen by Immich, it outranks whatever this machine sees of the provider.
var discoveryImmich = &checks.Check{
	ID: "discovery/immich", Title: "Immich itself finds the provider and accepts it", Since: "v0.1.0",
	Doc: `Immich runs discovery anew whenever somebody presses the login button: nothing is cached. If it cannot, it answers 500
with a message. From 1.132 to the newest release every network fault reads "fetch failed"; the reason stands in the log
only from 3.2.0 on.

**Mend it**: give ` + "`--issuer`" + ` with the issuer URL of Immich's settings, and this tool looks at the same provider from here. Then
look from inside the container: what works on a laptop need not work there.`,
	Cites:    []cite.Citation{cite.Immich("v2.7.5", "server/src/repositories/oauth.repository.ts")},
	Symptoms: []string{"Error in OAuth discovery: TypeError: fetch failed", "Error in OAuth discovery: TypeError: Invalid URL", "Unable to login with OAuth"},
	Severity: checks.Error,
	Breaks:   checks.Every("discovery"),
	Witness:  checks.Logins("discovery"),
	After:    []string{"authorize/answers"},
	YieldsTo: []string{"settings/issuer-url", "settings/client-id", "settings/timeout", "discovery/vantage", "network/resolves", "network/reachable", "tls/certificate", "issuer/https", "discovery/document", "issuer/match", "discovery/endpoints"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize},
	Run: func(f *facts.Facts) checks.Outcome {
		r, is := refused(f)
		if !is {
			from, ok := started(f)
			if !ok {
				return skipped(f.Authorize.Get().Tries[0].URL.Why)
			}
			if r, is = refusedOnce(f); is {
				return checks.Failed(sometimes(r, from))
			}
			return passed(secret.Textf("it starts a login"), existing(f, checks.Every("discovery")), from)
		}
		message, fix := immichSays(r)
		return checks.Failed(checks.Finding{
			Evidence: seen(r.from), Breaks: existing(f, checks.Every("discovery")), Message: message, Fix: fix,
			Want: secret.Textf("HTTP 201 with an authorization URL"), Got: secret.Textf("%s (%s)", r.message, r.from.Ref),
		})
	},
}

// sometimes is the warning that one login started and another did not.
func sometimes(r refusal, started facts.Provenance) checks.Finding {
	return checks.Finding{
		Severity: checks.Warning, Evidence: seen(r.from, started),
		Message: secret.Textf("Immich finds the provider for one login and not for another at the same moment: %s", r.message),
		Want:    secret.Textf("HTTP 201 with an authorization URL, each time"), Got: secret.Textf("%s (%s)", r.message, r.from.Ref),
		Fix: []checks.Remedy{{Do: secret.Textf("look for what fails now and then: several addresses of which one is dead, a rate limit, a provider short of memory")}},
	}
}

// immichSays words each cause that no other check can tell more exactly.
func immichSays(r refusal) (secret.Text, []checks.Remedy) {
	inside := checks.Remedy{
		Do:      secret.Textf("ask the provider from inside Immich's container, and give --issuer so that this tool can look from here"),
		Snippet: fromInside(""),
	}
	switch r.cause {
	case immich.Unreached:
		return secret.Textf("Immich does not reach the provider: the name, the connection or the certificate fails, and this release does not say which"), []checks.Remedy{inside}
	case immich.UnknownReason:
		return secret.Textf("Immich cannot start a login: %s", r.message), []checks.Remedy{
			{Do: secret.Textf("read the reason in the log"), Snippet: secret.Textf("docker logs --since 5m immich_server 2>&1 | grep -i oauth")}}
	}
	return secret.Textf("Immich cannot start a login: %s", r.message), []checks.Remedy{inside}
}
