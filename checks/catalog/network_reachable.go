package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var networkReachable = &checks.Check{
	ID: "network/reachable", Title: "the provider takes connections", Since: "v0.1.0",
	Doc: `Immich's server opens a connection of its own to the provider. The provider may be down, listen on another port, or be
reachable from the living room and not from the container: the router does not lead its own outside address back in
(hairpin), or the networks are kept apart by a firewall.

**Mend it**: start the provider; correct the port; put both containers in one network and let the provider's name lead
straight to it (` + "`extra_hosts`" + ` or a network alias).`,
	Cites:    []cite.Citation{cite.OpenIDClient("v5.7.1", "lib/helpers/request.js"), cite.Immich("v1.132.0", "server/src/repositories/oauth.repository.ts")},
	Symptoms: []string{"connect ECONNREFUSED", "connect ETIMEDOUT", "TypeError: fetch failed", "AggregateError", "outgoing request timed out after 30000ms"},
	Severity: checks.Error,
	Breaks:   checks.Every("discovery"),
	After:    []string{"network/resolves"},
	YieldsTo: []string{"settings/issuer-url", "settings/timeout", "discovery/vantage"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize, facts.Network},
	Run:      runNetworkReachable,
}

func runNetworkReachable(f *facts.Facts) checks.Outcome {
	n := f.Network.Get()
	steps := existing(f, checks.Every("discovery"))
	r, is := refused(f)
	immichs, beyond := past(f, stageConnection)
	var answer, silent facts.Attempt
	for _, a := range n.Addresses {
		if a.Dial.Answer == facts.Answered {
			answer = a.Dial
		} else if !silent.Made() {
			silent = a.Dial
		}
	}
	fd := checks.Finding{Breaks: steps, Want: secret.Textf("a connection"), Got: got(silent), Fix: []checks.Remedy{{
		Do:      secret.Textf("start the provider, correct its port, or open the way from Immich's container to it"),
		Snippet: fromInside(""),
	}}}
	fd.Fix = append(fd.Fix, throughProxy(f))
	switch {
	case is && r.cause == immich.NoAnswer:
		fd.Evidence, fd.Got = seen(r.from), secret.Textf("%s (%s)", r.message, r.from.Ref)
		fd.Message = secret.Textf("the provider does not answer Immich in time")
		if immich.Library.At(rules(f)).Value == immich.OpenIDClient6 {
			fd.Fix = append(fd.Fix, checks.Remedy{Do: secret.Textf("or set the timeout back to its default: it is shown as milliseconds and used as seconds"), Where: oauthSettings("timeout"), Snippet: secret.Textf("30000")})
		}
	case is && r.cause == immich.NoConnection:
		fd.Evidence, fd.Got = seen(r.from), secret.Textf("%s (%s)", r.message, r.from.Ref)
		if fd.Message = secret.Textf("Immich gets no connection to the provider at %s", r.detail); r.detail == "" {
			fd.Message = secret.Textf("the provider, or what stands before it, cuts Immich's connection")
		}
	case silent.Answer == facts.NotDialled && !answer.Made() && !beyond:
		return skipped(facts.Why{Reason: facts.NotAsked, Detail: got(silent)})
	case silent.Made() && !answer.Made() && !beyond:
		fd.Evidence = seen(append(unreached(f), silent.From(facts.Here))...)
		fd.Message = secret.Textf("the provider takes no connection at %s", n.Host.Get())
	case beyond:
		return passed(secret.Textf("Immich reaches it"), steps, immichs)
	case answer.Made():
		return passed(secret.Textf("%s", answer.URL), steps, answer.From(facts.Here))
	case n.Host.Is():
		return skipped(facts.Why{Reason: facts.Unanswered, Detail: got(n.Lookup)}) // no address to connect to
	default:
		return skipped(n.Host.Why)
	}
	return checks.Failed(fd)
}

// throughProxy says what becomes of proxy variables in this release.
func throughProxy(f *facts.Facts) checks.Remedy {
	if v := f.Server.Get().Version; v.Is() && !immich.ReadsProxy.At(string(v.Get())).Value {
		return checks.Remedy{Do: secret.Textf("or, if the container gets out only through a proxy, let it out without: this release heeds no proxy variable")}
	}
	return checks.Remedy{Do: secret.Textf("or, if the container gets out only through a proxy, set NODE_USE_ENV_PROXY=1 beside HTTPS_PROXY, which alone has no effect")}
}
