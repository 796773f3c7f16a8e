package report

import (
	"fmt"
	"slices"
	"strings"

	"immich-oidc-doctor/checks"
)

// hindrance is why discovery or authorize of the web login was not seen.
func (d *Document) hindrance() string {
	for _, j := range d.Journeys {
		for _, s := range j.Steps {
			if r := d.result(s.Check); j.Name == "web" && s.Status != checks.OK && r.Why != "" {
				return ": " + r.ID + ": " + brief(r.Why, 200)
			}
		}
	}
	return ""
}

// elsewhere says of an origin that is not the journeys' own what was found.
func (d *Document) elsewhere(origin string) string {
	var wrong []string
	looked := false
	for _, r := range d.Results {
		for _, f := range r.Findings {
			if f.Origin == origin && f.Severity != "note" && !slices.Contains(wrong, r.ID) {
				wrong = append(wrong, r.ID)
			}
		}
		looked = looked || slices.ContainsFunc(r.Cells, func(c Cell) bool {
			return c.Origin == origin && (c.Status == checks.Pass || c.Status == checks.Fail)
		})
	}
	switch {
	case len(wrong) > 0:
		return "fails " + atMost(4, wrong)
	case looked:
		return "nothing seen against it"
	}
	return "not looked at"
}

// exitWords says what the exit code means here.
func (d *Document) exitWords() string {
	words := map[int]string{
		0: "nothing that was looked at is wrong",
		1: "something that was there is wrong",
		3: "something that had to answer could not be looked at",
		4: "there is a warning, and --strict was given",
	}[d.ExitCode]
	switch {
	case d.ExitCode == 3 && len(d.RootCauses) > 0:
		words = "something did not answer"
	case d.ExitCode == 0 && len(d.with("warning")) > 0:
		words = "a warning is no failure without --strict"
	}
	return fmt.Sprintf("exit %d: %s", d.ExitCode, words)
}

// tally counts the checks by how they ended.
func (d *Document) tally() string {
	words := []string{"failed", "warned", "noted", "passed", "blocked", "skipped", "n/a", "broken"}
	of := map[string]string{"✗": "failed", "▲": "warned", "i": "noted", "✓": "passed", "·": "blocked", "?": "skipped", "–": "n/a", "!": "broken"}
	n := map[string]int{}
	for _, r := range d.Results {
		n[of[mark(r)]]++
	}
	parts := []string{}
	for _, w := range words {
		if n[w] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[w], w))
		}
	}
	return count(len(d.Results), "check") + ": " + strings.Join(parts, ", ")
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
