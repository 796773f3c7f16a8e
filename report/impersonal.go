package report

import (
	"encoding/json"
	"regexp"
)

var (
	home   = regexp.MustCompile(`(^|[\s'"(=:])(?:/home/[^/\s'":]+|/Users/[^/\s'":]+|/root|[A-Za-z]:\\Users\\[^\\\s'":]+)([/\\])`)
	inFile = regexp.MustCompile(`^(\S*[/\\])([^/\\\s]+?)(?::\d+){1,2}$`)
	remote = regexp.MustCompile(`^[a-z]{2,}:`)
)

// impersonal returns a copy of d that says nothing of the machine it was made
// on: a file that stands as evidence is called by its name, wherever it lies,
// and no home is named.
func impersonal(d *Document) (*Document, error) {
	short := []func(string) string{func(s string) string { return home.ReplaceAllString(s, "${1}~${2}") }}
	known := map[string]bool{}
	note := func(places []Place) {
		for _, w := range places {
			m := inFile.FindStringSubmatch(w.Ref)
			if m == nil || remote.MatchString(w.Ref) || known[m[1]+m[2]] {
				continue
			}
			known[m[1]+m[2]] = true
			path := regexp.MustCompile(`(^|[\s'"(=:])` + regexp.QuoteMeta(m[1]) + "(" + regexp.QuoteMeta(m[2]) + ")")
			short = append(short, func(s string) string { return path.ReplaceAllString(s, "${1}${2}") })
		}
	}
	for _, r := range d.Results {
		for _, c := range r.Cells {
			note(c.Where)
		}
		for _, f := range r.Findings {
			note(f.Where)
		}
	}
	return mapped(d, func(s string) string {
		for i := len(short) - 1; i >= 0; i-- { // whole paths before homes
			s = short[i](s)
		}
		return s
	})
}

// mapped returns a copy of d in which f has replaced every string.
func mapped(d *Document, f func(string) string) (*Document, error) {
	b, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return nil, err
	}
	if b, err = json.Marshal(mapStrings(v, f)); err != nil {
		return nil, err
	}
	d = new(Document)
	return d, json.Unmarshal(b, d)
}

func mapStrings(v any, f func(string) string) any {
	switch v := v.(type) {
	case string:
		return f(v)
	case []any:
		for i, e := range v {
			v[i] = mapStrings(e, f)
		}
	case map[string]any:
		for k, e := range v {
			v[k] = mapStrings(e, f)
		}
	}
	return v
}
