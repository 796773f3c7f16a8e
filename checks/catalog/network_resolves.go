package catalog

import (
	"strings"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var networkResolves = &checks.Check{
	ID: "network/resolves", Title: "the provider's host name resolves", Since: "v0.1.0",
	Doc: `Immich's server, not only the browser, talks to the provider. A name that exists only in the home network's DNS, or only
in the hosts file of a laptop, does not resolve inside a container. From 1.132 Immich then says "fetch failed" and nothing
more; older releases name the host.

**Mend it**: ` + "`docker exec immich_server getent hosts NAME`" + ` shows what the container sees. Give the container the right DNS
server (` + "`dns:`" + `), an entry (` + "`extra_hosts:`" + `), or the provider an alias in the containers' network.`,
	Cites:    []cite.Citation{cite.OpenIDClient("v5.7.1", "lib/helpers/request.js"), cite.Immich("v1.132.0", "server/src/repositories/oauth.repository.ts")},
	Symptoms: []string{"getaddrinfo ENOTFOUND", "getaddrinfo EAI_AGAIN", "TypeError: fetch failed"},
	Severity: checks.Error,
	Breaks:   checks.Every("discovery"),
	After:    []string{"server/answers", "oauth/enabled"},
	YieldsTo: []string{"discovery/vantage"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize, facts.Network},
	Run:      runNetworkResolves,
}

func runNetworkResolves(f *facts.Facts) checks.Outcome {
	n := f.Network.Get()
	steps := existing(f, checks.Every("discovery"))
	r, is := refused(f)
	immichs, beyond := past(f, stageName)
	here := n.Lookup.Made() && n.Lookup.Answer != facts.Answered
	fd := checks.Finding{
		Breaks: steps, Want: secret.Textf("an address"), Got: got(n.Lookup),
		Fix: []checks.Remedy{{Do: secret.Textf("make the name resolve inside Immich's container (dns, extra_hosts or an alias in its network)"),
			Where: secret.Textf("docker-compose.yml, service immich-server"), Snippet: secret.Textf("docker exec immich_server getent hosts NAME")}},
	}
	switch {
	case is && r.cause == immich.NoName:
		fd.Evidence, fd.Got = seen(r.from), secret.Textf("%s (%s)", r.message, r.from.Ref)
		fd.Message = secret.Textf("Immich cannot resolve the provider's host name %s", r.detail)
	case here && !beyond:
		fd.Evidence = seen(append(unreached(f), n.Lookup.From(facts.Here))...)
		fd.Message = secret.Textf("the provider's host name %s does not resolve", hostname(n))
		if !is { // a name that does not resolve makes Immich fail at once; it is silent
			fd.Severity = checks.Warning
		}
	case beyond:
		return passed(secret.Textf("Immich finds it"), steps, immichs)
	case !n.Host.Is():
		return skipped(n.Host.Why)
	case n.Lookup.Made():
		return passed(addresses(n), steps, n.Lookup.From(facts.Here))
	default:
		return passed(secret.Textf("%s is an address, there is nothing to resolve", hostname(n)), steps, n.Host.From()...)
	}
	return checks.Failed(fd)
}

// hostname is the provider's host without the port.
func hostname(n facts.NetworkPath) secret.Name {
	host := string(n.Host.Get())
	return secret.Name(host[:max(strings.LastIndex(host, ":"), 0)])
}

func addresses(n facts.NetworkPath) secret.Text {
	all := secret.Textf("%s", hostname(n))
	for _, a := range n.Addresses {
		all = secret.Textf("%s %s", all, a.IP)
	}
	return all
}
