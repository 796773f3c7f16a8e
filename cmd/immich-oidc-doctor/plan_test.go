package main

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather"
)

// A healthy run sends the whole plan, but for what the release, or a host
// without a name, makes needless.
func TestAHealthyRunSendsItsPlan(t *testing.T) {
	t.Parallel()
	old := []string{"server.old.version.1", "server.old.features.1", "server.old.config.1"}
	for _, c := range []struct {
		release string
		args    []string
		unsent  []string
	}{
		{"v1.39.0", nil, []string{"authorize.linking.1", "authorize.override.1", "doors.at1.wellknown.1", "doors.at1.page.2", "network.lookup.1", "redirects.linking.*", "redirects.control.*"}},
		{"v1.76.1", nil, []string{"authorize.override.1", "doors.at1.page.2", "network.lookup.1", "redirects.control.*"}},
		{"v1.106.4", nil, []string{"authorize.override.1", "doors.at1.page.2", "doors.at1.authorize.1", "network.lookup.1", "redirects.control.*"}},
		{"v2.7.5", nil, slices.Concat(old, []string{"authorize.override.1", "doors.at1.page.2", "doors.at1.authorize.1", "network.lookup.1", "redirects.control.*"})},
		{"v3.3.1", []string{"--no-probe"}, slices.Concat(old, []string{"authorize.override.1", "doors.at1.page.2", "doors.at1.authorize.1",
			"network.lookup.1", "redirects.web.*", "redirects.linking.*", "redirects.mobile.*", "redirects.control.*", "endpoints.token.1", "endpoints.userinfo.1"})},
	} {
		t.Run(c.release, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			doctor(t, append([]string{"demo", "--settings=false", "--release", c.release, "--output", "facts=" + filepath.Join(dir, "facts.json")}, c.args...)...)
			f, err := facts.Decode(strings.NewReader(read(t, dir, "facts.json")))
			if err != nil {
				t.Fatal(err)
			}
			asPlanned(t, f, false)
			var unsent []string
			for _, p := range gather.Plan(gather.Sources(), f.Target.Get()) {
				for _, s := range p.Sends {
					if !slices.ContainsFunc(f.Exchanges(), s.Matches) {
						unsent = append(unsent, s.ID)
					}
				}
			}
			unsent = slices.DeleteFunc(unsent, func(id string) bool { return strings.HasPrefix(id, "hosts.") }) // all is on one host
			if !slices.Equal(unsent, c.unsent) {
				t.Errorf("not sent: want %v, got %v", c.unsent, unsent)
			}
		})
	}
}

func TestADryRunAsksNobody(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	address := serve(t, false, func(http.ResponseWriter, *http.Request) { asked.Add(1) })
	for _, command := range []string{"check", "facts"} {
		r := doctor(t, command, address, "--issuer", address, "--dry-run", "--wait", "1m")
		if r.code != 0 || r.stderr != "" || !strings.Contains(r.stdout, address+"/.well-known/openid-configuration") {
			t.Errorf("exit %d: %s%s", r.code, r.stdout, r.stderr)
		}
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
}
