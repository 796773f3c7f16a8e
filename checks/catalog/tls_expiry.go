package catalog

import (
	"time"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

// ACME clients renew when a third of a certificate's life is left: thirty days
// of ninety. At fourteen days two weeks of tries have failed. Certificates that
// live shorter are renewed later, at half of six days: a quarter of their life
// is then the same warning.
const (
	soon       = 14 * 24 * time.Hour
	lastOfLife = 4
)

var tlsExpiry = &checks.Check{
	ID: "tls/expiry", Title: "the provider's certificate will not run out soon", Since: "v0.1.0",
	Doc: `When the provider's certificate runs out, every login ends at the same hour, and Immich says "fetch failed". Certificates of
today renew themselves, at a third of their life before the end; one that has less than fourteen days left, or less than a
quarter of a short life, has missed that. A proxy that renewed it and was not reloaded goes on showing the old one.

**Mend it**: see why the renewal fails (certbot renew --dry-run, the proxy's log), or let the server load the new file.`,
	Cites:    []cite.Citation{cite.RFC("5280", "4.1.2.5"), {Source: "Let's Encrypt", Section: "Integration Guide, when to renew", URL: "https://letsencrypt.org/docs/integration-guide/#when-to-renew"}},
	Symptoms: []string{"certificate has expired", "CERT_HAS_EXPIRED", "logins stop working from one hour to the next"},
	Severity: checks.Warning,
	After:    []string{"tls/certificate"},
	Needs:    []facts.Kind{facts.Clock, facts.Network},
	Run: func(f *facts.Facts) checks.Outcome {
		now, n := f.Clock.Get(), f.Network.Get()
		switch {
		case !n.Host.Is():
			return skipped(n.Host.Why)
		case !n.Secure:
			return notApplicable(secret.Textf("%s is not https", n.Host.Get()))
		case len(n.Chain) == 0:
			return skipped(facts.Why{Reason: facts.Unanswered, Detail: got(n.Handshake)})
		}
		leaf, from := n.Chain[0], n.Handshake.From(facts.Here)
		left := leaf.NotAfter.Sub(now)
		if left <= 0 { // then Immich says otherwise, or tls/certificate does not know either
			return skipped(facts.Why{Reason: facts.Unanswered, Detail: secret.Textf("by this machine's clock it has run out already")})
		}
		if left >= min(soon, leaf.NotAfter.Sub(leaf.NotBefore)/lastOfLife) {
			return checks.Passed(secret.Textf("good until %s", secret.Name(leaf.NotAfter.Format(time.DateOnly))), from)
		}
		return checks.Failed(checks.Finding{
			Evidence: seen(from), Want: secret.Textf("fourteen days, or a quarter of its life"), Got: secret.Textf("%s left (%s)", span(left), n.Handshake.Exchange),
			Message: secret.Textf("the provider's certificate runs out on %s and was not renewed in time", secret.Name(leaf.NotAfter.Format(time.DateOnly))),
			Fix:     []checks.Remedy{{Do: secret.Textf("see why it is not renewed, or let the server load the new one")}},
		})
	},
}

// span is how long that is, in the largest whole unit.
func span(d time.Duration) secret.Text {
	switch days := int(d.Hours()) / 24; {
	case days == 1:
		return secret.Textf("1 day")
	case days > 1:
		return secret.Textf("%s days", secret.Int(days))
	}
	return secret.Textf("%s hours", secret.Int(int(d.Hours())))
}
