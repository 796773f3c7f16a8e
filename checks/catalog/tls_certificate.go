package catalog

import (
	"slices"
	"strings"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var tlsCertificate = &checks.Check{
	ID: "tls/certificate", Title: "the provider's certificate is one that Immich trusts", Since: "v0.1.0",
	Doc: `Node, in which Immich runs, brings its own list of certificate authorities (Mozilla's) and does not look at the host's. A
certificate of a private CA, one that has run out, one for another name, or a chain without its intermediate is refused,
even though a browser may be content: it has the host's authorities, and fetches or remembers intermediates, which Node does
not. A server that speaks nothing newer than TLS 1.1 is refused too. From 1.132 Immich then says "fetch failed" and, to 3.1,
hides the reason even in its log. The setting Allow Insecure Requests does not switch certificate checks off, although its
description says so.

The chain is verified twice: by what this machine trusts (` + "`--ca-file`" + `), and by Mozilla's list with what the container has beside
it (` + "`--immich-ca-file`" + `). What counts is the second; if a login starts, Immich trusts the chain, whatever we see.

**Mend it**: for a private CA mount its certificate into the container and set ` + "`NODE_EXTRA_CA_CERTS=/path/in/container/ca.pem`" + ` on
immich-server: that works in every release. The file must hold the root, the certificate that signs itself. ` + "`NODE_USE_SYSTEM_CA=1`" + `
has an effect from 1.141, and finds nothing in the official image, which has no ca-certificates. Renew what has run out;
send the whole chain from the proxy (` + "`fullchain.pem`" + `, not ` + "`cert.pem`" + `).`,
	Cites: []cite.Citation{cite.Node("cli.html#node_extra_ca_certsfile"), cite.Node("tls.html#tlsdefault_min_version"), cite.OIDCCore("16.17"), cite.RFC("8446", "4.4.2")},
	Symptoms: []string{"self-signed certificate", "self-signed certificate in certificate chain", "unable to verify the first certificate", "unable to get local issuer certificate",
		"UNABLE_TO_VERIFY_LEAF_SIGNATURE", "certificate has expired", "ERR_TLS_CERT_ALTNAME_INVALID", "unsupported protocol", "TypeError: fetch failed"},
	Severity: checks.Error,
	Breaks:   checks.Every("discovery"),
	After:    []string{"network/reachable"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize, facts.Network, facts.Target},
	Run:      runTLSCertificate,
}

func runTLSCertificate(f *facts.Facts) checks.Outcome {
	n := f.Network.Get()
	steps := existing(f, checks.Every("discovery"))
	r, is := refused(f)
	immichs, beyond := past(f, stageTLS)
	shaken := n.Handshake.Made()
	switch {
	case is && r.cause == immich.NotTrusted:
		return checks.Failed(checks.Finding{
			Evidence: seen(r.from), Breaks: steps, Message: secret.Textf("Immich does not trust the provider's certificate: %s", r.detail),
			Want: secret.Textf("a chain that Node trusts"), Got: secret.Textf("%s (%s)", r.message, r.from.Ref), Fix: fixFor(f, saidOf(r, n), n),
		})
	case shaken && !beyond && n.ImmichTrust == "":
		return skipped(facts.Why{Reason: facts.Unanswered, Detail: got(n.Handshake)})
	case shaken && !beyond && n.ImmichTrust != facts.Trusted:
		fd := untrusted(f, n)
		fd.Breaks = steps
		return checks.Failed(fd)
	case n.Host.Is() && !n.Secure:
		return notApplicable(secret.Textf("%s is not https", n.Host.Get()))
	case beyond:
		if !n.Host.Is() { // nor its scheme: nobody can say that there is a certificate
			return passed(secret.Textf("Immich gets an answer, by https or http"), steps, immichs)
		}
		return passed(secret.Textf("Immich trusts it"), steps, immichs)
	case shaken:
		return passed(secret.Textf("good until %s", day(n)), steps, n.Handshake.From(facts.Here))
	}
	return skipped(n.Host.Why)
}

// untrusted is the finding of a certificate that Node refuses. What is true of
// any client is an error; whether Immich's container knows an authority beyond
// Node's list is known only if the user says what it has, or if Immich says
// that it got no answer.
func untrusted(f *facts.Facts, n facts.NetworkPath) checks.Finding {
	fd := checks.Finding{
		Evidence: seen(n.Handshake.From(facts.Here)), Fix: fixFor(f, n.ImmichTrust, n),
		Want: secret.Textf("a certificate for %s that is in date and has a chain that Node trusts", hostname(n)),
		Got:  secret.Textf("%s (%s)", n.ImmichDetail, n.Handshake.Exchange),
	}
	switch n.ImmichTrust {
	case facts.Expired:
		fd.Message = secret.Textf("the certificate of %s ran out on %s", hostname(n), day(n))
	case facts.NotYetValid:
		fd.Message = secret.Textf("the certificate of %s is not valid yet: a clock is wrong, or it was made for later", hostname(n))
	case facts.WrongName:
		fd.Message = secret.Textf("the certificate of %s is for another name", hostname(n))
	case facts.NoTLS:
		fd.Message = secret.Textf("%s does not speak TLS", n.Host.Get())
	case facts.OldProtocol:
		fd.Message = secret.Textf("%s speaks no more than %s, and Node wants TLS 1.2 or newer", n.Host.Get(), n.Protocol)
	case facts.Incomplete:
		fd.Message = secret.Textf("%s does not send its whole chain: the certificate of %s is missing, and Node fetches none", hostname(n), n.Chain[0].Issuer)
		return maybe(f, fd)
	default:
		fd.Message = secret.Textf("the certificate of %s is from an authority that neither this machine nor Node knows", hostname(n))
		if n.Trust == facts.Trusted {
			fd.Message = secret.Textf("this machine trusts the certificate of %s and Node does not: its authority is not on the list that Node brings", hostname(n))
		}
		return maybe(f, fd)
	}
	return fd
}

// maybe is fd where what Immich's container trusts beside Node's list decides.
func maybe(f *facts.Facts, fd checks.Finding) checks.Finding {
	if unreached(f) == nil {
		facts.Or(f, f.Target.Get().ImmichCA, "")
	}
	fd.Grade = checks.Implied
	return fd
}

// day is when the first certificate of the chain runs out; not always the leaf.
func day(n facts.NetworkPath) secret.Name {
	if len(n.Chain) == 0 {
		return "an unknown day"
	}
	first := slices.MinFunc(n.Chain, func(a, b facts.Certificate) int { return a.NotAfter.Compare(b.NotAfter) })
	return secret.Name(first.NotAfter.Format("2006-01-02"))
}

// saidOf is what Node's message comes to.
func saidOf(r refusal, n facts.NetworkPath) facts.Trust {
	switch d := string(r.detail); {
	case strings.Contains(d, "expired"):
		return facts.Expired
	case strings.Contains(d, "not yet valid"):
		return facts.NotYetValid
	case strings.Contains(d, "does not match"):
		return facts.WrongName
	case strings.Contains(d, "unsupported protocol"):
		return facts.OldProtocol
	case strings.Contains(d, "SSL routines"):
		return facts.NoTLS
	case n.ImmichTrust == facts.Incomplete:
		return facts.Incomplete
	}
	return facts.UnknownCA
}

// fixFor is what to do about each fault of a certificate.
func fixFor(f *facts.Facts, t facts.Trust, n facts.NetworkPath) []checks.Remedy {
	whole := checks.Remedy{Do: secret.Textf("let the provider's proxy send the whole chain: fullchain.pem, not cert.pem")}
	if len(n.Chain) > 0 && n.Chain[0].IssuerAt != "" {
		whole.Where = secret.Textf("the missing certificate stands at %s", n.Chain[0].IssuerAt)
	}
	switch t {
	case facts.Expired:
		return []checks.Remedy{{Do: secret.Textf("renew the provider's certificate, and let the server load the new one")}}
	case facts.NotYetValid:
		return []checks.Remedy{{Do: secret.Textf("set the clocks (NTP) of this machine, of Immich's and of the provider's")}}
	case facts.WrongName:
		return []checks.Remedy{{Do: secret.Textf("use a certificate that names the host, or an issuer URL with the name that the certificate has")}}
	case facts.NoTLS:
		return []checks.Remedy{{Do: secret.Textf("correct scheme or port of the issuer URL"), Where: oauthSettings("issuerUrl")}}
	case facts.OldProtocol:
		return []checks.Remedy{{Do: secret.Textf("switch TLS 1.2 and 1.3 on where the provider's TLS ends: its proxy, or the provider itself")}}
	case facts.Incomplete:
		return []checks.Remedy{whole, extraCA(f, "or, if the authority is your own, let Immich trust it: mount its root certificate and name it in")}
	}
	fix := []checks.Remedy{extraCA(f, "let Immich trust the authority: mount its root certificate and name it in")}
	if len(n.Chain) > 1 || len(n.Chain) == 1 && n.Chain[0].Subject == n.Chain[0].Issuer {
		return fix
	}
	whole.Do = secret.Textf("or, if a public authority issued it, let the provider's proxy send the whole chain (fullchain.pem)")
	return append(fix, whole)
}

// extraCA says how Immich's Node is made to trust another authority.
func extraCA(f *facts.Facts, do secret.Name) checks.Remedy {
	r := checks.Remedy{
		Do: secret.Textf("%s NODE_EXTRA_CA_CERTS, then recreate the container", do), Where: secret.Textf("docker-compose.yml, service immich-server"),
		Snippet: secret.Textf("environment:\n  NODE_EXTRA_CA_CERTS: /certs/ca.pem\nvolumes:\n  - ./ca.pem:/certs/ca.pem:ro"),
	}
	if v := f.Server.Get().Version; v.Is() && immich.ReadsSystemCA.At(string(v.Get())).Value {
		r.Do = secret.Textf("%s NODE_EXTRA_CA_CERTS, then recreate the container; NODE_USE_SYSTEM_CA alone finds nothing, for the image has no ca-certificates", do)
	}
	return r
}
