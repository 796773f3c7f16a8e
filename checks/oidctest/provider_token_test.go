package oidctest

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// encodedBasic authenticates as RFC 6749 2.3.1 wants; rawBasic as many write it.
func encodedBasic(id, secret string) func(*http.Request) {
	return func(r *http.Request) { r.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret)) }
}

func rawBasic(id, secret string) func(*http.Request) {
	return func(r *http.Request) { r.SetBasicAuth(id, secret) }
}

func TestTheTokenEndpointKnowsItsClients(t *testing.T) {
	t.Parallel()
	const odd = "a+b%20c:d é/=&"
	p := startProvider(t, func(p *Provider) {
		p.Clients = append(p.Clients,
			&Client{ID: "posts", Secret: odd, AuthMethods: []string{methodPost}},
			&Client{ID: "basic-id", Secret: odd, AuthMethods: []string{methodBasic}},
			&Client{ID: "raw-id", Secret: odd, AuthMethods: []string{methodBasic}, RawBasic: true},
			&Client{ID: "public", Public: true},
			&Client{ID: "empty"})
	})
	secret := p.Clients[0].Secret
	header := func(v string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", v) }
	}
	const failed, known = "client authentication failed", "grant request is invalid"
	tests := map[string]struct {
		id, secret string // in the body
		auth       func(*http.Request)
		says       string
		cause      string
	}{
		"post, right":                 {id: "immich", secret: secret, says: known},
		"post, wrong":                 {id: "immich", secret: "wrong", says: failed, cause: "invalid secret provided"},
		"post, unknown":               {id: "nobody", secret: secret, says: failed, cause: "client not found"},
		"post, odd":                   {id: "posts", secret: odd, says: known},
		"post, not allowed":           {id: "basic-id", secret: odd, says: failed, cause: "supports client authentication method 'client_secret_basic', but method 'client_secret_post' was requested"},
		"basic, right":                {auth: encodedBasic("immich", secret), says: known},
		"basic, wrong":                {auth: encodedBasic("immich", "wrong"), says: failed, cause: "invalid secret provided"},
		"basic, unknown":              {auth: encodedBasic("nobody", secret), says: failed, cause: "client not found"},
		"basic, odd":                  {auth: encodedBasic("basic-id", odd), says: known},
		"basic, odd, not encoded":     {auth: rawBasic("basic-id", odd), says: failed, cause: "invalid secret provided"},
		"basic, dashes encoded":       {auth: rawBasic("basic%2Did", url.QueryEscape(odd)), says: known},
		"raw basic, odd, not encoded": {auth: rawBasic("raw-id", odd), says: known},
		"raw basic, odd, encoded":     {auth: encodedBasic("raw-id", odd), says: failed, cause: "invalid secret provided"},
		"raw basic, dashes encoded":   {auth: rawBasic("raw%2Did", odd), says: failed},
		"basic, not allowed":          {auth: encodedBasic("posts", odd), says: failed, cause: "supports client authentication method 'client_secret_post', but method 'client_secret_basic' was requested"},
		"public":                      {id: "public", says: known},
		"public with a secret":        {id: "public", secret: "x", says: failed, cause: "method 'client_secret_post' was requested"},
		"confidential without secret": {id: "immich", says: failed, cause: "method 'none' was requested"},
		"empty secret":                {auth: encodedBasic("empty", ""), says: failed, cause: "invalid secret provided"},
		"nothing":                     {says: "no client authentication mechanism provided"},
		"both ways":                   {id: "immich", secret: secret, auth: encodedBasic("immich", secret), says: "client authentication must only be provided using one mechanism"},
		"basic and another client":    {id: "public", auth: encodedBasic("immich", secret), says: "mismatch in body and authorization client ids"},
		"another scheme":              {auth: header("Bearer x"), says: "invalid authorization header value format"},
		"basic that is not base64":    {auth: header("Basic ***"), says: "invalid authorization header value format"},
		"basic without colon":         {auth: header("Basic " + base64.StdEncoding.EncodeToString([]byte("immich"))), says: "invalid authorization header value format"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			form := redemption(p, "a-bogus-code", "client_id", test.id, "client_secret", test.secret)
			a := postTo(t, p, TokenPath, form, test.auth)
			if got := a.member("error_description"); got != test.says {
				t.Errorf("want %q, got %d %s", test.says, a.status, a.body)
			}
			want := map[string]int{failed: 401}[test.says]
			if want == 0 {
				want = 400
			}
			if a.status != want {
				t.Errorf("want %d, got %d", want, a.status)
			}
			challenge := a.header.Get("WWW-Authenticate")
			if basically := test.auth != nil && test.says == failed; basically != (challenge != "") {
				t.Errorf("want a challenge only for who tried the header, got %q", challenge)
			}
		})
	}
	t.Run("and the cause is told only to who reads the log", func(t *testing.T) {
		p.Do(func() { p.Explain = true })
		for name, test := range tests {
			if test.cause == "" {
				continue
			}
			form := redemption(p, "a-bogus-code", "client_id", test.id, "client_secret", test.secret)
			a := postTo(t, p, TokenPath, form, test.auth)
			asked := p.Requests()
			if got := a.member("error_description"); !strings.Contains(got, test.cause) {
				t.Errorf("%s: want %q explained, got %q", name, test.cause, got)
			}
			if got := asked[len(asked)-1].Cause; !strings.Contains(got, test.cause) {
				t.Errorf("%s: want %q in the log, got %q", name, test.cause, got)
			}
		}
	})
}

func TestACodeIsBoundToItsRequest(t *testing.T) {
	t.Parallel()
	other := &Client{ID: "other", Secret: "the-other-secret", Redirects: []string{webLogin}}
	for name, test := range map[string]struct {
		change []string
		code   string
		says   string
	}{
		"another client":       {[]string{"client_id", "other", "client_secret", other.Secret}, "invalid_grant", "grant request is invalid"},
		"another redirect URI": {[]string{"redirect_uri", webLogin + "/"}, "invalid_grant", "grant request is invalid"},
		"no redirect URI":      {[]string{"redirect_uri", ""}, "invalid_request", "missing required parameter 'redirect_uri'"},
		"another code":         {[]string{"code", "another"}, "invalid_grant", "grant request is invalid"},
		"no code":              {[]string{"code", ""}, "invalid_request", "missing required parameter 'code'"},
		"no grant type":        {[]string{"grant_type", ""}, "invalid_request", "missing required parameter 'grant_type'"},
		"a refresh token":      {[]string{"grant_type", "refresh_token"}, "invalid_grant", "grant request is invalid"},
		"client credentials":   {[]string{"grant_type", "client_credentials"}, "unsupported_grant_type", "unsupported grant_type requested"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startProvider(t, func(p *Provider) { p.AutoApprove = true; p.Clients = append(p.Clients, other) })
			code := codeFor(t, p)
			a := postTo(t, p, TokenPath, redemption(p, code, test.change...), nil)
			if a.status != http.StatusBadRequest || a.member("error") != test.code || a.member("error_description") != test.says {
				t.Errorf("want %s %s, got %d %s", test.code, test.says, a.status, a.body)
			}
			if a := postTo(t, p, TokenPath, redemption(p, code), nil); a.status != http.StatusOK {
				t.Errorf("the code is still good for its own request, got %d %s", a.status, a.body)
			}
		})
	}
}

func TestACodeUsedTwiceTakesItsTokensBack(t *testing.T) {
	t.Parallel()
	p := startProvider(t, func(p *Provider) { p.AutoApprove = true })
	code := codeFor(t, p)
	first := postTo(t, p, TokenPath, redemption(p, code), nil)
	bearer := func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+first.member("access_token")) }
	if a := postTo(t, p, UserinfoPath, nil, bearer); a.status != http.StatusOK {
		t.Fatalf("want the user, got %d %s", a.status, a.body)
	}
	if a := postTo(t, p, TokenPath, redemption(p, code), nil); a.member("error") != "invalid_grant" {
		t.Errorf("want invalid_grant, got %d %s", a.status, a.body)
	}
	if a := postTo(t, p, UserinfoPath, nil, bearer); a.status != http.StatusUnauthorized {
		t.Errorf("want 401, got %d %s", a.status, a.body)
	}
}

func TestTheTokenEndpointTakesOnlyForms(t *testing.T) {
	t.Parallel()
	p := startProvider(t, nil)
	if a := getAt(t, p, TokenPath); a.status != http.StatusNotFound || a.body != "Not Found" {
		t.Errorf("want 404, got %d %s", a.status, a.body)
	}
	a := postTo(t, p, TokenPath, nil, func(r *http.Request) { r.Header.Set("Content-Type", "application/json") })
	if a.status != http.StatusBadRequest || !strings.HasPrefix(a.member("error_description"), "only application/x-www-form-urlencoded") {
		t.Errorf("want 400, got %d %s", a.status, a.body)
	}
}

func TestUserinfoWantsItsToken(t *testing.T) {
	t.Parallel()
	p := startProvider(t, func(p *Provider) { p.AutoApprove = true })
	tokens := postTo(t, p, TokenPath, redemption(p, codeFor(t, p, "scope", "email profile")), nil)
	if tokens.status != http.StatusOK || strings.Contains(tokens.body, "id_token") {
		t.Fatalf("without openid there is no ID token: %d %s", tokens.status, tokens.body)
	}
	realm := `Bearer realm="` + p.URL() + `"`
	for name, test := range map[string]struct {
		auth      string
		status    int
		challenge string
	}{
		"no token":      {"", 401, realm},
		"a bogus token": {"Bearer bogus", 401, realm + `, error="invalid_token", error_description="invalid token provided"`},
		"no openid":     {"Bearer " + tokens.member("access_token"), 403, realm + `, error="insufficient_scope", error_description="access token missing openid scope", scope="openid"`},
	} {
		a := postTo(t, p, UserinfoPath, nil, func(r *http.Request) { r.Header.Set("Authorization", test.auth) })
		if a.status != test.status || a.header.Get("WWW-Authenticate") != test.challenge {
			t.Errorf("%s: want %d %s, got %d %s", name, test.status, test.challenge, a.status, a.header.Get("WWW-Authenticate"))
		}
	}
}

func TestScopesReleaseClaims(t *testing.T) {
	t.Parallel()
	p := startProvider(t, func(p *Provider) {
		p.AutoApprove = true
		p.Clients[0].ClaimsInIDToken = true
		p.Users[0].Claims["immich_role"] = "admin"
		p.Scopes["immich"] = []string{"immich_role"}
	})
	for scope, want := range map[string]string{
		"openid":                "[<nil> <nil> <nil>]",
		"openid email unheard":  "[alice@example.test <nil> <nil>]",
		"openid profile":        "[<nil> User alice <nil>]",
		"openid email immich":   "[alice@example.test <nil> admin]",
		"openid offline_access": "[<nil> <nil> <nil>]",
	} {
		tokens := postTo(t, p, TokenPath, redemption(p, codeFor(t, p, "scope", scope)), nil)
		claims := claimsOf(t, p, tokens.member("id_token"), "RS256")
		if got := printed(claims["email"], claims["name"], claims["immich_role"]); got != want {
			t.Errorf("%s: want %s, got %s", scope, want, got)
		}
	}
}
