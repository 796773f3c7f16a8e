package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/oidctest"
	"immich-oidc-doctor/checks/secret"
)

func (p *program) demoCommand() *cobra.Command {
	var (
		out           outputFlags
		name, release string
		list, noProbe bool
		settings      bool
		timeout       time.Duration
	)
	cmd := &cobra.Command{
		Use: "demo", Short: "run check on a built-in Immich and provider, healthy or broken on purpose",
		Example: `  immich-oidc-doctor demo
  immich-oidc-doctor demo --fault missing-mobile-uri
  immich-oidc-doctor demo --fault es256-keys --output junit=report.xml --output facts=facts.json`,
		Args: exactly(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if list {
				return p.listFaults()
			}
			fault, err := faultNamed(name)
			if err != nil {
				return err
			}
			if release != "" {
				if immich.Plain(release) == "" {
					return wrong("such as --release v2.7.5", "--release %q: not a release", release)
				}
				fault.Release = release
			}
			if !cmd.Flags().Changed("settings") {
				settings = name == "" // the healthy one shows all that can be said
			}
			if settings && fault.GiveKey == "" {
				fault.GiveKey = oidctest.AdminKey
			}
			upTo := gather.Probes
			if noProbe {
				upTo = gather.Reads
			}
			reports, err := out.prepare(p, cmd, true)
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), timeout)
			defer cancel()
			f, err := p.demo(ctx, fault, upTo, timeout)
			if err != nil {
				return err
			}
			return p.conclude(reports, f, out.strict)
		},
	}
	out.register(cmd.Flags())
	out.registerStrict(cmd.Flags())
	cmd.Flags().StringVar(&name, "fault", "", "break it in the way of this `NAME`")
	cmd.Flags().StringVar(&release, "release", "", "`RELEASE` of Immich, such as v1.118.2")
	cmd.Flags().BoolVar(&list, "list-faults", false, "list the ways to break it")
	cmd.Flags().BoolVar(&settings, "settings", false, "give an API key too, so that Immich's settings are read; the default without --fault")
	cmd.Flags().BoolVar(&noProbe, "no-probe", false, "send the provider no request that it may log as a failed one, only read")
	cmd.Flags().DurationVar(&timeout, "client-timeout", 20*time.Second, "`TIME` for the whole run; a single request gets a quarter of it")
	return cmd
}

// demo starts the pair, does what check does, and stops it.
func (p *program) demo(ctx context.Context, fault oidctest.Fault, upTo gather.Risk, timeout time.Duration) (*facts.Facts, error) {
	s, err := fault.Start()
	if err != nil {
		return nil, fmt.Errorf("starting the demo: %w", err)
	}
	defer s.Close()
	target := targetFlags{server: s.Immich.URL(), timeout: timeout, algorithm: fault.GiveAlgorithm, apiKey: secret.New(fault.GiveKey)}
	if s.Immich.Host != "" {
		target.resolve = []string{s.Immich.Host + ":127.0.0.1"}
	}
	if fault.GiveIssuer {
		target.issuer = s.Immich.OAuth.IssuerURL
	}
	if immich.Before(s.Immich.Release, "v1.92.0") { // which does not say where people open it
		target.origins = []string{s.Immich.URL()}
	}
	if host := s.Provider.Host; host != "" && !strings.HasSuffix(host, ".invalid") { // which no machine resolves, RFC 6761 6.4
		if fault.Dead != "" {
			target.resolve = append(target.resolve, host+":"+fault.Dead)
		}
		target.resolve = append(target.resolve, host+":127.0.0.1")
	}
	given, err := target.target(nil)
	if err != nil {
		return nil, err
	}
	c, err := target.wire()
	if err != nil {
		return nil, err
	}
	if c.Roots = s.CAs(); !fault.OwnCA {
		c.Immich = s.Provider.Authorities()
	}
	fmt.Fprintf(p.stderr, "demo: check %s%s\n", s.Immich.URL(), asGiven(fault, target))
	return p.learn(ctx, c, given, upTo), nil
}

// asGiven is the flags that a user would have typed.
func asGiven(fault oidctest.Fault, t targetFlags) (flags string) {
	if t.issuer != "" {
		flags += " --issuer " + t.issuer
	}
	if t.algorithm != "" {
		flags += " --signing-algorithm " + t.algorithm
	}
	if !t.apiKey.IsZero() {
		flags += " --api-key-file -"
	}
	for _, o := range t.origins {
		flags += " --origin " + o
	}
	for _, r := range t.resolve {
		flags += " --resolve " + r
	}
	if fault.Name != "" {
		flags += "  (" + fault.Title + ")"
	}
	return flags
}

func faultNamed(name string) (oidctest.Fault, error) {
	if name == "" {
		return oidctest.Fault{}, nil
	}
	for _, f := range oidctest.Faults {
		if f.Name == name {
			return f, nil
		}
	}
	return oidctest.Fault{}, wrong("'immich-oidc-doctor demo --list-faults' has them all", "--fault %q: no such fault", name)
}

func (p *program) listFaults() error {
	var b strings.Builder
	for _, f := range oidctest.Faults {
		fmt.Fprintf(&b, "%-28s %s\n", f.Name, f.Title)
	}
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}
