//go:build e2e && linux

package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/oidctest"
	"immich-oidc-doctor/report"
)

// A product is a provider that others made, and what may be wrong with it.
type product struct {
	name  string
	start func(ctx context.Context, t *testing.T, set string, clients []realClient) *realProvider
	web   checks.StepState // of the step authorize as long as nothing is wrong: ok, or unknown where it cannot be seen
	sees  []question       // what shows without a login, the credentials if the tool knows the secret
	cases []realCase
}

// A realProvider is a product in a process of its own.
type realProvider struct {
	*runningProvider
	flags  []string // by which the tool finds it
	dial   dialer   // by which Immich and people find it; nil: by the resolver
	signIn func(ctx context.Context, b *browser, at string) (callback string, err error)
}

// A realClient is Immich's registration at a product.
type realClient struct {
	ID, Secret string
	Redirects  []string
	Signs      string // the algorithm of its ID tokens, where that is the client's
	Method     string // the one way in which it is to show its secret; empty: any
	PKCE       bool   // it must send a code challenge, where that is the client's
}

// A realCase is one set-up of Immich's stand-in before a product, where a login
// through it ends, and what the tool must say of it.
type realCase struct {
	name     string
	releases []string
	set      string // how the product is set up; each is a process of its own
	client   func(c *realClient)
	settings func(s *oidctest.Settings)
	key      bool // the tool has an API key, by which it knows the secret
	refused  bool // the secret is right, and yet the provider does not take it as Immich shows it
	args     func(issuer, configured string) []string
	root     string     // the only failed Error; empty: none, and exit code 0
	names    string     // part of what its finding says
	either   question   // what it says of this: that it is wrong or something else is, which the product answers alike
	warns    []string   // the checks with a warning
	hides    []question // what does not show here although the product shows it
	unseen   string     // why nothing is named although no login works
	ends     string     // where a login in the web ends; empty: it works
	appEnds  string     // where one of the phone app ends; empty: there too
	said     string     // part of what is said where it ends
}

// TestE2EProducts puts every product to its cases that can be had here.
func TestE2EProducts(t *testing.T) {
	all := []product{nodeProvider, dex, glewlwyd, lemonldap}
	if why := keycloakMissing(); why != "" {
		t.Logf("Keycloak is left out: %s", why)
	} else {
		all = append(all, keycloak)
	}
	for _, p := range all {
		t.Run(p.name, p.test)
	}
}

// test runs every case, those of one set at one process, and prints the matrix.
func (p product) test(t *testing.T) {
	t.Parallel()
	m := &matrix{product: p.name}
	t.Cleanup(func() { t.Log(m) })
	var sets []string
	for _, c := range p.cases {
		if !slices.Contains(sets, c.set) {
			sets = append(sets, c.set)
		}
	}
	for _, set := range sets {
		name := set
		if name == "" {
			name = "plain"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			t.Cleanup(cancel)
			for _, w := range p.worlds(ctx, t, set) {
				t.Run(w.c.name+"/"+w.release, func(t *testing.T) {
					t.Parallel()
					w.judge(ctx, t, m)
				})
			}
		})
	}
}

// A world is one case in one release: the stand-in, and the provider that it
// shares with the other cases of its set.
type world struct {
	c          realCase
	of         product
	number     int // in the matrix
	release    string
	client     realClient // as Immich has it before the case turns its settings
	registered realClient // as the provider has it
	immich     *oidctest.Immich
	provider   *realProvider
}

// worlds starts a stand-in for each case of the set and then the provider,
// which must know all their addresses.
func (p product) worlds(ctx context.Context, t *testing.T, set string) (all []*world) {
	t.Helper()
	var clients []realClient
	for i, c := range p.cases {
		for j, release := range c.releases {
			if c.set != set {
				continue
			}
			w := &world{c: c, of: p, number: 100*i + j, release: release, immich: oidctest.NewImmich(release)}
			w.immich.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
				return w.provider.dial(ctx, network, addr)
			}
			if err := w.immich.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(w.immich.Close)
			web := w.immich.URL()
			w.client = realClient{ID: fmt.Sprintf("immich-%d", w.number), Secret: "aSecretThatOnlyTheseTestsKnow", Signs: "RS256",
				Redirects: []string{web + "/auth/login", web + "/user-settings", "app.immich:/", "app.immich:///oauth-callback"}}
			w.registered = w.client
			if c.client != nil {
				c.client(&w.registered)
			}
			clients, all = append(clients, w.registered), append(all, w)
		}
	}
	served := p.start(ctx, t, set, clients)
	if served.dial == nil {
		served.dial = new(net.Dialer).DialContext
	}
	for _, w := range all {
		w.provider = served
		w.immich.Do(func() {
			o := &w.immich.OAuth
			o.Enabled, o.IssuerURL, o.ClientID, o.ClientSecret = true, served.Issuer, w.client.ID, w.client.Secret
			o.ExternalDomain, o.AllowInsecureRequests = w.immich.URL(), true
			if w.c.settings != nil {
				w.c.settings(o)
			}
		})
	}
	if set == stopped {
		if err := served.stop(); err != nil {
			t.Fatalf("stopping the provider: %v", err)
		}
	}
	return all
}

// judge logs people in, runs the tool, and holds what it says against that.
func (w *world) judge(ctx context.Context, t *testing.T, m *matrix) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	w.c.ends = cmp.Or(w.c.ends, works)
	w.c.appEnds = cmp.Or(w.c.appEnds, w.c.ends)
	if silent := w.c.root == "" && w.c.warns == nil && (w.c.ends != works || w.c.appEnds != works); silent != (w.c.unseen != "") {
		t.Error("a case in which a login ends and nothing is named says why, and no other does")
	}
	webEnds, webSaid := w.logIn(ctx, w.immich.URL()+"/auth/login")
	appEnds, appSaid := w.logIn(ctx, immich.AppRedirect.At(w.release).Value)
	if diff := gocmp.Diff([2]string{w.c.ends, w.c.appEnds}, [2]string{webEnds, appEnds}); diff != "" {
		t.Errorf("where logins end, web and app (-want +got):\n%s\nweb: %s\napp: %s", diff, webSaid, appSaid)
	}
	for ends, said := range map[string]string{webEnds: webSaid, appEnds: appSaid} {
		if ends != works && !strings.Contains(said, w.c.said) {
			t.Errorf("a login ends at %s with %s, want %q", ends, said, w.c.said)
		}
	}
	as := e2eCase{root: w.c.root, args: func(issuer, configured string) []string {
		args := slices.Clone(w.provider.flags)
		if immich.Before(w.release, "v1.92.0") {
			args = append(args, "--origin", w.immich.URL()) // which it does not tell
		}
		if w.c.key {
			args = append(args, "--api-key-file", keyFile(t))
		}
		if w.c.args != nil {
			args = append(args, w.c.args(issuer, configured)...)
		}
		return args
	}}
	if w.c.root != "" {
		as.exit = 1
	}
	s := e2e{release: w.release, immich: w.immich, provider: w.provider.runningProvider}
	d := s.check(ctx, t, as)
	as.judge(t, d)
	w.compare(t, d, "web", webEnds)
	w.compare(t, d, "mobile", appEnds)
	if w.c.root == "" {
		w.quiet(t, d)
	}
	shown := w.shown(d)
	w.weigh(t, d, shown)
	m.add(w, d, webEnds, appEnds, shown)
}

// compare holds what is said of one journey against how it went.
func (w *world) compare(t *testing.T, d *report.Document, journey, ends string) {
	t.Helper()
	for _, step := range stepsOf(d, journey) {
		switch {
		case step.Status == checks.Breaks && ends == works:
			t.Errorf("%s/%s is said to break (%s), but the login works", journey, step.Name, step.Check)
		case step.Status == checks.Breaks && slices.Contains([]string{discovery, authorize, callback}, step.Name) && step.Name != ends:
			t.Errorf("%s/%s is said to break (%s), but the login ends at %s", journey, step.Name, step.Check, ends)
		case step.Status == checks.OK && step.Name == ends:
			t.Errorf("%s/%s is said to be seen at work (%s), but the login ends there", journey, step.Name, step.Check)
		}
	}
}

// quiet holds what must be said where nothing can be seen to be wrong.
func (w *world) quiet(t *testing.T, d *report.Document) {
	t.Helper()
	want := [4]string{w.release, "on", w.provider.Issuer, w.immich.OAuth.ClientID}
	if immich.Before(w.release, "v1.74.0") {
		want[1] = "unknown" // it tells nobody
	}
	got := [4]string{d.Immich.Release, d.Immich.OAuth, d.Provider.Issuer, d.Provider.ClientID}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("release, OAuth, issuer, client ID (-want +got):\n%s", diff)
	}
	var warned []string
	for _, r := range d.Results {
		for _, f := range r.Findings {
			if f.Severity != checks.Note.String() {
				warned = append(warned, r.ID)
				t.Logf("%s: %s", r.ID, f.Message)
			}
		}
	}
	if diff := gocmp.Diff(w.c.warns, warned); diff != "" {
		t.Errorf("findings above a note (-want +got):\n%s", diff)
	}
	if state := stateOf(d, "web", "discovery"); state != checks.OK {
		t.Errorf("web/discovery is %s, want %s", state, checks.OK)
	}
	for journey, ends := range map[string]string{"web": w.c.ends, "mobile": w.c.appEnds} {
		want := w.of.web
		if ends == authorize {
			want = checks.Unknown
		}
		if state := stateOf(d, journey, "authorize"); state != want {
			t.Errorf("%s/authorize is %s, want %s", journey, state, want)
		}
	}
}

func stepsOf(d *report.Document, journey string) []report.Step {
	for _, j := range d.Journeys {
		if j.Name == journey {
			return j.Steps
		}
	}
	return nil
}

func stateOf(d *report.Document, journey, name string) checks.StepState {
	for _, s := range stepsOf(d, journey) {
		if s.Name == name {
			return s.Status
		}
	}
	return ""
}
