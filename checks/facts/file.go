package facts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"immich-oidc-doctor/checks/secret"
)

// Schema is the version of the JSON form of Facts. It changes when a member
// that exists gets another name or meaning. A new member does not change it:
// an older program refuses what it does not know, by name.
const Schema = 1

// biggest is the largest file that Decode reads: a run makes a few dozen
// exchanges and keeps 8 KiB of each.
const biggest = 32 << 20

// Encode writes f as facts.json; tool is the name and version of the program
// that learnt it. f is sealed: only what may be shown can be written.
func Encode(w io.Writer, f *Facts, tool string) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(struct {
		Schema int    `json:"schema"`
		Tool   string `json:"tool"`
		*Facts
	}{Schema, tool, f})
}

// Decode reads what Encode wrote. It refuses what this program would not have
// written, and says where: a member that is skipped in silence would make a
// verdict of less than was learnt.
func Decode(r io.Reader) (*Facts, error) {
	b, err := io.ReadAll(io.LimitReader(r, biggest+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the facts: %w", err)
	case len(b) > biggest:
		return nil, fmt.Errorf("the facts are larger than %d MiB", biggest>>20)
	}
	members, err := head(b)
	if err != nil {
		return nil, err
	}
	f := new(Facts)
	for _, k := range Kinds {
		raw, there := members[k.String()]
		if !there {
			continue // gathered before there was such a fact: not asked for
		}
		if err := k.in(f).UnmarshalJSON(raw); err != nil {
			return nil, fmt.Errorf("the facts are damaged: %w", at(k.String(), err))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if name != "schema" && name != "tool" && !slices.ContainsFunc(Kinds, func(k Kind) bool { return k.String() == name }) {
			return nil, fmt.Errorf("the facts are damaged: %s: no such fact", name)
		}
	}
	if err := whole(b, f); err != nil {
		return nil, fmt.Errorf("the facts are damaged: %w", err)
	}
	if why := hollow(f); why != "" {
		return nil, fmt.Errorf("the facts are damaged: %s", why)
	}
	return f, nil
}

// hollow says what no run leaves out; "" if nothing lacks.
func hollow(f *Facts) (why string) {
	if f.Why(Target) != (Why{}) {
		return "target: it is missing, so nothing was asked about"
	}
	If(f.Authorize, func(l AuthorizeLog) {
		if len(l.Tries) == 0 {
			why = "authorize.value.tries: it is empty"
		}
	})
	If(f.Redirects, func(l RedirectLog) {
		if len(l.Tries) == 0 {
			why = "redirects.value.tries: it is empty"
		}
		for _, t := range l.Tries {
			if t.Journey != "web" && t.Journey != "linking" && t.Journey != "mobile" {
				why = "redirects.value.tries.journey: want web, linking or mobile"
			}
		}
	})
	If(f.Doors, func(l DoorList) {
		if len(l.All) == 0 {
			why = "doors.value.all: it is empty"
		}
	})
	return why
}

// head takes the document apart and looks at its version before anything else:
// of facts of another version every other complaint would mislead.
func head(b []byte) (members map[string]json.RawMessage, err error) {
	d := json.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(&members); err != nil {
		var syntax *json.SyntaxError
		switch {
		case errors.As(err, &syntax):
			line := 1 + bytes.Count(b[:syntax.Offset], []byte("\n"))
			column := syntax.Offset - int64(bytes.LastIndexByte(b[:syntax.Offset], '\n')) - 1
			return nil, fmt.Errorf("not facts in JSON: line %d, column %d (byte %d): %w", line, column, syntax.Offset, err)
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil, fmt.Errorf("not facts in JSON: it ends too early, at byte %d", len(b))
		}
		return nil, errors.New("not facts of immich-oidc-doctor: no JSON object")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the facts are damaged: something follows after them, at byte %d", d.InputOffset())
	}
	var version json.Number
	if json.Unmarshal(members["schema"], &version) != nil || members["schema"][0] == '"' {
		return nil, errors.New("not facts of immich-oidc-doctor: they have no number as schema")
	}
	if version.String() != fmt.Sprint(Schema) {
		var tool string
		_ = json.Unmarshal(members["tool"], &tool) // decoration
		if tool == "" || len(tool) > 80 || strings.ContainsFunc(tool, func(r rune) bool { return r < ' ' || r > '~' }) {
			tool = "the program that wrote them"
		}
		return nil, fmt.Errorf("schema: the facts have version %s, this program reads version %d; read them with %s", version, Schema, tool)
	}
	return members, nil
}

// at says where err arose, in the words of the document.
func at(place string, err error) error {
	var wrong *json.UnmarshalTypeError
	var when *time.ParseError
	switch {
	case errors.As(err, &wrong):
		return fmt.Errorf("%s: got a %s, want %s", strings.TrimSuffix(place+"."+wrong.Field, "."), wrong.Value, named(wrong.Type))
	case errors.As(err, &when):
		return fmt.Errorf("%s: not a time in the form %s", place, time.RFC3339)
	}
	return fmt.Errorf("%s: %w", place, err)
}

// named is what JSON, and our vocabulary, call a type.
func named(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Slice:
		return "a list"
	case reflect.String:
		if words := vocabularies[t]; words != nil {
			return "one of " + strings.Join(words, ", ")
		}
		return "a string"
	}
	if t == reflect.TypeFor[secret.Text]() {
		return "a string"
	}
	return "an object"
}

// whole reports the first place where b says more, or other, than f.
func whole(b []byte, f *Facts) error {
	again, err := json.Marshal(f)
	if err != nil {
		return err
	}
	var was, is any
	for _, x := range []struct {
		raw []byte
		to  *any
	}{{b, &was}, {again, &is}} {
		d := json.NewDecoder(bytes.NewReader(x.raw))
		d.UseNumber()
		if err := d.Decode(x.to); err != nil {
			return err
		}
	}
	delete(was.(map[string]any), "schema")
	delete(was.(map[string]any), "tool")
	if place := lost("", was, is); place != "" {
		return fmt.Errorf("%s: not what this program would have written", strings.TrimPrefix(place, "."))
	}
	return nil
}

// lost is the first place at which was has something that is lacks; nothing at
// all, written out or left away, is the same.
func lost(place string, was, is any) string {
	switch was := was.(type) {
	case map[string]any:
		is, _ := is.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(was)) {
			if p := lost(place+"."+name, was[name], is[name]); p != "" {
				return p
			}
		}
		return ""
	case []any:
		is, _ := is.([]any)
		for i, e := range was {
			if i == len(is) {
				return fmt.Sprintf("%s[%d]", place, i)
			}
			if p := lost(fmt.Sprintf("%s[%d]", place, i), e, is[i]); p != "" {
				return p
			}
		}
		return ""
	case string:
		is, ok := is.(string)
		one, err := time.Parse(time.RFC3339, was)
		two, err2 := time.Parse(time.RFC3339, is)
		if was == "" || ok && (was == is || err == nil && err2 == nil && one.Equal(two)) {
			return ""
		}
	case json.Number:
		if n, err := was.Float64(); err == nil && n == 0 {
			return ""
		}
	}
	if was == nil || was == false || reflect.DeepEqual(was, is) {
		return ""
	}
	return place
}
