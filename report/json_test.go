package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/facts"
)

// validator is a complete one, which our own reading of the schema must equal.
func validator(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(SchemaJSON))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(s *jsonschema.Schema, document string) error {
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	if err != nil {
		return err
	}
	return s.Validate(v)
}

func TestEveryDocumentIsWhatTheSchemaSays(t *testing.T) {
	s := validator(t)
	for _, c := range setups() {
		if err := validate(s, render(t, "json", c.document())); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// Each place of a document is changed in turn: Decode must take what the schema
// takes, refuse what it refuses, and name the place.
func TestDecodeAgreesWithTheSchema(t *testing.T) {
	s := validator(t)
	refused := 0
	for _, m := range mutants(t, render(t, "json", setups()[2].document())) {
		theirs := validate(s, m.json)
		_, ours := Decode(strings.NewReader(m.json))
		switch {
		case (theirs == nil) != (ours == nil):
			t.Errorf("%s: the schema says %v, Decode says %v", m.how, theirs, ours)
		case ours != nil && !strings.Contains(ours.Error(), m.member):
			t.Errorf("%s: the error does not name the place: %v", m.how, ours)
		case ours != nil:
			refused++
		}
	}
	if refused < 500 {
		t.Errorf("only %d were refused", refused)
	}
}

type mutant struct{ how, member, json string }

// mutants takes away each member, adds one to each object, and puts a value of
// each type everywhere.
func mutants(t *testing.T, whole string) (ms []mutant) {
	var root map[string]any
	if err := json.Unmarshal([]byte(whole), &root); err != nil {
		t.Fatal(err)
	}
	add := func(what, at string) {
		b, err := json.Marshal(root)
		if err != nil {
			t.Fatal(err)
		}
		ms = append(ms, mutant{what + " " + at, at[strings.LastIndex(at, ".")+1:], string(b)})
	}
	var visit func(at string, v any, set func(any))
	visit = func(at string, v any, set func(any)) {
		for _, other := range []any{nil, []any{map[string]any{"x": 1}}, map[string]any{"x": 1}, -7.5, true, "\x00 neither"} {
			set(other)
			add(fmt.Sprintf("with %v as", other), at)
			set(v)
		}
		switch v := v.(type) {
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				e := v[k]
				visit(at+"."+k, e, func(x any) { v[k] = x })
				delete(v, k)
				add("without", at+"."+k)
				v[k] = e
			}
			v["surplus"] = 1
			add("with", at+".surplus")
			delete(v, "surplus")
		case []any:
			for i, e := range v {
				visit(fmt.Sprintf("%s[%d]", at, i), e, func(x any) { v[i] = x })
			}
		}
	}
	for _, k := range slices.Sorted(maps.Keys(root)) {
		e := root[k]
		visit(k, e, func(x any) { root[k] = x })
		delete(root, k)
		add("without", k)
		root[k] = e
	}
	return ms
}

func TestDecodeSaysWhatIsWrong(t *testing.T) {
	whole := render(t, "json", setups()[1].document())
	edit := func(old, new string) string {
		if !strings.Contains(whole, old) {
			t.Fatalf("no %s", old)
		}
		return strings.Replace(whole, old, new, 1)
	}
	for _, c := range []struct{ name, in, want string }{
		{"no JSON", "oops", "not a report in JSON: invalid character 'o' looking for beginning of value"},
		{"nothing", "", "not a report in JSON: EOF"},
		{"half of it", whole[:len(whole)/2], "not a report in JSON: unexpected EOF"},
		{"a list", "[]", "not a report of immich-oidc-doctor: it has no number as schema"},
		{"another document", `{"openapi": "3.0"}`, "not a report of immich-oidc-doctor: it has no number as schema"},
		{"a later version", `{"schema": 2, "novelty": true}`, "schema: the report has version 2, this program reads version 1; render it with the program that wrote it"},
		{"two documents", whole + whole, "the report is damaged: something follows after the report"},
		{"an unknown status", edit(`"status": "pass"`, `"status": "passed"`), `the report is damaged: results[0].status: got "passed", want one of [n/a pass skip blocked fail broken]`},
		{"an unknown state", edit(`"status": "ok"`, `"status": "fine"`), `the report is damaged: journeys[0].steps[0].status: got "fine", want one of [ok predicted breaks not-reached unknown]`},
		{"a wrong type", edit(`"exit_code": 1`, `"exit_code": "1"`), "the report is damaged: exit_code: not a int"},
		{"a wrong code", edit(`"exit_code": 1`, `"exit_code": 9`), `the report is damaged: exit_code: got "9", want one of [0 1 3 4]`},
		{"a surplus member", edit(`"immich": {`, `"immich": {"colour": 1,`), `the report is damaged: immich: "colour" is no member of it`},
		{"a missing member", edit(`"exit_code"`, `"exit"`), "the report is damaged: the document: exit_code is missing"},
		{"a cause without result", edit("\"root_causes\": [\n    \"redirect/registered\"", "\"root_causes\": [\n    \"redirect/nothing\""), "the report is damaged: root_causes[0]: no result of redirect/nothing"},
	} {
		if _, err := Decode(strings.NewReader(c.in)); err == nil || err.Error() != c.want {
			t.Errorf("%s\nwant %s\n got %v", c.name, c.want, err)
		}
	}
}

// What the code can say the schema must list, and nothing else.
func TestSchemaListsTheWordsOfTheCode(t *testing.T) {
	var s schema
	if err := json.Unmarshal(SchemaJSON, &s); err != nil {
		t.Fatal(err)
	}
	same := func(name string, in []any, words []string) {
		t.Helper()
		var listed []string
		for _, e := range in {
			listed = append(listed, fmt.Sprint(e))
		}
		slices.Sort(listed)
		slices.Sort(words)
		if !slices.Equal(listed, words) {
			t.Errorf("%s: the schema lists %q, the code says %q", name, listed, words)
		}
	}
	var statuses, severities, grades, vantages []string
	for i := checks.NA; i <= checks.Broken; i++ {
		statuses = append(statuses, i.String())
	}
	for i := checks.Note; i <= checks.Error; i++ {
		severities = append(severities, i.String())
	}
	for i := checks.Assumed; i <= checks.Observed; i++ {
		grades = append(grades, i.String())
	}
	for i := facts.Default; i <= facts.ByImmich; i++ {
		vantages = append(vantages, i.String())
	}
	same("status", s.Defs["status"].Enum, statuses)
	same("severity", s.Defs["severity"].Enum, severities)
	same("grade", s.Defs["grade"].Enum, grades)
	same("seen", s.Defs["place"].Properties["seen"].Enum, vantages)
	same("step", s.Defs["step"].Properties["status"].Enum, constants(t, "../checks", "StepState"))
	same("answer", s.Defs["exchange"].Properties["answer"].Enum, constants(t, "../checks/facts", "Answer"))
}

// constants reads the values of a type of strings from the source, for a new
// one must not escape the schema.
func constants(t *testing.T, folder, of string) (values []string) {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || len(v.Values) != 1 {
				return true
			}
			typ, _ := v.Type.(*ast.Ident)
			lit, _ := v.Values[0].(*ast.BasicLit)
			if typ == nil || typ.Name != of || lit == nil {
				return true
			}
			s, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, s)
			return true
		})
	}
	return values
}
