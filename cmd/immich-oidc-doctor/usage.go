package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// exitUsage is the exit code of wrong usage and of wrong configuration of ours.
const exitUsage = 2

// A usageError is a mistake of the caller; hint says what to do.
type usageError struct{ message, hint string }

func (e *usageError) Error() string { return e.message }

func wrong(hint, format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...), hint}
}

var flagName = regexp.MustCompile(`^[a-z][a-z-]{0,30}$`)

// flagError is err in our words and without what was typed: a password may
// stand behind a wrong flag, and a key looks like one.
func flagError(cmd *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		missing *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
	)
	hint := fmt.Sprintf("see '%s --help'", cmd.CommandPath())
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return wrong(hint, "-%s: no such flag", unknown.GetSpecifiedName())
	case errors.As(err, &unknown) && flagName.MatchString(unknown.GetSpecifiedName()):
		return wrong(hint, "--%s: no such flag", unknown.GetSpecifiedName())
	case errors.As(err, &missing):
		return wrong(hint, "--%s: no value", missing.GetFlag().Name)
	case errors.As(err, &invalid) && invalid.GetFlag().Value.Type() == "duration":
		return wrong(fmt.Sprintf("such as --%s 30s", invalid.GetFlag().Name), "--%s: not a time", invalid.GetFlag().Name)
	case errors.As(err, &invalid):
		return wrong(hint, "--%s: not a value for it", invalid.GetFlag().Name)
	}
	return wrong(hint, "something that looks like a flag and is none")
}

// noCommand says what somebody meant who gave no command.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if strings.Contains(args[0], "://") || strings.Contains(args[0], ".") {
		return wrong("immich-oidc-doctor check ADDRESS", "an address without a command")
	}
	return wrong("see 'immich-oidc-doctor --help'", "%q: no such command", args[0])
}

// exactly is cobra.ExactArgs with our words.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return wrong(fmt.Sprintf("see '%s --help'", cmd.CommandPath()), "%s takes %s", cmd.Name(), what)
		}
		return nil
	}
}

// atMostOne leaves it to the command to miss an argument that may be a flag.
func atMostOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return wrong(fmt.Sprintf("see '%s --help'", cmd.CommandPath()), "%s takes %s", cmd.Name(), what)
		}
		return nil
	}
}
