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
	sums, left, round := map[gather.Party]int{}, 0, 0
	probes, below := 0, 0
	b.WriteString("Nothing is sent now. A run would send this, round by round. What stands in\nbraces an answer tells first.\n")
	for _, planned := range gather.Plan(gather.Sources(), given.Target.Get()) {
		if planned.Risk > upTo {
			for _, s := range planned.Sends {
				left += s.UpTo()
			}
			continue
		}
		if planned.Round != round {
			round = planned.Round
			fmt.Fprintf(&b, "\n%d\n", round)
		}
		for _, s := range planned.Sends {
			showSend(&b, s, planned.Risk)
			sums[s.To] += s.UpTo()
			if s.To == gather.ToProvider && planned.Risk == gather.Probes {
				probes += s.UpTo()
			}
			if s.To == gather.ToProvider && strings.ToUpper(s.Method) != "GET" && s.Method != "POST" {
				below += s.UpTo()
			}
		}
	}
	sum := fmt.Sprintf("In all at most %s to Immich, %d to the provider, %d to DNS.", many(sums[gather.ToImmich], "request"), sums[gather.ToProvider], sums[gather.ToDNS])
	sum += fmt.Sprintf(" Of those to the provider %d are connections without a request, and %d may show in its log.", below, probes)
	sum += " Each login that is started makes Immich itself ask the provider once more."
	if left > 0 {
		sum += fmt.Sprintf(" Not sent, because of --no-probe: %s.", many(left, "request"))
	}
	fmt.Fprintf(&b, "\n%s\n", wrapped(0, sum))
	_, err := io.WriteString(p.stdout, b.String())
	return err
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
