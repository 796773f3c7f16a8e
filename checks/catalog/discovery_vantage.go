package catalog

import (
	"slices"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var discoveryVantage = &checks.Check{
	ID: "discovery/vantage", Title: "Immich and this machine find the provider alike", Since: "v0.1.0",
	Doc: `Immich's server asks the provider itself, from inside its container. What works on a laptop need not work there, nor the other way
round: another resolver, a router that does not lead its own outside address back in (hairpin), a firewall between the networks, a
certificate of a private authority, a way out through a proxy of which Node knows nothing, something in front that lets one of the
two pass and not the other.

If this machine finds the provider and Immich does not, that is why no login starts. If it is the other way round, logins are fine as
far as Immich goes, and this tool sees less than it could; who logs in from such a machine does not reach the provider either.

**Mend it**: ask from inside the container, as Immich does. Node is in every image and tells the reason, which Immich keeps to itself
from 1.132 to 3.1:

    docker exec immich_server node -e 'fetch("ISSUER/.well-known/openid-configuration",{redirect:"manual"}).then(r=>console.log(r.status),e=>console.log(e.cause))'

With Kubernetes, put ` + "`kubectl exec deploy/immich-server --`" + ` in the place of ` + "`docker exec immich_server`" + `. curl in that container trusts no
certificate at all, as the image has no list of authorities beside Node's.`,
	Cites: []cite.Citation{cite.Immich("v2.7.5", "server/src/repositories/oauth.repository.ts"), cite.Node("cli.html#node_extra_ca_certsfile"),
		{Source: "immich-app/base-images", Section: "server/Dockerfile", URL: "https://github.com/immich-app/base-images/blob/main/server/Dockerfile"}},
	Symptoms: []string{"TypeError: fetch failed", "getaddrinfo ENOTFOUND", "getaddrinfo EAI_AGAIN", "connect ECONNREFUSED", "connect ETIMEDOUT", "it works in the browser and not in Immich"},
	Severity: checks.Error,
	Breaks:   checks.Every("discovery"),
	After:    []string{"server/answers", "oauth/enabled"},
	YieldsTo: []string{"settings/issuer-url", "settings/client-id", "settings/timeout"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize, facts.Network, facts.Discovery},
	Run:      runDiscoveryVantage,
}

func runDiscoveryVantage(f *facts.Facts) checks.Outcome {
	n, d := f.Network.Get(), f.Discovery.Get()
	steps := existing(f, checks.Every("discovery"))
	here, stage := stumbles(n, d)
	if stage > 0 {
		immichs, beyond := past(f, stage)
		if !beyond {
			return notApplicable(secret.Textf("this machine does not find it either: %s", got(here)))
		}
		return checks.Failed(lessHere(n, here, stage, immichs))
	}
	immichs, begun := started(f)
	found := d.Object.Is() && d.Issuer.Is() && !d.Form.BOM && d.Try.Encoding == ""
	switch {
	case begun && found:
		return passed(secret.Textf("both find it"), steps, append(d.Object.From(), immichs)...)
	case begun && !d.Try.Made():
		return checks.Outcome{Cells: []checks.Cell{
			{Status: checks.Pass, At: steps, Saw: secret.Textf("Immich finds it"), Evidence: seen(immichs)},
			{Subject: checks.Subject{What: secret.Textf("from here")}, Status: checks.Skip, Why: d.Setting.Why},
		}}
	case !found && !d.Try.Made():
		return skipped(d.Setting.Why)
	case !found:
		return notApplicable(secret.Textf("this machine is not content with the document either: %s", got(d.Try)))
	}
	if fd, ok := moreHere(f, n, d); ok {
		fd.Breaks = steps
		return checks.Failed(fd)
	}
	return notApplicable(secret.Textf("it is not the way to the provider that Immich stumbles over, or another check tells it more exactly"))
}

// stumbles is where this machine's own way to the provider ends, and the stage
// of discovery that it belongs to; zero if it does not end.
func stumbles(n facts.NetworkPath, d facts.DiscoveryDoc) (here facts.Attempt, stage int) {
	taken := slices.ContainsFunc(n.Addresses, func(a facts.Address) bool { return a.Dial.Answer == facts.Answered })
	switch {
	case n.Lookup.Made() && n.Lookup.Answer != facts.Answered:
		return n.Lookup, stageName
	case len(n.Addresses) > 0 && !taken:
		return n.Addresses[0].Dial, stageConnection
	case n.Handshake.Made() && n.Trust != facts.Trusted:
		return n.Handshake, stageTLS
	case d.Try.Made() && !d.Try.OK(200):
		return d.Try, stageDocument
	}
	return here, 0
}

// lessHere is the note that this machine stumbles where Immich came past.
func lessHere(n facts.NetworkPath, here facts.Attempt, stage int, immichs facts.Provenance) checks.Finding {
	fd := checks.Finding{
		Severity: checks.Note, Evidence: seen(immichs, here.From(facts.Here)), Want: secret.Textf("what Immich gets"), Got: got(here),
		Fix: []checks.Remedy{{Do: secret.Textf("nothing for Immich; but who logs in from a machine like this one must reach the provider too")}},
	}
	switch stage {
	case stageName:
		fd.Message = secret.Textf("Immich finds the provider and this machine does not: %s does not resolve here", hostname(n))
		fd.Fix = append(fd.Fix, checks.Remedy{Do: secret.Textf("to look from here all the same, use the resolver or the VPN of Immich's network, or give the address"), Snippet: secret.Textf("--resolve %s:ADDRESS", hostname(n))})
	case stageConnection:
		fd.Message = secret.Textf("Immich finds the provider and this machine does not: %s takes no connection from here", n.Host.Get())
		fd.Fix = append(fd.Fix, checks.Remedy{Do: secret.Textf("to look from here all the same, run this tool in Immich's network or its VPN, or let the firewall pass it")})
	case stageTLS:
		fd.Message = secret.Textf("Immich trusts the provider's certificate and this machine does not (%s)", secret.Name(n.Trust))
		fd.Fix = append(fd.Fix, checks.Remedy{Do: secret.Textf("to look from here all the same, give the authority that Immich's container trusts"), Snippet: secret.Textf("--ca-file FILE")})
	default:
		fd.Message = secret.Textf("Immich reads the provider's document and this machine does not")
		fd.Fix = append(fd.Fix, checks.Remedy{Do: secret.Textf("see what answers here in its place: something that lets only some networks or clients pass")})
	}
	return fd
}

// moreHere is the finding that Immich stumbles where this machine came past.
// What is about the certificate, and a setting of its own, others tell better.
func moreHere(f *facts.Facts, n facts.NetworkPath, d facts.DiscoveryDoc) (fd checks.Finding, ok bool) {
	r, is := refused(f)
	waits := f.Authorize.Get().Tries[0].Immich
	settled := d.Setting.Is() && d.Setting.From()[0].Vantage > facts.Written // the issuer is Immich's own, not one that somebody gave
	if n.Secure && n.ImmichTrust != facts.Trusted || oneIsDead(n) {
		return fd, false
	}
	fd = checks.Finding{Evidence: seen(r.from, d.Try.From(facts.Here)), Want: secret.Textf("the answer that this machine gets: %s", got(d.Try)), Got: secret.Textf("%s (%s)", r.message, r.from.Ref)}
	switch {
	case !is && (waits.Answer == facts.Timeout || waits.Status == 504 || waits.Status == 524):
		fd.Evidence, fd.Got = seen(waits.From(facts.Here), d.Try.From(facts.Here)), got(waits)
		fd.Message = secret.Textf("Immich waits for the provider, which answers this machine")
		fd.Fix = causes(f, n, d, stageConnection)
	case is && r.cause == immich.Unreached:
		fd.Message = secret.Textf("this machine reaches the provider and Immich does not")
		fd.Fix = causes(f, n, d, stageName, stageConnection, stageTLS)
	case is && r.cause == immich.NoName && (r.detail == "" || r.detail == hostname(n)):
		fd.Message = secret.Textf("the provider's name %s resolves on this machine and not for Immich", hostname(n))
		fd.Fix = causes(f, n, d, stageName)
	case is && (r.cause == immich.NoConnection || r.cause == immich.NoAnswer && immich.Library.At(rules(f)).Value == immich.OpenIDClient5):
		fd.Message = secret.Textf("the provider takes connections from this machine and not from Immich")
		fd.Fix = causes(f, n, d, stageConnection)
	case is && settled && (r.cause == immich.BadStatus || r.cause == immich.NotJSON):
		fd.Message = secret.Textf("this machine gets the provider's document and Immich gets something else in its place")
		fd.Fix = causes(f, n, d, stageDocument)
	default:
		return fd, false
	}
	return fd, true
}

// oneIsDead reports whether an address of the provider takes no connection here
// either: Immich may have tried that one.
func oneIsDead(n facts.NetworkPath) bool {
	return slices.ContainsFunc(n.Addresses, func(a facts.Address) bool { return a.Dial.Answer != facts.Answered && !a.NoRoute })
}

// causes is how to look from inside, and then what it may be, the likeliest first.
func causes(f *facts.Facts, n facts.NetworkPath, d facts.DiscoveryDoc, stages ...int) []checks.Remedy {
	fix := []checks.Remedy{{Do: secret.Textf("ask from inside Immich's container: what it prints in place of 200 tells which of these it is"), Snippet: fromInside(d.Try.URL)}}
	if d.Setting.Is() && d.Setting.From()[0].Vantage <= facts.Written {
		fix = append(fix, checks.Remedy{Do: secret.Textf("see that Immich's issuer URL is the one that was looked at here: %s", d.Setting.Get()), Where: oauthSettings("issuerUrl")})
	}
	compose := secret.Textf("docker-compose.yml, service immich-server")
	for _, stage := range stages {
		switch stage {
		case stageName:
			fix = append(fix, checks.Remedy{Do: secret.Textf("ENOTFOUND or EAI_AGAIN: the container asks another resolver; give it the right one (dns), an entry for %s (extra_hosts), or the provider an alias of that name in its network", hostname(n)), Where: compose})
		case stageConnection:
			fix = append(fix, checks.Remedy{Do: secret.Textf("ECONNREFUSED, EHOSTUNREACH or a timeout: the name leads to the router's outside address, which is not led back in (hairpin), or a firewall parts the networks; let the name lead straight to the provider or its proxy"), Where: compose},
				throughProxy(f))
		case stageTLS:
			fix = append(fix, checks.Remedy{Do: secret.Textf("a certificate that is not trusted: another one answers there than here; mount its authority and name it"), Where: compose, Snippet: secret.Textf("NODE_EXTRA_CA_CERTS=/path/in/container/ca.pem")})
		case stageDocument:
			fix = append(fix, checks.Remedy{Do: secret.Textf("another status than 200: what stands before the provider lets this machine pass and not Immich's server; exempt the provider's addresses from it, or let the name lead straight to the provider inside the network"), Where: compose})
		}
	}
	return fix
}
