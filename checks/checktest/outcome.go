package checktest

import (
	"fmt"
	"slices"
	"strings"

	"immich-oidc-doctor/checks"
)

// Outcome writes a result for people: its status, severity and grade, then one
// line for each cell and each finding, and what to do about the finding.
//
//	fail error observed
//	  pass observed, seen by the provider, web/authorize, https://…: the provider goes there
//	  error observed, seen by the provider, breaks mobile/authorize, app.immich:/: the provider refuses …
//	    fix: add it to the client's redirect URIs
func Outcome(r checks.Result) string {
	var lines []string
	for _, c := range r.Cells {
		if c.Status != checks.Fail { // a finding says it better
			lines = append(lines, cell(c))
		}
	}
	for _, f := range r.Findings {
		lines = append(lines, finding(f)...)
	}
	if len(lines) == 1 && len(r.Findings) == 0 {
		return lines[0] + "\n"
	}
	head := words(r.Status, r.Severity, r.Grade)
	if why := r.Why.String(); why != "" && len(lines) == 0 {
		head += ": " + why
	}
	return strings.Join(append([]string{head}, lines...), "\n  ") + "\n"
}

func cell(c checks.Cell) string {
	said := c.Saw.String()
	if c.Status != checks.Pass {
		said = c.Why.String()
	}
	parts := []string{words(c.Status, 0, c.Grade)}
	if c.Status == checks.Pass {
		parts = append(parts, c.Seen().String())
	} else {
		parts = []string{c.Status.String()}
	}
	return strings.Join(slices.Concat(parts, places(c.At), about(c.Subject)), ", ") + ": " + said
}

func finding(f checks.Finding) []string {
	parts := []string{words(0, f.Severity, f.Grade), f.Seen().String()}
	if at := places(f.Breaks); at != nil {
		parts = append(parts, "breaks "+at[0])
	}
	lines := []string{strings.Join(append(parts, about(f.Subject)...), ", ") + ": " + f.Message.String()}
	for _, r := range f.Fix {
		lines = append(lines, "  fix: "+r.Do.String())
	}
	return lines
}

func words(s checks.Status, sev checks.Severity, g checks.Grade) string {
	return strings.Join(strings.Fields(fmt.Sprint(s, " ", sev, " ", g)), " ")
}

func about(s checks.Subject) []string {
	if s.What.IsZero() {
		return nil
	}
	return []string{s.What.String()}
}

// journeys is every step, by journey.
func journeys() (js [][]checks.At) {
	last := ""
	for _, at := range checks.All() {
		j, _, _ := strings.Cut(string(at), "/")
		if j != last {
			js = append(js, nil)
		}
		js[len(js)-1] = append(js[len(js)-1], at)
		last = j
	}
	return js
}

// places writes steps in the order given, journeys with the same step together:
// "web+linking+mobile/token back-channel/notice".
func places(ats []checks.At) []string {
	if len(ats) == 0 {
		return nil
	}
	if slices.Equal(ats, checks.All()) {
		return []string{"every step"}
	}
	var groups []string
	var once []checks.At
	for _, at := range ats {
		if !slices.Contains(once, at) {
			once = append(once, at)
		}
	}
	ats = once
	for _, j := range journeys() {
		if all := func(at checks.At) bool { return !slices.Contains(ats, at) }; len(j) > 2 && !slices.ContainsFunc(j, all) {
			name, _, _ := strings.Cut(string(j[0]), "/")
			groups = append(groups, name)
			ats = slices.DeleteFunc(ats, func(at checks.At) bool { return slices.Contains(j, at) })
		}
	}
	var step string
	for _, at := range ats {
		j, s, _ := strings.Cut(string(at), "/")
		if n := len(groups) - 1; s == step {
			groups[n] = strings.TrimSuffix(groups[n], "/"+s) + "+" + j + "/" + s
		} else {
			groups = append(groups, string(at))
		}
		step = s
	}
	return []string{strings.Join(groups, " ")}
}
