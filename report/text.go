package report

import (
	"fmt"
	"io"
	"strings"

	"immich-oidc-doctor/checks"
)

// TextOptions say what the terminal is like.
type TextOptions struct {
	Color bool // as the caller decided; nothing else is asked
	Width int  // columns; 0 is 80, and less than 40 is 40
}

// most is how long a text of the provider may get on a terminal: eight lines.
const most = 600

// Text writes d for a terminal: what was looked at, the first broken link with
// its fix, then every check by family.
func Text(w io.Writer, d *Document, opt TextOptions) error {
	p := newPage(opt)
	p.parties(d)
	p.gap()
	p.journeys(d)
	p.gap()
	p.lead(d)
	family := ""
	for _, r := range d.Results {
		if r.Family != family {
			family = r.Family
			p.gap()
			p.line(p.strong(oneLine(family)))
		}
		p.result(d, r)
	}
	p.gap()
	p.foot(d)
	_, err := io.WriteString(w, p.String())
	return err
}

// parties says which Immich and which provider.
func (p *page) parties(d *Document) {
	v := voice{aloud, aloud}
	p.para(0, "Immich", 10, v.immich(d), p.plain)
	p.para(0, "Provider", 10, v.provider(d), p.plain)
	if len(d.Target.Origins) == 1 && d.Target.Origins[0] != d.Target.Server {
		p.para(0, "Origin", 10, brief(d.Target.Origins[0], most)+": the redirect URIs are those of this address", p.plain)
	}
	if len(d.Target.Origins) == 0 && d.Target.OriginWhy != "" {
		p.para(0, "Origin", 10, "not known: "+brief(d.Target.OriginWhy, most), p.plain)
	}
}

func (p *page) plain(a ...any) string { return fmt.Sprint(a...) }

// A voice is how a format says a value that was found, and words of ours.
type voice struct{ value, words func(string) string }

func aloud(s string) string { return brief(s, most) }

// immich says which release answers where, and whether it offers OAuth.
func (v voice) immich(d *Document) string {
	s := v.value(d.Target.Server)
	oauth := ", OAuth " + d.Immich.OAuth
	switch {
	case d.Immich.Release != "" && d.Immich.OAuth == "unknown":
		s = v.value(d.Immich.Release) + " at " + s + ", whether OAuth is on is not known"
	case d.Immich.Release != "":
		s = v.value(d.Immich.Release) + " at " + s + oauth
	case d.Immich.OAuth == "unknown":
		s += ", release and OAuth not known" + v.because(d.Immich.Why)
	default:
		s += oauth + ", release not known" + v.because(d.Immich.Why)
	}
	if d.Immich.Note != "" {
		s += "; " + v.words(d.Immich.Note)
	}
	return s
}

func (v voice) because(why string) string {
	if why == "" {
		return ""
	}
	return ": " + v.words(why)
}

// provider says who is asked to log people in, and who says so.
func (v voice) provider(d *Document) string {
	var parts []string
	if d.Provider.Name != "" {
		parts = append(parts, v.words(d.Provider.Name))
	}
	issuer := "issuer not known" + v.because(d.Provider.Why)
	if d.Provider.Issuer != "" {
		issuer = "issuer " + v.value(d.Provider.Issuer)
		if d.Provider.IssuerFrom != "" {
			issuer += " (" + v.words(d.Provider.IssuerFrom) + ")"
		}
	}
	parts = append(parts, issuer)
	if d.Provider.ClientID != "" {
		parts = append(parts, "client "+v.value(d.Provider.ClientID))
	}
	return strings.Join(parts, ", ")
}

// journeys writes a line for each journey, and one for each further origin.
func (p *page) journeys(d *Document) {
	for _, j := range d.Journeys {
		p.words(0, oneLine(j.Name), 14, j.byState(), p.states)
	}
	if len(d.Target.Origins) > 1 {
		p.para(0, "", 0, "That is "+brief(d.Target.Origins[0], most)+". The other origins:", p.plain)
		for _, o := range d.Target.Origins[1:] {
			p.para(2, "", 2, brief(o, most)+": "+d.elsewhere(o), p.plain)
		}
	}
	p.para(0, "", 0, legend, p.faint)
}

// states colours the words for states in a line.
func (p *page) states(line ...any) string {
	s := fmt.Sprint(line...)
	for _, c := range []struct {
		state checks.StepState
		how   ink
	}{{checks.OK, p.good}, {checks.Breaks, p.bad}, {checks.Predicted, p.note}, {checks.Unknown, p.warn}, {checks.NotReached, p.faint}} {
		word := stateWord(c.state) + ":"
		s = strings.ReplaceAll(s, word, c.how(word))
	}
	return s
}

// lead writes what to mend first, or that there is nothing to mend.
func (p *page) lead(d *Document) {
	first, more := d.leading()
	if len(d.RootCauses) == 0 {
		for _, s := range d.calm() {
			p.para(0, "", 0, s, p.plain)
		}
		if first.ID == "" {
			return
		}
		p.gap()
		p.foremost(d, "First to look at: ", first, p.warn)
		p.others(more, "warning", p.warn)
		return
	}
	p.foremost(d, "First to mend: ", first, p.bad)
	p.others(more, "independent problem", p.bad)
	if n := len(d.with("warning")); n > 0 {
		p.gap()
		p.line("and " + count(n, "warning") + ", below")
	}
}

func (p *page) foremost(d *Document, label string, r Result, how ink) {
	p.line(how(label + oneLine(r.ID)))
	if len(r.worst()) == 0 {
		return
	}
	f := r.worst()[0]
	p.para(2, "", 2, brief(f.said(), most), p.plain)
	if also := r.also(); also != "" {
		p.para(2, "", 2, "the same for "+also, p.plain)
	}
	p.fixes(2, f)
}

func (p *page) others(rs []Result, noun string, how ink) {
	if len(rs) == 0 {
		return
	}
	noun = count(len(rs), "more "+noun)
	p.gap()
	p.line("and " + noun + ":")
	for _, r := range rs {
		p.titled(mark(r), oneLine(r.Title), oneLine(r.ID), how)
	}
}

// foot says what the exit code means and where there is more to read.
func (p *page) foot(d *Document) {
	p.para(0, "", 0, d.tally(), p.faint)
	p.para(0, "", 0, d.exitWords(), p.strong)
	more := "ID says more of any check"
	if first, _ := d.leading(); first.ID != "" {
		more = oneLine(first.ID) + " says more"
	}
	p.para(0, "", 0, "immich-oidc-doctor explain "+more, p.plain)
}
