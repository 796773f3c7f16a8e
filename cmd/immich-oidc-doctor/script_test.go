package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes this test binary the program for the scripts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"immich-oidc-doctor": main})
}

// The scripts run the real program and pin what it prints, where, and its exit
// code. Beside testscript's own commands they have
//
//	exits CODE ARGUMENT...  runs the program, which must exit with CODE
//	immich [FAULT]          starts an Immich and its provider, broken in that
//	                        way; $IMMICH is its address, $CA the file with its CA
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "immich": startImmich},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: exits CODE ARGUMENT...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	if err := ts.Exec("immich-oidc-doctor", args[1:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if code != want {
		ts.Fatalf("want exit %d, got %d\n%s%s", want, code, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

func startImmich(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 1 {
		ts.Fatalf("usage: immich [FAULT]")
	}
	name := ""
	if len(args) > 0 {
		name = args[0]
	}
	fault, err := faultNamed(name)
	ts.Check(err)
	s, err := fault.Start()
	ts.Check(err)
	ts.Defer(s.Close)
	ca := ts.MkAbs("ca.pem")
	ts.Check(os.WriteFile(ca, s.Provider.CAPEM(), 0o600))
	ts.Setenv("IMMICH", s.Immich.URL())
	ts.Setenv("CA", ca)
}
