package oidctest_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"immich-oidc-doctor/checks/oidctest"
)

func TestAccountRulesFollowTheRelease(t *testing.T) {
	t.Parallel()
	taken := func(m *oidctest.Immich, _ *oidctest.Provider) {
		m.Accounts = append(m.Accounts, oidctest.Account{Email: "alice@example.test", OAuthID: "another"})
	}
	closed := immichIs(func(s *oidctest.Settings) { s.AutoRegister = false })
	nobody := func(m *oidctest.Immich, _ *oidctest.Provider) { m.Accounts, m.APIKeys = nil, nil }
	role := func(value any) func(*oidctest.Immich, *oidctest.Provider) {
		return func(m *oidctest.Immich, p *oidctest.Provider) {
			nobody(m, p)
			userinfo("immich_role", value)(m, p)
		}
	}
	for _, test := range []struct {
		name, release string
		set           func(*oidctest.Immich, *oidctest.Provider)
		want, log     string // no message means that the login succeeds
	}{
		{"a taken address", "v1.105.1", taken, "", ""},
		{"a taken address", "v1.106.0", taken, "User exists", ""},
		{"a taken address", "v2.7.5", taken, "User already exists, but is linked to another account.", ""},
		{"a taken address", "v3.3.1", taken, "OAuth authentication failed", ""},
		{"no registering", "v1.108.0", closed, "User does not exist and auto registering is disabled.",
			"Unable to register alice@example.test. To enable set OAuth Auto Register"},
		{"no registering", "v2.7.5", closed, "User does not exist and auto registering is disabled.",
			"Unable to register alice/alice@example.test. To enable set OAuth Auto Register"},
		{"no registering", "v3.0.0", closed, "OAuth authentication failed",
			"Unable to register alice/alice@example.test. User does not exist and auto registering is disabled."},
		{"no administrator", "v3.1.0", nobody, "The first registered account must the administrator.", ""},
		{"an administrator by role", "v1.136.0", role("admin"), "", ""},
		{"an administrator by a list", "v3.0.0", role([]string{"admin"}), "The first registered account must the administrator.", ""},
		{"an administrator by a list", "v3.1.0", role([]string{"admin"}), "", ""},
		{"no address", "v1.109.0", userinfo("email", nil), "OAuth profile does not have an email address", ""},
		{"an address that is a list", "v3.0.0", userinfo("email", []string{"a@example.test"}), "Failed to finish oauth",
			"TypeError: profile.email.trim is not a function"},
		{"a name of its own", "v3.1.0", nil, "", "Registering new user: alice/alice@example.test"},
		{"a name of its own", "v1.108.0", nil, "", "Registering new user: alice@example.test/alice"},
	} {
		t.Run(test.name+" "+test.release, func(t *testing.T) {
			t.Parallel()
			p := oidctest.NewProvider()
			p.TLS, p.AutoApprove = false, true
			p.Clients[0].Redirects = nil
			if err := p.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(p.Close)
			m := bare(t, test.release, func(m *oidctest.Immich) {
				c := p.Client("immich")
				m.OAuth.Enabled, m.OAuth.IssuerURL, m.OAuth.AllowInsecureRequests = true, p.URL(), true
				m.OAuth.ClientID, m.OAuth.ClientSecret = c.ID, c.Secret
				if test.set != nil {
					p.Do(func() { test.set(m, p) })
				}
			})
			p.Do(func() { p.Client("immich").Redirects = []string{m.URL() + "/auth/login"} })
			got := signIn(t, m)
			if want := test.want; (want == "") != (got.status == 201) || got.message() != want {
				t.Errorf("want %q, got %d %s", want, got.status, got.body)
			}
			if log := strings.Join(m.Log(), "\n"); !strings.Contains(log, test.log) {
				t.Errorf("want %q in the log, got\n%s", test.log, log)
			}
		})
	}
}

func TestOverrideFollowsTheRelease(t *testing.T) {
	t.Parallel()
	const mine = "https%3A%2F%2Fphotos.example.test%2Fapi%2Foauth%2Fmobile-redirect"
	for _, test := range []struct{ release, uri, want string }{
		{"v1.77.0", "app.immich:/", mine},
		{"v1.117.0", "app.immich:///oauth-callback", mine},
		{"v1.118.0", "app.immich:///oauth-callback", "app.immich%3A%2F%2F%2Foauth-callback"},
		{"v1.118.1", "app.immich:/", mine},
		{"v1.132.0", "app.immich:///oauth-callback", mine},
		{"v1.132.0", "app.immich:/", "app.immich%3A%2F"},
		{"v3.3.1", "https://photos.example.test/auth/login", "https%3A%2F%2Fphotos.example.test%2Fauth%2Flogin"},
	} {
		m, p := pair(t, test.release)
		p.Do(func() { p.Metadata = map[string]any{"id_token_signing_alg_values_supported": []string{"RS256"}} })
		m.Do(func() {
			m.OAuth.MobileOverrideEnabled, m.OAuth.MobileRedirectURI = true, "https://photos.example.test/api/oauth/mobile-redirect"
		})
		got := send(t, "POST", m.URL()+"/api/oauth/authorize", `{"redirectUri":"`+test.uri+`"}`)
		target, _ := got.members["url"].(string)
		if !strings.Contains(target+"&", "redirect_uri="+test.want+"&") {
			t.Errorf("%s %s: want redirect_uri=%s in %s", test.release, test.uri, test.want, got.body)
		}
	}
}

func TestRoleIsLookedAtAgainFromV310On(t *testing.T) {
	t.Parallel()
	for release, want := range map[string]bool{"v3.0.3": true, "v3.1.0": false} {
		m, p := pair(t, release)
		p.Do(func() { p.UserinfoClaims = map[string]any{"immich_role": "admin"} })
		signIn(t, m)
		p.Do(func() { p.UserinfoClaims = map[string]any{"immich_role": "user"} })
		if got := signIn(t, m); got.members["isAdmin"] != want {
			t.Errorf("%s: want isAdmin %v after a login as a mere user, got %s", release, want, got.body)
		}
	}
}

// TestRequestsEndWithTheBrowserAndTheServer uses a limit of five minutes, which
// nobody waits for.
func TestRequestsEndWithTheBrowserAndTheServer(t *testing.T) {
	t.Parallel()
	for name, stop := range map[string]func(m *oidctest.Immich, leave func()){
		"the browser leaves":   func(_ *oidctest.Immich, leave func()) { leave() },
		"the server is closed": func(m *oidctest.Immich, _ func()) { m.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, p := pair(t, "v3.1.0")
			asked, dropped := make(chan struct{}), make(chan struct{})
			p.Do(func() {
				p.Intercept = func(_ http.ResponseWriter, r *http.Request) bool {
					close(asked)
					<-r.Context().Done()
					close(dropped)
					panic(http.ErrAbortHandler)
				}
			})
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				req, _ := http.NewRequestWithContext(ctx, "POST", m.URL()+"/api/oauth/authorize", strings.NewReader(`{"redirectUri":"x"}`))
				req.Header.Set("Content-Type", "application/json")
				if res, err := m.HTTP().Do(req); err == nil {
					res.Body.Close()
				}
			}()
			<-asked
			stop(m, leave)
			for what, end := range map[string]chan struct{}{"Immich asks": dropped, "the browser waits": ended} {
				select {
				case <-end:
				case <-time.After(30 * time.Second):
					t.Fatalf("%s still", what)
				}
			}
			if log := m.Log(); len(log) != 0 {
				t.Errorf("want nothing in the log, got %q", log)
			}
		})
	}
}
