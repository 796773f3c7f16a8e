package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var networkAddresses = &checks.Check{
	ID: "network/addresses", Title: "each address of the provider answers", Since: "v0.1.0",
	Doc: `A host name may have several addresses, of IPv4 (A) and IPv6 (AAAA), and one of them may be dead: an AAAA record that nobody
serves, a machine that was moved. Browsers go on to the next at once and nobody notices. To 1.80 Immich's Node (16, 18) takes
the first that the resolver names and fails if that is the dead one, so that logins work one minute and not the next. From
1.81 (Node 20) it goes on too, after a quarter of a second each.

An address to which this machine itself has no way (no IPv6 here) is left out.

**Mend it**: let the address answer, or take it out of DNS.`,
	Cites:    []cite.Citation{cite.Node("net.html#netsetdefaultautoselectfamilyvalue"), cite.RFC("8305", "5")},
	Symptoms: []string{"connect ECONNREFUSED ::1", "connect ETIMEDOUT", "connect EHOSTUNREACH", "logins fail now and then", "AggregateError"},
	Severity: checks.Warning,
	After:    []string{"network/reachable"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize, facts.Network},
	Run: func(f *facts.Facts) (o checks.Outcome) {
		n := f.Network.Get()
		if !n.Host.Is() {
			return skipped(n.Host.Why)
		}
		alive := 0
		for _, a := range n.Addresses {
			if a.Dial.Answer == facts.Answered {
				alive++
			}
		}
		_, begun := started(f)
		for _, a := range n.Addresses {
			about := checks.Subject{What: secret.Textf("%s", a.IP)}
			from := a.Dial.From(facts.Here)
			switch {
			case a.NoRoute:
				o.Cells = append(o.Cells, checks.Cell{Subject: about, Status: checks.NA, Why: facts.Why{Detail: secret.Textf("this machine has no way there")}})
			case a.Dial.Answer == facts.Answered:
				o.Cells = append(o.Cells, checks.Cell{Subject: about, Status: checks.Pass, Evidence: seen(from), Saw: secret.Textf("it takes connections (%s)", a.Dial.Exchange)})
			case alive == 0:
				o.Cells = append(o.Cells, checks.Cell{Subject: about, Status: checks.Skip, Why: facts.Why{Reason: facts.Unanswered, Detail: got(a.Dial)}})
			default:
				fd := checks.Finding{
					Subject: about, Evidence: seen(from), Want: secret.Textf("a connection"), Got: got(a.Dial), Severity: checks.Note,
					Message: secret.Textf("of the addresses of %s, %s does not answer; Immich goes on to the next", hostname(n), a.IP),
					Fix:     []checks.Remedy{{Do: secret.Textf("let it answer, or take it out of DNS")}},
				}
				if !immich.TriesEveryAddress.At(rules(f)).Value {
					fd.Message = secret.Textf("of the addresses of %s, %s does not answer, and this release tries only the first that the resolver names", hostname(n), a.IP)
					if fd.Severity = checks.Warning; begun { // by the right one, this time
						fd.Grade = checks.Implied
					}
				}
				o.Findings = append(o.Findings, fd)
			}
		}
		if o.Cells == nil && o.Findings == nil {
			return skipped(facts.Why{Reason: facts.Unanswered, Detail: got(n.Lookup)})
		}
		return o
	},
}
