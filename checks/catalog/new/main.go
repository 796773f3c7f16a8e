// Command new begins a check: its file, its place in the catalogue, its cases.
//
//	go run ./checks/catalog/new family/name
//
// Run it in the root of the repository. What it writes compiles and says
// nothing yet; the tests then tell what is missing.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./checks/catalog/new family/name")
		os.Exit(2)
	}
	if err := scaffold(".", os.Args[1]); err != nil {
		fmt.Fprintf(os.Stderr, "new: %v\n", err)
		os.Exit(1)
	}
}

// What a file name must not end in, or Go leaves it out of the build on other
// machines, or takes it for a test.
var reserved = strings.Fields(`test aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9
	solaris wasip1 windows zos 386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x sparc64 wasm`)

var idRE = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*/[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// scaffold writes a check's file and cases below root and lists it in the catalogue.
func scaffold(root, id string) error {
	if !idRE.MatchString(id) {
		return fmt.Errorf("%q is no ID: it names the thing asked about, such as redirect/registered", id)
	}
	words := strings.FieldsFunc(id, func(r rune) bool { return r == '/' || r == '-' })
	if last := words[len(words)-1]; slices.Contains(reserved, last) {
		return fmt.Errorf("%q: Go treats file names that end in _%s in its own way; choose another name", id, last)
	}
	list := filepath.Join(root, "checks", "catalog", "catalog.go")
	before, err := os.ReadFile(list)
	if err != nil {
		return err
	}
	after, err := listed(string(before), words[0], variable(words))
	if err != nil {
		return err
	}
	for name, content := range map[string]string{
		filepath.Join(root, "checks", "catalog", strings.Join(words, "_")+".go"):   skeleton(id, variable(words)),
		filepath.Join(root, "testdata", "checks", filepath.FromSlash(id)+".txtar"): cases(id),
	} {
		if _, err := os.Stat(name); err == nil {
			return fmt.Errorf("%s is there already", name)
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			return err
		}
		fmt.Println("wrote", name)
	}
	if err := os.WriteFile(list, []byte(after), 0o644); err != nil {
		return err
	}
	fmt.Println("listed in", list, "- its place there is its place in the report")
	fmt.Println("next: what it says and reads, then go test ./checks/catalog; CONTRIBUTING.md has the steps")
	return nil
}

// variable is the name of the check's variable: redirectRegistered.
func variable(words []string) string {
	v := words[0]
	for _, w := range words[1:] {
		v += strings.ToUpper(w[:1]) + w[1:]
	}
	return v
}

// entry is one check in the list of the catalogue.
var entry = regexp.MustCompile(`\n\t\t([a-z0-9]+)\w*,`)

// listed is the catalogue with one check more: the last of its family, for
// which a report has one heading, or the last of all if the family is new.
func listed(catalog, family, variable string) (string, error) {
	const begin, end = "return []*checks.Check{", "\n\t}\n"
	i := strings.Index(catalog, begin)
	if i < 0 {
		return "", fmt.Errorf("catalog.go has no list of checks")
	}
	i += len(begin)
	n := strings.Index(catalog[i:], end)
	if n < 0 {
		return "", fmt.Errorf("the list of checks in catalog.go does not end")
	}
	at := n
	for _, e := range entry.FindAllStringSubmatchIndex(catalog[i:i+n], -1) {
		if catalog[i+e[2]:i+e[3]] == family {
			at = e[1]
		}
	}
	return catalog[:i+at] + "\n\t\t" + variable + "," + catalog[i+at:], nil
}

func skeleton(id, variable string) string {
	return fmt.Sprintf(`package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

var %s = &checks.Check{
	ID: %q, Title: "what is true when the check passes", Since: "v0.1.0",
	Doc: "What goes wrong for the user, why, and how to mend it.",

	Cites:    []cite.Citation{cite.OIDCCore("3.1.2.1")},
	Symptoms: []string{"what people see"},
	Severity: checks.Warning, // checks.Error needs Breaks: the steps that cannot succeed
	After:    []string{"server/answers"},
	Needs:    []facts.Kind{facts.Server},
	Run: func(f *facts.Facts) checks.Outcome {
		a := f.Server.Get().Ask
		return checks.Passed(secret.Textf("what was seen"), a.From(facts.Here))
	},
}
`, variable, id)
}

func cases(id string) string {
	return fmt.Sprintf(`%s asks whether ….
-- A healthy set-up passes.json --
{}
-- A healthy set-up passes.want --
`, id)
}
