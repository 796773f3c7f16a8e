package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A program is one run of the tool: its streams and its exit code.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	environ        []string
	clock          clock
	code           int
	byEnvironment  map[string]bool // the flags that the environment set
}

// run is the whole program as a function. It returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, environ []string) int {
	p := &program{stdin: stdin, stdout: stdout, stderr: stderr, environ: environ}
	return p.run(ctx, args)
}

func (p *program) run(ctx context.Context, args []string) int {
	root := p.root()
	root.SetArgs(args)
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		var usage *usageError
		fmt.Fprintf(p.stderr, "immich-oidc-doctor: %v\n", err)
		if errors.As(err, &usage) && usage.hint != "" {
			fmt.Fprintf(p.stderr, "hint: %s\n", usage.hint)
		}
		return exitUsage
	}
	return p.code
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "immich-oidc-doctor",
		Short: "say why an Immich login through OpenID Connect breaks, and what to change",
		Long: `immich-oidc-doctor says why an Immich login through OpenID Connect breaks, where,
and what to change. It logs nobody in.

  immich-oidc-doctor check https://photos.example.com

Exit codes: 0 nothing found, 1 the login breaks, 2 wrong usage, 3 something could
not be reached, 4 warnings and --strict.`,
		SilenceUsage: true, SilenceErrors: true, Version: buildVersion(), Args: noCommand,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return p.fromEnvironment(cmd.Flags()) },
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SetVersionTemplate("immich-oidc-doctor {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(p.checkCommand(), p.factsCommand(), p.renderCommand(), p.demoCommand(), p.listCommand(), p.explainCommand(), p.versionCommand())
	return root
}

const environmentPrefix = "IMMICH_OIDC_DOCTOR_"

// fromEnvironment sets each flag that was not given from IMMICH_OIDC_DOCTOR_NAME.
func (p *program) fromEnvironment(flags *pflag.FlagSet) (err error) {
	given := map[string]string{}
	for _, kv := range p.environ {
		if name, value, ok := strings.Cut(kv, "="); ok && strings.HasPrefix(name, environmentPrefix) {
			given[strings.TrimPrefix(name, environmentPrefix)] = value
		}
	}
	flags.VisitAll(func(f *pflag.Flag) {
		name := environmentName(f.Name)
		if value, ok := given[name]; ok && !f.Changed && err == nil {
			values := []string{value}
			if f.Value.Type() == "stringArray" { // several, with commas between
				values = strings.Split(value, ",")
			}
			for _, v := range values {
				if e := flags.Set(f.Name, strings.TrimSpace(v)); e != nil {
					err = wrong("unset it, or correct it", "%s%s: not a value for --%s", environmentPrefix, name, f.Name)
				}
			}
			if p.byEnvironment == nil {
				p.byEnvironment = map[string]bool{}
			}
			p.byEnvironment[f.Name] = true
		}
	})
	return err
}

// typed reports whether a flag was given on the command line. What the
// environment says is for every run, and so it contradicts none.
func (p *program) typed(cmd *cobra.Command, flag string) bool {
	return cmd.Flags().Changed(flag) && !p.byEnvironment[flag]
}
