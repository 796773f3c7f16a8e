package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/catalog"
	"immich-oidc-doctor/checks/oidctest"
	"immich-oidc-doctor/report"
)

// ran is one run of the tool.
type ran struct {
	code           int
	stdout, stderr string
}

func doctor(t *testing.T, args ...string) ran {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr, nil)
	return ran{code, stdout.String(), stderr.String()}
}

// documentOf is the report of a run with --format json.
func (r ran) document(t *testing.T) *report.Document {
	t.Helper()
	d, err := report.Decode(strings.NewReader(r.stdout))
	if err != nil {
		t.Fatalf("exit %d: %v\n%s%s", r.code, err, r.stdout, r.stderr)
	}
	if d.ExitCode != r.code {
		t.Errorf("the report says exit %d, the program %d", d.ExitCode, r.code)
	}
	return d
}

// failed lists the checks with a failed Error.
func failed(d *report.Document) (ids []string) {
	for _, r := range d.Results {
		if r.Status == checks.Fail && r.Severity == checks.Error.String() {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// alarms lists the checks that failed with more than a note, or broke.
func alarms(d *report.Document) (ids []string) {
	for _, r := range d.Results {
		if r.Status == checks.Broken || r.Status == checks.Fail && r.Severity != checks.Note.String() {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// steps is the states of one journey, "discovery ok, authorize ok, …".
func steps(d *report.Document, journey string) string {
	var all []string
	for _, j := range d.Journeys {
		for _, s := range j.Steps {
			if j.Name == journey {
				all = append(all, s.Name+" "+string(s.Status))
			}
		}
	}
	return strings.Join(all, ", ")
}

// Of a healthy pair whose settings are read; without them token, ID token and
// userinfo are not known in the releases that have settings for them.
const healthyLogin = "discovery ok, authorize ok, sign-in predicted, callback predicted, token predicted, id-token predicted, userinfo predicted, account predicted, session predicted"

var notKnownWithoutSettings = strings.NewReplacer("token unknown", "token predicted", "userinfo unknown", "userinfo predicted")

func TestTheHealthyDemoIsGreenInEveryEra(t *testing.T) {
	t.Parallel()
	for _, release := range []string{"v1.77.0", "v1.94.1", "v1.107.0", "v1.112.1", "v1.118.2", "v1.131.3", "v1.132.0", "v1.135.0", "v1.143.0", "v2.7.5", "v3.0.0-rc.1", "v3.1.0", "v3.3.1"} {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			for _, settings := range []bool{false, true} {
				r := doctor(t, "demo", "--release", release, "--format", "json", fmt.Sprintf("--settings=%v", settings))
				d := r.document(t)
				if r.code != 0 || len(alarms(d)) > 0 || len(d.RootCauses) > 0 || d.Immich.Release != release {
					t.Errorf("settings %v: exit %d, release %s, alarms %v", settings, r.code, d.Immich.Release, alarms(d))
				}
				for _, j := range []string{"web", "linking", "mobile"} {
					got := steps(d, j)
					if !settings {
						got = notKnownWithoutSettings.Replace(got)
					}
					if got != healthyLogin {
						t.Errorf("settings %v: %s: %s", settings, j, got)
					}
				}
				if d.Provider.Issuer == "" || d.Provider.ClientID != "immich" {
					t.Errorf("settings %v: provider: %+v", settings, d.Provider)
				}
			}
		})
	}
}

func TestTheHealthyDemoOfTheNewestReleaseIsPredictedToTheEnd(t *testing.T) {
	t.Parallel()
	d := doctor(t, "demo", "--format", "json").document(t)
	if got := steps(d, "logout"); got != "discovery predicted, end-session predicted, return predicted" {
		t.Error(got)
	}
	if got := steps(d, "back-channel"); got != "discovery predicted, notice predicted" {
		t.Error(got)
	}
	old := doctor(t, "demo", "--release", "v2.7.5", "--format", "json").document(t)
	if got := steps(old, "back-channel"); got != "" {
		t.Errorf("a release without it: %s", got)
	}
}

// patience is how long a run on a fault may take: a quarter of it goes to a
// request that is never answered, and a busy machine needs what is left.
func patience(f oidctest.Fault) time.Duration {
	if f.Hangs {
		return 4 * time.Second
	}
	return time.Minute
}

func TestEveryFaultIsNamedFirst(t *testing.T) {
	t.Parallel()
	for _, f := range oidctest.Faults {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			r := doctor(t, "demo", "--fault", f.Name, "--format", "json", "--client-timeout", patience(f).String())
			d := r.document(t)
			want := 1
			switch {
			case f.Blind && len(d.RootCauses) == 0:
				want = 3
			case f.Trips == "" && len(d.RootCauses) == 0:
				want = 0
			case len(d.RootCauses) == 0 || d.RootCauses[0] != f.Trips:
				t.Fatalf("want %q first, got %v\n%s", f.Trips, d.RootCauses, r.stdout)
			}
			if f.Warns != "" && !slices.ContainsFunc(d.Results, func(r report.Result) bool {
				return r.ID == f.Warns && r.Status == checks.Fail && r.Severity != checks.Error.String()
			}) {
				t.Errorf("%s neither warns nor notes\n%s", f.Warns, r.stdout)
			}
			if r.code != want {
				t.Errorf("want exit %d, got %d", want, r.code)
			}
			for _, id := range alarms(d) {
				if id != f.Trips && id != f.Warns && !slices.Contains(f.Also, id) {
					t.Errorf("%s fails too, which the fault does not list", id)
				}
			}
			for _, id := range f.Also {
				if !slices.Contains(alarms(d), id) {
					t.Errorf("the fault lists %s, which does not fail", id)
				}
			}
		})
	}
}

// Below the depth at which a fault shows nothing may be claimed: nobody peeks
// into the fake.
func TestAFaultIsNotKnownBelowItsDepth(t *testing.T) {
	t.Parallel()
	for _, f := range oidctest.Faults {
		if f.Seen < oidctest.Probe {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			r := doctor(t, "demo", "--fault", f.Name, "--format", "json", "--no-probe")
			if d := r.document(t); r.code != 0 || len(d.RootCauses) > 0 || len(failed(d)) > 0 || strings.Contains(steps(d, "web"), "authorize ok") {
				t.Errorf("exit %d, root causes %v, %s", r.code, d.RootCauses, steps(d, "web"))
			}
		})
	}
}

func TestEveryCheckIsTheRootCauseOfSomeFault(t *testing.T) {
	t.Parallel()
	for _, c := range catalog.All() {
		if !slices.ContainsFunc(oidctest.Faults, func(f oidctest.Fault) bool { return f.Trips == c.ID || f.Warns == c.ID }) {
			t.Errorf("%s: no fault makes it the root cause: add one to checks/oidctest/fault.go", c.ID)
		}
	}
	if err := checks.Validate(catalog.All()); err != nil {
		t.Error(err)
	}
}
