package oidctest

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	webLogin    = "http://127.0.0.1:2283/auth/login"
	mobileLogin = "app.immich:///oauth-callback"
	verifier    = "a-verifier-of-at-least-forty-three-characters"
)

// patience bounds a test that is about to fail; one that passes waits for nothing.
const patience = 5 * time.Second

// startProvider starts one that set has changed.
func startProvider(t *testing.T, set func(*Provider)) *Provider {
	t.Helper()
	p := NewProvider()
	if set != nil {
		set(p)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// What was received is an answer read to its end.
type received struct {
	status int
	header http.Header
	body   string
}

// member reads one of the body, empty if it is not a string.
func (r received) member(name string) string {
	members := map[string]any{}
	json.Unmarshal([]byte(r.body), &members)
	s, _ := members[name].(string)
	return s
}

// query reads the parameters of the Location.
func (r received) query() url.Values {
	_, after, _ := strings.Cut(r.header.Get("Location"), "?")
	v, _ := url.ParseQuery(after)
	return v
}

// sendBy asks and reads the whole answer.
func sendBy(t *testing.T, c *http.Client, r *http.Request) received {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	resp, err := c.Do(r.WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return received{resp.StatusCode, resp.Header, string(body)}
}

func getAt(t *testing.T, p *Provider, path string) received {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, p.URL()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return sendBy(t, p.HTTP(), r)
}

// postTo sends a form; auth may set a header.
func postTo(t *testing.T, p *Provider, path string, form url.Values, auth func(*http.Request)) received {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, p.URL()+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if auth != nil {
		auth(r)
	}
	return sendBy(t, p.HTTP(), r)
}

// asking is what Immich sends to the authorization endpoint. Pairs replace
// parameters; an empty value removes one.
func asking(pairs ...string) url.Values {
	sum := sha256.Sum256([]byte(verifier))
	v := url.Values{
		"client_id": {"immich"}, "redirect_uri": {webLogin}, "response_type": {"code"},
		"scope": {"openid email profile"}, "state": {"a-state"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	return changed(v, pairs)
}

// redemption is what Immich sends to the token endpoint.
func redemption(p *Provider, code string, pairs ...string) url.Values {
	return changed(url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {webLogin}, "code_verifier": {verifier},
		"client_id": {"immich"}, "client_secret": {p.Clients[0].Secret},
	}, pairs)
}

func changed(v url.Values, pairs []string) url.Values {
	for i := 0; i < len(pairs); i += 2 {
		if v.Set(pairs[i], pairs[i+1]); pairs[i+1] == "" {
			v.Del(pairs[i])
		}
	}
	return v
}

// codeFor logs in without pages and returns the code.
func codeFor(t *testing.T, p *Provider, pairs ...string) string {
	t.Helper()
	a := getAt(t, p, AuthorizePath+"?"+asking(pairs...).Encode())
	code := a.query().Get("code")
	if code == "" {
		t.Fatalf("want a code, got %d %s %s", a.status, a.header.Get("Location"), a.body)
	}
	return code
}

// claimsOf verifies a token against the published keys and reads it.
func claimsOf(t *testing.T, p *Provider, token, alg string) map[string]any {
	t.Helper()
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
	if err != nil {
		t.Fatal(err)
	}
	var key any = []byte(p.Clients[0].Secret)
	if !strings.HasPrefix(alg, "HS") {
		var set jose.JSONWebKeySet
		if err := json.Unmarshal([]byte(getAt(t, p, KeysPath).body), &set); err != nil {
			t.Fatal(err)
		}
		found := set.Key(signed.Signatures[0].Header.KeyID)
		if len(found) != 1 {
			t.Fatalf("%d published keys have the token's kid", len(found))
		}
		key = found[0]
	}
	payload, err := signed.Verify(key)
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]any{}
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestTheCodeFlowEndsInAVerifiedUser(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(*Provider){
		"over https":                func(*Provider) {},
		"over http":                 func(p *Provider) { p.TLS = false },
		"under a path":              func(p *Provider) { p.Path = "/op/realm" },
		"under a name":              func(p *Provider) { p.Host = "auth.example.test" },
		"with an issuer of its own": func(p *Provider) { p.Issuer = "{url}/" },
		"without PKCE":              func(p *Provider) { p.PKCEMethods = []string{} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startProvider(t, func(p *Provider) { p.AutoApprove = true; set(p) })
			doc := getAt(t, p, DiscoveryPath)
			issuer := doc.member("issuer")
			if issuer != p.issuer() || !strings.HasPrefix(doc.member("token_endpoint"), p.URL()+"/") {
				t.Fatalf("the document is of another place than %s: %s", p.URL(), doc.body)
			}
			a := getAt(t, p, AuthorizePath+"?"+asking().Encode())
			if q := a.query(); a.status != http.StatusSeeOther || q.Get("state") != "a-state" || q.Get("iss") != issuer {
				t.Fatalf("want 303 with state and iss, got %d %s", a.status, a.header.Get("Location"))
			}
			tokens := postTo(t, p, TokenPath, redemption(p, a.query().Get("code")), nil)
			if tokens.status != http.StatusOK || tokens.member("token_type") != "Bearer" {
				t.Fatalf("want tokens, got %d %s", tokens.status, tokens.body)
			}
			claims := claimsOf(t, p, tokens.member("id_token"), "RS256")
			if claims["iss"] != issuer || claims["sub"] != "alice" || claims["aud"] != "immich" || claims["email"] != nil {
				t.Errorf("want iss, sub and aud and no email, got %v", claims)
			}
			if exp, iat := claims["exp"].(float64), claims["iat"].(float64); exp-iat != 3600 {
				t.Errorf("want an hour, got %v", exp-iat)
			}
			user := postTo(t, p, UserinfoPath, nil, func(r *http.Request) {
				r.Header.Set("Authorization", "Bearer "+tokens.member("access_token"))
			})
			if user.member("email") != "alice@example.test" || user.member("sub") != "alice" {
				t.Errorf("want alice, got %s", user.body)
			}
		})
	}
}

func TestRequestsHoldNamesAndNoValues(t *testing.T) {
	t.Parallel()
	p := startProvider(t, func(p *Provider) { p.Path = "/op" })
	postTo(t, p, TokenPath+"?from=here", url.Values{"code": {"a-secret-value"}}, func(r *http.Request) {
		r.SetBasicAuth("immich", "another-secret-value")
	})
	asked := p.Requests()
	if len(asked) != 1 {
		t.Fatalf("want one request, got %v", asked)
	}
	text, err := json.Marshal(asked[0])
	if err != nil {
		t.Fatal(err)
	}
	want := `{"Method":"POST","Path":"/token","Query":["from"],"Form":["code"],"Auth":"Basic","Status":401,"Cause":"invalid secret provided"}`
	if string(text) != want {
		t.Errorf("want %s\ngot  %s", want, text)
	}
}

// printed makes claims comparable.
func printed(v ...any) string { return fmt.Sprintf("%v", v) }
