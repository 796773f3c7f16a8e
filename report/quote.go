package report

import (
	"regexp"
	"slices"
	"strings"
)

// What a provider wrote stands in Markdown only as code: there no mark-up,
// mention, image or HTML means anything. These functions build code that its
// content cannot end. They hold for GitHub; and because Discord and Reddit know
// only simple fences, no block's content keeps three backticks in a row.

var backticks = regexp.MustCompile("`+")

// codeSpan is s as inline code on one line: its delimiter is a run of backticks
// that s does not have (CommonMark 6.1).
func codeSpan(s string) string {
	s = oneLine(s)
	if s == "" {
		return ""
	}
	runs := backticks.FindAllString(s, -1)
	fence := "`"
	for slices.Contains(runs, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " " // taken off again by the reader
	}
	return fence + s + fence
}

var pipes = regexp.MustCompile(`(\\*)\|`)

// cellSpan is codeSpan for a table, where a pipe ends the cell even in code
// unless it is escaped. Backslashes before it are set apart: whether a reader
// takes them for escapes of each other differs.
func cellSpan(s string) string {
	return pipes.ReplaceAllStringFunc(codeSpan(s), func(m string) string {
		if len(m) > 1 {
			return m[:len(m)-1] + ` \|`
		}
		return `\|`
	})
}

var longRun = regexp.MustCompile("```+")

// fenced is text as a block of code, line by line as it is. Backticks that
// would end it are set apart.
func fenced(text string) []string {
	text = longRun.ReplaceAllStringFunc(clean(text), func(run string) string {
		return strings.TrimSpace(strings.Repeat("` ", len(run)))
	})
	return slices.Concat([]string{"```text"}, strings.Split(strings.Trim(text, "\n"), "\n"), []string{"```"})
}

// harmless is a word without anything that Markdown, or GitHub, Discord or
// Reddit beyond it, could take for mark-up or a link.
var harmless = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.'=%+-]*$`)

// prose is our own sentence, in which values may stand: word by word it is
// either harmless or code. Punctuation around a word stays outside the code.
func prose(s string) string {
	var b strings.Builder
	var code []string
	end := func() {
		b.WriteString(codeSpan(strings.Join(code, " ")))
		code = nil
	}
	for _, w := range strings.Fields(clean(s)) {
		core := strings.TrimLeft(w, `("`)
		before := w[:len(w)-len(core)]
		core = strings.TrimRight(core, `,.;:)"`)
		after := w[len(before)+len(core):]
		safe := core == "" || strings.Contains("·…–", core) || harmless.MatchString(core) && !strings.HasPrefix(strings.ToLower(core), "www.")
		if safe || before != "" {
			end()
		}
		if len(code) == 0 {
			if b.Len() > 0 {
				b.WriteString(" ")
			}
			b.WriteString(before)
		}
		if safe {
			b.WriteString(core + after)
			continue
		}
		if code = append(code, core); after != "" {
			end()
			b.WriteString(after)
		}
	}
	end()
	return b.String()
}

// cellProse is prose for a table.
func cellProse(s string) string {
	return pipes.ReplaceAllString(prose(s), `$1 \|`)
}
