package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"immich-oidc-doctor/checks"
)

// A support thread is read on a screen: the answer takes at most this many
// lines, all else is folded away below it.
const (
	answerLines  = 60
	journeyLines = 14
	otherLines   = 6
	messageLines = 10
)

// foldedBytes bounds each block that is folded away: GitHub takes no comment
// longer than 65,536 characters.
const foldedBytes = 20_000

// Markdown writes d for a support thread, the same for whoever runs it: without
// local paths, without times but the day.
func Markdown(w io.Writer, d *Document) error {
	d, err := impersonal(d)
	if err != nil {
		return err
	}
	var sections [][]string
	sections = append(sections, d.mdHead(), d.mdJourneys())
	lead, last := d.mdLead(), d.mdMore()
	spent := 0
	for _, s := range append(sections, lead, last) {
		spent += len(s) + 1
	}
	fix := d.mdFixes(answerLines - spent - 1)
	sections = append(sections, lead, fix, last, d.mdTable(), d.mdFindings(), d.mdExchanges())
	var b strings.Builder
	for _, s := range sections {
		if len(s) > 0 {
			b.WriteString(strings.Join(s, "\n") + "\n\n")
		}
	}
	_, err = io.WriteString(w, strings.TrimRight(b.String(), "\n")+"\n")
	return err
}

// mdHead says in three lines what this is about.
func (d *Document) mdHead() []string {
	title := "**" + prose(d.Tool.Name) + "** " + prose(d.Tool.Version)
	if !d.Time.IsZero() {
		title += ", " + d.Time.UTC().Format("2006-01-02")
	}
	v := voice{value: func(s string) string { return codeSpan(aloud(s)) }, words: func(s string) string { return prose(aloud(s)) }}
	lines := []string{
		title + ": " + prose(d.exitWords()), "",
		"- **Immich** " + v.immich(d),
		"- **Provider** " + v.provider(d),
	}
	if len(d.Target.Origins) == 1 && d.Target.Origins[0] != d.Target.Server {
		lines = append(lines, "- **Origin** "+codeSpan(brief(d.Target.Origins[0], most))+": the redirect URIs are those of this address")
	}
	if len(d.Target.Origins) == 0 && d.Target.OriginWhy != "" {
		lines = append(lines, "- **Origin** not known: "+prose(brief(d.Target.OriginWhy, most)))
	}
	return lines
}

// plainPage is the terminal's page for a block of code.
func plainPage() *page { return newPage(TextOptions{}) }

// mdJourneys shows the journeys as the terminal does, in a block.
func (d *Document) mdJourneys() []string {
	p := plainPage()
	p.journeys(d)
	lines := strings.Split(strings.TrimSpace(p.String()), "\n")
	if len(lines) > journeyLines {
		lines = append(lines[:journeyLines-1], fmt.Sprintf("and %d lines more in the JSON report", len(lines)-journeyLines+1))
	}
	return fenced(strings.Join(lines, "\n"))
}

// mdLead is what to mend first, or that there is nothing to mend.
func (d *Document) mdLead() (lines []string) {
	first, _ := d.leading()
	label := "**First to mend:** "
	if len(d.RootCauses) == 0 {
		label = "**First to look at:** "
		var calm []string
		for _, s := range d.calm() {
			calm = append(calm, prose(s))
		}
		lines = append(lines, strings.Join(calm, " "))
	}
	if first.ID == "" || len(first.worst()) == 0 {
		return lines
	}
	if len(lines) > 0 {
		lines = append(lines, "")
	}
	f, p := first.worst()[0], plainPage()
	p.para(0, "", 0, brief(f.said(), most), p.plain)
	for _, l := range []struct{ label, text string }{{"want", f.Want}, {"got", f.Got}} {
		if l.text != "" {
			p.para(0, l.label, 6, brief(l.text, 200), p.plain)
		}
	}
	if len(f.Where) > 0 {
		p.para(0, "seen", 6, d.evidence(f.Where[0]), p.plain)
	}
	said := strings.Split(strings.TrimSpace(p.String()), "\n")
	if len(said) > messageLines {
		said = append(said[:messageLines-1], "… the rest is below")
	}
	lines = append(lines, label+codeSpan(first.ID), "")
	lines = append(lines, fenced(strings.Join(said, "\n"))...)
	if also := first.also(); also != "" {
		lines = append(lines, "", "The same for "+prose(also))
	}
	return lines
}

// mdFixes is what to do, as far as room lines go; the findings below have all.
func (d *Document) mdFixes(room int) (lines []string) {
	first, _ := d.leading()
	if len(first.worst()) == 0 {
		return nil
	}
	fixes := first.worst()[0].Fix
	for i, x := range fixes {
		label := "**Fix:** "
		if len(fixes) > 1 {
			label = fmt.Sprintf("**Fix %d:** ", i+1)
		}
		step := []string{label + prose(brief(x.Do, most))}
		if x.Where != "" {
			step[0] += " – where: " + codeSpan(brief(x.Where, most))
		}
		snippet := []string{}
		if x.Snippet != "" {
			snippet = append([]string{""}, fenced(x.Snippet)...)
		}
		if i > 0 {
			step = append([]string{""}, step...)
		}
		spare := 0 // for the line that says that there is more
		if i < len(fixes)-1 {
			spare = 2
		}
		switch left := room - len(lines) - spare; {
		case len(step)+len(snippet) <= left:
			lines = slices.Concat(lines, step, snippet)
		case len(step) <= left:
			step[len(step)-1] += ", " + count(len(snippet)-3, "line") + " to paste: see below"
			lines = append(lines, step...)
		default:
			return append(lines, "", fmt.Sprintf("and %d more to do, below", len(fixes)-i))
		}
	}
	return lines
}

// mdMore names what else is wrong.
func (d *Document) mdMore() (lines []string) {
	first, more := d.leading()
	noun := "more independent problem"
	if len(d.RootCauses) == 0 {
		noun = "more warning"
	} else if n := len(d.with("warning")); n > 0 {
		defer func() { lines = append(lines, "", "and "+count(n, "warning")+", below") }()
	}
	if first.ID == "" || len(more) == 0 {
		return nil
	}
	lines = append(lines, "and "+count(len(more), noun)+":", "")
	for i, r := range more {
		if i == otherLines-1 && len(more) > otherLines {
			return append(lines, fmt.Sprintf("- and %d more, below", len(more)-i))
		}
		lines = append(lines, "- "+mark(r)+" "+prose(cut(r.Title, 120))+" "+codeSpan(r.ID))
	}
	return lines
}

// folded puts body under a summary that opens it. The empty lines make GitHub
// read the body as Markdown.
func folded(summary string, body []string) []string {
	return slices.Concat([]string{"<details>", "<summary>" + summary + "</summary>", ""}, body, []string{"", "</details>"})
}

// bounded keeps the lines of text that fit into a folded block.
func bounded(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, n := 0, 0; i < len(lines); i++ {
		if n += len(lines[i]) + 1; n > foldedBytes {
			return strings.Join(append(lines[:i:i], fmt.Sprintf("… %d lines more in the JSON report", len(lines)-i)), "\n")
		}
	}
	return strings.Join(lines, "\n")
}

// mdTable is every check in a line.
func (d *Document) mdTable() []string {
	lines := []string{"| | check | what should be true | |", "|---|---|---|---|"}
	for _, r := range d.Results {
		note := r.remark()
		switch r.Status {
		case checks.Pass:
			note = r.Saw
		case checks.Fail:
			note = r.Severity + ", " + r.Grade
		}
		lines = append(lines, "| "+mark(r)+" | "+cellSpan(r.ID)+" | "+cellProse(r.Title)+" | "+cellSpan(cut(note, 160))+" |")
	}
	return folded(d.tally(), lines)
}

// mdFindings is all that the terminal says of what failed, and of what was
// asked of several.
func (d *Document) mdFindings() []string {
	p := plainPage()
	for _, r := range d.Results {
		if len(r.Findings) > 0 || len(r.Cells) > 1 {
			p.result(d, r)
		}
	}
	if p.Len() == 0 {
		return nil
	}
	return folded("findings, with evidence and fixes", fenced(bounded(p.String())))
}

// mdExchanges is every request, without what it took.
func (d *Document) mdExchanges() []string {
	if len(d.Exchanges) == 0 {
		return nil
	}
	p := plainPage()
	for _, x := range d.Exchanges {
		p.line(brief(x.ID, most))
		p.para(4, "", 4, oneLine(x.Method)+" "+brief(x.URL, 2000), p.plain)
		said := []string{x.outcome()}
		for _, s := range []string{x.Type, x.Server, x.Detail} {
			if s != "" {
				said = append(said, brief(s, 200))
			}
		}
		p.para(4, "", 4, strings.Join(said, ", "), p.plain)
		if x.Location != "" {
			p.para(4, "", 4, "to "+brief(x.Location, 2000), p.plain)
		}
	}
	return folded(count(len(d.Exchanges), "exchange"), fenced(bounded(p.String())))
}
