package catalog

import (
	"slices"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var networkEndpoints = &checks.Check{
	ID: "network/endpoints", Title: "the hosts of the other endpoints can be reached and trusted", Since: "v0.1.0",
	Doc: `The discovery document names addresses for the token, the user's data and the keys, and some providers put them on other hosts
than the issuer: Google, a provider behind two proxies, one that lists an internal name. A login starts without them. Immich
calls them when somebody comes back, and if a name does not resolve there, nothing listens or the certificate is not
trusted, it ends with "Failed to finish oauth" and "fetch failed" in the log.

What this machine does not reach is a warning, for Immich may have a way there of its own; a certificate that has run out, or
is for another name, is the same for all. A name or an address that only some machines have (no dot in it, ` + "`.local`" + `, 10.0.0.0/8 …) may be right for Immich and is not judged from
here, unless it answers.

**Mend it**: let the provider list addresses that Immich's container reaches, or make the name resolve there.`,
	Cites:    []cite.Citation{cite.OIDCDiscovery("3"), cite.Immich("v2.7.5", "server/src/repositories/oauth.repository.ts")},
	Symptoms: []string{"Failed to finish oauth", "OAuth login failed: fetch failed", "tokenEndpointRequest", "getaddrinfo ENOTFOUND"},
	Severity: checks.Error,
	Breaks:   slices.Concat(checks.Logins("token"), checks.Logins("userinfo"), checks.Logins("id-token"), []checks.At{"back-channel/notice"}),
	After:    []string{"discovery/endpoints"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize, facts.Network, facts.Hosts, facts.Target},
	Run:      runNetworkEndpoints,
}

func runNetworkEndpoints(f *facts.Facts) (o checks.Outcome) {
	l := f.Hosts.Get()
	release := rules(f)
	for _, h := range l.Hosts {
		n := h.Path
		about := checks.Subject{What: secret.Textf("%s", n.Host.Get())}
		steps, severity := calledBy(f, h, release)
		if steps == nil {
			o.Cells = append(o.Cells, checks.Cell{Subject: about, Status: checks.NA, Why: facts.Why{Detail: secret.Textf("this release does not call it")}})
			continue
		}
		cell := checks.Cell{Subject: about, At: steps}
		if more := ownAuthorities(f); more != nil && (n.ImmichTrust == facts.UnknownCA || n.ImmichTrust == facts.Incomplete) {
			cell.Status, cell.Why = checks.Skip, facts.Why{Reason: facts.Absent, Detail: secret.Textf("Immich trusts authorities beyond Node's list (%s); give --immich-ca-file", more[0].Ref)}
			if n.Trust == facts.Trusted {
				cell.Status, cell.Saw, cell.Evidence = checks.Pass, secret.Textf("this machine trusts it, and Immich trusts more than Node's list too"), checks.Evidence{From: append(more, n.Handshake.From(facts.Here)), Grade: checks.Implied}
			}
			o.Cells = append(o.Cells, cell)
			continue
		}
		fd, bad := unusableHost(f, n)
		switch {
		case bad && h.Local:
			cell.Status, cell.Why = checks.Skip, facts.Why{Reason: facts.Unanswered, Detail: secret.Textf("only some machines have it, perhaps Immich's: %s", fd.Got)}
		case bad:
			if fd.Subject, fd.Breaks = about, steps; fd.Severity == 0 {
				fd.Severity = severity
			}
			o.Findings = append(o.Findings, fd)
			continue
		default:
			cell.Status, cell.Saw, cell.Evidence = checks.Pass, secret.Textf("it answers"), seen(n.Host.From()...)
			if n.Handshake.Made() {
				cell.Evidence = seen(n.Handshake.From(facts.Here))
			}
		}
		o.Cells = append(o.Cells, cell)
	}
	if o.Cells == nil && o.Findings == nil {
		return notApplicable(secret.Textf("all are on the issuer's host"))
	}
	return o
}

// ownAuthorities says who saw that Immich trusts more than Node's list and what
// the user gave of it: it gets past an issuer whose authority is on neither.
func ownAuthorities(f *facts.Facts) []facts.Provenance {
	n := f.Network.Get()
	from, ok := past(f, stageTLS)
	if !ok || !n.Handshake.Made() || n.ImmichTrust != facts.UnknownCA && n.ImmichTrust != facts.Incomplete {
		return nil
	}
	return []facts.Provenance{from}
}

// unusableHost is what keeps Immich from a host, if this machine is a guide:
// Immich may have a way there of its own, but the certificate is the same.
func unusableHost(f *facts.Facts, n facts.NetworkPath) (fd checks.Finding, bad bool) {
	inside := checks.Remedy{Do: secret.Textf("let the provider list an address that Immich's container reaches, or make this one reachable from there"),
		Where: secret.Textf("docker-compose.yml, service immich-server (dns, extra_hosts or an alias in its network)")}
	switch {
	case n.Lookup.Made() && n.Lookup.Answer != facts.Answered:
		return checks.Finding{Severity: checks.Warning, Evidence: seen(n.Lookup.From(facts.Here)), Want: secret.Textf("an address"), Got: got(n.Lookup), Fix: []checks.Remedy{inside},
			Message: secret.Textf("the name %s, which the document lists, does not resolve", hostname(n))}, true
	case n.Handshake.Made() && n.ImmichTrust == "":
		return checks.Finding{Severity: checks.Warning, Evidence: seen(n.Handshake.From(facts.Here)), Want: secret.Textf("a connection"), Got: got(n.Handshake), Fix: []checks.Remedy{inside},
			Message: secret.Textf("%s, which the document lists, takes no connection", n.Host.Get())}, true
	case n.Handshake.Made() && n.ImmichTrust != facts.Trusted:
		return untrusted(f, n), true
	}
	return fd, false
}

// calledBy is the steps in which Immich calls a host, and how bad it is if it
// cannot: userinfo is not always asked, and keys are not read at every login.
func calledBy(f *facts.Facts, h facts.EndpointHost, release string) (steps []checks.At, worst checks.Severity) {
	for _, e := range h.Endpoints {
		switch {
		case e == "token_endpoint":
			steps, worst = append(steps, checks.Logins("token")...), checks.Error
		case e == "userinfo_endpoint" && !immich.UserinfoUnlessEmail.At(release).Value:
			steps, worst = append(steps, checks.Logins("userinfo")...), checks.Error
		case e == "userinfo_endpoint":
			steps, worst = append(steps, checks.Logins("userinfo")...), max(worst, checks.Warning)
		case immich.ReadsKeysAtLogin.At(release).Value:
			steps, worst = append(steps, checks.Logins("id-token")...), checks.Error
		case immich.BackChannel.At(release).Value:
			steps, worst = append(steps, "back-channel/notice"), max(worst, checks.Warning)
		}
	}
	return existing(f, steps), worst
}
