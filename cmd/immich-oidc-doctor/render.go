package main

import (
	"bytes"

	"github.com/spf13/cobra"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/report"
)

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
