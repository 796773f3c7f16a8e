package main

import (
	"bytes"
	"strings"

	"github.com/spf13/cobra"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/report"
)

func (p *program) factsCommand() *cobra.Command {
	var c checkFlags
	var name string
	cmd := &cobra.Command{
		Use:   "facts ADDRESS",
		Short: "learn what check learns and save it, judge nothing",
		Long: `facts sends what check sends and writes down what it learnt, as JSON.
'check --from' judges it, here or elsewhere, now or with a later version: the
report is the same as if check had asked. Credentials that servers showed are
masked in it.

It exits with 0 when the facts are written, whatever they say.`,
		Example: `  immich-oidc-doctor facts https://photos.example.com --output facts.json
  immich-oidc-doctor facts https://photos.example.com | immich-oidc-doctor check --from -`,
		Args: atMostOne("one address"),
		RunE: func(cmd *cobra.Command, args []string) error {
			run, err := c.prepare(args)
			if err != nil {
				return err
			}
			if c.dryRun {
				return p.showPlan(run.given, run.upTo)
			}
			out := outputs{{format: factsFormat}}
			if name != "" && name != "-" {
				if format, file, is := strings.Cut(name, "="); is && (format == factsFormat || named(format)) {
					return wrong("write it as --output "+file, "--output: facts are written in one format, which is not named")
				}
				if out[0].file, err = create(name); err != nil {
					return unwritable("--output", name, err)
				}
			}
			return out.write(p, nil, p.lookPatiently(cmd.Context(), run))
		},
	}
	c.live(cmd.Flags())
	cmd.Flags().StringVarP(&name, "output", "o", "", "write them to this `FILE`; - is stdout")
	return cmd
}

func named(format string) bool {
	_, err := report.FormatNamed(format)
	return err == nil
}

func (p *program) renderCommand() *cobra.Command {
	var out outputFlags
	cmd := &cobra.Command{
		Use:   "render FILE",
		Short: "turn a report in JSON into any other format",
		Long: `render reads a report that --format json or --output json=FILE wrote, and writes
it in other formats, as the run itself would have done. - is stdin.

It exits with 0 when the reports are written: the exit code of the run stands in
the report, as exit_code.`,
		Example: `  immich-oidc-doctor render report.json
  immich-oidc-doctor render report.json --output junit=report.xml --format markdown`,
		Args: exactly(1, "one report in JSON, or - for stdin"),
		RunE: func(cmd *cobra.Command, args []string) error {
			const hint = "render takes a report in JSON, as --format json or --output json=FILE write it, or - for stdin"
			b, err := p.read("render", args[0], hint)
			if err != nil {
				return err
			}
			d, err := report.Decode(bytes.NewReader(b))
			if err != nil {
				if _, err := facts.Decode(bytes.NewReader(b)); err == nil {
					return wrong("'immich-oidc-doctor check --from FILE' judges them", "render: these are facts, not a report")
				}
				return wrong(hint, "render: %v", err)
			}
			all, err := out.prepare(p, cmd, false)
			if err != nil {
				return err
			}
			return all.write(p, d, nil)
		},
	}
	out.register(cmd.Flags())
	return cmd
}
