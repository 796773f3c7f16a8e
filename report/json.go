package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// SchemaJSON is the JSON Schema (2020-12) of what JSON writes and Decode reads.
//
//go:embed schema.json
var SchemaJSON []byte

// biggest is the largest report that Decode reads: a run makes a few dozen
// exchanges, a file beyond this is something else.
const biggest = 32 << 20

// JSON writes d for programs. Decode reads it back.
func JSON(w io.Writer, d *Document) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(d)
}

// Decode reads what JSON wrote, so that it can be rendered to every other
// format. It refuses what SchemaJSON does not describe, and says where.
func Decode(r io.Reader) (*Document, error) {
	b, err := io.ReadAll(io.LimitReader(r, biggest+1))
	if err != nil {
		return nil, fmt.Errorf("reading the report: %w", err)
	}
	if len(b) > biggest {
		return nil, fmt.Errorf("the report is larger than %d MiB", biggest>>20)
	}
	if err := knownSchema(b); err != nil {
		return nil, err
	}
	if err := conforms(b, SchemaJSON); err != nil {
		return nil, fmt.Errorf("the report is damaged: %w", err)
	}
	d := new(Document)
	if err := json.Unmarshal(b, d); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return nil, fmt.Errorf("the report is damaged: %s: not a %s", wrong.Field, wrong.Type)
		}
		return nil, fmt.Errorf("the report is damaged: %w", err)
	}
	for i, id := range d.RootCauses {
		if !slices.ContainsFunc(d.Results, func(r Result) bool { return r.ID == id }) {
			return nil, fmt.Errorf("the report is damaged: root_causes[%d]: no result of %s", i, id)
		}
	}
	return d, nil
}

// knownSchema looks at the version before anything else: of a report of
// another version every other complaint would mislead.
func knownSchema(b []byte) error {
	var head struct {
		Schema any `json:"schema"`
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&head); err != nil && !errors.As(err, new(*json.UnmarshalTypeError)) {
		return fmt.Errorf("not a report in JSON: %w", err)
	}
	switch version, ok := head.Schema.(json.Number); {
	case !ok:
		return errors.New("not a report of immich-oidc-doctor: it has no number as schema")
	case version.String() != fmt.Sprint(Schema):
		return fmt.Errorf("schema: the report has version %s, this program reads version %d; render it with the program that wrote it", version, Schema)
	}
	return nil
}
