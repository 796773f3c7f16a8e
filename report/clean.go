package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean spells out what cannot be seen but acts: what drives a terminal, turns
// the direction of the text or hides between two letters. A provider wrote some
// of this, and a zero-width space pasted into a redirect URI is a fault that
// must show. Documents that were read from a file are cleaned when rendered.
func clean(s string) string {
	if utf8.ValidString(s) && strings.IndexFunc(s, acts) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range strings.ReplaceAll(s, "\r\n", "\n") {
		switch {
		case !acts(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

func acts(r rune) bool {
	return r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co)
}

// oneLine is s as part of a sentence.
func oneLine(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

// brief is s on one line and at most limit runes long: no provider pushes the
// remedy off the screen.
func brief(s string, limit int) string {
	s = oneLine(s)
	if n := utf8.RuneCountInString(s); n > limit {
		return fmt.Sprintf("%s… (%d characters more in the JSON report)", string([]rune(s)[:limit]), n-limit)
	}
	return s
}

// cut is s on one line, cut to limit runes without a word about it.
func cut(s string, limit int) string {
	s = oneLine(s)
	if limit = max(limit, 1); utf8.RuneCountInString(s) > limit {
		return string([]rune(s)[:limit-1]) + "…"
	}
	return s
}
