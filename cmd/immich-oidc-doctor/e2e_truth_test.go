//go:build e2e && linux

package main

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/report"
)

// A question is one about Immich's registration at the provider, with an answer
// that is known here and may show to the tool.
type question string

const (
	webURI   question = "web URI"
	appURI   question = "app URI"
	ofClient question = "client"
	ofSecret question = "secret"
	ofMethod question = "method"
)

var questions = []question{webURI, appURI, ofClient, ofSecret, ofMethod}

// truth is the answers by what is registered and what Immich is set to. What is
// registered of a client that is not there has none, nor has the way of showing
// a secret that is refused.
func (w *world) truth() map[question]verdict {
	is := map[bool]verdict{true: yes, false: no}
	taken := w.registered.ID == w.immich.OAuth.ClientID && w.registered.Secret == w.immich.OAuth.ClientSecret && !w.c.refused
	answers := map[question]verdict{webURI: unseen, appURI: unseen, ofClient: no, ofSecret: is[taken], ofMethod: unseen}
	if w.registered.ID == w.immich.OAuth.ClientID {
		answers[ofClient] = yes
		answers[webURI] = is[slices.Contains(w.registered.Redirects, w.immich.URL()+"/auth/login")]
		answers[appURI] = is[slices.Contains(w.registered.Redirects, immich.AppRedirect.At(w.release).Value)]
	}
	if taken {
		answers[ofMethod] = yes
	}
	return answers
}

// shown is the answers that the report gives.
func (w *world) shown(d *report.Document) map[question]verdict {
	return map[question]verdict{
		webURI:   verdictOf(d, "redirect/registered", w.immich.URL()+"/auth/login"),
		appURI:   verdictOf(d, "redirect/registered", immich.AppRedirect.At(w.release).Value),
		ofClient: verdictOf(d, "client/known", ""), ofSecret: verdictOf(d, "client/secret", ""), ofMethod: verdictOf(d, "token/auth-method", ""),
	}
}

func resultOf(d *report.Document, id string) report.Result {
	for _, r := range d.Results {
		if r.ID == id {
			return r
		}
	}
	return report.Result{}
}

// weigh holds the answers of the report against the truth: what shows is said,
// and nothing else.
func (w *world) weigh(t *testing.T, d *report.Document, shown map[question]verdict) {
	t.Helper()
	truth := w.truth()
	for _, q := range questions {
		want := unseen
		if w.shows(q) {
			want = truth[q]
		}
		if q == w.c.either {
			want = either
		}
		if shown[q] != want {
			t.Errorf("%s: the report says %s, want %s; the truth is %s", q, shown[q], want, truth[q])
		}
	}
	if r := resultOf(d, w.c.root); slices.Contains(byProbe, w.c.root) && r.Grade != checks.Observed.String() {
		t.Errorf("%s is %s, not observed", w.c.root, r.Grade)
	}
	if r := resultOf(d, w.c.root); w.c.names != "" && !slices.ContainsFunc(r.Findings, func(f report.Finding) bool { return strings.Contains(f.Message, w.c.names) }) {
		t.Errorf("%s finds %+v, want %q", w.c.root, r.Findings, w.c.names)
	}
	const budget = 20 // of one origin
	if sent := w.requests(d); len(sent) > budget {
		t.Errorf("the provider gets %d requests: %v", len(sent), sent)
	}
}

// shows reports whether the answer to q is to be seen without a login.
func (w *world) shows(q question) bool {
	if w.c.ends == discovery || slices.Contains(w.c.hides, q) {
		return false
	}
	sees := func(q question) bool { return slices.Contains(w.of.sees, q) }
	switch truth := w.truth(); q {
	case ofSecret, ofMethod: // a client that is refused by name explains a refusal of its secret
		return w.c.key && sees(q) && (truth[ofClient] == yes || !sees(ofClient) || slices.Contains(w.c.hides, ofClient))
	case ofClient: // whose secret is accepted is there
		return sees(q) || w.c.key && sees(ofSecret) && truth[ofSecret] == yes
	}
	return sees(q)
}

// byProbe is the checks that a request to the provider answers.
var byProbe = []string{"client/known", "client/secret", "token/auth-method", "redirect/registered", "authorize/accepted", "pkce/accepted"}

// requests is those that went to the provider, connections without one left out.
func (w *world) requests(d *report.Document) (sent []string) {
	for _, x := range d.Exchanges {
		if u, err := url.Parse(x.URL); err == nil && w.at(u.Host) && (x.Method == "GET" || x.Method == "POST") {
			sent = append(sent, x.ID)
		}
	}
	return sent
}

// at reports whether the provider is there, under any of its names.
func (w *world) at(host string) bool {
	issuer, err := url.Parse(w.provider.Issuer)
	return err == nil && (&url.URL{Host: host}).Port() == issuer.Port()
}
