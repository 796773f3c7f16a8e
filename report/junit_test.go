package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"immich-oidc-doctor/checks"
)

// junitElements is what Jenkins' junit-10.xsd allows of each element that we
// write: its children, the attributes that it must have, those that it may.
// Pipes separate the three.
var junitElements = map[string]string{
	"testsuites": "testsuite||name time tests failures errors",
	"testsuite":  "testsuite properties testcase system-out system-err|name tests failures errors|time skipped timestamp hostname id package file log url group",
	"properties": "property||",
	"property":   "|name value|",
	"testcase":   "skipped error failure system-out system-err|name|time classname group",
	"failure":    "||type message",
	"error":      "||type message",
	"skipped":    "||type message",
	"system-out": "||",
}

// likeJUnit walks document as a strict reader does and says where it is not
// what the readers of JUnit XML take.
func likeJUnit(document string) error {
	d := xml.NewDecoder(strings.NewReader(document))
	open := []string{}
	for roots := 0; ; {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && roots == 1:
			return nil
		case err != nil:
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			name := t.Name.Local
			if len(open) == 0 {
				roots++
			} else if parent := strings.Split(junitElements[open[len(open)-1]], "|"); !slices.Contains(strings.Fields(parent[0]), name) {
				return fmt.Errorf("%s inside %s", name, strings.Join(open, ">"))
			}
			if err := likeAttributes(name, t.Attr); err != nil {
				return err
			}
			open = append(open, name)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if n := len(open) - 1; len(bytes.TrimSpace(t)) > 0 && (n < 0 || !slices.Contains([]string{"failure", "error", "system-out"}, open[n])) {
				return fmt.Errorf("text inside %s", strings.Join(open, ">"))
			}
		}
	}
}

func likeAttributes(element string, as []xml.Attr) error {
	spec, known := junitElements[element]
	if !known {
		return fmt.Errorf("%s: no element of JUnit", element)
	}
	parts := strings.Split(spec, "|")
	must := strings.Fields(parts[1])
	for _, a := range as {
		if !slices.Contains(append(strings.Fields(parts[2]), must...), a.Name.Local) {
			return fmt.Errorf("%s: no attribute %s", element, a.Name.Local)
		}
		must = slices.DeleteFunc(must, func(m string) bool { return m == a.Name.Local })
	}
	if len(must) > 0 {
		return fmt.Errorf("%s: no %s", element, must[0])
	}
	return nil
}

func readJUnit(t *testing.T, document string) (run junitRun) {
	t.Helper()
	if err := likeJUnit(document); err != nil {
		t.Fatalf("%v\n%s", err, document)
	}
	if err := xml.Unmarshal([]byte(document), &run); err != nil {
		t.Fatal(err)
	}
	return run
}

func TestJUnitHasACaseForEveryCheckAndCountsThem(t *testing.T) {
	for _, s := range setups() {
		d := s.document()
		run := readJUnit(t, render(t, "junit", d))
		var names, want []string
		for _, r := range d.Results {
			want = append(want, r.Family+" "+r.ID)
		}
		total := [3]int{}
		for _, suite := range run.Suites {
			counts := [4]int{len(suite.Cases)}
			for _, c := range suite.Cases {
				id, _, _ := strings.Cut(c.Name, ":")
				names = append(names, c.Class+" "+id)
				for i, n := range []*junitNote{c.Failure, c.Error, c.Skipped} {
					if n != nil {
						counts[i+1]++
					}
				}
			}
			if said := [4]int{suite.Tests, suite.Failures, suite.Errors, suite.Skipped}; said != counts {
				t.Errorf("%s: %s says %v, has %v", s.name, suite.Name, said, counts)
			}
			total[0], total[1], total[2] = total[0]+counts[0], total[1]+counts[1], total[2]+counts[2]
			if !slices.Contains(suite.Properties, junitProperty{"exit_code", fmt.Sprint(d.ExitCode)}) {
				t.Errorf("%s: %s has no exit code: %v", s.name, suite.Name, suite.Properties)
			}
		}
		if said := [3]int{run.Tests, run.Failures, run.Errors}; said != total {
			t.Errorf("%s: says %v, has %v", s.name, said, total)
		}
		slices.Sort(names)
		slices.Sort(want)
		if !slices.Equal(names, want) {
			t.Errorf("%s: want %v, got %v", s.name, want, names)
		}
	}
}

// Every way in which a check can end, and what CI makes of it.
func TestWhatCountsInCI(t *testing.T) {
	found := func(severity string) []Finding {
		return []Finding{{Severity: severity, Grade: "observed", Message: "the words of the provider", Want: "this", Got: "that", Fix: []Remedy{{Do: "mend it"}}}}
	}
	d := &Document{Tool: Tool{Name: "immich-oidc-doctor"}, Results: []Result{
		{ID: "a/error", Status: checks.Fail, Severity: "error", Findings: found("error")},
		{ID: "a/warning", Status: checks.Fail, Severity: "warning", Findings: found("warning")},
		{ID: "a/note", Status: checks.Fail, Severity: "note", Findings: found("note")},
		{ID: "a/pass", Status: checks.Pass, Cells: []Cell{{Status: checks.Pass, Saw: "what was seen"}}},
		{ID: "a/skip", Status: checks.Skip, Why: "not asked for"},
		{ID: "a/blocked", Status: checks.Blocked, BlockedBy: "a/error"},
		{ID: "a/na", Status: checks.NA, Why: "not in v1.2.3"},
		{ID: "a/broken", Status: checks.Broken, Why: "our bug (oops)"},
		{ID: "a/damaged", Status: checks.Fail, Title: "no finding, in a report that was edited"},
	}}
	want := map[string]string{
		"a/error": "failure: the words of the provider", "a/warning": "", "a/note": "", "a/pass": "",
		"a/skip": "skipped: not asked for", "a/blocked": "skipped: blocked by a/error", "a/na": "skipped: n/a: not in v1.2.3",
		"a/broken": "error: our bug, please report it: our bug (oops)", "a/damaged": "failure: no finding, in a report that was edited",
	}
	says := map[string]string{"a/error": "error, observed: the words", "a/warning": "warning, observed: the words", "a/note": "note, observed", "a/pass": "what was seen"}
	for _, suite := range readJUnit(t, render(t, "junit", d)).Suites {
		for _, c := range suite.Cases {
			id, _, _ := strings.Cut(c.Name, ":")
			got, body := "", ""
			for _, n := range []struct {
				as   string
				note *junitNote
			}{{"failure", c.Failure}, {"error", c.Error}, {"skipped", c.Skipped}} {
				if n.note != nil {
					got, body = n.as+": "+n.note.Message, n.note.Body
				}
			}
			if c.Out != nil {
				body = c.Out.Body
			}
			if got != want[id] || !strings.Contains(body, says[id]) {
				t.Errorf("%s: want %q, got %q\n%s", id, want[id], got, body)
			}
			if strings.Contains(body, "the words") && !(strings.Contains(body, "want      this") && strings.Contains(body, "fix       mend it")) {
				t.Errorf("%s: no want, or no fix:\n%s", id, body)
			}
		}
	}
}

// Whatever a provider writes, wherever it stands.
func FuzzJUnitIsWellFormed(f *testing.F) {
	for _, s := range []string{evil, "]]>", "<![CDATA[", "&#0;", "\ufffe\uffff\U0001ffff\x7f", "\xed\xa0\x80", "\r\n\t", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := &Document{
			Tool: Tool{s, s}, Target: Target{Server: s, Origins: []string{s}}, Immich: Immich{Release: s, Why: s, Note: s}, Provider: Provider{Name: s, Issuer: s, ClientID: s},
			Exchanges: []Exchange{{ID: s, Method: s, URL: s, Answer: s}},
		}
		for _, status := range []checks.Status{checks.NA, checks.Pass, checks.Skip, checks.Blocked, checks.Fail, checks.Broken} {
			d.Results = append(d.Results, Result{
				ID: s, Title: s, Family: s, Status: status, Severity: "error", Grade: s, Why: s, BlockedBy: s, Unknown: s, Saw: s,
				Cells: []Cell{{Subject: s, Status: checks.Pass, Saw: s, Where: []Place{{s, s}}}, {Status: checks.Skip, Why: s}},
				Findings: []Finding{{Subject: s, Severity: "error", Grade: s, Breaks: []string{s}, OverruledBy: []string{s}, Message: s, Want: s, Got: s,
					Where: []Place{{s, s}}, Fix: []Remedy{{s, s, s}}}},
			})
		}
		out := render(t, "junit", d)
		if err := likeJUnit(out); err != nil || !utf8.ValidString(out) {
			t.Fatalf("%v\n%s", err, out)
		}
		if run := (junitRun{}); xml.Unmarshal([]byte(out), &run) != nil || len(run.Suites) != 1 || len(run.Suites[0].Cases) != len(d.Results) {
			t.Errorf("some cases are lost:\n%s", out)
		}
	})
}
