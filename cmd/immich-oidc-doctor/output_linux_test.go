package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"immich-oidc-doctor/report"
)

// Links, modes and full devices, as Linux has them.

func TestSeveralReportsOfOneRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "old.md"), []byte(strings.Repeat("a longer report\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link.md")
	if err := os.Symlink("old.md", link); err != nil {
		t.Fatal(err)
	}
	r := doctor(t, "demo", "--fault", "es256-keys", "--output", "json="+filepath.Join(dir, "new.json"), "--output", "markdown="+link, "--output", "junit=-")
	if r.code != 1 || !strings.HasPrefix(r.stdout, "<?xml") {
		t.Errorf("exit %d: %s%s", r.code, r.stdout, r.stderr)
	}
	d, err := report.Decode(strings.NewReader(read(t, dir, "new.json")))
	if err != nil || d.ExitCode != 1 {
		t.Errorf("%v, %+v", err, d)
	}
	if got := read(t, dir, "old.md"); !strings.HasPrefix(got, "**immich-oidc-doctor**") || strings.Contains(got, "a longer report") {
		t.Errorf("through the link: %.60q", got)
	}
	if to, err := os.Readlink(link); err != nil || to != "old.md" {
		t.Errorf("the link became %s (%v)", to, err)
	}
	for name, want := range map[string]os.FileMode{"new.json": 0o644, "old.md": 0o600} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: want %s, got %v (%v)", name, want, info.Mode(), err)
		}
	}
}

// A file that cannot be written in the end costs its own report and no other.
func TestWhatCannotBeWrittenInTheEndCostsNoOtherReport(t *testing.T) {
	t.Parallel()
	const full = "/dev/full"
	dir := t.TempDir()
	r := doctor(t, "demo", "--output", "junit="+full, "--output", "json="+filepath.Join(dir, "r.json"))
	if r.code != exitUsage || !strings.Contains(r.stderr, "immich-oidc-doctor: writing /dev/full: no space left on device\n") || !strings.Contains(r.stdout, "Nothing wrong was found") {
		t.Errorf("exit %d: %s%s", r.code, r.stdout, r.stderr)
	}
	if got := read(t, dir, "r.json"); !strings.HasPrefix(got, "{") {
		t.Errorf("got %.20q", got)
	}
}
