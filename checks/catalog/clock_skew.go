package catalog

import (
	"time"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

// No provider ships with ID tokens that live shorter than a minute (Keycloak's
// master realm) or longer than a day: with a clock less far behind every token
// is good on arrival, with one further behind none.
const shortLife, longLife = time.Minute, 24 * time.Hour

var clockSkew = &checks.Check{
	ID: "clock/skew", Title: "the clocks of Immich and the provider agree", Since: "v0.1.0",
	Doc: `An ID token says until when it holds, often five minutes to an hour. If the provider's clock is behind Immich's by more
than that, every token has run out when it arrives. Immich allows 30 seconds from 1.132, none before. A provider whose
clock is ahead does harm only where its tokens say from when they hold (` + "`nbf`" + `: Entra ID, Kanidm), and to back-channel logout,
which takes no token from the future.

**Mend it**: switch on time synchronisation (NTP, chrony, systemd-timesyncd) on both machines. Containers have the clock of
their host.`,
	Cites:    []cite.Citation{cite.OIDCCore("3.1.3.7"), cite.OAuth4WebAPI("v3.8.6", "src/index.ts"), cite.OpenIDClient("v5.7.1", "lib/client.js")},
	Symptoms: []string{"JWT timestamp claim value failed validation", "JWT expired, now", "id_token issued in the future", "JWT not active yet"},
	Severity: checks.Error,
	Breaks:   checks.Logins("id-token"),
	After:    []string{"discovery/document"},
	Needs:    []facts.Kind{facts.Server, facts.Discovery},
	Run: func(f *facts.Facts) checks.Outcome {
		mine, its := f.Server.Get().Ask, f.Discovery.Get().Try
		if mine.Date.IsZero() || its.Date.IsZero() {
			why := facts.Why{Reason: facts.Absent, Detail: secret.Textf("one of the two says no time (no Date header)")}
			if !its.Made() {
				why = f.Discovery.Get().Setting.Why
			}
			return skipped(why)
		}
		ahead := its.Date.Sub(its.At) - mine.Date.Sub(mine.At) // of the provider, before Immich
		steps := existing(f, checks.Logins("id-token"))
		from := []facts.Provenance{mine.From(facts.Here), its.From(facts.Here)}
		leeway := time.Duration(immich.Leeway.At(rules(f)).Value)*time.Second + 5*time.Second // Date has whole seconds, and the way takes some
		sync := []checks.Remedy{{Do: secret.Textf("synchronise the clocks (NTP) of both machines")}}
		if ahead > leeway {
			return checks.Failed(checks.Finding{
				Severity: checks.Note, Evidence: checks.Evidence{From: from, Grade: checks.Implied}, Fix: sync,
				Message: secret.Textf("the provider's clock is %s ahead of Immich's: that matters if its tokens say from when they hold", secret.Name(ahead.Round(time.Second).String())),
			})
		}
		if leeway += shortLife; -ahead <= leeway {
			return passed(secret.Textf("they differ by %s s", secret.Int(int(ahead.Abs().Seconds()))), steps, from...)
		}
		fd := checks.Finding{
			Severity: checks.Warning, Evidence: checks.Evidence{From: from, Grade: checks.Implied}, Breaks: steps,
			Message: secret.Textf("the provider's clock is %s behind Immich's: ID tokens that live no longer than that have run out when they arrive", secret.Name((-ahead).Round(time.Second).String())),
			Want:    secret.Textf("less than %s", secret.Name(leeway.String())), Got: secret.Textf("%s (%s, %s)", secret.Name((-ahead).Round(time.Second).String()), mine.Exchange, its.Exchange),
			Fix: sync,
		}
		if -ahead > longLife {
			fd.Severity = checks.Error
		}
		return checks.Failed(fd)
	},
}
