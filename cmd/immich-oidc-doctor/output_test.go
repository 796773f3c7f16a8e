package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// What is wrong with the output is known before anybody is asked, and what was
// there stays.
func TestAnOutputThatCannotBeIsRefusedBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	address := serve(t, false, func(http.ResponseWriter, *http.Request) { asked.Add(1) })
	dir := t.TempDir()
	old := filepath.Join(dir, "old.xml")
	if err := os.WriteFile(old, []byte("the last report"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, says string
		args       []string
	}{
		{"an unknown format", `"pdf": no such format`, []string{"--output", "pdf=" + old}},
		{"an unknown format on stdout", `"pdf": no such format`, []string{"--format", "pdf", "--output", "junit=" + old}},
		{"a file without a format", "no such format", []string{"--output", old}},
		{"a format without a file", "no file", []string{"--output", "junit"}},
		{"a format and an empty file", "no file", []string{"--output", "junit="}},
		{"a folder that is not there", "cannot write", []string{"--output", "junit=" + old, "--output", "json=" + filepath.Join(dir, "no", "r.json")}},
		{"a folder", "it is a folder", []string{"--output", "junit=" + dir}},
		{"below a file", "cannot write", []string{"--output", "junit=" + filepath.Join(old, "r.xml")}},
		{"two reports in one file", "twice", []string{"--output", "junit=" + old, "--output", "json=" + filepath.Join(dir, ".", "old.xml")}},
		{"two reports on stdout", "another report for stdout", []string{"--output", "junit=-", "--output", "json=-"}},
		{"stdout by both flags", "another report for stdout", []string{"--output", "junit=-", "--format", "json"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := doctor(t, append([]string{"check", address}, c.args...)...)
			if r.code != exitUsage || r.stdout != "" || !strings.Contains(r.stderr, c.says) || !strings.Contains(r.stderr, "\nhint: ") {
				t.Errorf("exit %d: %s%s", r.code, r.stdout, r.stderr)
			}
		})
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
	if got := read(t, dir, "old.xml"); got != "the last report" {
		t.Errorf("the last report became %q", got)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("left behind: %v %v", files, err)
	}
}

func TestAFileInAFolderThatTakesNoneIsWrittenInPlace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "report.xml")
	if err := os.WriteFile(path, []byte("a much longer report than the new one"), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := create(path)
	if err != nil {
		t.Fatal(err)
	}
	f.folder = false // as in a container where the file alone is mounted
	if err := f.write([]byte("new")); err != nil {
		t.Fatal(err)
	}
	if got := read(t, dir, "report.xml"); got != "new" {
		t.Errorf("got %q", got)
	}
}

// The environment says what is right for most runs; it contradicts none.
func TestWhatTheEnvironmentSaysContradictsNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	saved := filepath.Join(dir, "facts.json")
	if r := doctor(t, "demo", "--output", "facts="+saved); r.code != 0 {
		t.Fatal(r.stderr)
	}
	env := []string{"IMMICH_OIDC_DOCTOR_SERVER=https://photos.example", "IMMICH_OIDC_DOCTOR_WAIT=2m", "IMMICH_OIDC_DOCTOR_FORMAT=markdown"}
	for _, args := range [][]string{{"check", "--from", saved}, {"check", "--from", saved, "--output", "markdown=-"}} {
		var stdout, stderr bytes.Buffer
		if code := run(context.Background(), args, nil, &stdout, &stderr, env); code != 0 || !strings.HasPrefix(stdout.String(), "**immich") {
			t.Errorf("%v: exit %d: %s", args, code, &stderr)
		}
	}
}

// What was pasted in the place of a file's name is not repeated.
func TestAValueInThePlaceOfAFileIsNotRepeated(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"check", "--from", canary}, {"render", canary}, {"check", "h.example", "--ca-file", canary},
		{"check", "h.example", "--immich-ca-file", canary}, {"check", "h.example", "--api-key-file", canary},
		{"check", "--from", `{"schema": 1, "clientSecret": "` + canary + `"}`}, {"render", "-----BEGIN PRIVATE KEY-----\n" + canary},
		{"check", "h.example", "--client-secret=" + canary}, {"check", "h.example", "--client-secret", canary},
	} {
		r := doctor(t, args...)
		leaks(t, strings.Join(args[:2], " "), r.stdout+r.stderr)
		if r.code != exitUsage || !strings.Contains(r.stderr, "\nhint: ") || r.stdout != "" {
			t.Errorf("%v: exit %d, %s", args[:1], r.code, r.stderr)
		}
	}
	for _, content := range []string{canary, `{"schema": 1, "server": {"value": {"ask": {"status": "` + canary + `"}}}}`, `{"schema": "` + canary + `"}`} {
		for _, command := range [][]string{{"check", "--from", "-"}, {"render", "-"}} {
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), command, strings.NewReader(content), &stdout, &stderr, nil)
			leaks(t, command[0], stdout.String()+stderr.String())
			if code != exitUsage {
				t.Errorf("%v: exit %d", command, code)
			}
		}
	}
}

// A broken pipe behind stdout loses no file.
func TestAReaderThatLeavesCostsNoFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r, w := io.Pipe()
	r.Close()
	var stderr bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: w, stderr: &stderr}
	if code := p.run(t.Context(), []string{"demo", "--output", "json=" + filepath.Join(dir, "r.json")}); code != exitUsage {
		t.Errorf("exit %d: %s", code, &stderr)
	}
	if got := read(t, dir, "r.json"); !strings.HasPrefix(got, "{") {
		t.Errorf("got %.20q", got)
	}
}
