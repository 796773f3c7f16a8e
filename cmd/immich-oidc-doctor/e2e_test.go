//go:build e2e

package main

import (
	"bytes"
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/oidctest"
	"immich-oidc-doctor/report"
)

// An e2eCase is one set-up of Immich's stand-in before the real provider, and
// what the tool must say of it.
type e2eCase struct {
	name     string
	releases []string // of Immich, each a test of its own
	path     string   // behind host and port in the provider's issuer
	signs    string   // the algorithm of the provider's key, if not RS256
	tls      bool
	stopped  bool                                          // the provider is not there any more when the tool runs
	webOnly  bool                                          // the mobile redirect URI is not registered
	settings func(s *oidctest.Settings)                    // turns Immich's settings, which fit the provider before
	args     func(issuer, configured string) []string      // behind the address; configured is the issuer URL in Immich's settings
	root     string                                        // the only failed Error; empty: none
	exit     int                                           // of the tool
	also     func(t *testing.T, d *report.Document, s e2e) // what else must hold
}

const (
	v1 = "v1.118.2" // the last before openid-client 6, but for a few
	v2 = "v2.7.5"   // the last before http is refused
	v3 = "v3.3.1"   // the newest
)

var e2eCases = []e2eCase{
	{name: "healthy over http", releases: []string{v1, v2, v3}, settings: allowHTTP, also: healthy},
	{name: "healthy over https", releases: []string{v1, v2, v3}, tls: true, also: healthy},
	{name: "wrong issuer path", releases: []string{v1, v2, v3}, path: "/oidc",
		settings: func(s *oidctest.Settings) { s.IssuerURL += "-not"; s.AllowInsecureRequests = true },
		root:     "discovery/document", exit: 1},
	{name: "issuer without its slash", releases: []string{v2, v3}, path: "/oidc/", settings: withoutSlash, root: "issuer/match", exit: 1},
	{name: "issuer without its slash", releases: []string{v1}, path: "/oidc/", settings: withoutSlash, also: healthy},
	{name: "issuer by another name", releases: []string{v2, v3}, settings: byAnotherName, root: "issuer/match", exit: 1},
	{name: "issuer by another name", releases: []string{v1}, settings: byAnotherName, also: healthy},
	{name: "stopped provider", releases: []string{v1}, stopped: true, root: "network/reachable", exit: 1},
	{name: "stopped provider", releases: []string{v2, v3}, stopped: true, tls: true, root: "discovery/immich", exit: 1},
	{name: "stopped provider, issuer given", releases: []string{v1, v2, v3}, stopped: true, tls: true, args: giveIssuer, root: "network/reachable", exit: 1},
	{name: "http refused", releases: []string{v3}, root: "issuer/https", exit: 1},
	{name: "http refused, issuer given", releases: []string{v3}, args: giveIssuer, root: "issuer/https", exit: 1},
	{name: "http not refused", releases: []string{v2}, also: healthy},
	{name: "ES256 for RS256", releases: []string{v1, v2, v3}, tls: true, signs: "ES256", args: giveAlgorithm("RS256"), root: "keys/algorithm", exit: 1},
	{name: "ES256 for ES256", releases: []string{v3}, tls: true, signs: "ES256",
		settings: func(s *oidctest.Settings) { s.SigningAlgorithm = "ES256" }, args: giveAlgorithm("ES256"), also: healthy},
	{name: "ES256 for nothing given", releases: []string{v1, v2, v3}, tls: true, signs: "ES256", also: assumedAlgorithm},
	{name: "ES256 for nothing given, strict", releases: []string{v3}, tls: true, signs: "ES256", exit: 4, also: assumedAlgorithm,
		args: func(string, string) []string { return []string{"--strict"} }},
	{name: "mobile URI not registered", releases: []string{v1, v2, v3}, tls: true, webOnly: true, root: "redirect/registered", exit: 1, also: onlyMobileBreaks},
}

func allowHTTP(s *oidctest.Settings) { s.AllowInsecureRequests = true }

func withoutSlash(s *oidctest.Settings) {
	s.IssuerURL, s.AllowInsecureRequests = strings.TrimSuffix(s.IssuerURL, "/"), true
}

func byAnotherName(s *oidctest.Settings) {
	s.IssuerURL, s.AllowInsecureRequests = elsewhere(s.IssuerURL), true
}

func giveIssuer(_, configured string) []string { return []string{"--issuer", configured} }

func giveAlgorithm(name string) func(string, string) []string {
	return func(_, configured string) []string {
		return []string{"--issuer", configured, "--signing-algorithm", name}
	}
}

func TestE2E(t *testing.T) {
	var ran, failed atomic.Int32
	t.Cleanup(func() { t.Logf("%d set-ups, %d not as they should be", ran.Load(), failed.Load()) })
	for _, c := range e2eCases {
		for _, release := range c.releases {
			t.Run(c.name+"/"+release, func(t *testing.T) {
				t.Parallel()
				ran.Add(1)
				t.Cleanup(func() {
					if t.Failed() {
						failed.Add(1)
					}
				})
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				s := c.setUp(ctx, t, release)
				d := s.check(ctx, t, c)
				c.judge(t, d)
				if c.also != nil {
					c.also(t, d, s)
				}
			})
		}
	}
}

// An e2e is a set-up that runs.
type e2e struct {
	release  string
	immich   *oidctest.Immich
	provider *runningProvider
	ca       string // the file with the CA of both; empty: http
}

const e2eClient = "immich-e2e"

// setUp starts Immich's stand-in and the provider, each knowing the other.
func (c e2eCase) setUp(ctx context.Context, t *testing.T, release string) e2e {
	t.Helper()
	s := e2e{release: release, immich: oidctest.NewImmich(release)}
	config := providerConfig{IssuerPath: c.path, Signs: c.signs, PKCE: release != v1} // which sends no code challenge
	if c.tls {
		config.TLS = newCertificate(t)
		s.immich.Roots, s.ca = config.TLS.Pool, config.TLS.CA
	}
	if err := s.immich.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.immich.Close)
	client := providerClient{ID: e2eClient, Secret: "a secret that only the end-to-end tests know", AuthMethod: "client_secret_post",
		ApplicationType: "native", RedirectURIs: []string{s.immich.URL() + "/auth/login", s.immich.URL() + "/user-settings", "app.immich:///oauth-callback"}}
	if c.webOnly {
		client.ApplicationType, client.RedirectURIs = "web", client.RedirectURIs[:2]
	}
	config.Clients = []providerClient{client}
	s.provider = startProvider(ctx, t, config)
	s.immich.Do(func() {
		o := &s.immich.OAuth
		o.Enabled, o.IssuerURL, o.ClientID, o.ClientSecret = true, s.provider.Issuer, client.ID, client.Secret
		o.ExternalDomain = s.immich.URL()
		if c.settings != nil {
			c.settings(o)
		}
	})
	if c.stopped {
		if err := s.provider.stop(); err != nil {
			t.Fatalf("stopping the provider: %v", err)
		}
	}
	return s
}

// check runs the tool as its users do, and reads its report.
func (s e2e) check(ctx context.Context, t *testing.T, c e2eCase) *report.Document {
	t.Helper()
	args := []string{"check", s.immich.URL(), "--format", "json"}
	if s.ca != "" {
		args = append(args, "--ca-file", s.ca)
	}
	if c.args != nil {
		args = append(args, c.args(s.provider.Issuer, s.immich.OAuth.IssuerURL)...)
	}
	var stdout, stderr bytes.Buffer
	code := run(ctx, args, strings.NewReader(""), &stdout, &stderr, nil)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s\nexit code %d\n%s%s", strings.Join(args, " "), code, &stderr, inText(t, stdout.Bytes()))
		}
	})
	d, err := report.Decode(bytes.NewReader(stdout.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if code != c.exit || d.ExitCode != c.exit {
		t.Errorf("exit code %d, in the report %d, want %d", code, d.ExitCode, c.exit)
	}
	if stderr.Len() > 0 {
		t.Errorf("talk on stderr without a terminal: %s", &stderr)
	}
	return d
}

// inText is the report as people read it.
func inText(t *testing.T, raw []byte) string {
	d, err := report.Decode(bytes.NewReader(raw))
	if err != nil {
		return string(raw)
	}
	var b strings.Builder
	if err := report.Text(&b, d, report.TextOptions{Width: 120}); err != nil {
		t.Error(err)
	}
	return b.String()
}

// judge holds what every case must show: the one root cause and no Error beside
// it that failed by itself, and no check that is broken.
func (c e2eCase) judge(t *testing.T, d *report.Document) {
	t.Helper()
	want := []string{}
	if c.root != "" {
		want = append(want, c.root)
	}
	if diff := cmp.Diff(want, d.RootCauses); diff != "" {
		t.Errorf("root causes (-want +got):\n%s", diff)
	}
	errors := []string{}
	for _, r := range d.Results {
		if r.Status == checks.Fail && r.Severity == checks.Error.String() {
			errors = append(errors, r.ID)
		}
		if r.Status == checks.Broken {
			t.Errorf("%s is broken: %s", r.ID, r.Why)
		}
	}
	if diff := cmp.Diff(want, errors); diff != "" {
		t.Errorf("failed errors (-want +got):\n%s", diff)
	}
	t.Logf("%d checks, %d exchanges, root causes %v, exit code %d", len(d.Results), len(d.Exchanges), d.RootCauses, d.ExitCode)
}

// healthy holds what the tool finds by itself, and what it may say of each step.
func healthy(t *testing.T, d *report.Document, s e2e) {
	t.Helper()
	issuer := s.immich.OAuth.IssuerURL
	if issuer+"/" == s.provider.Issuer {
		issuer = s.provider.Issuer // a slash that Immich does not compare is not to be seen: the document's spelling
	}
	want := [4]string{s.release, "on", issuer, e2eClient}
	got := [4]string{d.Immich.Release, d.Immich.OAuth, d.Provider.Issuer, d.Provider.ClientID}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("release, OAuth, issuer, client ID (-want +got):\n%s", diff)
	}
	for _, j := range d.Journeys {
		if j.Name != "web" && j.Name != "linking" && j.Name != "mobile" {
			continue
		}
		for _, step := range j.Steps {
			want := checks.Predicted
			if step.Name == "discovery" || step.Name == "authorize" {
				want = checks.OK
			}
			if step.Status == checks.Unknown && strings.HasPrefix(step.Check, "settings/") {
				continue // which Immich shows only to administrators
			}
			if step.Status != want {
				t.Errorf("%s/%s is %s (%s), want %s", j.Name, step.Name, step.Status, step.Check, want)
			}
		}
	}
}

// assumedAlgorithm holds that a default is a warning and never an Error.
func assumedAlgorithm(t *testing.T, d *report.Document, _ e2e) {
	t.Helper()
	for _, r := range d.Results {
		if r.ID != "keys/algorithm" {
			continue
		}
		want := [3]string{checks.Fail.String(), checks.Warning.String(), checks.Assumed.String()}
		if diff := cmp.Diff(want, [3]string{r.Status.String(), r.Severity, r.Grade}); diff != "" {
			t.Errorf("keys/algorithm: status, severity, grade (-want +got):\n%s", diff)
		}
		return
	}
	t.Error("no result of keys/algorithm")
}

func onlyMobileBreaks(t *testing.T, d *report.Document, _ e2e) {
	t.Helper()
	var broken []string
	for _, j := range d.Journeys {
		for _, step := range j.Steps {
			if step.Status == checks.Breaks {
				broken = append(broken, j.Name+"/"+step.Name)
			}
		}
	}
	if diff := cmp.Diff([]string{"mobile/authorize"}, broken); diff != "" {
		t.Errorf("broken steps (-want +got):\n%s", diff)
	}
}
