package report

import (
	"strings"
	"unicode/utf8"

	"github.com/fatih/color"
)

// An ink colours text, or leaves it alone.
type ink func(...any) string

// inks say what is meant, not which colour it is.
type inks struct{ strong, faint, good, bad, warn, note, bug ink }

// newInks decides by on alone: neither NO_COLOR nor a terminal is asked here,
// that is the caller's.
func newInks(on bool) inks {
	of := func(as ...color.Attribute) ink {
		c := color.New(as...)
		if on {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
		return c.SprintFunc()
	}
	return inks{
		strong: of(color.Bold), faint: of(color.Faint), good: of(color.FgGreen), bad: of(color.FgRed, color.Bold),
		warn: of(color.FgYellow), note: of(color.FgCyan), bug: of(color.FgMagenta, color.Bold),
	}
}

// A page is lines of a width. Text is laid out first and coloured then, so
// that colour never changes where a line breaks.
type page struct {
	strings.Builder
	width int
	inks
}

func newPage(opt TextOptions) *page {
	p := &page{width: opt.Width, inks: newInks(opt.Color)}
	if p.width <= 0 {
		p.width = 80
	}
	p.width = max(p.width, 40)
	return p
}

func (p *page) line(s string) { p.WriteString(strings.TrimRight(s, " ") + "\n") }
func (p *page) gap()          { p.WriteString("\n") }

// para writes text under a label: the label stands at column in, every line
// of the text at column hang.
func (p *page) para(in int, label string, hang int, text string, how ink) {
	p.words(in, label, hang, strings.Fields(text), how)
}

// words is para for words that may be glued together.
func (p *page) words(in int, label string, hang int, glued []string, how ink) {
	var words []string
	for _, w := range glued {
		loose := strings.ReplaceAll(w, glue, " ")
		if utf8.RuneCountInString(loose) > p.width-hang {
			words = append(words, strings.Fields(loose)...)
		} else {
			words = append(words, loose)
		}
	}
	for i, l := range fill(words, p.width-hang) {
		head := strings.Repeat(" ", hang)
		if i == 0 && label != "" {
			head = strings.Repeat(" ", in) + p.strong(label) + strings.Repeat(" ", max(1, hang-in-utf8.RuneCountInString(label)))
		}
		p.line(head + how(l))
	}
}

// titled writes mark, title and, at the right edge, id. The title is broken so
// that the id keeps its column; in a narrow page the id gets its own line.
func (p *page) titled(mark, title, id string, how ink) {
	room := p.width - 2 - 2 - utf8.RuneCountInString(id)
	alone := room < 24
	if alone {
		room = p.width - 2
	}
	for i, l := range fill(strings.Fields(title), room) {
		head, tail := "  ", ""
		if i == 0 {
			head = how(mark) + " "
			if !alone {
				tail = strings.Repeat(" ", max(2, p.width-2-utf8.RuneCountInString(l)-utf8.RuneCountInString(id))) + p.faint(id)
			}
		}
		p.line(head + l + tail)
	}
	if alone {
		p.line(strings.Repeat(" ", max(0, p.width-utf8.RuneCountInString(id))) + p.faint(id))
	}
}

// verbatim writes lines to be copied: indented alike, never wrapped.
func (p *page) verbatim(in int, text string) {
	for _, l := range strings.Split(strings.Trim(clean(text), "\n"), "\n") {
		p.line(strings.Repeat(" ", in) + l)
	}
}

// fill puts words on lines of at most width runes; a longer word has its own.
func fill(words []string, width int) (lines []string) {
	n := 0
	for _, w := range words {
		switch k := utf8.RuneCountInString(w); {
		case len(lines) == 0 || n+1+k > width:
			lines, n = append(lines, w), k
		default:
			lines[len(lines)-1] += " " + w
			n += 1 + k
		}
	}
	return lines
}
