package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather"
	"immich-oidc-doctor/checks/oidctest"
	"immich-oidc-doctor/report"
)

const canary = "canary7f3a/+pw"

// spelt is every spelling in which a credential may come out again.
func spelt(s string) []string {
	quoted, _ := json.Marshal(s)
	return []string{
		s, strings.Trim(string(quoted), `"`), url.QueryEscape(s), url.QueryEscape(url.QueryEscape(s)), url.PathEscape(s), hex.EncodeToString([]byte(s)),
		base64.RawStdEncoding.EncodeToString([]byte(s)), base64.RawURLEncoding.EncodeToString([]byte(s)), "canary7f3a",
	}
}

func leaks(t *testing.T, where, text string) {
	t.Helper()
	for _, s := range spelt(canary) {
		if i := strings.Index(text, s); i >= 0 {
			t.Errorf("%s leaks a credential: …%s…", where, text[max(0, i-80):min(len(text), i+80)])
		}
	}
}

// planted is a body with a credential in each place where servers put one.
func planted() string {
	jwt := "eyJhbGciOiJSUzI1NiJ9." + base64.RawURLEncoding.EncodeToString([]byte(`{"email":"`+canary+`"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(canary))
	members := map[string]string{"message": "see /cb?code=" + url.QueryEscape(canary) + "&state=" + url.QueryEscape(canary) + " " + jwt}
	for _, name := range []string{"client_secret", "clientSecret", "access_token", "refresh_token", "id_token", "code_verifier", "codeVerifier", "password", "state", "code"} {
		members[name] = canary
	}
	b, _ := json.Marshal(members)
	return string(b)
}

// What servers hand us stays out of every report, of the facts and of the talk.
func TestNoCredentialThatAServerShowsUsComesOutAgain(t *testing.T) {
	t.Parallel()
	q := url.QueryEscape(canary)
	worlds := map[string]func(*oidctest.Setup){
		"Immich answers with credentials": func(s *oidctest.Setup) {
			s.Immich.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasPrefix(r.URL.Path, "/api/oauth") {
					return false
				}
				http.SetCookie(w, &http.Cookie{Name: "immich_oauth_state", Value: q})
				w.Header().Set("Location", "https://auth.example.test/?state="+q+"&code="+q)
				w.WriteHeader(500)
				io.WriteString(w, planted())
				return true
			}
		},
		"the provider hands out a code and echoes the state": func(s *oidctest.Setup) {
			s.Provider.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
				if to := r.URL.Query().Get("redirect_uri"); to != "" {
					http.Redirect(w, r, to+"?code="+q+"&state="+r.URL.Query().Get("state")+"&id_token="+q+"&error_description=client_secret%3D"+q, http.StatusSeeOther)
					return true
				}
				return false
			}
		},
		"the provider refuses with credentials": func(s *oidctest.Setup) {
			s.Provider.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Query().Get("redirect_uri") == "" {
					return false
				}
				w.Header().Set("WWW-Authenticate", "Bearer access_token="+q)
				w.WriteHeader(400)
				io.WriteString(w, "redirect_uri did not match "+planted())
				return true
			}
		},
		"the document has a password in its addresses": func(s *oidctest.Setup) {
			s.Provider.Metadata = map[string]any{"token_endpoint": "http://user:" + url.PathEscape(canary) + "@op.example.test/token", "jwks_uri": "{url}/jwks?access_token=" + q}
		},
	}
	for name, set := range worlds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var talk strings.Builder
			p := &program{stderr: &talk}
			f, err := p.demo(t.Context(), oidctest.Fault{Name: "canary", Set: set, GiveIssuer: true}, gather.Probes, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			saved, err := json.Marshal(f)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(saved), "[redacted]") {
				t.Error("nothing was masked: the canary was not planted")
			}
			leaks(t, "facts.json", string(saved))
			leaks(t, "stderr", talk.String())
			for _, format := range report.Formats {
				leaks(t, format.Name, string(rendered(t, format, judge(f, true))))
			}
			states(t, f, string(saved))
		})
	}
}

// states checks that the state of no authorization URL is left anywhere.
func states(t *testing.T, f *facts.Facts, saved string) {
	for _, a := range f.Exchanges() {
		if u, err := url.Parse(string(a.URL)); err == nil && u.Query().Has("state") && u.Query().Get("state") != "[redacted]" {
			t.Errorf("%s shows its state", a.Exchange)
		}
	}
	if strings.Contains(saved, "immich_oauth_state=") {
		t.Error("a cookie's value is in the facts")
	}
}

// The states that Immich really sends come out nowhere, even where a page of
// the provider repeats them in its own words.
func TestNoStateThatImmichSendsComesOut(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "missing-web-uri", "missing-mobile-uri", "unknown-client", "pkce-required-unlisted"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := faultNamed(name)
			if err != nil {
				t.Fatal(err)
			}
			var mu sync.Mutex
			var sent []string
			set := f.Set
			f.Set = func(s *oidctest.Setup) {
				if set != nil {
					set(s)
				}
				s.Provider.Intercept = func(_ http.ResponseWriter, r *http.Request) bool {
					mu.Lock()
					defer mu.Unlock()
					sent = append(sent, r.URL.Query().Get("state"))
					return false
				}
			}
			p := &program{stderr: io.Discard}
			learnt, err := p.demo(t.Context(), f, gather.Probes, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			saved, err := json.Marshal(learnt)
			if err != nil {
				t.Fatal(err)
			}
			all := string(saved)
			for _, format := range report.Formats {
				all += string(rendered(t, format, judge(learnt, true)))
			}
			found := 0
			for _, state := range sent {
				if state == "" {
					continue
				}
				found++
				if strings.Contains(all, state[:12]) {
					t.Errorf("the state %s… comes out", state[:12])
				}
			}
			if found == 0 {
				t.Error("no state was sent")
			}
		})
	}
}

// A credential typed where an address or a file belongs is not repeated.
func TestErrorsDoNotRepeatACredential(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"check", "https://user:" + canary + "@photos.example"},
		{"check", "https://user:" + url.PathEscape(canary) + "@photos.example"},
		{"check", "https://photos.example", "--issuer", "https://user:" + url.PathEscape(canary) + "@auth.example"},
		{"check", "https://photos.example", "--origin", "https://user:" + url.PathEscape(canary) + "@auth.example"},
		{"check", "://" + canary},
		{"check", "ftp://user:" + canary + "@h"},
	} {
		r := doctor(t, args...)
		leaks(t, strings.Join(args[:1], " "), r.stdout+r.stderr)
		if r.code != exitUsage || r.stderr == "" || r.stdout != "" {
			t.Errorf("%v: exit %d, %s", args[:1], r.code, r.stderr)
		}
	}
}
