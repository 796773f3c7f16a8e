package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A schema is the part of JSON Schema that schema.json uses: the file that
// tells others what a report is decides what Decode takes. A test compares its
// answers with a complete validator.
type schema struct {
	Schema      string             `json:"$schema"`
	ID          string             `json:"$id"`
	Title       string             `json:"title"`
	Description string             `json:"description"`
	Ref         string             `json:"$ref"`
	Type        string             `json:"type"`
	Const       *json.Number       `json:"const"`
	Enum        []any              `json:"enum"`
	Pattern     string             `json:"pattern"`
	Format      string             `json:"format"`
	Items       *schema            `json:"items"`
	Properties  map[string]*schema `json:"properties"`
	Required    []string           `json:"required"`
	Additional  *bool              `json:"additionalProperties"`
	Defs        map[string]*schema `json:"$defs"`
}

// conforms reports the first place where document is not what the schema says.
func conforms(document, by []byte) error {
	root, d := new(schema), json.NewDecoder(bytes.NewReader(by))
	d.DisallowUnknownFields() // a keyword that nobody here would obey
	if err := d.Decode(root); err != nil {
		return fmt.Errorf("schema.json: %w", err)
	}
	var v any
	d = json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return err
	}
	if d.More() {
		return fmt.Errorf("something follows after the report")
	}
	return root.check(root.Defs, "", v)
}

func (s *schema) check(defs map[string]*schema, at string, v any) error {
	if s.Ref != "" {
		return defs[strings.TrimPrefix(s.Ref, "#/$defs/")].check(defs, at, v)
	}
	wrong := func(format string, args ...any) error {
		if at == "" {
			at = "the document"
		}
		return fmt.Errorf("%s: %s", strings.TrimPrefix(at, "."), fmt.Sprintf(format, args...))
	}
	if s.Type != "" && !s.typed(v) {
		return wrong("not of type %s", s.Type)
	}
	if s.Const != nil && v != any(*s.Const) {
		return wrong("want %s", *s.Const)
	}
	if s.Enum != nil && !slices.ContainsFunc(s.Enum, func(e any) bool { return fmt.Sprint(e) == fmt.Sprint(v) }) {
		return wrong("got %q, want one of %v", fmt.Sprint(v), s.Enum)
	}
	switch v := v.(type) {
	case string:
		if s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(v) {
			return wrong("%q is not spelt like one", v)
		}
		if _, err := time.Parse(time.RFC3339, v); s.Format == "date-time" && err != nil {
			return wrong("%q is not a time", v)
		}
	case []any:
		for i, e := range v {
			if err := s.Items.check(defs, fmt.Sprintf("%s[%d]", at, i), e); err != nil {
				return err
			}
		}
	case map[string]any:
		return s.members(defs, at, v, wrong)
	}
	return nil
}

func (s *schema) members(defs map[string]*schema, at string, v map[string]any, wrong func(string, ...any) error) error {
	for _, name := range s.Required {
		if _, ok := v[name]; !ok {
			return wrong("%s is missing", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if s.Properties[name] == nil {
			return wrong("%q is no member of it", name)
		}
		if err := s.Properties[name].check(defs, at+"."+name, v[name]); err != nil {
			return err
		}
	}
	return nil
}

func (s *schema) typed(v any) bool {
	switch v := v.(type) {
	case string:
		return s.Type == "string"
	case bool:
		return s.Type == "boolean"
	case []any:
		return s.Type == "array"
	case map[string]any:
		return s.Type == "object"
	case json.Number:
		_, err := strconv.Atoi(v.String())
		return s.Type == "number" || s.Type == "integer" && err == nil
	}
	return false
}
