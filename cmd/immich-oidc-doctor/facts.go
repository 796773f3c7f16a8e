package main

import (
	"strings"

	"github.com/spf13/cobra"

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
			run, err := c.prepare(p, args)
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
