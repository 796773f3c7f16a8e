package oidctest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

func TestTheDocumentCanBeBent(t *testing.T) {
	t.Parallel()
	const broken = `{"issuer":`
	for name, test := range map[string]struct {
		set    func(*Provider)
		status int
		holds  string
		lacks  string
	}{
		"a member is replaced": {set: func(p *Provider) { p.Metadata = map[string]any{"issuer": "{url}/other"} }, status: 200, holds: `/other"`},
		"a member is removed":  {set: func(p *Provider) { p.Metadata = map[string]any{"token_endpoint": nil} }, status: 200, holds: "jwks_uri", lacks: "token_endpoint\""},
		"a member is null":     {set: func(p *Provider) { p.Metadata = map[string]any{"token_endpoint": Null} }, status: 200, holds: `"token_endpoint":null`},
		"endpoints are http":   {set: func(p *Provider) { p.EndpointScheme = "http" }, status: 200, holds: `"token_endpoint":"http://`},
		"no PAR":               {set: func(p *Provider) { p.PAR = false }, status: 200, lacks: "pushed"},
		"no PKCE":              {set: func(p *Provider) { p.PKCEMethods = []string{} }, status: 200, lacks: "code_challenge"},
		"HTML":                 {set: bendDocument(Say(200, "text/html", "<title>Welcome</title>")), status: 200, holds: "Welcome"},
		"a login elsewhere":    {set: bendDocument(Redirect(302, "https://sso.example.test/login")), status: 302},
		"not found":            {set: bendDocument(Say(404, "", "")), status: 404},
		"bad gateway":          {set: bendDocument(Say(502, "text/html", "<h1>502</h1>")), status: 502, holds: "502"},
		"broken JSON":          {set: bendDocument(Say(200, "application/json", broken)), status: 200, holds: broken},
		"a byte order mark":    {set: bendDocument(func(a *Answer) { a.Body = append([]byte("\ufeff"), a.Body...) }), status: 200, holds: "\ufeff{"},
		"another content type": {set: bendDocument(func(a *Answer) { a.Header.Set("Content-Type", "text/plain") }), status: 200, holds: `"issuer"`},
		"an answer of its own": {set: func(p *Provider) { p.Intercept = teapot }, status: http.StatusTeapot, holds: DiscoveryPath},
		"another path":         {set: func(p *Provider) { p.Path = "/op" }, status: 200, holds: `/op/token"`},
		"nothing":              {status: 200, holds: `"scopes_supported"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startProvider(t, test.set)
			a := getAt(t, p, DiscoveryPath)
			if a.status != test.status || !strings.Contains(a.body, test.holds) || test.lacks != "" && strings.Contains(a.body, test.lacks) {
				t.Errorf("want %d with %q without %q, got %d %s", test.status, test.holds, test.lacks, a.status, a.body)
			}
		})
	}
}

// bendDocument bends the discovery document.
func bendDocument(f func(*Answer)) func(*Provider) {
	return func(p *Provider) { p.Alter = map[string]func(*Answer){DiscoveryPath: f} }
}

func teapot(w http.ResponseWriter, r *http.Request) bool {
	w.WriteHeader(http.StatusTeapot)
	io.WriteString(w, r.URL.Path)
	return true
}

func TestAnEndlessDocumentHasAnEndForHEAD(t *testing.T) {
	t.Parallel()
	p := startProvider(t, bendDocument(Endless))
	r, _ := http.NewRequest(http.MethodHead, p.URL()+DiscoveryPath, nil)
	if a := sendBy(t, p.HTTP(), r); a.status != http.StatusOK || a.body != "" {
		t.Errorf("want 200 without a body, got %d %s", a.status, a.body)
	}
}

func TestOutsideTheIssuersPathThereIsNothing(t *testing.T) {
	t.Parallel()
	p := startProvider(t, func(p *Provider) { p.Path = "/op" })
	for _, path := range []string{"/", "/op", "/opera" + DiscoveryPath, DiscoveryPath} {
		r, _ := http.NewRequest(http.MethodGet, strings.TrimSuffix(p.URL(), "/op")+path, nil)
		if a := sendBy(t, p.HTTP(), r); a.status != http.StatusNotFound {
			t.Errorf("%s: want 404, got %d", path, a.status)
		}
	}
}

// What hangs ends when the client leaves and when the provider is closed; the
// test knows from the provider that the request was under way.
func TestWhatHangsEndsWithTheClientOrTheProvider(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]func(*Answer){"hangs": Hang, "never ends": Endless} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			for _, closes := range []bool{false, true} {
				path := map[string]string{http.MethodGet: DiscoveryPath, http.MethodPost: TokenPath}[method]
				arrived := make(chan struct{})
				p := startProvider(t, func(p *Provider) {
					p.Alter = map[string]func(*Answer){path: func(a *Answer) { f(a); close(arrived) }}
				})
				ctx, leave := context.WithCancel(t.Context())
				defer leave()
				r, err := http.NewRequestWithContext(ctx, method, p.URL()+path, strings.NewReader("{}"))
				if err != nil {
					t.Fatal(err)
				}
				ended := make(chan error, 1)
				go func() {
					resp, err := p.HTTP().Do(r)
					if err == nil {
						_, err = io.Copy(io.Discard, resp.Body)
						resp.Body.Close()
					}
					ended <- err
				}()
				waitFor(t, arrived)
				if closes {
					p.Close()
				} else {
					leave()
				}
				err = <-ended
				if err == nil || closes == errors.Is(err, context.Canceled) {
					t.Errorf("%s, %s, closes %t: got %v", name, method, closes, err)
				}
				quiet := make(chan struct{})
				go func() { p.running.Wait(); close(quiet) }()
				waitFor(t, quiet)
			}
		}
	}
}

func waitFor(t *testing.T, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatal("waited in vain")
	}
}

func TestTheKeySetHoldsWhatIsPublished(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		set  func(*Provider)
		want string
	}{
		"by default":        {nil, "RSA EC"},
		"what clients need": {func(p *Provider) { p.Clients[0].SignAlg = "EdDSA" }, "RSA EC OKP"},
		"none":              {func(p *Provider) { p.KeyAlgs = []string{} }, ""},
		"another type":      {func(p *Provider) { p.KeyAlgs = []string{"ES384"} }, "EC"},
		"one key, two algs": {func(p *Provider) { p.KeyAlgs = []string{"RS256", "PS256"} }, "RSA"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := getAt(t, startProvider(t, test.set), KeysPath)
			var set struct {
				Keys []struct{ Kty, Use, D string }
			}
			if err := json.Unmarshal([]byte(a.body), &set); err != nil {
				t.Fatal(err)
			}
			var types []string
			for _, k := range set.Keys {
				types = append(types, k.Kty)
				if k.D != "" || k.Use != "sig" {
					t.Errorf("not a public signing key: %v", k)
				}
			}
			if got := strings.Join(types, " "); got != test.want {
				t.Errorf("want %s, got %s", test.want, got)
			}
		})
	}
}

func TestTheIDTokenCanBeBent(t *testing.T) {
	t.Parallel()
	claim := func(name string, v any) func(*Provider) {
		return func(p *Provider) { p.IDToken = map[string]any{name: v} }
	}
	alg := func(a string) func(*Provider) { return func(p *Provider) { p.Clients[0].SignAlg = a } }
	for name, test := range map[string]struct {
		set   func(*Provider)
		alg   string
		claim string
		want  string
	}{
		"ES256":        {alg("ES256"), "ES256", "iss", "URL"},
		"ES384":        {alg("ES384"), "ES384", "iss", "URL"},
		"EdDSA":        {alg("EdDSA"), "EdDSA", "iss", "URL"},
		"PS256":        {alg("PS256"), "PS256", "iss", "URL"},
		"HS256":        {alg("HS256"), "HS256", "iss", "URL"},
		"issuer":       {claim("iss", "{url}/"), "RS256", "iss", "URL/"},
		"audience":     {claim("aud", []string{"a", "b"}), "RS256", "aud", "[a b]"},
		"nonce":        {claim("nonce", "n"), "RS256", "nonce", "n"},
		"null nonce":   {claim("nonce", Null), "RS256", "nonce", "<nil>"},
		"no subject":   {claim("sub", nil), "RS256", "sub", "<nil>"},
		"expired":      {claim("exp", 1), "RS256", "exp", "1"},
		"clock behind": {func(p *Provider) { p.ClockSkew = -1e6 * time.Hour }, "RS256", "iat", "before"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startProvider(t, func(p *Provider) { p.AutoApprove = true; test.set(p) })
			token := postTo(t, p, TokenPath, redemption(p, codeFor(t, p)), nil).member("id_token")
			got := claimsOf(t, p, token, test.alg)[test.claim]
			if iat, ok := got.(float64); test.want == "before" && ok && time.Unix(int64(iat), 0).Year() < 2000 {
				return
			}
			if want := strings.Replace(test.want, "URL", p.URL(), 1); printed(got) != "["+want+"]" {
				t.Errorf("want %s, got %v", want, got)
			}
		})
	}
}

func TestTheIDTokenCanBeNone(t *testing.T) {
	t.Parallel()
	p := startProvider(t, func(p *Provider) {
		p.AutoApprove = true
		p.Clients[0].SignAlg = "none"
	})
	id := func() string { return postTo(t, p, TokenPath, redemption(p, codeFor(t, p)), nil).member("id_token") }
	if token := id(); !strings.HasPrefix(token, "eyJhbGciOiJub25lIn0.") || !strings.HasSuffix(token, ".") {
		t.Errorf("want an unsigned token, got %s", token)
	}
	p.Do(func() { p.Clients[0].SignAlg, p.IDTokenHeader = "RS256", map[string]any{"alg": "RS512"} })
	if _, err := jose.ParseSignedCompact(id(), []jose.SignatureAlgorithm{"RS512"}); err != nil {
		t.Error(err)
	}
	p.Do(func() { p.IDTokenHeader, p.Clients[0].EncryptIDToken = nil, true })
	if _, err := jose.ParseEncryptedCompact(id(), []jose.KeyAlgorithm{jose.RSA_OAEP}, []jose.ContentEncryption{jose.A256GCM}); err != nil {
		t.Error(err)
	}
	p.Do(func() { p.Clients[0].EncryptIDToken, p.Clients[0].SignAlg = false, "bogus" })
	if a := postTo(t, p, TokenPath, redemption(p, codeFor(t, p)), nil); a.status != 500 || a.member("error") != "server_error" {
		t.Errorf("want 500, got %d %s", a.status, a.body)
	}
}

func TestAnswersWithTokensCanBeBent(t *testing.T) {
	t.Parallel()
	p := startProvider(t, func(p *Provider) {
		p.AutoApprove = true
		p.Clients[0].UserinfoAlg = "ES256"
		p.TokenResponse = map[string]any{"refresh_token": Null, "expires_in": nil}
		p.UserinfoClaims = map[string]any{"email": nil}
	})
	tokens := postTo(t, p, TokenPath, redemption(p, codeFor(t, p)), nil)
	if !strings.Contains(tokens.body, `"refresh_token":null`) || strings.Contains(tokens.body, "expires_in") {
		t.Errorf("want null and nothing, got %s", tokens.body)
	}
	user := postTo(t, p, UserinfoPath, nil, func(r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+tokens.member("access_token"))
	})
	if got := user.header.Get("Content-Type"); got != "application/jwt; charset=utf-8" {
		t.Errorf("want a JWT, got %s", got)
	}
	claims := claimsOf(t, p, user.body, "ES256")
	if claims["iss"] != p.URL() || claims["aud"] != "immich" || claims["name"] != "User alice" || claims["email"] != nil {
		t.Errorf("want a signed user without email, got %v", claims)
	}
}

func TestTheDateHeaderFollowsTheClock(t *testing.T) {
	t.Parallel()
	p := startProvider(t, func(p *Provider) { p.ClockSkew = 10 * time.Minute })
	at, err := http.ParseTime(getAt(t, p, DiscoveryPath).header.Get("Date"))
	if err != nil {
		t.Fatal(err)
	}
	if ahead := time.Until(at); ahead < 9*time.Minute || ahead > 11*time.Minute {
		t.Errorf("want ten minutes, got %v", ahead)
	}
}
