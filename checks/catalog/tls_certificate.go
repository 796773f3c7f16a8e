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
even though a browser may be content. From 1.132 Immich then says "fetch failed" and hides the reason.
The setting Allow Insecure Requests does not switch certificate checks off, although its description says so.

**Mend it**: for a private CA mount its certificate into the container and set ` + "`NODE_EXTRA_CA_CERTS=/path/in/container/ca.pem`" + ` on
immich-server: that works in every release. Renew what has run out; send the whole chain from the proxy.`,
	Cites:    []cite.Citation{cite.Node("cli.html#node_extra_ca_certsfile"), cite.OIDCCore("16.17")},
	Symptoms: []string{"self-signed certificate", "unable to verify the first certificate", "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "certificate has expired", "TypeError: fetch failed"},
	Severity: checks.Error,
	Breaks:   checks.Every("discovery"),
	After:    []string{"network/reachable"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize, facts.Network},
	Run:      runTLSCertificate,
}

func runTLSCertificate(f *facts.Facts) checks.Outcome {
	n := f.Network.Get()
	steps := existing(f, checks.Every("discovery"))
	r, is := refused(f)
	immichs, beyond := past(f, stageTLS)
	bad := n.Handshake.Made() && n.Trust != facts.Trusted
	switch {
	case is && r.cause == immich.NotTrusted:
		return checks.Failed(checks.Finding{
			Evidence: seen(r.from), Breaks: steps, Message: secret.Textf("Immich does not trust the provider's certificate: %s", r.detail),
			Want: secret.Textf("a chain that Node trusts"), Got: secret.Textf("%s (%s)", r.message, r.from.Ref), Fix: fixFor(saidOf(r), n),
		})
	case bad && beyond:
		return differs(secret.Textf("this machine does not trust the provider's certificate (%s), but Immich does", secret.Name(n.Trust)), n.Handshake, immichs)
	case bad && n.Trust == "":
		return skipped(facts.Why{Reason: facts.Unanswered, Detail: got(n.Handshake)})
	case bad:
		return untrusted(f, n)
	case n.Host.Is() && !n.Secure:
		return notApplicable(secret.Textf("%s is not https", n.Host.Get()))
	case beyond:
		if !n.Host.Is() { // nor its scheme: nobody can say that there is a certificate
			return passed(secret.Textf("Immich gets an answer, by https or http"), steps, immichs)
		}
		return passed(secret.Textf("Immich trusts it"), steps, immichs)
	case n.Handshake.Made():
		return passed(secret.Textf("good until %s", day(n)), steps, n.Handshake.From(facts.Here))
	}
	return skipped(n.Host.Why)
}

// untrusted is the finding of a certificate that this machine refuses. What is
// true of any client is an error; whether Immich trusts a CA that we do not
// know is known only if Immich says that it got no answer.
func untrusted(f *facts.Facts, n facts.NetworkPath) checks.Outcome {
	fd := checks.Finding{
		Evidence: seen(append(unreached(f), n.Handshake.From(facts.Here))...), Breaks: existing(f, checks.Every("discovery")),
		Want: secret.Textf("a certificate for %s that is in date and has a trusted chain", hostname(n)), Got: got(n.Handshake),
	}
	switch fd.Fix = fixFor(n.Trust, n); n.Trust {
	case facts.Expired:
		fd.Message = secret.Textf("the provider's certificate ran out on %s", day(n))
	case facts.NotYetValid:
		fd.Message = secret.Textf("the provider's certificate is not valid yet: a clock is wrong, or it was made for later")
	case facts.WrongName:
		fd.Message = secret.Textf("the provider's certificate is for another name than %s", hostname(n))
	case facts.NoTLS:
		fd.Message = secret.Textf("%s does not speak TLS", n.Host.Get())
	default:
		fd.Message = secret.Textf("the provider's certificate is from an authority that this machine does not know")
		if len(n.Chain) == 1 && n.Chain[0].Subject != n.Chain[0].Issuer {
			fd.Message = secret.Textf("the provider's certificate is from an authority that this machine does not know, or the certificate between the two is not sent")
		}
		if unreached(f) == nil {
			f.Assume() // whether Immich's container knows it was not seen
		} else {
			fd.Grade = checks.Implied
		}
	}
	return checks.Failed(fd)
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
func saidOf(r refusal) facts.Trust {
	switch d := string(r.detail); {
	case strings.Contains(d, "expired"):
		return facts.Expired
	case strings.Contains(d, "not yet valid"):
		return facts.NotYetValid
	case strings.Contains(d, "does not match"):
		return facts.WrongName
	case strings.Contains(d, "SSL routines"):
		return facts.NoTLS
	}
	return facts.UnknownCA
}

// fixFor is what to do about each fault of a certificate.
func fixFor(t facts.Trust, n facts.NetworkPath) []checks.Remedy {
	switch t {
	case facts.Expired:
		return []checks.Remedy{{Do: secret.Textf("renew the provider's certificate, and let the server load the new one")}}
	case facts.NotYetValid:
		return []checks.Remedy{{Do: secret.Textf("set the clocks (NTP) of this machine, of Immich's and of the provider's")}}
	case facts.WrongName:
		return []checks.Remedy{{Do: secret.Textf("use a certificate that names the host, or an issuer URL with the name that the certificate has")}}
	case facts.NoTLS:
		return []checks.Remedy{{Do: secret.Textf("correct scheme or port of the issuer URL"), Where: oauthSettings("issuerUrl")}}
	}
	fix := []checks.Remedy{{
		Do:      secret.Textf("let Immich trust the authority: mount its certificate and name it in NODE_EXTRA_CA_CERTS, then recreate the container"),
		Where:   secret.Textf("docker-compose.yml, service immich-server"),
		Snippet: secret.Textf("environment:\n  NODE_EXTRA_CA_CERTS: /certs/ca.pem\nvolumes:\n  - ./ca.pem:/certs/ca.pem:ro"),
	}}
	if len(n.Chain) > 1 || len(n.Chain) == 1 && n.Chain[0].Subject == n.Chain[0].Issuer {
		return fix
	}
	return append(fix, checks.Remedy{Do: secret.Textf("or, if a public authority issued it, let the provider's proxy send the whole chain (fullchain.pem)")})
}
