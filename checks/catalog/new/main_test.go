package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What is scaffolded compiles: in a copy of the two places that it touches,
// laid over the repository for one build.
func TestAScaffoldedCheckCompiles(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	copied := t.TempDir()
	if err := os.MkdirAll(filepath.Join(copied, "checks", "catalog"), 0o755); err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadFile(filepath.Join(root, "checks", "catalog", "catalog.go"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(copied, "checks", "catalog", "catalog.go"), list, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := scaffold(copied, "made-up/second-thing"); err != nil {
		t.Fatal(err)
	}
	replace := map[string]string{}
	for _, name := range []string{"catalog.go", "made_up_second_thing.go"} {
		replace[filepath.Join(root, "checks", "catalog", name)] = filepath.Join(copied, "checks", "catalog", name)
	}
	overlay, _ := json.Marshal(map[string]any{"Replace": replace})
	file := filepath.Join(copied, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o644); err != nil {
		t.Fatal(err)
	}
	build := exec.CommandContext(t.Context(), "go", "vet", "-overlay", file, "./checks/catalog")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if err := scaffold(copied, "made-up/second-thing"); err == nil {
		t.Error("a check that is there was overwritten")
	}
}

func TestACheckIsListedWithItsFamily(t *testing.T) {
	const catalog = "return []*checks.Check{\n\t\taOne,\n\t\taTwo,\n\t\tabThree,\n\t}\n"
	for family, want := range map[string]string{"a": "aTwo, aNew, abThree", "ab": "abThree, abNew,\n", "b": "abThree, bNew,\n"} {
		got, err := listed(catalog, family, family+"New")
		if err != nil || !strings.Contains(strings.ReplaceAll(got, ",\n\t\t", ", "), want) {
			t.Errorf("%s: want %q (%v)\n%s", family, want, err, got)
		}
	}
}

func TestNamesThatGoOrPeopleWouldMisread(t *testing.T) {
	for _, id := range []string{"login/ios", "token/test", "Bad/name", "noslash", "a/b/c", "key/amd64"} {
		if err := scaffold(t.TempDir(), id); err == nil {
			t.Errorf("%s: taken", id)
		}
	}
}
