package main

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite what tests compare with")

// A shown command is a fence of the README: "$ command", and below it what
// the command prints. A last line "..." says that there is more.
var (
	fence = regexp.MustCompile("(?ms)^```console\n\\$ ([^\n]+)\n(.*?)^```$")
	port  = regexp.MustCompile(`127\.0\.0\.1:\d{5}`)
)

// shown is how many lines of a long report the README shows.
const shown = 18

func TestTheREADMEShowsWhatIsPrinted(t *testing.T) {
	name := filepath.Join("..", "..", "README.md")
	readme, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	fresh := fence.ReplaceAllStringFunc(string(readme), func(block string) string {
		found++
		command := fence.FindStringSubmatch(block)[1]
		_, args, ok := strings.Cut(command, "immich-oidc-doctor ")
		if !ok {
			t.Errorf("%s: not ours", command)
			return block
		}
		r := doctor(t, strings.Fields(args)...)
		lines := strings.Split(strings.TrimRight(port.ReplaceAllString(r.stdout, "127.0.0.1:40000"), "\n"), "\n")
		if len(lines) > shown {
			lines = append(lines[:shown], "...")
		}
		return "```console\n$ " + command + "\n" + strings.Join(lines, "\n") + "\n```"
	})
	if found == 0 {
		t.Error("no command is shown")
	}
	if fresh != string(readme) {
		if *update {
			if err := os.WriteFile(name, []byte(fresh), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		t.Errorf("README.md shows what is not printed; go test ./cmd/... -update rewrites it")
	}
}

// The other commands of the README are at least there.
func TestTheREADMENamesOnlyFlagsThatExist(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	help := doctor(t, "check", "--help").stdout + doctor(t, "demo", "--help").stdout
	for _, f := range regexp.MustCompile("--[a-z][a-z-]+").FindAllString(string(readme), -1) {
		if !strings.Contains(help, f) {
			t.Errorf("%s is no flag of check or demo", f)
		}
	}
}
