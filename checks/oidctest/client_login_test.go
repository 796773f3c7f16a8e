package oidctest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"immich-oidc-doctor/checks/oidctest"
)

func idToken(name string, value any) func(*oidctest.Immich, *oidctest.Provider) {
	return func(_ *oidctest.Immich, p *oidctest.Provider) { p.IDToken = map[string]any{name: value} }
}

// expired makes the ID token one that ended so long ago.
func expired(since time.Duration) func(*oidctest.Immich, *oidctest.Provider) {
	return func(m *oidctest.Immich, p *oidctest.Provider) { idToken("exp", time.Now().Add(-since).Unix())(m, p) }
}

func tokens(name string, value any) func(*oidctest.Immich, *oidctest.Provider) {
	return func(_ *oidctest.Immich, p *oidctest.Provider) { p.TokenResponse = map[string]any{name: value} }
}

func userinfo(name string, value any) func(*oidctest.Immich, *oidctest.Provider) {
	return func(_ *oidctest.Immich, p *oidctest.Provider) { p.UserinfoClaims = map[string]any{name: value} }
}

func header(name string, value any) func(*oidctest.Immich, *oidctest.Provider) {
	return func(_ *oidctest.Immich, p *oidctest.Provider) { p.IDTokenHeader = map[string]any{name: value} }
}

func response(name string, value any) func(*oidctest.Immich, *oidctest.Provider) {
	return func(_ *oidctest.Immich, p *oidctest.Provider) { p.AuthResponse = map[string]any{name: value} }
}

func at(path string, f func(*oidctest.Answer)) func(*oidctest.Immich, *oidctest.Provider) {
	return func(_ *oidctest.Immich, p *oidctest.Provider) {
		p.Alter = map[string]func(*oidctest.Answer){path: f}
	}
}

func clientIs(f func(*oidctest.Client)) func(*oidctest.Immich, *oidctest.Provider) {
	return func(_ *oidctest.Immich, p *oidctest.Provider) { f(p.Client("immich")) }
}

func immichIs(f func(*oidctest.Settings)) func(*oidctest.Immich, *oidctest.Provider) {
	return func(m *oidctest.Immich, _ *oidctest.Provider) { f(&m.OAuth) }
}

func refused(kind, body string, headers ...string) func(*oidctest.Answer) {
	return func(a *oidctest.Answer) {
		oidctest.Say(401, kind, body)(a)
		for i := 0; i < len(headers); i += 2 {
			a.Header.Set(headers[i], headers[i+1])
		}
	}
}

const invalidClient = `{"error":"invalid_client","error_description":"no"}`

// loginFaults are what the two generations of the client make of the same
// provider, as the log tells it. Empty means that the login succeeds.
var loginFaults = []struct {
	name   string
	set    func(*oidctest.Immich, *oidctest.Provider)
	v5, v6 string // v1.131.3, v3.1.0
	cause  string // of the latter
}{
	{name: "nothing is wrong"},
	{name: "an unknown state", set: response("state", "another"), v6: "invalid response encountered", cause: `unexpected "state" response parameter value`},
	{name: "another iss", set: response("iss", "https://other.example.test"),
		v5: "RPError: iss mismatch, expected {url}, got: https://other.example.test", v6: "invalid response encountered",
		cause: `unexpected "iss" (issuer) response parameter value`},
	{name: "no iss", set: response("iss", nil), v5: "RPError: iss missing from the response", v6: "invalid response encountered",
		cause: `response parameter "iss" (issuer) missing`},
	{name: "a secret that is wrong", set: immichIs(func(s *oidctest.Settings) { s.ClientSecret = "wrong" }),
		v5: "OPError: invalid_client (client authentication failed)", v6: "server responded with an error in the response body"},
	{name: "a challenge", set: at(oidctest.TokenPath, refused("application/json", invalidClient, "WWW-Authenticate", `Basic realm="x"`)),
		v5: "OPError: invalid_client (no)", v6: "server responded with a challenge in the WWW-Authenticate HTTP Header"},
	{name: "a refusal called HTML", set: at(oidctest.TokenPath, refused("text/html", invalidClient)),
		v5: "OPError: invalid_client (no)", v6: "unexpected response content-type"},
	{name: "an error page", set: at(oidctest.TokenPath, oidctest.Say(502, "text/html", "<h1>502</h1>")),
		v5: "OPError: expected 200 OK, got: 502 Bad Gateway", v6: "unexpected HTTP response status code"},
	{name: "no access token", set: tokens("access_token", nil), v5: "TypeError: no access token provided",
		v6: "invalid response encountered", cause: `"response" body "access_token" property must be a string`},
	{name: "another token type", set: tokens("token_type", "mac"), v6: "unsupported operation"},
	{name: "a null refresh token", set: tokens("refresh_token", oidctest.Null), v6: "invalid response encountered",
		cause: `"response" body "refresh_token" property must be a string`},
	{name: "a lifetime of zero", set: tokens("expires_in", 0)},
	{name: "no ID token", set: tokens("id_token", nil), v5: "TypeError: id_token not present in TokenSet"},
	{name: "another algorithm", set: clientIs(func(c *oidctest.Client) { c.SignAlg = "ES256" }),
		v5: "RPError: unexpected JWT alg received, expected RS256, got: ES256", v6: "invalid response encountered",
		cause: `unexpected JWT "alg" header parameter`},
	{name: "an encrypted ID token", set: clientIs(func(c *oidctest.Client) { c.EncryptIDToken = true }),
		v5: "RPError: failed to decode JWT (TypeError: encrypted JWTs cannot be decoded)", v6: "unsupported operation",
		cause: "JWE decryption is not configured"},
	{name: "another audience", set: idToken("aud", "other"), v5: "RPError: aud mismatch, expected immich, got: other",
		v6: "unexpected JWT claim value encountered", cause: `unexpected JWT "aud" (audience) claim value`},
	{name: "another issuer in the ID token", set: idToken("iss", "https://other.example.test"),
		v5: "RPError: unexpected iss value, expected {url}, got: https://other.example.test",
		v6: "unexpected JWT claim value encountered", cause: `unexpected JWT "iss" (issuer) claim value`},
	{name: "another authorized party", set: idToken("azp", "other"), v5: "RPError: azp mismatch, got: other"},
	{name: "a nonce", set: idToken("nonce", "n"), v5: "RPError: nonce mismatch, expected undefined, got: n",
		v6: "unexpected JWT claim value encountered", cause: `unexpected ID Token "nonce" claim value`},
	{name: "no issue date", set: idToken("iat", nil), v5: "RPError: missing required JWT property iat", v6: "invalid response encountered",
		cause: `JWT "iat" (issued at) claim missing`},
	{name: "expired for ten seconds", set: expired(10 * time.Second), v5: "RPError: JWT expired, now "},
	{name: "expired for a minute", set: expired(time.Minute), v5: "RPError: JWT expired, now ",
		v6: "JWT timestamp claim value failed validation"},
	{name: "an unknown key", set: header("kid", "another"), v5: `RPError: no valid key found in issuer's jwks_uri for key parameters {"alg":"RS256","kid":"another"}`},
	{name: "no key set", set: withMetadata("jwks_uri", nil), v5: "TypeError: jwks_uri must be configured on the issuer"},
	{name: "no token endpoint", set: withMetadata("token_endpoint", nil), v5: "TypeError: token_endpoint must be configured on the issuer",
		v6: `authorization server metadata does not contain a valid "as.token_endpoint"`},
	{name: "no userinfo endpoint", set: withMetadata("userinfo_endpoint", nil), v5: "TypeError: userinfo_endpoint must be configured on the issuer",
		v6: `authorization server metadata does not contain a valid "as.userinfo_endpoint"`},
	{name: "no userinfo endpoint, but an email in the ID token", set: func(m *oidctest.Immich, p *oidctest.Provider) {
		withMetadata("userinfo_endpoint", nil)(m, p)
		p.Client("immich").ClaimsInIDToken = true
	}, v5: "TypeError: userinfo_endpoint must be configured on the issuer"},
	{name: "userinfo without sub", set: userinfo("sub", nil), v5: "Error: Unexpected profile response, no `sub`", v6: "invalid response encountered"},
	{name: "userinfo with a number for sub", set: userinfo("sub", 7), v6: "invalid response encountered",
		cause: `"response" body "sub" property must be a string`},
	{name: "userinfo of somebody else", set: userinfo("sub", "somebody")},
	{name: "a basic-only client, and the settings say post", set: clientIs(func(c *oidctest.Client) { c.AuthMethods = []string{"client_secret_basic"} }),
		v6: "server responded with an error in the response body"},
	{name: "a post-only client, and the metadata list all", set: clientIs(func(c *oidctest.Client) { c.AuthMethods = []string{"client_secret_post"} }),
		v5: "OPError: invalid_client (client authentication failed)"},
	{name: "a post-only client, and the metadata say so", set: func(m *oidctest.Immich, p *oidctest.Provider) {
		withMetadata("token_endpoint_auth_methods_supported", []string{"client_secret_post"})(m, p)
		p.Client("immich").AuthMethods = []string{"client_secret_post"}
	}},
	{name: "raw Basic and a secret with a dash", set: func(m *oidctest.Immich, p *oidctest.Provider) {
		c := p.Client("immich")
		c.Secret, c.RawBasic, c.AuthMethods = "secret-with-dash", true, []string{"client_secret_basic"}
		m.OAuth.ClientSecret, m.OAuth.TokenEndpointAuthMethod = c.Secret, "client_secret_basic"
	}, v6: "server responded with a challenge in the WWW-Authenticate HTTP Header"},
}

func TestLoginFailsInTheWordsOfTheRelease(t *testing.T) {
	t.Parallel()
	for _, fault := range loginFaults {
		for release, want := range map[string]string{"v1.131.3": fault.v5, "v3.1.0": fault.v6} {
			t.Run(fault.name+" "+release, func(t *testing.T) {
				t.Parallel()
				m, p := pair(t, release)
				p.Do(func() {
					m.Do(func() {
						if fault.set != nil {
							fault.set(m, p)
						}
					})
				})
				got := signIn(t, m)
				log := strings.Join(m.Log(), "\n")
				if want == "" {
					if got.status != http.StatusCreated {
						t.Errorf("want a login, got %d %s\n%s", got.status, got.body, log)
					}
					return
				}
				before := "Unknown error: "
				if release == "v3.1.0" {
					before = "OAuth login failed: "
				}
				if got.status != 500 || got.message() != "Failed to finish oauth" {
					t.Errorf("want 500, got %d %s", got.status, got.body)
				}
				if want = before + strings.ReplaceAll(want, "{url}", p.URL()); !strings.Contains(log, want) {
					t.Errorf("want %q in the log, got\n%s", want, log)
				}
				if release == "v3.1.0" && !strings.Contains(log, fault.cause) {
					t.Errorf("want the cause %q in the log, got\n%s", fault.cause, log)
				}
			})
		}
	}
}

// TestChallengeFollowsTheRelease is about a provider that does not advertise
// S256 (https://www.rfc-editor.org/rfc/rfc7636).
func TestChallengeFollowsTheRelease(t *testing.T) {
	t.Parallel()
	for release, want := range map[string][]string{
		"v1.131.3": {"redirect_uri=", "!code_challenge"},
		"v1.132.0": {"&code_challenge=", "&code_challenge_method=S256", "!code_challenge=&"},
		"v1.135.0": {"&code_challenge=&code_challenge_method=&"},
		"v1.143.0": {"!code_challenge"},
		"v3.3.1":   {"!code_challenge", "&prompt=login"},
	} {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			m, p := pair(t, release)
			p.Do(func() { p.PKCEMethods = []string{} })
			m.Do(func() { m.OAuth.Prompt = "login" })
			got := send(t, "POST", m.URL()+"/api/oauth/authorize", `{"redirectUri":"http://x/auth/login"}`)
			for _, part := range want {
				if absent, isAbsent := strings.CutPrefix(part, "!"); strings.Contains(got.members["url"].(string), absent) == isAbsent {
					t.Errorf("want %s in %s", part, got.members["url"])
				}
			}
		})
	}
}
