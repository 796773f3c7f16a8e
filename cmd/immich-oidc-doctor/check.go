package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/catalog"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
	"immich-oidc-doctor/report"
)

// slots is how many sources learn at the same time.
const slots = 8

func (p *program) checkCommand() *cobra.Command {
	var target targetFlags
	var out outputFlags
	cmd := &cobra.Command{
		Use:   "check ADDRESS",
		Short: "look at an Immich server and its provider, log nobody in",
		Long: `check asks Immich at ADDRESS what everybody may ask it, lets it start a login, and
looks at the provider that it names: the way there, its discovery document, its
keys, and whether it knows the redirect URIs. Nobody is logged in, and nothing is
changed.`,
		Example: "  immich-oidc-doctor check https://photos.example.com\n  immich-oidc-doctor check https://photos.example.com --format markdown > report.md",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return exactly(1, "one address")(cmd, args)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			given, err := target.target(args)
			if err != nil {
				return err
			}
			c, err := target.wire()
			if err != nil {
				return err
			}
			format, err := out.chosen()
			if err != nil {
				return err
			}
			upTo := gather.Probes
			if target.noProbe {
				upTo = gather.Reads
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), target.timeout)
			defer cancel()
			return p.write(judge(p.learn(ctx, c, given, upTo), out.strict), format)
		},
	}
	target.register(cmd.Flags())
	out.register(cmd.Flags())
	return cmd
}

// learn is the half that touches the world.
func (p *program) learn(ctx context.Context, c wire.Config, given *facts.Facts, upTo gather.Risk) *facts.Facts {
	w := wire.New(c)
	defer w.Close()
	line := p.progress(gather.Sources())
	defer line.done()
	return gather.Gather(ctx, w, given, gather.Sources(), upTo, slots, line.settled)
}

// judge is the half that does not: live and from saved facts it is the same function.
func judge(f *facts.Facts, strict bool) *report.Document {
	about := report.About{Version: buildVersion(), Strict: strict}
	facts.If(f.Server, func(s facts.ServerInfo) {
		facts.If(s.Version, func(v secret.Name) { about.Note = note(string(v)) })
	})
	facts.If(f.Authorize, func(l facts.AuthorizeLog) {
		for _, t := range l.Tries {
			facts.If(t.Endpoint, func(u secret.URI) {
				known, _ := provider.Of(string(u))
				about.Provider = known.Name
			})
		}
	})
	var origin secret.Name
	facts.If(f.Origins, func(l facts.OriginList) { origin = l.Main() })
	return report.New(f, checks.Run(catalog.All(), f, origin), about)
}

// note is what to know of a release that the rules do not cover.
func note(release string) string {
	switch plain := immich.Plain(release); {
	case plain == "":
		return "not a release that can be read; judged as " + immich.Newest
	case immich.Before(immich.Newest, plain):
		return fmt.Sprintf("newer than %s, the newest release that this version knows; judged as that, and so only assumed", immich.Newest)
	case immich.Before(plain, immich.Oldest):
		return fmt.Sprintf("older than %s, the first release with OpenID Connect", immich.Oldest)
	}
	return ""
}

// What the flags say of the report.
type outputFlags struct {
	format string
	strict bool
}

func (o *outputFlags) register(fs *pflag.FlagSet) {
	fs.StringVarP(&o.format, "format", "f", "text", "of the report: "+formatNames())
	fs.BoolVar(&o.strict, "strict", false, "exit with 4 if there are warnings")
}

func formatNames() string {
	var names []string
	for _, f := range report.Formats {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

func (o *outputFlags) chosen() (report.Format, error) {
	for _, f := range report.Formats {
		if f.Name == o.format {
			return f, nil
		}
	}
	return report.Format{}, wrong("--format takes "+formatNames(), "--format %q: no such format", o.format)
}

// write prints d and takes its exit code for ours.
func (p *program) write(d *report.Document, format report.Format) error {
	var b strings.Builder
	if err := format.Render(&b, d, report.TextOptions{Color: p.colour(), Width: p.width()}); err != nil {
		return fmt.Errorf("rendering the report: %w", err)
	}
	if _, err := io.WriteString(p.stdout, b.String()); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	p.code = d.ExitCode
	return nil
}
