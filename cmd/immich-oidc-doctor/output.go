package main

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/report"
)

// factsFormat is the format of --output that is no report: what was learnt,
// for check --from.
const factsFormat = "facts"

// What the flags say of the reports.
type outputFlags struct {
	format  string
	outputs []string
	strict  bool
}

func (o *outputFlags) register(fs *pflag.FlagSet) {
	fs.StringVarP(&o.format, "format", "f", "text", "`FORMAT` of the report on stdout: "+formatNames())
	fs.StringArrayVarP(&o.outputs, "output", "o", nil, "write a report there as well, as `FORMAT=FILE`; repeatable, - is stdout")
}

func (o *outputFlags) registerStrict(fs *pflag.FlagSet) {
	fs.BoolVar(&o.strict, "strict", false, "exit with 4 if there are warnings")
}

func formatNames() string {
	var names []string
	for _, f := range report.Formats {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// An output is one report to be written: to stdout if it has no file.
type output struct {
	format string
	file   *newFile
}

// outputs are all that a run writes, stdout last.
type outputs []output

// prepare finds everything that is wrong with what is asked of the output, and
// makes sure that every file can be written, before anybody is asked anything.
func (o *outputFlags) prepare(p *program, cmd *cobra.Command, withFacts bool) (all outputs, err error) {
	names := formatNames()
	if withFacts {
		names += ", " + factsFormat
	}
	if _, err := report.FormatNamed(o.format); err != nil {
		return nil, wrong("--format takes "+formatNames(), "--format %q: no such format", o.format)
	}
	stdout, taken := output{format: o.format}, false
	for _, spec := range o.outputs {
		format, name, ok := strings.Cut(spec, "=")
		if _, err := report.FormatNamed(format); err != nil && (format != factsFormat || !withFacts) {
			if !ok {
				format = spec
			}
			return nil, wrong("write it as --output junit=report.xml; the formats are "+names, "--output %q: no such format", format)
		}
		switch {
		case !ok || name == "":
			return nil, wrong(fmt.Sprintf("write it as --output %s=FILE", format), "--output %s: no file", format)
		case name == "-" && (taken || p.typed(cmd, "format")):
			return nil, wrong("give --format, or one --output FORMAT=-", "--output %s=-: there is another report for stdout", format)
		case name == "-":
			stdout.format, taken = format, true
			continue
		}
		if file, err := create(name); err != nil {
			return nil, unwritable("--output", name, err)
		} else if all = append(all, output{format, file}); all.twice() {
			return nil, wrong("give each report a file of its own", "--output: %s is there twice", name)
		}
	}
	return append(all, stdout), nil
}

// twice reports whether the last of all goes to the file of another.
func (all outputs) twice() bool {
	path := func(o output) string {
		if abs, err := filepath.Abs(o.file.path); err == nil {
			return abs
		}
		return o.file.path
	}
	last := len(all) - 1
	for _, o := range all[:last] {
		if path(o) == path(all[last]) {
			return true
		}
	}
	return false
}

// write renders everything first, so that no file is written of a run that
// cannot be rendered, and writes all that it can.
func (all outputs) write(p *program, d *report.Document, f *facts.Facts) error {
	rendered := make([]bytes.Buffer, len(all))
	for i, o := range all {
		opt := report.TextOptions{}
		if o.file == nil {
			opt = report.TextOptions{Color: p.colour(), Width: p.width()}
		}
		if err := o.render(&rendered[i], d, f, opt); err != nil {
			return fmt.Errorf("rendering the report: %w", err)
		}
	}
	var errs []error
	for i, o := range all {
		if o.file == nil {
			if _, err := p.stdout.Write(rendered[i].Bytes()); err != nil {
				errs = append(errs, fmt.Errorf("writing the report: %w", err))
			}
		} else if err := o.file.write(rendered[i].Bytes()); err != nil {
			errs = append(errs, unwritten(o.file.path, err))
		}
	}
	return errors.Join(errs...)
}

func (o output) render(w *bytes.Buffer, d *report.Document, f *facts.Facts, opt report.TextOptions) error {
	if o.format == factsFormat {
		return facts.Encode(w, f, tool())
	}
	format, err := report.FormatNamed(o.format)
	if err != nil {
		return err
	}
	return format.Render(w, d, opt)
}

// tool is the program that facts were learnt by.
func tool() string { return "immich-oidc-doctor " + buildVersion() }
