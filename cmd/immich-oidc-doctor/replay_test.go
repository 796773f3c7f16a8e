package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/catalog"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather"
	"immich-oidc-doctor/checks/oidctest"
	"immich-oidc-doctor/report"
)

// Live, from its own saved facts, and from its own saved report: for every
// fault the same bytes in every format, and the same exit code. Nothing is sent
// that --dry-run would not have shown, and --wait waits for what may pass alone.
func TestLiveAndReplayedReportsAreTheSameBytes(t *testing.T) {
	t.Parallel()
	for _, f := range append([]oidctest.Fault{{}}, oidctest.Faults...) {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			args := []string{"demo", "--client-timeout", patience(f).String(), "--output", "facts=" + filepath.Join(dir, "live.facts")}
			if f.Name != "" {
				args = append(args, "--fault", f.Name)
			}
			live := doctor(t, append(args, everyFormat(dir, "live")...)...)
			saved := filepath.Join(dir, "live.facts")
			again := doctor(t, append([]string{"check", "--from", saved, "--output", "facts=" + filepath.Join(dir, "again.facts")}, everyFormat(dir, "again")...)...)
			reread := doctor(t, append([]string{"render", filepath.Join(dir, "live.json")}, everyFormat(dir, "reread")...)...)
			if again.code != live.code || reread.code != 0 || again.stderr != "" || reread.stderr != "" {
				t.Errorf("live exit %d; again exit %d, %q; render exit %d, %q", live.code, again.code, again.stderr, reread.code, reread.stderr)
			}
			if again.stdout != live.stdout || reread.stdout != live.stdout || live.stdout != read(t, dir, "live.text") {
				t.Errorf("stdout differs: live\n%s\nagain\n%s\nrendered\n%s", live.stdout, again.stdout, reread.stdout)
			}
			for _, format := range append(formats(), factsFormat) {
				one := read(t, dir, "live."+format)
				if two := read(t, dir, "again."+format); one != two {
					t.Errorf("%s: live\n%s\nreplayed\n%s", format, one, two)
				}
				if format != factsFormat && read(t, dir, "reread."+format) != one {
					t.Errorf("%s: the saved report renders otherwise", format)
				}
			}
			learnt, err := facts.Decode(strings.NewReader(read(t, dir, "live.facts")))
			if err != nil {
				t.Fatal(err)
			}
			asPlanned(t, learnt, f.Name == "")
			if want, got := slices.Contains(worthWaiting, f.Name), awaits(learnt); want != (got != "") {
				t.Errorf("worth waiting: want %v, got %q", want, got)
			}
		})
	}
}

func formats() (names []string) {
	for _, f := range report.Formats {
		names = append(names, f.Name)
	}
	return names
}

// everyFormat asks for a report in each, as name.format.
func everyFormat(dir, name string) (args []string) {
	for _, f := range formats() {
		args = append(args, "--output", f+"="+filepath.Join(dir, name+"."+f))
	}
	return args
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func rendered(t *testing.T, f report.Format, d *report.Document) []byte {
	var b bytes.Buffer
	if err := f.Render(&b, d, report.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// asPlanned holds what was sent to the plan: nothing else, nothing more often,
// in a healthy set-up all of it that depends on nothing, and never more to the
// provider than twenty requests and six for each origin beyond the first.
func asPlanned(t *testing.T, f *facts.Facts, healthy bool) {
	t.Helper()
	counts := map[string]int{}
	var plan []gather.Send
	most := map[string]int{}
	for _, planned := range gather.Plan(gather.Sources(), f.Target.Get()) {
		plan = append(plan, planned.Sends...)
		most[planned.Kind.String()] = planned.Most
	}
	for _, a := range f.Exchanges() {
		i := slices.IndexFunc(plan, func(s gather.Send) bool { return s.Matches(a) })
		if i < 0 {
			t.Errorf("%s: %s %s is not in the plan", a.Exchange, a.Method, a.URL)
			continue
		}
		counts[plan[i].ID]++
		source, _, _ := strings.Cut(plan[i].ID, ".")
		if most[source]--; most[source] == -1 {
			t.Errorf("%s: sent more than planned", source)
		}
	}
	budget := 20 + 6*(max(1, len(f.Target.Get().Origins))-1)
	if n := gather.Sent(gather.Sources(), f, gather.ToProvider); n > budget || healthy && n == 0 {
		t.Errorf("%d requests to the provider, %d at most", n, budget)
	}
	for _, s := range plan {
		if counts[s.ID] > s.UpTo() {
			t.Errorf("%s: planned %d, sent %d", s.ID, s.UpTo(), counts[s.ID])
		}
		if healthy && s.If == "" && counts[s.ID] == 0 {
			t.Errorf("%s: planned, and not sent", s.ID)
		}
	}
}

// The sources declare all that they send, and give all that the checks read.
func TestTheSourcesFitTheChecks(t *testing.T) {
	t.Parallel()
	var asked []facts.Kind
	for _, c := range catalog.All() {
		asked = append(asked, slices.Concat(c.Needs, c.Uses)...)
	}
	if err := gather.Validate(gather.Sources(), []facts.Kind{facts.Clock, facts.Target}, asked); err != nil {
		t.Error(err)
	}
}

// What Facts a file may hold is not for us to choose: no check breaks on them.
func TestNoCheckBreaksOnFactsThatWereCutDown(t *testing.T) {
	t.Parallel()
	p := &program{stderr: &bytes.Buffer{}}
	whole, err := p.demo(t.Context(), oidctest.Fault{Name: "healthy", GiveIssuer: true}, gather.Probes, 20e9)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range facts.Kinds {
		for _, why := range []facts.Why{{Reason: facts.NotAsked}, {}} {
			f := *whole
			f.Forget(k, why)
			for _, r := range judge(&f, false).Results {
				if r.Status == checks.Broken {
					t.Errorf("without %s: %s: %s", k, r.ID, r.Why)
				}
			}
		}
	}
}
