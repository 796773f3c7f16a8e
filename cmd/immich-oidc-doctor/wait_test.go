package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/oidctest"
	"immich-oidc-doctor/checks/secret"
	"immich-oidc-doctor/report"
)

// worthWaiting are the faults that may pass by themselves. A fault that is not
// here is never waited for.
var worthWaiting = []string{"gateway-error", "silent-provider", "unreached-provider", "unknown-host", "stopped-provider",
	"name-of-the-host-only", "kept-out", "address-of-the-container-only"}

// A fakeClock lets time pass at once and keeps the pauses.
type fakeClock struct {
	at     time.Time
	pauses []time.Duration
	during func(pause int) // called in each pause, if there is one
}

func (c *fakeClock) clock() clock {
	c.at = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	return clock{now: func() time.Time { return c.at }, sleep: func(_ context.Context, d time.Duration) {
		c.at, c.pauses = c.at.Add(d), append(c.pauses, d)
		if c.during != nil {
			c.during(len(c.pauses))
		}
	}}
}

func seconds(ds []time.Duration) (ss []int) {
	for _, d := range ds {
		ss = append(ss, int(d.Seconds()))
	}
	return ss
}

// down is what is learnt while nothing listens where Immich should.
func down() *facts.Facts {
	ask := facts.Attempt{Exchange: "server.version.1", Method: "GET", URL: "https://photos.example/api/server/version", Answer: facts.Refused}
	return &facts.Facts{Server: facts.Is(facts.ServerInfo{Ask: ask, Version: facts.NotKnown[secret.Name](facts.Unanswered, secret.Text{})})}
}

func TestThePausesGrowToTheEnd(t *testing.T) {
	t.Parallel()
	var c fakeClock
	var talk bytes.Buffer
	p := &program{stderr: &talk, clock: c.clock()}
	looks := 0
	p.patiently(t.Context(), time.Minute, func(context.Context) *facts.Facts { looks++; return down() })
	if want := []int{1, 2, 4, 8, 15, 15, 15}; !slices.Equal(seconds(c.pauses), want) || looks != len(want)+1 {
		t.Errorf("want %v, got %v, %d looks", want, seconds(c.pauses), looks)
	}
	said := strings.Split(strings.TrimSpace(talk.String()), "\n")
	if len(said) != 8 || said[0] != "waiting until Immich itself answers at this address (server/answers); next look in 1s, for 1m0s more at most" || said[7] != "waited 1m0s in vain" {
		t.Errorf("%s", &talk)
	}
}

func TestTheLastLookIsAtTheVeryEnd(t *testing.T) {
	t.Parallel()
	var c fakeClock
	p := &program{stderr: &bytes.Buffer{}, clock: c.clock()}
	p.patiently(t.Context(), 5*time.Second, func(context.Context) *facts.Facts { return down() })
	if want := []int{1, 2, 2}; !slices.Equal(seconds(c.pauses), want) {
		t.Errorf("want %v, got %v", want, seconds(c.pauses))
	}
}

func TestNobodyWaitsWithoutBeingTold(t *testing.T) {
	t.Parallel()
	var c fakeClock
	p := &program{stderr: &bytes.Buffer{}, clock: c.clock()}
	p.patiently(t.Context(), 0, func(context.Context) *facts.Facts { return down() })
	if len(c.pauses) > 0 {
		t.Errorf("waited %v", c.pauses)
	}
}

func TestWaitingEndsWhenTheUserStopsIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		start, looks := time.Now(), 0
		p := &program{stderr: &bytes.Buffer{}} // the world's clock, which is the bubble's
		time.AfterFunc(5*time.Second, cancel)
		p.patiently(ctx, time.Hour, func(context.Context) *facts.Facts { looks++; return down() })
		if spent := time.Since(start); spent != 5*time.Second || looks != 3 {
			t.Errorf("stopped after %s and %d looks", spent, looks)
		}
	})
}

// The whole command, before an Immich that comes up while it waits.
func TestCheckWaitsUntilImmichIsUp(t *testing.T) {
	t.Parallel()
	s := oidctest.NewSetup("")
	gateway := func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(http.StatusBadGateway); return true }
	s.Immich.Intercept = gateway
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, s.Provider.CAPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	c := fakeClock{during: func(pause int) {
		if pause == 2 {
			s.Immich.Do(func() { s.Immich.Intercept = nil })
		}
	}}
	var stdout, stderr bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, clock: c.clock()}
	began := c.at
	code := p.run(t.Context(), []string{"check", s.Immich.URL(), "--ca-file", ca, "--wait", "1m", "--format", "json"})
	d, err := report.Decode(&stdout)
	if err != nil {
		t.Fatalf("exit %d: %v\n%s", code, err, &stderr)
	}
	if code != 0 || !slices.Equal(seconds(c.pauses), []int{1, 2}) || !strings.HasSuffix(stderr.String(), "\nwaited 3s\n") {
		t.Errorf("exit %d, pauses %v\n%s", code, seconds(c.pauses), &stderr)
	}
	if want := began.Add(3 * time.Second); !d.Time.Equal(want) {
		t.Errorf("the report is of %s, the last look of %s", d.Time, want)
	}
}

// While waiting, Immich comes up and turns out to trust nobody: that is no
// reason to go on.
func TestCheckDoesNotWaitForWhatStays(t *testing.T) {
	t.Parallel()
	var c fakeClock
	var stdout, stderr bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, clock: c.clock()}
	address := serve(t, true, func(http.ResponseWriter, *http.Request) {}) // its certificate is nobody's
	if code := p.run(t.Context(), []string{"check", address, "--wait", "1m"}); code != 1 || len(c.pauses) > 0 || stderr.Len() > 0 {
		t.Errorf("exit %d, pauses %v\n%s", code, c.pauses, &stderr)
	}
}
