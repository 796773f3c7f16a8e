package gather

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

// withheld says why the client secret must not be sent to an endpoint; zero if
// it may. A document can name any host, and who reads along with Immich any
// document: only a host of the issuer's own domain, one of the product's, or one
// that the user trusts is shown the secret.
func withheld(w *wire.Wire, f *facts.Facts, to secret.URI) (why facts.Why) {
	if refused := w.Confidential(to); !refused.IsZero() {
		return notAsked(secret.Textf("the client secret was not sent to %s: %s", to, refused))
	}
	u, err := url.Parse(string(to))
	if err != nil {
		return notAsked(secret.Textf("the token endpoint cannot be read"))
	}
	d, t, host := f.Discovery.Get(), f.Target.Get(), secret.Name(u.Host)
	if slices.ContainsFunc(t.Trusted, func(trusted secret.Name) bool {
		return strings.EqualFold(string(trusted), u.Host) || strings.EqualFold(string(trusted), u.Hostname())
	}) {
		return why
	}
	if d.Setting.Is() && d.Setting.From()[0].Vantage < facts.Written && !w.Confidential(t.Server).IsZero() {
		return notAsked(secret.Textf("it would send your client secret to %s, which Immich names without https, so that others may have done so: give --issuer, or --trust-endpoint %s", host, host))
	}
	p, surety := productOf(f)
	if issuer, err := url.Parse(string(d.Try.URL)); err == nil && sameDomain(u.Hostname(), issuer.Hostname()) ||
		surety != provider.Unnamed && slices.Contains(p.TokenHosts, strings.ToLower(u.Hostname())) {
		return why
	}
	return notAsked(secret.Textf("it would send your client secret to %s, which is not of the issuer's domain: --trust-endpoint %s allows it", host, host))
}

// sameDomain reports whether two hosts are one, or belong to one registrable
// domain. Addresses and names without a dot belong to none.
func sameDomain(a, b string) bool {
	a, b = strings.TrimSuffix(strings.ToLower(a), "."), strings.TrimSuffix(strings.ToLower(b), ".")
	if a == b {
		return a != ""
	}
	for _, host := range []string{a, b} {
		if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(host, ".") {
			return false
		}
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(a)
	other, errOther := publicsuffix.EffectiveTLDPlusOne(b)
	return err == nil && errOther == nil && domain == other
}

// inFront says what stands before the token endpoint, as far as a request
// without credentials has shown; zero if that reached the endpoint itself.
func inFront(f *facts.Facts) (why facts.Why) {
	facts.If(f.Endpoints, func(l facts.EndpointLog) {
		switch a := l.Token.Try; {
		case !a.Made():
		case a.Answer != facts.Answered:
			why = facts.Why{Reason: facts.Unanswered, Detail: secret.Textf("the token endpoint did not answer (%s)", a.Exchange)}
		case a.WantsFewer():
			why = notAsked(secret.Textf("the provider wants fewer requests (%s)", a.Exchange))
		case !l.Token.JSON && notItself(a):
			why = notAsked(secret.Textf("the client secret was not sent: something else answers in place of the token endpoint (%s)", a.Exchange))
		}
	})
	return why
}

// notItself reports whether an answer is a page or leads elsewhere, where an
// endpoint for programs answers.
func notItself(a facts.Attempt) bool {
	return a.ContentType == "text/html" || a.Location != "" || a.Status >= 300 && a.Status < 400
}

func notAsked(detail secret.Text) facts.Why { return facts.Why{Reason: facts.NotAsked, Detail: detail} }
