package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the goldens in testdata/report")

var extensions = map[string]string{"text": "txt", "markdown": "md", "json": "json", "junit": "xml"}

func render(t testing.TB, format string, d *Document) string {
	t.Helper()
	f, err := FormatNamed(format)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Render(&b, d, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGoldens(t *testing.T) {
	for _, s := range setups() {
		for _, f := range Formats {
			file := filepath.Join("..", "testdata", "report", s.name+"."+extensions[f.Name])
			got := render(t, f.Name, s.document())
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got), -update if it is better so:\n%s", file, diff)
			}
		}
	}
}

func TestASavedReportRendersToTheSameBytes(t *testing.T) {
	for _, s := range setups() {
		d := s.document()
		saved, err := Decode(strings.NewReader(render(t, "json", d)))
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		for _, f := range Formats {
			if diff := cmp.Diff(render(t, f.Name, d), render(t, f.Name, saved)); diff != "" {
				t.Errorf("%s as %s (-live +saved):\n%s", s.name, f.Name, diff)
			}
		}
	}
}

// Only what is to be copied, and a word that cannot be broken, may stand out.
func TestTextKeepsToItsWidth(t *testing.T) {
	for _, s := range setups() {
		d := s.document()
		snippets := ""
		for _, r := range d.Results {
			for _, f := range r.Findings {
				for _, x := range f.Fix {
					snippets += clean(x.Snippet) + "\n"
				}
			}
		}
		for _, width := range []int{0, 40, 60, 120} {
			var b bytes.Buffer
			if err := Text(&b, d, TextOptions{Width: width}); err != nil {
				t.Fatal(err)
			}
			if width == 0 {
				width = 80
			}
			for _, l := range strings.Split(b.String(), "\n") {
				if !utf8.ValidString(l) {
					t.Errorf("%s: a rune was broken: %q", s.name, l)
				}
				words := strings.Fields(l)
				// A label or a mark may stand before the long word.
				if utf8.RuneCountInString(l) > width && len(words) > 3 && !strings.Contains(snippets, strings.TrimSpace(l)) {
					t.Errorf("%s: %d columns of %d: %q", s.name, utf8.RuneCountInString(l), width, l)
				}
			}
		}
	}
}

func TestColourIsOnlyWhereItWasAskedFor(t *testing.T) {
	t.Setenv("NO_COLOR", "1") // the caller's business, not ours
	for _, s := range setups() {
		d := s.document()
		var plain, coloured bytes.Buffer
		if err := Text(&plain, d, TextOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := Text(&coloured, d, TextOptions{Color: true}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(plain.String(), "\x1b") || strings.Contains(render(t, "markdown", d), "\x1b") {
			t.Errorf("%s: an escape without colour", s.name)
		}
		if !strings.Contains(coloured.String(), "\x1b[") {
			t.Errorf("%s: no colour", s.name)
		}
		if got := ansi.ReplaceAllString(coloured.String(), ""); got != plain.String() {
			t.Errorf("%s: colour moves text (-plain +coloured):\n%s", s.name, cmp.Diff(plain.String(), got))
		}
	}
}

func TestEveryFormatIsFoundByItsName(t *testing.T) {
	for _, f := range Formats {
		if got, err := FormatNamed(f.Name); err != nil || got.Name != f.Name || f.Doc == "" {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	if _, err := FormatNamed("pdf"); err == nil || err.Error() != `no report format "pdf": want text, markdown, json, junit` {
		t.Errorf("got %v", err)
	}
}
