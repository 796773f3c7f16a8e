package main

import (
	"bytes"
	"strings"
	"testing"
)

// The environment is of every run: an argument outranks it, and what may be
// given several times stands in it with commas between.
func TestTheEnvironmentStandsInForFlags(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"check", "https://photos.example", "--dry-run"}, strings.NewReader(""), &stdout, &stderr,
		[]string{"IMMICH_OIDC_DOCTOR_SERVER=https://other.example", "IMMICH_OIDC_DOCTOR_ORIGIN=https://a.example, https://b.example"})
	if code != 0 || strings.Contains(stdout.String(), "other.example") || !strings.Contains(stdout.String(), "https://photos.example/api/server/version") {
		t.Errorf("exit %d: %s", code, stderr.String())
	}
	for _, origin := range []string{"https://a.example", "https://b.example"} {
		if !strings.Contains(stdout.String(), origin) {
			t.Errorf("%s is not in the plan", origin)
		}
	}
}
