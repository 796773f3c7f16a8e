package main

import (
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"immich-oidc-doctor/checks/gather"
	"immich-oidc-doctor/checks/oidctest"
)

// The cases of the checks are patches over one set-up, written by hand from a
// real run. It must have the members that a run has now, and no others.
func TestTheHealthySetUpOfTheCasesHasTheShapeOfARealRun(t *testing.T) {
	t.Parallel()
	s, err := oidctest.Fault{}.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	target := targetFlags{server: s.Immich.URL(), issuer: s.Immich.OAuth.IssuerURL, timeout: 20 * time.Second}
	given, err := target.target(nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := target.wire()
	if err != nil {
		t.Fatal(err)
	}
	c.Roots, c.Immich = s.Provider.CAs(), s.Provider.Authorities()
	p := &program{stdout: io.Discard, stderr: io.Discard}
	run, err := json.Marshal(p.learn(t.Context(), c, given, gather.Probes))
	if err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(filepath.Join("..", "..", "testdata", "checks", "healthy.json"))
	if err != nil {
		t.Fatal(err)
	}
	want, got := members(t, run), members(t, written)
	for _, m := range slices.Sorted(maps.Keys(want)) {
		if above := m[:strings.LastIndex(m, ".")]; !got[m] && (above == "" || got[above]) {
			t.Errorf("testdata/checks/healthy.json lacks %s: add it by hand, as a run has it", m)
		}
	}
	for _, m := range slices.Sorted(maps.Keys(got)) {
		if !want[m] {
			t.Errorf("no run has %s, which healthy.json has", m)
		}
	}
}

// members is the path of each member, whatever its place in a list; not those
// that healthy.json leaves out (bodies and times), nor those that only a name
// and https have (the demo is an address and, but for the provider, http).
func members(t *testing.T, b []byte) map[string]bool {
	t.Helper()
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, v := range v {
				switch at := path + "." + name; {
				case name == "body", name == "times", strings.HasSuffix(at, ".cookies.secure"), strings.HasPrefix(at, ".network.value.lookup"):
				default:
					all[at] = true
					walk(at, v)
				}
			}
		case []any:
			for _, v := range v {
				walk(path, v)
			}
		}
	}
	walk("", v)
	return all
}
