package secret

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"html"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// shortest is how long a credential is, at least, to be known by its letters.
const shortest = 8

// known is what credentials look like. It finds each in plain and in every
// spelling in which HTTP, JSON, HTML and logs carry it, one inside another, in
// capitals or not: what stands there is taken out of its spelling, step by step,
// and compared at each step.
type known struct {
	folded []string     // the values, and their hexadecimal digits
	exact  []string     // their base64, of which capitals are a part
	names  []string     // folded, of what is shown although a value stands in it
	in     [1 << 8]bool // the bytes that an escape may stand for
}

// A span is a part of a text, by its bytes.
type span struct{ from, to int }

// newKnown returns what is known by values. An editor may have put a newline
// behind one, or somebody a blank; who repeats it may have dropped that.
func newKnown(values []Value, names []string) (k known) {
	for _, v := range values {
		if v.p == nil || v.p == &sealed {
			continue
		}
		k.add(*v.p)
		if trimmed := strings.TrimSpace(*v.p); trimmed != *v.p {
			k.add(trimmed)
		}
	}
	if len(k.folded) == 0 {
		return k
	}
	for _, b := range []byte(`%&\"'#;`) { // of which spellings inside spellings are made
		k.in[b] = true
	}
	var around []string
	for _, n := range names {
		if slices.ContainsFunc(k.find(n), func(s span) bool { return s != span{0, len(n)} }) {
			around = append(around, fold(n))
		}
	}
	k.names = around // set at last: find goes by them
	return k
}

func (k *known) add(value string) {
	if len(value) < shortest {
		return
	}
	for _, b := range []byte(value) {
		k.in[b] = true
	}
	k.folded = append(k.folded, fold(value), hex.EncodeToString([]byte(value)))
	k.exact = append(k.exact, base64.RawStdEncoding.EncodeToString([]byte(value)), base64.RawURLEncoding.EncodeToString([]byte(value)))
}

// mask is s without what is known.
func (k known) mask(s string) string {
	var b strings.Builder
	end := 0
	for _, at := range k.find(s) {
		b.WriteString(s[end:at.from])
		b.WriteString(mask)
		end = at.to
	}
	return b.String() + s[end:]
}

// deepest is how many spellings may stand one inside another.
const deepest = 3

// find is where something known stands in s, one behind another.
func (k known) find(s string) (found []span) {
	if len(k.folded) == 0 {
		return nil
	}
	var shown []span
	plain, at := s, []int(nil)
	for range deepest + 1 {
		folded := fold(plain)
		for _, v := range k.folded {
			found = append(found, occurrences(folded, v, at)...)
		}
		for _, v := range k.exact {
			found = append(found, occurrences(plain, v, at)...)
		}
		for _, n := range k.names {
			shown = append(shown, occurrences(folded, n, at)...)
		}
		was := len(plain)
		if plain, at = k.unspelt(plain, at); len(plain) == was {
			break
		}
	}
	found = slices.DeleteFunc(found, func(f span) bool {
		return slices.ContainsFunc(shown, func(n span) bool { return n.from <= f.from && f.to <= n.to })
	})
	return merged(found)
}

// occurrences are those of v in text. Byte i of text comes from byte at[i] of the
// text that the spans are of; nil: from byte i.
func occurrences(text, v string, at []int) (found []span) {
	for from := 0; ; {
		i := strings.Index(text[from:], v)
		if i < 0 {
			return found
		}
		s := span{from + i, from + i + len(v)}
		if from = s.to; at != nil {
			s = span{at[s.from], at[s.to]}
		}
		found = append(found, s)
	}
}

// merged makes one of spans that overlap.
func merged(spans []span) (m []span) {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for _, s := range spans {
		if n := len(m); n > 0 && s.from < m[n-1].to {
			m[n-1].to = max(m[n-1].to, s.to)
			continue
		}
		m = append(m, s)
	}
	return m
}

// fold makes one of capitals and small letters, and of the blank and the plus
// sign that stands for it in forms. Bytes stay where they are.
func fold(s string) string {
	b := []byte(s)
	for i, c := range b {
		switch {
		case c >= 'A' && c <= 'Z':
			b[i] = c - 'A' + 'a'
		case c == '+':
			b[i] = ' '
		}
	}
	return string(b)
}

// unspelt is s with its escapes replaced by what they stand for, as far as that
// can be a part of something known; and where each byte comes from.
func (k known) unspelt(s string, at []int) (plain string, from []int) {
	if !strings.ContainsAny(s, `%&\`) {
		return s, at
	}
	was := func(i int) int {
		if at == nil {
			return i
		}
		return at[i]
	}
	b := make([]byte, 0, len(s))
	from = make([]int, 0, len(s)+1)
	for i := 0; i < len(s); {
		means, size := escape(s[i:])
		if size == 0 || slices.ContainsFunc([]byte(means), func(c byte) bool { return !k.in[c] }) {
			means, size = s[i:i+1], 1
		}
		for range len(means) {
			from = append(from, was(i))
		}
		b = append(b, means...)
		i += size
	}
	return string(b), append(from, was(len(s)))
}

// escape is what the escape at the beginning of s stands for, and how long it
// is: of a URL, of HTML, of JSON or of JavaScript. It is of no length if there is
// none.
func escape(s string) (means string, size int) {
	digits := func(from, n, base int) (means string, size int) {
		if len(s) < from+n {
			return "", 0
		}
		u, err := strconv.ParseUint(s[from:from+n], base, 32)
		if err != nil {
			return "", 0
		}
		if n == 2 {
			return string([]byte{byte(u)}), from + n
		}
		return string(rune(u)), from + n
	}
	switch s[0] {
	case '%':
		return digits(1, 2, 16)
	case '&':
		return entity(s)
	case '\\':
		switch {
		case len(s) < 2:
			return "", 0
		case s[1] == 'u' || s[1] == 'U':
			return digits(2, 4, 16)
		case s[1] == 'x' || s[1] == 'X':
			return digits(2, 2, 16)
		}
		if i := strings.IndexByte(`"'\/nrtbf`, s[1]); i >= 0 {
			return "\"'\\/\n\r\t\b\f"[i : i+1], 2
		}
	}
	return "", 0
}

// longest is how long the name of a character in HTML may be to be looked up.
const longest = 12

func entity(s string) (means string, size int) {
	end := strings.IndexByte(s[:min(len(s), longest)], ';')
	if end < 0 {
		return "", 0
	}
	for _, name := range []string{s[:end+1], strings.ToLower(s[:end+1])} {
		if means = html.UnescapeString(name); utf8.RuneCountInString(means) == 1 {
			return means, end + 1
		}
	}
	return "", 0
}
