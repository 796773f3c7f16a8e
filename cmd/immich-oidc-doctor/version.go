package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"immich-oidc-doctor/checks/know/immich"
)

// version is set when a release is built (-ldflags -X main.version=…).
var version = ""

// buildVersion is our version: of the release, of the module, or "devel".
func buildVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "print our version and the releases of Immich that it knows", Args: exactly(0, "no argument"),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(p.stdout, "immich-oidc-doctor %s (%s %s/%s)\nknows Immich %s to %s\n",
				buildVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH, immich.Oldest, immich.Newest)
			return err
		},
	}
}
