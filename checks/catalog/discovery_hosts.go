package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

var discoveryHosts = &checks.Check{
	ID: "discovery/hosts", Title: "the provider names itself by an address that those who need it can reach", Since: "v0.1.0",
	Doc: `Most providers write their discovery document with the host by which they were asked. Behind a proxy that does not pass
` + "`Host`" + ` or ` + "`X-Forwarded-Host`" + `, or asked by Immich under the name of a container, they write an inside name or port into it:
` + "`http://authelia:9091/…`" + `. Immich reads it without complaint and sends the browser there, and the browser cannot find it. The token
and userinfo endpoints are asked by Immich's server alone; an inside name may do there, if the server's container knows it.

**Mend it**: give the provider its public address, or let its proxy pass the host and the port that people use; and enter that
address as the issuer URL in Immich.`,
	Cites:    []cite.Citation{cite.OIDCDiscovery("3"), cite.RFC("6749", "3.1"), cite.Immich("v2.7.5", "server/src/services/auth.service.ts")},
	Symptoms: []string{"DNS_PROBE_FINISHED_NXDOMAIN", "This site can't be reached", "ERR_CONNECTION_REFUSED after pressing the login button"},
	Severity: checks.Error,
	Breaks:   append(append(checks.Logins("authorize"), checks.Logins("token")...), checks.Logins("userinfo")...),
	After:    []string{"discovery/immich", "discovery/endpoints"},
	Needs:    []facts.Kind{facts.Server, facts.Origins, facts.Authorize, facts.Discovery},
	Uses:     []facts.Kind{facts.Endpoints},
	Run: func(f *facts.Facts) (o checks.Outcome) {
		browserFinds(f, &o)
		d := f.Discovery.Get()
		serverFinds(f, &o, "token_endpoint", d.TokenEndpoint, existing(f, checks.Logins("token")), func(l facts.EndpointLog) facts.Attempt { return l.Token.Try })
		serverFinds(f, &o, "userinfo_endpoint", d.UserinfoEndpoint, existing(f, checks.Logins("userinfo")), func(l facts.EndpointLog) facts.Attempt { return l.Userinfo.Try })
		return o
	},
}

// mostPublic is the most public of what people use: where they open Immich,
// and the issuer. Both tell from where the provider has to be reached.
func mostPublic(f *facts.Facts) (n nearness, by secret.URI, ok bool) {
	take := func(s secret.URI) {
		if is, known := nearnessOf(string(s)); known && (!ok || is < n) {
			n, by, ok = is, s, true
		}
	}
	d := f.Discovery.Get()
	for _, k := range []facts.Known[secret.URI]{d.Setting, d.Issuer} {
		facts.If(k, take)
	}
	for _, o := range f.Origins.Get().All {
		take(secret.URI(o.Name))
	}
	return n, by, ok
}

// browserFinds judges where Immich sends the browser.
func browserFinds(f *facts.Facts, o *checks.Outcome) {
	about := checks.Subject{What: secret.Textf("authorization_endpoint")}
	steps := existing(f, checks.Logins("authorize"))
	t, _ := f.Authorize.Get().Of("web")
	to := t.Endpoint.Get()
	n, known := nearnessOf(string(to))
	wanted, by, ok := mostPublic(f)
	if !known || !ok || n <= wanted {
		o.Cells = append(o.Cells, checks.Cell{Subject: about, Status: checks.Pass, At: steps, Evidence: seen(t.Endpoint.From()...), Saw: secret.Textf("%s", to)})
		return
	}
	fd := checks.Finding{
		Subject: about, Evidence: seen(t.Endpoint.From()...), Breaks: steps,
		Want: secret.Textf("an address as public as %s", by), Got: secret.Textf("%s (%s)", to, t.Immich.Exchange), Fix: publicAddress(f),
	}
	if d := f.Discovery.Get().Try; d.Answer == facts.Answered && bareHost(d.URL) == bareHost(to) { // a browser may find what we found
		fd.Severity = checks.Warning
	}
	if n == container {
		fd.Message = secret.Textf("Immich sends the browser to %s, a name that only containers know", secret.URI(bareHost(to)))
	} else {
		fd.Severity = checks.Warning
		fd.Message = secret.Textf("Immich sends the browser to %s, which nobody reaches from elsewhere", secret.URI(bareHost(to)))
	}
	o.Findings = append(o.Findings, fd)
}

// serverFinds judges an endpoint that Immich's server asks.
func serverFinds(f *facts.Facts, o *checks.Outcome, name secret.Name, at facts.Known[secret.URI], steps []checks.At, of func(facts.EndpointLog) facts.Attempt) {
	about := checks.Subject{What: secret.Textf("%s", name)}
	if !at.Is() {
		o.Cells = append(o.Cells, checks.Cell{Subject: about, Status: checks.Skip, Why: at.Why, At: steps})
		return
	}
	cell := checks.Cell{Subject: about, Status: checks.Pass, At: steps, Evidence: seen(at.From()...), Saw: secret.Textf("%s", at.Get())}
	n, _ := nearnessOf(string(at.Get()))
	issuer, ok := nearnessOf(string(facts.Or(f, f.Discovery.Get().Issuer, "")))
	if !ok || n <= issuer || of(facts.Or(f, f.Endpoints, facts.EndpointLog{})).Answer == facts.Answered {
		o.Cells = append(o.Cells, cell)
		return
	}
	o.Findings = append(o.Findings, checks.Finding{
		Subject: about, Severity: checks.Warning, Breaks: steps, Evidence: seen(at.From()...),
		Message: secret.Textf("the %s has another name than the provider: only a container that knows %s reaches it", name, secret.URI(bareHost(at.Get()))),
		Want:    secret.Textf("an address as public as the issuer's"), Got: secret.Textf("%s", at.Get()), Fix: publicAddress(f),
	})
}

// publicAddress is where a provider learns by which address people know it.
func publicAddress(f *facts.Facts) []checks.Remedy {
	fix := checks.Remedy{Do: secret.Textf("give the provider its public https address, and let its proxy pass Host, X-Forwarded-Proto and X-Forwarded-Host"),
		Snippet: secret.Textf("proxy_set_header X-Forwarded-Proto $scheme;\nproxy_set_header X-Forwarded-Host $http_host;")}
	inDialect(f, provider.Public, secret.Text{}, &fix)
	return []checks.Remedy{fix}
}
