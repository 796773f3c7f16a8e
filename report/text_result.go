package report

import (
	"cmp"
	"fmt"
	"strings"

	"immich-oidc-doctor/checks"
)

// mark is one sign for how a check ended.
func mark(r Result) string {
	if r.Status == checks.Fail {
		return cmp.Or(map[string]string{"warning": "▲", "note": "i"}[r.Severity], "✗")
	}
	return statusMarks[r.Status]
}

var statusMarks = map[checks.Status]string{
	checks.Pass: "✓", checks.Fail: "✗", checks.Skip: "?", checks.Blocked: "·", checks.NA: "–", checks.Broken: "!",
}

func (p *page) markInk(r Result) ink {
	switch mark(r) {
	case "✓":
		return p.good
	case "✗":
		return p.bad
	case "▲":
		return p.warn
	case "i":
		return p.note
	case "!":
		return p.bug
	}
	return p.faint
}

// result writes one check and everything that is known of it.
func (p *page) result(d *Document, r Result) {
	p.titled(mark(r), oneLine(r.Title), oneLine(r.ID), p.markInk(r))
	for _, f := range r.Findings {
		p.finding(d, f)
	}
	if s := r.remark(); s != "" {
		p.para(4, "", 4, brief(s, most), p.faint)
	}
	p.cells(r)
}

// remark says why a check that did not run did not.
func (r Result) remark() string {
	switch r.Status {
	case checks.Blocked:
		return "blocked by " + r.BlockedBy
	case checks.Skip:
		if r.Unknown != "" {
			return strings.TrimSuffix("skip: because "+r.Unknown+" is not known: "+r.Why, ": ")
		}
		return "skip: " + cmp.Or(r.Why, "some of it could not be asked")
	case checks.NA:
		return "n/a: " + cmp.Or(r.Why, "does not apply here")
	case checks.Broken:
		return "our bug, please report it: " + r.Why
	}
	return ""
}

// cells writes what was seen, in a line each; what failed is a finding.
func (p *page) cells(r Result) {
	for _, c := range r.Cells {
		about := cmp.Or(c.Subject, c.Origin)
		switch {
		case c.Status == checks.Fail:
		case about == "" && c.Status != checks.Pass:
			if c.Status != r.Status || c.Why != r.Why { // else the remark said it
				p.para(4, "", 4, c.Status.String()+": "+brief(c.Why, most), p.faint)
			}
		case about == "":
			if c.Saw != "" {
				p.line("    " + p.faint(cut(c.Saw, p.width-4)))
			}
		default:
			s := oneLine(about)
			if tail := cmp.Or(c.Saw, c.Why); tail != "" {
				s += ": " + tail
			}
			if c.Status == checks.Pass {
				p.line("    " + p.faint(statusMarks[c.Status]+" "+cut(s, p.width-6)))
			} else {
				p.para(4, statusMarks[c.Status], 6, brief(s, most), p.faint)
			}
		}
	}
}

// labels of a finding's lines end here.
const column = 14

func (p *page) finding(d *Document, f Finding) {
	p.para(4, "", 4, f.Severity+", "+f.Grade+": "+brief(f.said(), most), p.plain)
	for _, l := range []struct{ label, text string }{{"want", f.Want}, {"got", f.Got}} {
		if l.text != "" {
			p.para(4, l.label, column, brief(l.text, most), p.plain)
		}
	}
	if len(f.Breaks) > 0 {
		label := "breaks"
		if f.Severity != "error" {
			label = "may break"
		}
		p.para(4, label, column, oneLine(strings.Join(f.Breaks, ", ")), p.plain)
	}
	if len(f.OverruledBy) > 0 {
		p.para(4, "but", column, oneLine(strings.Join(f.OverruledBy, ", "))+" saw this very step work, from a better place", p.plain)
	}
	for i, w := range f.Where {
		label := "seen"
		if i > 0 {
			label = ""
		}
		if i == 4 && len(f.Where) > 5 {
			p.para(4, "", column, fmt.Sprintf("and %d more", len(f.Where)-i), p.plain)
			break
		}
		p.para(4, label, column, d.evidence(w), p.plain)
	}
	p.fixes(4, f)
}

// evidence is a place with the exchange that stands there: nobody should have
// to look up a number.
func (d *Document) evidence(w Place) string {
	s := brief(w.Ref, most)
	for _, x := range d.Exchanges {
		if x.ID == w.Ref {
			bare, _, _ := strings.Cut(x.URL, "?")
			s += ": " + oneLine(x.Method) + " " + brief(bare, most) + ", " + x.outcome()
		}
	}
	return s + " (" + oneLine(w.Seen) + ")"
}

// outcome is how an exchange ended, in short.
func (x Exchange) outcome() string {
	if x.Status > 0 {
		return fmt.Sprintf("HTTP %d", x.Status)
	}
	return oneLine(x.Answer)
}

// fixes writes the steps to take: what, where, and what to paste.
func (p *page) fixes(in int, f Finding) {
	hang := in + column - 4
	for i, x := range f.Fix {
		label := "fix"
		if len(f.Fix) > 1 {
			label = fmt.Sprintf("fix %d", i+1)
		}
		p.para(in, label, hang, brief(x.Do, most), p.plain)
		if x.Where != "" {
			p.para(in, "where", hang, brief(x.Where, most), p.plain)
		}
		if x.Snippet != "" {
			p.verbatim(hang+4, x.Snippet)
		}
	}
}
