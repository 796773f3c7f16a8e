package main

import (
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather"
	"immich-oidc-doctor/checks/oidctest"
	"immich-oidc-doctor/checks/secret"
	"immich-oidc-doctor/report"
)

// A pairing is one way in which provider and Immich are set up for each other.
type pairing struct {
	name    string
	release string // of Immich; empty: the newest
	before  func(*oidctest.Setup)
	after   func(*oidctest.Setup)
	only    func(oidctest.Style) bool // the styles to which it makes a difference; nil: all
}

const theClient = "immich"

var pairings = []pairing{
	{name: "all right"},
	{name: "web URI missing", after: withoutURIs("/auth/login")},
	{name: "linking URI missing", after: withoutURIs("/user-settings"), only: ofAProduct},
	{name: "app URI missing", after: withoutURIs(":///oauth-callback")},
	{name: "all URIs missing", after: withoutURIs("")},
	{name: "unknown client", before: func(s *oidctest.Setup) { s.Immich.OAuth.ClientID = "immich-2" }},
	{name: "wrong secret", before: withWrongSecret},
	{name: "wrong secret, web URI missing", before: withWrongSecret, after: withoutURIs("/auth/login")},
	{name: "wrong method", after: func(s *oidctest.Setup) {
		s.Provider.Client(theClient).AuthMethods = []string{"client_secret_basic"}
	}, only: func(s oidctest.Style) bool { return s.Token.Method != nil }},
	{name: "scope refused", after: func(s *oidctest.Setup) { s.Provider.Client(theClient).Scopes = []string{"openid", "email"} }, only: ofAProduct},
	{name: "PKCE demanded, not sent", release: "v1.118.2", after: func(s *oidctest.Setup) { s.Provider.Client(theClient).RequirePKCE = true }, only: ofAProduct},
	{name: "patterns for URIs", after: func(s *oidctest.Setup) {
		s.Provider.Client(theClient).Redirects = []string{s.Immich.URL() + "/*", "app.immich:*"}
	}, only: func(s oidctest.Style) bool { return s.Wildcards }},
}

// silentToken is the style whose token endpoint never answers.
const silentToken = "token-endpoint-that-hangs"

func ofAProduct(s oidctest.Style) bool { return s.Product != "" }

func withWrongSecret(s *oidctest.Setup) { s.Immich.OAuth.ClientSecret = "not-the-secret-of-the-demo" }

func withoutURIs(end string) func(*oidctest.Setup) {
	return func(s *oidctest.Setup) {
		c := s.Provider.Client(theClient)
		c.Redirects = slices.DeleteFunc(c.Redirects, func(uri string) bool { return strings.HasSuffix(uri, end) })
	}
}

// An answered question is what the tool says to a question.
type answered string

const (
	saysYes     answered = "yes"
	saysNo      answered = "no"
	saysNothing answered = "?"
)

// A run of the tool against a provider of a style, and what was true of it.
type styled struct {
	style    oidctest.Style
	pairing  pairing
	document *report.Document
	facts    *facts.Facts

	client, secretRight, methodRight bool
	registered                       map[string]bool // by redirect URI
	journeys                         map[string]string
}

// learnStyle runs the tool in process, as check does with an API key.
func learnStyle(t *testing.T, style oidctest.Style, pr pairing) styled {
	t.Helper()
	s := oidctest.NewSetup(pr.release)
	style.Dress(s)
	if pr.before != nil {
		pr.before(s)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if pr.after != nil {
		s.Provider.Do(func() { pr.after(s) })
	}
	target := targetFlags{server: s.Immich.URL(), timeout: time.Minute, apiKey: secret.New(oidctest.AdminKey)}
	if style.Name == silentToken { // each run of it waits for a quarter of that
		target.timeout = 20 * time.Second
	}
	if style.Host != "" {
		target.resolve = []string{style.Host + ":127.0.0.1"}
	}
	given, err := target.target(nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := target.wire()
	if err != nil {
		t.Fatal(err)
	}
	c.Roots, c.Immich = s.CAs(), s.Provider.Authorities()
	p := &program{stdout: io.Discard, stderr: io.Discard}
	f := p.lookPatiently(t.Context(), look{client: c, given: given, upTo: gather.Probes, timeout: target.timeout})
	ran := styled{style: style, pairing: pr, facts: f, document: judge(f, false), registered: map[string]bool{}, journeys: map[string]string{}}
	ran.known(s)
	return ran
}

// known is what is true once the tool is done: a style may have changed it.
func (r *styled) known(s *oidctest.Setup) {
	c := s.Provider.Client(theClient)
	r.client = s.Immich.OAuth.ClientID == theClient
	r.secretRight = r.client && s.Immich.OAuth.ClientSecret == c.Secret
	r.methodRight = c.AuthMethods == nil
	for _, t := range r.facts.Redirects.Get().Tries {
		uri := string(t.Redirect)
		r.journeys[uri] = string(t.Journey)
		r.registered[uri] = r.client && slices.ContainsFunc(c.Redirects, func(has string) bool {
			start, star := strings.CutSuffix(has, "*")
			return has == uri || r.style.Wildcards && star && strings.HasPrefix(uri, start)
		})
	}
}

// of is what the check says, of one subject if it has several.
func (r styled) of(id, subject string) answered {
	for _, res := range r.document.Results {
		if res.ID != id {
			continue
		}
		for _, fd := range res.Findings {
			if fd.Severity == checks.Error.String() && (subject == "" || fd.Subject == subject) {
				return saysNo
			}
		}
		for _, c := range res.Cells {
			if c.Subject == subject && c.Status == checks.Pass {
				return saysYes
			}
		}
		if subject == "" && res.Status == checks.Pass {
			return saysYes
		}
	}
	return saysNothing
}

// sent counts what the provider was sent.
func (r styled) sent() (n int) {
	for _, a := range r.facts.Exchanges() {
		u, err := url.Parse(string(a.URL))
		server, _ := url.Parse(r.document.Target.Server)
		if err == nil && (a.Method == "GET" || a.Method == "POST") && u.Host != server.Host {
			n++
		}
	}
	return n
}

// No way to answer makes the tool say what is not so, and what can be seen it
// sees.
func TestNoWayToAnswerMisleadsTheTool(t *testing.T) {
	t.Parallel()
	for _, style := range oidctest.Styles {
		t.Run(style.Name, func(t *testing.T) {
			t.Parallel()
			most := 0
			for _, pr := range pairings {
				if pr.only != nil && !pr.only(style) || style.Name == silentToken && pr.name != "wrong secret" {
					continue
				}
				if testing.Short() && pr.name != "all right" && pr.name != "wrong secret" { // for the race detector, which learns no more from the rest
					continue
				}
				r := learnStyle(t, style, pr)
				if t.Run(pr.name, func(t *testing.T) {
					r.neverWrong(t)
					r.asExpected(t)
					asPlanned(t, r.facts, false)
				}); r.sent() > 20 {
					t.Errorf("%s: %d requests to the provider", pr.name, r.sent())
				}
				most = max(most, r.sent())
			}
			t.Logf("%s: at most %d requests to the provider", style.Name, most)
		})
	}
}

// neverWrong is what holds whatever can be seen.
func (r styled) neverWrong(t *testing.T) {
	t.Helper()
	for uri, registered := range r.registered {
		switch got := r.of("redirect/registered", uri); {
		case got == saysYes && !registered:
			t.Errorf("%s is called registered: it is not", uri)
		case got == saysNo && registered:
			t.Errorf("%s is called unregistered: it is registered", uri)
		}
	}
	if web := r.document.Target.Server + "/auth/login"; r.style.KeepsFirst && r.pairing.name == "all URIs missing" && !r.registered[web] {
		t.Error("the provider was left with another redirect URI than the web page's")
	}
	either := visibleOf[r.style.Name].jointly && !slices.Contains(slices.Collect(maps.Values(r.registered)), true)
	for id, right := range map[string]bool{"client/known": r.client, "client/secret": r.secretRight, "token/auth-method": r.methodRight} {
		switch got := r.of(id, ""); {
		case got == saysYes && !right:
			t.Errorf("%s passes: it must not", id)
		case got == saysNo && right && !(id == "client/known" && either): // which says that it may be the redirect URIs
			t.Errorf("%s fails: it must not", id)
		}
	}
	if r.pairing.name == "all right" {
		if bad := alarms(r.document); !slices.Equal(bad, trouble[r.style.Name]) {
			t.Errorf("a healthy set-up gets the alarms %v", bad)
		}
	}
	if got := r.document.Provider.Name; got != r.style.Product {
		t.Errorf("taken for %q, it is %q", got, r.style.Product)
	}
}

// asExpected compares with what can be told of the style.
func (r styled) asExpected(t *testing.T) {
	t.Helper()
	got := map[string]answered{"client": r.of("client/known", ""), "secret": r.of("client/secret", ""), "method": r.of("token/auth-method", "")}
	truth := map[string]bool{"client": r.client, "secret": r.secretRight, "method": r.methodRight}
	for uri, journey := range r.journeys {
		got[journey], truth[journey] = r.of("redirect/registered", uri), r.registered[uri]
	}
	want := expected(r.style.Name, r.pairing.name, truth)
	for _, q := range []string{"web", "linking", "mobile", "client", "secret", "method"} {
		if w := want[q]; w != "" && !strings.Contains(w, string(got[q])) {
			t.Errorf("%s: want %s, got %s", q, w, got[q])
		}
	}
	if t.Failed() {
		t.Log(r.explained())
	}
}

// explained is what the tool said, for whoever reads why a test failed.
func (r styled) explained() string {
	var b strings.Builder
	for _, res := range r.document.Results {
		if !slices.Contains([]string{"redirect/registered", "client/known", "client/secret", "token/auth-method", "pkce/accepted"}, res.ID) {
			continue
		}
		fmt.Fprintf(&b, "%s %s: %s%s\n", res.ID, res.Status, res.Why, res.Saw)
		for _, c := range res.Cells {
			fmt.Fprintf(&b, "  %s %s: %s%s\n", c.Subject, c.Status, c.Why, c.Saw)
		}
		for _, fd := range res.Findings {
			fmt.Fprintf(&b, "  %s %s: %s (%s)\n", fd.Subject, fd.Severity, fd.Message, fd.Got)
		}
	}
	return b.String()
}
