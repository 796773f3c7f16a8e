package gather

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
)

// A fake is a token endpoint that answers as it is told, at a product's address.
type fake struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string // grant types, with the secret that came
}

func newFake(t *testing.T, answer func(http.ResponseWriter, *http.Request, string)) *fake {
	f := new(fake)
	f.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		shown := r.PostForm.Get("client_secret")
		if _, basic, ok := r.BasicAuth(); ok {
			shown = basic
		}
		f.mu.Lock()
		f.asked = append(f.asked, r.URL.Path+" "+r.PostForm.Get("grant_type")+" "+shown)
		f.mu.Unlock()
		answer(w, r, shown)
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *fake) config() wire.Config {
	pool := x509.NewCertPool()
	pool.AddCert(f.Certificate())
	return wire.Config{Roots: pool}
}

// document has the product's address of the authorization endpoint.
func (f *fake) document(authorize string) map[string]any {
	return map[string]any{"issuer": f.URL, "authorization_endpoint": f.URL + authorize, "token_endpoint": f.URL + "/token", "jwks_uri": f.URL + "/jwks",
		"code_challenge_methods_supported": []string{"S256"}}
}

func refuseJSON(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"error":%q}`, code)
}

func TestFurtherRequestsFollowWhatTheProductIsKnownFor(t *testing.T) {
	t.Parallel()
	const authentik, nextcloud, casdoor, pocket = "/application/o/authorize/", "/apps/oidc/authorize", "/login/oauth/authorize", "/oauth2/authorize"
	for _, c := range []struct {
		name      string
		authorize string
		more      map[string]any
		answer    func(http.ResponseWriter, *http.Request, string)
		want      []string
	}{
		{"Authentik, the redirect URI refused", authentik, nil, func(w http.ResponseWriter, r *http.Request, _ string) {
			refuseJSON(w, 400, map[bool]string{true: "invalid_grant", false: "invalid_client"}[r.PostForm.Get("grant_type") == "refresh_token"])
		}, []string{"refresh.1: 400 invalid_grant", "token.1: 400 invalid_client"}},
		{"Authentik, the secret refused", authentik, nil, func(w http.ResponseWriter, r *http.Request, _ string) { refuseJSON(w, 400, "invalid_client") },
			[]string{"refresh.1: 400 invalid_client", "token.1: 400 invalid_client"}},
		{"Nextcloud punishes wrong secrets", nextcloud, nil, func(w http.ResponseWriter, r *http.Request, _ string) { refuseJSON(w, 400, "something_new") },
			[]string{"token.1: 400 something_new"}},
		{"Casdoor looks at the code first", casdoor, map[string]any{"token_endpoint": "/api/login/oauth/access_token", "userinfo_endpoint": "/api/userinfo"},
			func(w http.ResponseWriter, r *http.Request, _ string) { refuseJSON(w, 400, "invalid_grant") }, []string{"token.1: 400 invalid_grant"}},
		{"nobody known, the control differs", pocket, nil, func(w http.ResponseWriter, r *http.Request, shown string) {
			refuseJSON(w, 400, map[bool]string{true: "invalid_grant", false: "invalid_client"}[shown == "the-secret"])
		}, []string{"control.1: 400 invalid_client", "token.1: 400 invalid_grant"}},
		{"too many requests end it", pocket, nil, func(w http.ResponseWriter, r *http.Request, _ string) { refuseJSON(w, 429, "slow_down") }, []string{"token.1: 429 slow_down"}},
		{"its own failure ends it", pocket, nil, func(w http.ResponseWriter, r *http.Request, _ string) { refuseJSON(w, 500, "server_error") }, []string{"token.1: 500 server_error"}},
		{"a page ends it", pocket, nil, func(w http.ResponseWriter, r *http.Request, _ string) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<title>Sign in</title>")
		}, []string{"token.1: 200 "}},
		{"it leads elsewhere", pocket, nil, func(w http.ResponseWriter, r *http.Request, _ string) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		},
			[]string{"token.1: 307 "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			op := newFake(t, c.answer)
			s := shown{secret: "the-secret", document: op.document(c.authorize), config: op.config()}
			for member, path := range c.more {
				s.document[member] = op.URL + path.(string)
			}
			l, why, _ := s.learn(t)
			if got := exchanged(l); !slices.Equal(got, c.want) {
				t.Errorf("want %q, got %q (%v)", c.want, got, why)
			}
			if (l.Ended != facts.Why{}) != strings.HasPrefix(c.want[0], "token.1: 429") {
				t.Errorf("ended: %v", l.Ended)
			}
			for _, asked := range op.asked {
				if strings.HasPrefix(asked, "/elsewhere") {
					t.Error("the secret went after a redirect")
				}
			}
		})
	}
}

// Whatever an answer repeats of the credentials, nothing of them is saved.
func TestWhatAnAnswerRepeatsOfTheSecretIsMasked(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"client_secret_basic", "client_secret_post"} {
		op := newFake(t, func(w http.ResponseWriter, r *http.Request, shown string) {
			header := r.Header.Get("Authorization")
			pair, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(header, "Basic "))
			w.Header().Set("WWW-Authenticate", header)
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(401)
			says, _ := json.Marshal(strings.Join([]string{header, string(pair), shown, r.PostForm.Encode()}, " "))
			fmt.Fprintf(w, `{"error":"canary-secret-0123","error_description":%s}`, says)
		})
		_, _, saved := shown{secret: "canary-secret-0123", method: method, document: op.document("/oauth2/authorize"), config: op.config()}.learn(t)
		pair := base64.StdEncoding.EncodeToString([]byte("immich:canary%2Dsecret%2D0123"))
		for _, leak := range []string{"canary-secret", "canary%2Dsecret", pair, pair[:20]} {
			if strings.Contains(saved, leak) {
				t.Errorf("%s: %s is in %s", method, leak, saved)
			}
		}
	}
}
