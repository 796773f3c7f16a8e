package report

import (
	"fmt"
	"io"
	"strings"
)

// A Format is one way to write a Document.
type Format struct {
	Name string // as in --format
	Doc  string // what it is for, half a line for the help

	// Render writes d. Only a format for terminals heeds the options.
	Render func(w io.Writer, d *Document, opt TextOptions) error
}

// Formats lists every format, the default first.
var Formats = []Format{
	{"text", "for a terminal", Text},
	{"markdown", "for a support thread", func(w io.Writer, d *Document, _ TextOptions) error { return Markdown(w, d) }},
	{"json", "everything, for programs; render reads it again", func(w io.Writer, d *Document, _ TextOptions) error { return JSON(w, d) }},
	{"junit", "for CI: a test case for each check", func(w io.Writer, d *Document, _ TextOptions) error { return JUnit(w, d) }},
}

// FormatNamed returns the format of that name; the error lists those there are.
func FormatNamed(name string) (Format, error) {
	var names []string
	for _, f := range Formats {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return Format{}, fmt.Errorf("no report format %q: want %s", name, strings.Join(names, ", "))
}
