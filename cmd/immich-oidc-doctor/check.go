package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/report"
)

// slots is how many sources learn at the same time.
const slots = 8

// What the flags of check and facts say.
type checkFlags struct {
	target targetFlags
	out    outputFlags
	wait   time.Duration
	from   string
	dryRun bool
}

func (p *program) checkCommand() *cobra.Command {
	var c checkFlags
	cmd := &cobra.Command{
		Use:   "check ADDRESS",
		Short: "look at an Immich server and its provider, log nobody in",
		Long: `check asks Immich at ADDRESS what everybody may ask it, lets it start a login,
and looks at the provider that it names: the way there, its discovery document,
its keys, and whether it knows the redirect URIs. Nobody is logged in, and
nothing is changed. --dry-run prints every request that this would take, and
sends none.

The report goes to stdout in the format that --format names. --output
FORMAT=FILE writes one to FILE as well, whole or not at all. Beside the formats
of --format it takes facts: what was learnt, which --from judges again without
asking anybody.

--wait asks again, at growing intervals, as long as all that is wrong is that
something does not answer: Immich or the provider is still starting. It never
waits for a wrong issuer, an untrusted certificate or an unknown redirect URI.`,
		Example: `  immich-oidc-doctor check https://photos.example.com
  immich-oidc-doctor check https://photos.example.com --format markdown > report.md
  immich-oidc-doctor check https://photos.example.com --wait 2m -o junit=report.xml -o facts=facts.json
  immich-oidc-doctor check --from facts.json --format json
  immich-oidc-doctor check https://photos.example.com --dry-run`,
		Args: atMostOne("one address"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if c.from != "" {
				return p.checkAgain(cmd, args, c)
			}
			return p.checkLive(cmd, args, c)
		},
	}
	c.live(cmd.Flags())
	c.out.register(cmd.Flags())
	c.out.registerStrict(cmd.Flags())
	cmd.Flags().StringVar(&c.from, "from", "", "judge the facts in this `FILE` and ask nobody; - is stdin")
	return cmd
}

// live registers what only a run that asks somebody can heed.
func (c *checkFlags) live(fs *pflag.FlagSet) {
	c.target.register(fs)
	fs.DurationVar(&c.wait, "wait", 0, "ask again for so `LONG` while nothing answers, such as 2m")
	fs.BoolVar(&c.dryRun, "dry-run", false, "print what would be sent, send nothing, make no report")
}

func (p *program) checkLive(cmd *cobra.Command, args []string, c checkFlags) error {
	run, err := c.prepare(p, args)
	if err != nil {
		return err
	}
	if c.dryRun {
		return p.showPlan(run.given, run.upTo)
	}
	out, err := c.out.prepare(p, cmd, true)
	if err != nil {
		return err
	}
	return p.conclude(out, p.lookPatiently(cmd.Context(), run), c.out.strict)
}

// conclude judges what was learnt, writes the reports, and takes their exit
// code for ours.
func (p *program) conclude(out outputs, f *facts.Facts, strict bool) error {
	d := judge(f, strict)
	p.code = d.ExitCode
	return out.write(p, d, f)
}

// checkAgain judges saved facts.
func (p *program) checkAgain(cmd *cobra.Command, args []string, c checkFlags) error {
	const hint = "--from takes a file that 'immich-oidc-doctor facts' or --output facts=FILE wrote, or - for stdin"
	if len(args) > 0 {
		return wrong("leave out the address, or --from", "--from judges what was learnt, and asks nobody at an address")
	}
	live := pflag.NewFlagSet("", pflag.ContinueOnError)
	new(checkFlags).live(live)
	var typed []string
	live.VisitAll(func(f *pflag.Flag) {
		if p.typed(cmd, f.Name) {
			typed = append(typed, "--"+f.Name)
		}
	})
	if len(typed) > 0 {
		names := strings.Join(typed, ", ")
		return wrong("leave out "+names+", or --from", "--from judges what was learnt: %s would come too late", names)
	}
	b, err := p.read("--from", c.from, hint)
	if err != nil {
		return err
	}
	f, err := facts.Decode(strings.NewReader(string(b)))
	if err != nil {
		if _, err := report.Decode(strings.NewReader(string(b))); err == nil {
			return wrong("'immich-oidc-doctor render FILE' shows it", "--from: that is a report, not facts")
		}
		return wrong(hint, "--from: %v", err)
	}
	out, err := c.out.prepare(p, cmd, true)
	if err != nil {
		return err
	}
	return p.conclude(out, f, c.out.strict)
}

// A look is everything that is settled before anybody is asked.
type look struct {
	given         *facts.Facts
	client        wire.Config
	upTo          gather.Risk
	timeout, wait time.Duration
}

// prepare turns the flags into a look, or says what is wrong with them.
func (c *checkFlags) prepare(p *program, args []string) (run look, err error) {
	if err := c.target.credentials(p); err != nil {
		return run, err
	}
	if len(args) > 0 && p.byEnvironment["server"] {
		c.target.server = "" // the argument is of this run, the environment of every run
	}
	if run.given, err = c.target.target(args); err != nil {
		return run, err
	}
	if run.client, err = c.target.wire(); err != nil {
		return run, err
	}
	if c.wait < 0 {
		return run, wrong("such as --wait 2m", "--wait: a time below zero")
	}
	run.upTo, run.timeout, run.wait = gather.Probes, c.target.timeout, c.wait
	if c.target.noProbe {
		run.upTo = gather.Reads
	}
	return run, nil
}

// lookPatiently is one look, or several if --wait allows. On a terminal it
// says how much the last one asked of the provider.
func (p *program) lookPatiently(ctx context.Context, run look) *facts.Facts {
	f := p.patiently(ctx, run.wait, func(ctx context.Context) *facts.Facts {
		ctx, cancel := context.WithTimeout(ctx, run.timeout)
		defer cancel()
		return p.learn(ctx, run.client, run.given, run.upTo)
	})
	if _, ok := terminal(p.stderr); ok {
		fmt.Fprintf(p.stderr, "the provider got %s\n", many(gather.Sent(gather.Sources(), f, gather.ToProvider), "request"))
	}
	return f
}

// learn is the half that touches the world.
func (p *program) learn(ctx context.Context, c wire.Config, given *facts.Facts, upTo gather.Risk) *facts.Facts {
	w := wire.New(c)
	defer w.Close()
	now := given.Only(facts.Kinds...)
	now.Clock = facts.Is(p.clock.time().UTC().Truncate(time.Second)) // of this look, if there are several
	line := p.progress(gather.Sources())
	defer line.done()
	return gather.Gather(ctx, w, now, gather.Sources(), upTo, slots, line.settled)
}
