package oidctest

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestLogoutTokensAreVerified is OpenID Connect Back-Channel Logout 1.0 section
// 2.6 as far as Immich follows it.
func TestLogoutTokensAreVerified(t *testing.T) {
	t.Parallel()
	const invalid = "Error backchannel logout: token validation failed"
	for name, test := range map[string]struct {
		with map[string]any // claims to replace; nil removes one, a duration is from now
		alg  string
		set  func(*Provider)
		want string // message; empty means that the session ends
		log  string
	}{
		"all is well":             {},
		"only a sid":              {with: map[string]any{"sub": nil, "sid": "{sid}"}},
		"no sub, no sid":          {with: map[string]any{"sub": nil}, want: "Invalid logout token: it must contain either a sub or a sid claim"},
		"no event":                {with: map[string]any{"events": nil}, want: invalid, log: "Missing backchannel-logout event claim"},
		"an event over https":     {with: map[string]any{"events": map[string]any{"https" + logoutEvent[4:]: struct{}{}}}, want: invalid, log: "Missing backchannel-logout event claim"},
		"a nonce":                 {with: map[string]any{"nonce": "n"}, want: invalid, log: "Logout token must not contain a nonce"},
		"an empty nonce":          {with: map[string]any{"nonce": ""}},
		"no issue date":           {with: map[string]any{"iat": nil}, want: invalid, log: `missing required "iat" claim`},
		"issued 122 seconds ago":  {with: map[string]any{"iat": -122 * time.Second}},
		"issued 3 minutes ago":    {with: map[string]any{"iat": -180 * time.Second}, want: invalid, log: "(too far in the past)"},
		"issued in half a minute": {with: map[string]any{"iat": 30 * time.Second}, want: invalid, log: "(it should be in the past)"},
		"expired":                 {with: map[string]any{"exp": -10 * time.Second}, want: invalid, log: `"exp" claim timestamp check failed`},
		"another issuer":          {with: map[string]any{"iss": "https://other.example.test"}, want: invalid, log: `unexpected "iss" claim value`},
		"another audience":        {with: map[string]any{"aud": "other"}, want: invalid, log: `unexpected "aud" claim value`},
		"a list of audiences":     {with: map[string]any{"aud": []string{"immich", "other"}}},
		"another algorithm":       {alg: "ES256", want: invalid, log: `"alg" (Algorithm) Header Parameter value not allowed`},
		"no key set":              {set: func(p *Provider) { p.Metadata = map[string]any{"jwks_uri": nil} }, want: invalid, log: "Unable to get JWKS URI"},
		"a key set that moved": {set: func(p *Provider) { p.Alter = map[string]func(*Answer){KeysPath: Redirect(302, "/elsewhere")} },
			want: invalid, log: "Expected 200 OK from the JSON Web Key Set HTTP response"},
		"a key set without the key": {set: func(p *Provider) { p.KeyAlgs = []string{"ES256"} }, want: invalid, log: "no applicable key found in the JSON Web Key Set"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "v3.1.0", "http://127.0.0.1:2283")
			p := w.clients["9400"]
			session := w.accessToken("alice")
			claims := map[string]any{"iss": p.Issuer, "aud": "immich", "iat": time.Duration(0), "sub": "alice", "jti": "1",
				"events": map[string]any{logoutEvent: map[string]any{}}}
			maps.Copy(claims, test.with)
			maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
			for name, v := range claims {
				if d, ok := v.(time.Duration); ok {
					claims[name] = time.Now().Add(d).Unix()
				}
			}
			if claims["sid"] == "{sid}" {
				claims["sid"] = w.m.store.sessions[session].sid
			}
			alg := "RS256"
			if test.alg != "" {
				alg = test.alg
			}
			token, err := p.jwt(p.Client("immich"), alg, claims, nil)
			if err != nil {
				t.Fatal(err)
			}
			if test.set != nil {
				p.Do(func() { p.Intercept = nil; test.set(p) })
			}
			got := w.send("POST", w.base+"/api/oauth/backchannel-logout", []byte("logout_token="+token),
				http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
			me := w.send("GET", w.base+"/api/users/me", nil, http.Header{"Authorization": {"Bearer " + session}})
			if (me.status == http.StatusUnauthorized) != (test.want == "") {
				t.Errorf("want the session to end: %v, got %d", test.want == "", me.status)
			}
			if test.want == "" {
				if got.status != http.StatusOK || len(got.body) != 0 {
					t.Errorf("want an empty 200, got %d %s", got.status, got.body)
				}
				return
			}
			if message := decodeMembers(t, got.body)["message"]; got.status != 400 || message != test.want {
				t.Errorf("want %q, got %d %v", test.want, got.status, message)
			}
			if log := strings.Join(w.m.Log(), "\n"); !strings.Contains(log, test.log) {
				t.Errorf("want %q in the log, got\n%s", test.log, log)
			}
		})
	}
}
