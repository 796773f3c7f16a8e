package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"immich-oidc-doctor/checks"
)

// What every format for people says, it says in the words of this file.

const legend = "ok: seen to work · predicted: nothing seen against it · unknown: not known"

// result returns the result of check id, the zero Result if there is none.
func (d *Document) result(id string) Result {
	for _, r := range d.Results {
		if r.ID == id {
			return r
		}
	}
	return Result{ID: id}
}

// with returns the results that have a finding of that severity.
func (d *Document) with(severity string) (rs []Result) {
	for _, r := range d.Results {
		if r.Severity == severity {
			rs = append(rs, r)
		}
	}
	return rs
}

// worst returns r's findings of r's own severity, those that can be mended
// and break something first.
func (r Result) worst() (fs []Finding) {
	for _, f := range r.Findings {
		if f.Severity == r.Severity {
			fs = append(fs, f)
		}
	}
	rank := func(f Finding) int {
		switch {
		case len(f.Fix) > 0 && len(f.Breaks) > 0:
			return 0
		case len(f.Fix) > 0:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(fs, func(a, b Finding) int { return cmp.Compare(rank(a), rank(b)) })
	return fs
}

// leading says what comes first in the report and what else is as bad.
// Without a failed Error the first Warning leads.
func (d *Document) leading() (first Result, more []Result) {
	for _, id := range d.RootCauses {
		more = append(more, d.result(id))
	}
	if len(more) == 0 {
		more = d.with("warning")
	}
	if len(more) == 0 {
		return Result{}, nil
	}
	return more[0], more[1:]
}

// assumed reports whether f would break a step, were its assumption true.
func (f Finding) assumed() bool {
	return f.Severity == "warning" && f.Grade == "assumed" && len(f.Breaks) > 0
}

// said is what f says, with what it is about if it does not say so itself.
func (f Finding) said() string {
	for _, about := range []string{f.Subject, f.Origin} {
		if about != "" && !strings.Contains(f.Message, about) {
			return about + ": " + f.Message
		}
	}
	return f.Message
}

// also names what else fails in the same way as r's first finding.
func (r Result) also() string {
	var names []string
	for _, f := range r.worst()[1:] {
		names = append(names, cmp.Or(f.Subject, f.Origin, f.Message))
	}
	return atMost(3, names)
}

// atMost joins the first n names and counts the rest.
func atMost(n int, names []string) string {
	short := []string{}
	for _, s := range names[:min(n, len(names))] {
		short = append(short, cut(s, 160))
	}
	if rest := len(names) - n; rest > 0 {
		short = append(short, fmt.Sprintf("and %d more", rest))
	}
	return strings.Join(short, ", ")
}

// glue holds words together that should not be parted at the end of a line. It
// comes up in no text that was cleaned.
const glue = "\x00"

// byState is a journey as words, state by state in the order in which the
// states come up.
func (j Journey) byState() []string {
	var items []string
	var states []checks.StepState
	for _, s := range j.Steps {
		if !slices.Contains(states, s.Status) {
			states = append(states, s.Status)
			steps := strings.ReplaceAll(j.in(s.Status), " … ", glue+"…"+glue)
			items = append(items, strings.ReplaceAll(stateWord(s.Status), " ", glue)+":"+glue+steps)
		}
	}
	return strings.Fields(strings.Join(items, " · "))
}

func stateWord(s checks.StepState) string { return strings.ReplaceAll(string(s), "-", " ") }

// in lists the steps in that state; three or more in a row by their ends.
func (j Journey) in(state checks.StepState) string {
	var runs []string
	for i := 0; i < len(j.Steps); i++ {
		first := i
		for i < len(j.Steps) && j.Steps[i].Status == state {
			i++
		}
		switch last := i - 1; {
		case last < first:
		case last-first >= 2:
			runs = append(runs, j.Steps[first].Name+" … "+j.Steps[last].Name)
		default:
			for _, s := range j.Steps[first:i] {
				runs = append(runs, s.Name)
			}
		}
	}
	return oneLine(strings.Join(runs, ", "))
}

// in says which steps are in that state, the journeys alike put together.
func (d *Document) in(state checks.StepState) string {
	var parts []string
	names := map[string][]string{}
	for _, j := range d.Journeys {
		steps := j.in(state)
		if steps == "" {
			continue
		}
		if names[steps] == nil {
			parts = append(parts, steps)
		}
		names[steps] = append(names[steps], j.Name)
	}
	for i, steps := range parts {
		parts[i] = steps + " (" + strings.Join(names[steps], ", ") + ")"
	}
	return strings.Join(parts, "; ")
}

// calm is what to say when no Error failed: what was seen, what is only
// predicted, what nobody looked at. It never says that all is well.
func (d *Document) calm() (sentences []string) {
	warnings, assumed := d.with("warning"), 0
	for _, r := range warnings {
		if slices.ContainsFunc(r.Findings, Finding.assumed) {
			assumed++
		}
	}
	switch {
	case d.ExitCode == 3:
		sentences = append(sentences, "No fault was found, but the web login could not be followed as far as authorize"+d.hindrance()+".")
	case assumed > 0:
		sentences = append(sentences, "Nothing was seen to break a login. What would break one rests only on an assumption: "+
			"on a default, or a rule, that could not be seen from here.")
	case len(warnings) > 0:
		sentences = append(sentences, "Nothing that was looked at breaks a login.")
	default:
		sentences = append(sentences, "Nothing wrong was found.")
	}
	if s := d.in(checks.OK); s != "" {
		sentences = append(sentences, "Seen to work: "+s+".")
	} else {
		sentences = append(sentences, "No step was seen to work.")
	}
	if s := d.in(checks.Predicted); s != "" {
		sentences = append(sentences, "Only predicted: "+s+".")
	}
	if s := d.in(checks.Unknown); s != "" {
		label := "Not looked at: "
		if assumed > 0 {
			label = "Not known: "
		}
		sentences = append(sentences, label+s+".")
	}
	if n, skipped := d.skipped(); n > 0 {
		sentences = append(sentences, fmt.Sprintf("%s could not be answered: %s.", count(n, "check"), atMost(4, skipped)))
	}
	return sentences
}

// skipped lists the checks that could not be answered, those with the same
// reason together.
func (d *Document) skipped() (n int, reasons []string) {
	var whys []string
	by := map[string][]string{}
	for _, r := range d.Results {
		if r.Status != checks.Skip && r.Status != checks.Broken {
			continue
		}
		why := cut(cmp.Or(r.Why, r.Status.String()), 90)
		if by[why] == nil {
			whys = append(whys, why)
		}
		by[why] = append(by[why], r.ID)
		n++
	}
	for _, why := range whys {
		reasons = append(reasons, atMost(3, by[why])+" ("+why+")")
	}
	return n, reasons
}
