package main

import (
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather"
	"immich-oidc-doctor/checks/oidctest"
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
		{"v1.39.0", nil, []string{"authorize.linking.1", "authorize.override.1", "doors.at1.wellknown.1", "doors.at1.page.2", "network.lookup.1", "redirects.linking.*", "redirects.control.*", "redirects.near*.*"}},
		{"v1.76.1", nil, []string{"authorize.override.1", "doors.at1.page.2", "network.lookup.1", "redirects.control.*", "redirects.near*.*"}},
		{"v1.106.4", nil, []string{"authorize.override.1", "doors.at1.page.2", "doors.at1.authorize.1", "network.lookup.1", "redirects.control.*", "redirects.near*.*"}},
		{"v2.7.5", nil, slices.Concat(old, []string{"authorize.override.1", "doors.at1.page.2", "doors.at1.authorize.1", "network.lookup.1", "redirects.control.*", "redirects.near*.*"})},
		{"v3.3.1", []string{"--no-probe"}, slices.Concat(old, []string{"authorize.override.1", "doors.at1.page.2", "doors.at1.authorize.1",
			"network.lookup.1", "redirects.web.*", "redirects.linking.*", "redirects.mobile.*", "redirects.control.*", "redirects.near*.*", "endpoints.token.1", "endpoints.userinfo.1", "endpoints.logout.1"})},
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

// However a product answers, and whatever is wrong with the client, a run sends
// what it planned, and keeps to the budget.
func TestARunKeepsToItsPlanWhateverTheProviderIsLike(t *testing.T) {
	t.Parallel()
	for _, style := range oidctest.Styles {
		for name, set := range map[string]func(*oidctest.Setup){
			"right":            func(*oidctest.Setup) {},
			"nothing is right": func(s *oidctest.Setup) { s.Provider.Clients[0].Redirects = []string{"https://nobody.example/"} },
		} {
			t.Run(style.Name+", "+name, func(t *testing.T) {
				t.Parallel()
				s := oidctest.NewSetup("")
				style.Dress(s)
				set(s)
				if err := s.Start(); err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				target := targetFlags{server: s.Immich.URL(), timeout: 20 * time.Second}
				if s.Provider.Host != "" {
					target.resolve = []string{s.Provider.Host + ":127.0.0.1"}
				}
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
				asPlanned(t, p.learn(t.Context(), c, given, gather.Probes), false)
			})
		}
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
