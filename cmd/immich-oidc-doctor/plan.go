package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather"
)

// showPlan prints what a look would send. It asks nobody, not even DNS.
func (p *program) showPlan(given *facts.Facts, upTo gather.Risk) error {
	var b strings.Builder
	sums, below, left, round, probes := map[gather.Party]int{}, 0, 0, 0, 0
	b.WriteString("Nothing is sent now. A run would send this, round by round. What stands in\nbraces an answer tells first.\n")
	for _, planned := range gather.Plan(gather.Sources(), given.Target.Get()) {
		if planned.Risk > upTo {
			left += planned.Most
			continue
		}
		if planned.Round != round {
			round = planned.Round
			fmt.Fprintf(&b, "\n%d\n", round)
		}
		for _, s := range planned.Sends {
			showSend(&b, s, planned.Risk)
		}
		if bound := atMost(planned); bound != "" {
			fmt.Fprintf(&b, "%s\n", wrapped(6, bound))
		}
		for _, to := range []gather.Party{gather.ToImmich, gather.ToProvider, gather.ToDNS} {
			requests, others := planned.UpTo(to)
			switch sums[to] += requests; to {
			case gather.ToProvider:
				if below += others; planned.Risk == gather.Probes {
					probes += requests
				}
			case gather.ToDNS:
				sums[to] += others
			}
		}
	}
	sum := fmt.Sprintf("In all at most %s to Immich, %d to the provider, %d to DNS.", many(sums[gather.ToImmich], "request"), sums[gather.ToProvider], sums[gather.ToDNS])
	sum += fmt.Sprintf(" Of those to the provider %d may show in its log; beside them it gets at most %s without a request.", probes, many(below, "connection"))
	sum += " Each login that is started makes Immich itself ask the provider once more."
	if left > 0 {
		sum += fmt.Sprintf(" Not sent, because of --no-probe: %s.", many(left, "request"))
	}
	fmt.Fprintf(&b, "\n%s\n", wrapped(0, sum))
	_, err := io.WriteString(p.stdout, b.String())
	return err
}

// atMost says how many of the requests of a source there are in all, where that
// is fewer than the lines above it add up to.
func atMost(planned gather.Planned) string {
	sum := 0
	for _, s := range planned.Sends {
		sum += s.UpTo()
	}
	if sum <= planned.Most {
		return ""
	}
	return fmt.Sprintf("%s: at most %d of these in all", planned.Kind, planned.Most)
}

// showSend prints one request: how and where, to whom, what for.
func showSend(b *strings.Builder, s gather.Send, risk gather.Risk) {
	number := ""
	if s.Most > 1 {
		number = fmt.Sprintf("up to %d times ", s.Most)
	}
	fmt.Fprintf(b, "  %s%s %s\n", number, s.Method, s.URL)
	about := fmt.Sprintf("%s, to %s, %s: %s", s.ID, s.To, risk, s.Why)
	if s.If != "" {
		about += "; only if " + s.If
	}
	fmt.Fprintf(b, "%s\n", wrapped(6, about))
}

func many(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// wrapped is text on lines of 80 columns, indented alike.
func wrapped(in int, text string) string {
	var lines []string
	n := 0
	for _, w := range strings.Fields(text) {
		k := utf8.RuneCountInString(w)
		if len(lines) == 0 || n+1+k > 80 {
			lines, n = append(lines, strings.Repeat(" ", in)+w), in+k
			continue
		}
		lines[len(lines)-1] += " " + w
		n += 1 + k
	}
	return strings.Join(lines, "\n")
}
