package gather

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

// An object is a JSON object, decoded member by member: one that is wrong
// leaves the others known.
type object map[string]json.RawMessage

// decode returns nil if body is no JSON object.
func decode(body []byte) (o object) {
	if json.Unmarshal(body, &o) != nil {
		return nil
	}
	return o
}

var byteOrderMark = []byte("\ufeff")

// readForm decodes a body as JavaScript does, but for the byte order mark,
// which only some readers there pass over, and says how it is written.
func readForm(body []byte) (o object, form facts.Form) {
	rest, bom := bytes.CutPrefix(body, byteOrderMark)
	form.BOM = bom
	if o = decode(rest); o == nil {
		form.Kind = secret.Name(kind(rest))
		return nil, form
	}
	form.Twice = twice(rest)
	return o, form
}

// twice lists the members of an object, at most 20, that stand in it with more
// than one value.
func twice(body []byte) (names []secret.Name) {
	d := json.NewDecoder(bytes.NewReader(body))
	if _, err := d.Token(); err != nil {
		return nil
	}
	was := map[string]json.RawMessage{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return names
		}
		var v json.RawMessage
		if d.Decode(&v) != nil {
			return names
		}
		name, _ := t.(string)
		if old, there := was[name]; there && !sameJSON(old, v) && len(names) < 20 && !slices.Contains(names, short(name)) {
			names = append(names, short(name))
		}
		was[name] = v
	}
	return names
}

func sameJSON(a, b json.RawMessage) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && bytes.Equal(x.Bytes(), y.Bytes())
}

// short is a name that somebody else chose, cut to what a report can bear.
func short(s string) secret.Name {
	if len(s) > 100 {
		s = s[:100] + "…"
	}
	return secret.Name(s)
}

// member is the member name of o, as seen by v in exchange a.
func member[T any, K comparable](o object, name string, from facts.Provenance, as func(T) K) facts.Known[K] {
	raw, there := o[name]
	var v *T
	switch err := json.Unmarshal(raw, &v); {
	case !there:
		return facts.NotKnown[K](facts.Absent, secret.Textf("no member %s", secret.Name(name)))
	case err != nil:
		return facts.NotKnown[K](facts.Absent, secret.Textf("%s is %s", secret.Name(name), secret.Name(kind(raw))))
	case v == nil:
		return facts.NotKnown[K](facts.Absent, secret.Textf("%s is null", secret.Name(name)))
	}
	return facts.Says(as(*v), from)
}

func asName(s string) secret.Name { return secret.Name(s) }
func asURI(s string) secret.URI   { return secret.URI(s) }
func asText(s string) secret.Text { return secret.Raw(s) }
func asBool(b bool) bool          { return b }
func asInt(n int) int             { return n }
func asNumber(n float64) float64  { return n }

// asTrue is what JavaScript takes for true.
func asTrue(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case string:
		return v != ""
	case float64:
		return v != 0
	}
	return true
}

// list is the member name of o as a list, of which it keeps the strings, at
// most 100. A string in its place is kept as one.
func list(o object, name string, from facts.Provenance) facts.List {
	raw, there := o[name]
	var vs []json.RawMessage
	if !there {
		return facts.List{Why: facts.Why{Reason: facts.Absent, Detail: secret.Textf("no member %s", secret.Name(name))}}
	}
	if one, ok := text(raw); ok {
		return facts.List{Values: []secret.Name{secret.Name(one)}, Text: true, From: from}
	}
	if json.Unmarshal(raw, &vs) != nil || vs == nil {
		return facts.List{Why: facts.Why{Reason: facts.Absent, Detail: secret.Textf("%s is %s, not a list of strings", secret.Name(name), secret.Name(kind(raw)))}}
	}
	l := facts.List{From: from}
	for _, v := range vs[:min(len(vs), 100)] {
		if s, ok := text(v); ok {
			l.Values = append(l.Values, secret.Name(s))
		}
	}
	return l
}

// text is a JSON string.
func text(raw json.RawMessage) (string, bool) {
	var s *string
	if json.Unmarshal(raw, &s) != nil || s == nil {
		return "", false
	}
	return *s, true
}

// kind says what sort of JSON value raw is.
func kind(raw json.RawMessage) string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return "not JSON"
	}
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case float64:
		return "a number"
	case bool:
		return fmt.Sprint(v)
	case []any:
		return "a list"
	}
	return "an object"
}
