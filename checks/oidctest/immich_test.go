package oidctest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"immich-oidc-doctor/checks/oidctest"
)

// pair starts a provider over http and an Immich of a release that uses it.
func pair(t *testing.T, release string) (*oidctest.Immich, *oidctest.Provider) {
	t.Helper()
	p := oidctest.NewProvider()
	p.TLS, p.AutoApprove = false, true
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	m := oidctest.NewImmich(release)
	c := p.Client("immich")
	m.OAuth.Enabled, m.OAuth.IssuerURL = true, p.URL()
	m.OAuth.ClientID, m.OAuth.ClientSecret = c.ID, c.Secret
	m.OAuth.AllowInsecureRequests = true
	if err := m.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	p.Do(func() {
		c.Redirects = append(c.Redirects, m.URL()+"/auth/login", m.URL()+"/user-settings", "app.immich:/")
	})
	return m, p
}

// An exchanged is an answer of the stand-in.
type exchanged struct {
	status  int
	header  http.Header
	body    string
	members map[string]any
}

func (e exchanged) message() string {
	s, _ := e.members["message"].(string)
	return s
}

// send sends a request, whose headers are pairs.
func send(t *testing.T, method, target, body string, headers ...string) exchanged {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(body, "{") {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := transport(t).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	e := exchanged{status: res.StatusCode, header: res.Header, body: string(raw)}
	_ = json.Unmarshal(raw, &e.members)
	return e
}

func transport(t *testing.T) *http.Transport {
	tr := &http.Transport{DisableKeepAlives: true}
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

// approve follows the authorization URL to the callback.
func approve(t *testing.T, target string) string {
	t.Helper()
	for range 5 {
		res := send(t, "GET", target, "")
		next := res.header.Get("Location")
		if next == "" {
			t.Fatalf("GET %s: status %d without a Location: %.300s", target, res.status, res.body)
		}
		if strings.Contains(next, "code=") {
			return next
		}
		base, err := url.Parse(target)
		if err != nil {
			t.Fatal(err)
		}
		ref, err := base.Parse(next)
		if err != nil {
			t.Fatal(err)
		}
		target = ref.String()
	}
	t.Fatal("no callback after five redirects")
	return ""
}

// signIn is a whole login in the browser.
func signIn(t *testing.T, m *oidctest.Immich) exchanged {
	t.Helper()
	start := send(t, "POST", m.URL()+"/api/oauth/authorize", `{"redirectUri":"`+m.URL()+`/auth/login"}`)
	if start.status != http.StatusCreated {
		t.Fatalf("authorize: %d %s", start.status, start.body)
	}
	back := approve(t, start.members["url"].(string))
	return send(t, "POST", m.URL()+"/api/oauth/callback", `{"url":"`+back+`"}`, "Cookie", cookiesOf(start))
}

// cookiesOf are those that an answer set, as a browser sends them back.
func cookiesOf(e exchanged) string {
	var out []string
	for _, c := range e.header.Values("Set-Cookie") {
		pair, _, _ := strings.Cut(c, ";")
		if !strings.HasSuffix(pair, "=") {
			out = append(out, pair)
		}
	}
	return strings.Join(out, "; ")
}

func TestEveryEraLogsIn(t *testing.T) {
	t.Parallel()
	for _, release := range []string{"v1.77.0", "v1.84.0", "v1.95.0", "v1.106.0", "v1.113.1", "v1.114.0", "v1.131.3",
		"v1.132.0", "v1.133.0", "v1.135.0", "v1.143.0", "v2.5.6", "v2.6.0", "v3.0.0-rc.2", "v3.1.0", "v3.2.4", "v3.3.1"} {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			m, _ := pair(t, release)
			got := signIn(t, m)
			if got.status != http.StatusCreated || got.members["userEmail"] != "alice@example.test" {
				t.Fatalf("callback: %d %s\n%s", got.status, got.body, strings.Join(m.Log(), "\n"))
			}
		})
	}
}
