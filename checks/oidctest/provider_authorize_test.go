package oidctest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestOnlyTheRegisteredRedirectURIIsAnsweredByRedirect(t *testing.T) {
	t.Parallel()
	p := startProvider(t, func(p *Provider) { p.AutoApprove = true })
	for uri, registered := range map[string]bool{
		webLogin:                              true,
		"http://127.0.0.1:2283/user-settings": true,
		mobileLogin:                           true,
		webLogin + "/":                        false,
		webLogin + "?":                        false,
		webLogin + "#":                        false,
		webLogin + "?a=b":                     false,
		"http://127.0.0.1:2283/Auth/login":    false,
		"http://127.0.0.1:2283/auth%2Flogin":  false,
		"HTTP://127.0.0.1:2283/auth/login":    false,
		"https://127.0.0.1:2283/auth/login":   false,
		"http://127.0.0.1:80/auth/login":      false,
		"http://localhost:2283/auth/login":    false,
		"http://127.0.0.1:2283/auth":          false,
		"app.immich:/oauth-callback":          false,
		"app.immich://oauth-callback":         false,
		"app.immich:///oauth-callback/":       false,
		"app.immich:/":                        false,
		"https://evil.example/auth/login":     false,
	} {
		for _, prompt := range []string{"", "none"} {
			a := getAt(t, p, AuthorizePath+"?"+asking("redirect_uri", uri, "prompt", prompt).Encode())
			if registered {
				if !strings.HasPrefix(a.header.Get("Location"), uri+"?") {
					t.Errorf("%s: want to be sent back, got %d %s", uri, a.status, a.header.Get("Location"))
				}
				continue
			}
			if a.status != http.StatusBadRequest || a.header.Get("Location") != "" || !strings.Contains(a.body, "redirect_uri did not match") {
				t.Errorf("%s: want a page that names the cause, got %d %s", uri, a.status, a.header.Get("Location"))
			}
		}
	}
}

func TestAnAuthorizationRequestIsRefused(t *testing.T) {
	t.Parallel()
	p := startProvider(t, func(p *Provider) {
		p.Clients[0].Scopes = []string{"openid", "email", "profile"}
		p.Clients = append(p.Clients,
			&Client{ID: "strict", Public: true, Redirects: []string{webLogin}, RequirePKCE: true},
			&Client{ID: "pushes", Public: true, Redirects: []string{webLogin}, RequirePAR: true})
	})
	none := []string{"code_challenge", "", "code_challenge_method", ""}
	tests := map[string]struct {
		change []string
		page   string // what the page says, if it is a page
		code   string // error by redirect otherwise
		says   string
	}{
		"no client":                  {change: []string{"client_id", ""}, page: "missing required parameter &#39;client_id&#39;"},
		"unknown client":             {change: []string{"client_id", "nobody"}, page: "client is invalid"},
		"unknown client, no prompt":  {change: []string{"client_id", "nobody", "prompt", "none"}, page: "client is invalid"},
		"no redirect URI":            {change: []string{"redirect_uri", ""}, page: "missing required parameter &#39;redirect_uri&#39;"},
		"no response type":           {change: []string{"response_type", ""}, code: "invalid_request", says: "missing required parameter 'response_type'"},
		"bad response type":          {change: []string{"response_type", "bogus"}, code: "unsupported_response_type", says: "unsupported response_type requested"},
		"bad response mode":          {change: []string{"response_mode", "bogus"}, code: "unsupported_response_mode", says: "unsupported response_mode requested"},
		"request object":             {change: []string{"request", "e30.e30."}, code: "request_not_supported"},
		"request URI not from here":  {change: []string{"request_uri", "https://example.test/r"}, code: "request_uri_not_supported"},
		"request URI not pushed":     {change: []string{"request_uri", requestURI + "x"}, code: "invalid_request_uri", says: "request_uri is invalid, expired, or was already used"},
		"nonce without openid":       {change: []string{"scope", "email", "nonce", "n"}, code: "invalid_request", says: "openid scope must be requested when using the nonce parameter"},
		"scope not allowed":          {change: []string{"scope", "openid phone"}, code: "invalid_scope", says: "requested scope is not allowed"},
		"bad prompt":                 {change: []string{"prompt", "bogus"}, code: "invalid_request", says: "unsupported prompt value requested"},
		"prompt none and more":       {change: []string{"prompt", "none login"}, code: "invalid_request", says: "prompt none must only be used alone"},
		"nobody logged in":           {change: []string{"prompt", "none"}, code: "login_required", says: "End-User authentication is required"},
		"plain challenge":            {change: []string{"code_challenge_method", "plain"}, code: "invalid_request", says: "not supported value of code_challenge_method"},
		"method in lower case":       {change: []string{"code_challenge_method", "s256"}, code: "invalid_request", says: "not supported value of code_challenge_method"},
		"challenge without method":   {change: []string{"code_challenge_method", ""}, code: "invalid_request", says: "plain code_challenge_method fallback disabled, code_challenge_method must be provided"},
		"method without challenge":   {change: []string{"code_challenge", ""}, code: "invalid_request", says: "code_challenge must be provided with code_challenge_method"},
		"challenge too short":        {change: []string{"code_challenge", "short"}, code: "invalid_request", says: "code_challenge must be a string with a minimum length of 43 characters"},
		"challenge required":         {change: append([]string{"client_id", "strict"}, none...), code: "invalid_request", says: "Authorization Server policy requires PKCE to be used for this request"},
		"push required":              {change: []string{"client_id", "pushes"}, code: "invalid_request", says: "Pushed Authorization Request must be used"},
		"cause goes before the page": {change: []string{"client_id", "nobody", "response_type", "bogus"}, page: "client is invalid"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := getAt(t, p, AuthorizePath+"?"+asking(test.change...).Encode())
			if test.page != "" {
				if a.status != http.StatusBadRequest || !strings.Contains(a.body, test.page) || a.header.Get("Location") != "" {
					t.Errorf("want a page saying %q, got %d %s", test.page, a.status, a.body)
				}
				return
			}
			want := webLogin + "?error=" + test.code
			if test.says != "" {
				want += "&error_description=" + url.QueryEscape(test.says)
			}
			want += "&state=a-state&iss=" + url.QueryEscape(p.URL())
			if got := a.header.Get("Location"); a.status != http.StatusSeeOther || got != want {
				t.Errorf("want %s\ngot  %d %s", want, a.status, got)
			}
		})
	}
}

func TestAParameterStandsOnlyOnce(t *testing.T) {
	t.Parallel()
	p := startProvider(t, nil)
	a := getAt(t, p, AuthorizePath+"?"+asking().Encode()+"&state=another")
	if a.status != http.StatusBadRequest || !strings.Contains(a.body, "must not be provided twice") {
		t.Errorf("want 400, got %d %s", a.status, a.body)
	}
}

func TestAnErrorIsJSONForAProgramThatAsks(t *testing.T) {
	t.Parallel()
	p := startProvider(t, nil)
	r, _ := http.NewRequest(http.MethodGet, p.URL()+AuthorizePath+"?"+asking("client_id", "nobody").Encode(), nil)
	r.Header.Set("Accept", "application/json")
	if a := sendBy(t, p.HTTP(), r); a.status != http.StatusBadRequest || a.member("error") != "invalid_client" {
		t.Errorf("want invalid_client, got %d %s", a.status, a.body)
	}
}

func TestPKCEIsKeptAsItIsOfferedAndRequired(t *testing.T) {
	t.Parallel()
	none := []string{"code_challenge", "", "code_challenge_method", ""}
	plain := []string{"code_challenge", verifier, "code_challenge_method", "plain"}
	tests := map[string]struct {
		set      func(*Provider)
		change   []string
		verifier string
		authz    string // error by redirect
		token    string // error of the token endpoint
	}{
		"offered and used":                   {verifier: verifier},
		"offered, the verifier is missing":   {verifier: "", token: "invalid_grant"},
		"offered, the verifier is wrong":     {verifier: strings.ToUpper(verifier), token: "invalid_grant"},
		"offered, not used":                  {change: none},
		"offered, only the verifier comes":   {change: none, verifier: verifier, token: "invalid_grant"},
		"required and used":                  {set: func(p *Provider) { p.Clients[0].RequirePKCE = true }, verifier: verifier},
		"required, not used":                 {set: func(p *Provider) { p.Clients[0].RequirePKCE = true }, change: none, authz: "invalid_request"},
		"not announced but enforced":         {set: func(p *Provider) { p.Metadata = map[string]any{"code_challenge_methods_supported": nil} }, token: "invalid_grant"},
		"plain only, S256 comes":             {set: func(p *Provider) { p.PKCEMethods = []string{"plain"} }, authz: "invalid_request"},
		"plain only, plain comes":            {set: func(p *Provider) { p.PKCEMethods = []string{"plain"} }, change: plain, verifier: verifier},
		"unknown: challenge and no verifier": {set: func(p *Provider) { p.PKCEMethods = []string{} }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startProvider(t, func(p *Provider) {
				p.AutoApprove = true
				if test.set != nil {
					test.set(p)
				}
			})
			a := getAt(t, p, AuthorizePath+"?"+asking(test.change...).Encode())
			if got := a.query().Get("error"); got != test.authz {
				t.Fatalf("want error %q, got %q", test.authz, got)
			}
			if test.authz != "" {
				return
			}
			tokens := postTo(t, p, TokenPath, redemption(p, a.query().Get("code"), "code_verifier", test.verifier), nil)
			if got := tokens.member("error"); got != test.token {
				t.Errorf("want error %q, got %q", test.token, got)
			}
		})
	}
}

func TestABlankChallengeIsAbsentUnlessRefused(t *testing.T) {
	t.Parallel()
	p := startProvider(t, func(p *Provider) { p.AutoApprove = true })
	path := AuthorizePath + "?" + asking("code_challenge", "", "code_challenge_method", "").Encode() + "&code_challenge=&code_challenge_method="
	if a := getAt(t, p, path); a.query().Get("code") == "" {
		t.Errorf("want a code, got %s", a.header.Get("Location"))
	}
	p.Do(func() { p.RefuseBlankPKCE = true })
	if a := getAt(t, p, path); a.query().Get("error_description") != "code_challenge must not be empty" {
		t.Errorf("want to be refused, got %s", a.header.Get("Location"))
	}
}

func TestTheAuthorizationResponseCanBeBent(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		set  func(*Provider)
		want string // with CODE for the code
	}{
		"no iss":        {func(p *Provider) { p.AuthResponse = map[string]any{"iss": nil} }, webLogin + "?code=CODE&state=a-state"},
		"another iss":   {func(p *Provider) { p.AuthResponse = map[string]any{"iss": "{host}"} }, webLogin + "?code=CODE&state=a-state&iss=HOST"},
		"no state":      {func(p *Provider) { p.AuthResponse = map[string]any{"state": nil, "iss": nil} }, webLogin + "?code=CODE"},
		"one more":      {func(p *Provider) { p.AuthResponse = map[string]any{"iss": nil, "x": 1} }, webLogin + "?code=CODE&state=a-state&x=1"},
		"in a fragment": {func(p *Provider) { p.ResponseMode = "fragment"; p.AuthResponse = map[string]any{"iss": nil} }, webLogin + "#code=CODE&state=a-state"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startProvider(t, func(p *Provider) { p.AutoApprove = true; test.set(p) })
			got := getAt(t, p, AuthorizePath+"?"+asking().Encode()).header.Get("Location")
			_, after, _ := strings.Cut(got, "code=")
			code, _, _ := strings.Cut(after, "&")
			want := strings.NewReplacer("CODE", code, "HOST", url.QueryEscape(p.hostPort())).Replace(test.want)
			if got != want || code == "" {
				t.Errorf("want %s\ngot  %s", want, got)
			}
		})
	}
}

func TestAFormPostKeepsTheCustomScheme(t *testing.T) {
	t.Parallel()
	p := startProvider(t, func(p *Provider) { p.AutoApprove = true })
	a := getAt(t, p, AuthorizePath+"?"+asking("response_mode", "form_post", "redirect_uri", mobileLogin).Encode())
	if a.status != http.StatusOK || !strings.Contains(a.body, `action="`+mobileLogin+`"`) || !strings.Contains(a.body, `name="code"`) {
		t.Errorf("want a form for the app, got %d %s", a.status, a.body)
	}
}

func TestAPushedRequestIsUsedOnce(t *testing.T) {
	t.Parallel()
	p := startProvider(t, func(p *Provider) { p.AutoApprove = true; p.Clients[0].RequirePAR = true })
	secret := p.Clients[0].Secret
	for name, test := range map[string]struct {
		change []string
		status int
		says   string
	}{
		"a wrong secret":           {[]string{"client_secret", "wrong"}, 401, "client authentication failed"},
		"an unknown redirect URI":  {[]string{"redirect_uri", webLogin + "/"}, 400, "redirect_uri did not match any of the client's registered redirect_uris"},
		"a response type not had":  {[]string{"response_type", "token"}, 400, "unsupported response_type requested"},
		"no client authentication": {[]string{"client_id", "", "client_secret", ""}, 400, "no client authentication mechanism provided"},
	} {
		form := changed(asking("client_secret", secret), test.change)
		if a := postTo(t, p, PARPath, form, nil); a.status != test.status || a.member("error_description") != test.says {
			t.Errorf("%s: want %d %s, got %d %s", name, test.status, test.says, a.status, a.body)
		}
	}
	a := postTo(t, p, PARPath, asking("client_secret", secret), nil)
	if a.status != http.StatusCreated {
		t.Fatalf("want 201, got %d %s", a.status, a.body)
	}
	path := AuthorizePath + "?" + url.Values{"client_id": {"immich"}, "request_uri": {a.member("request_uri")}}.Encode()
	if a := getAt(t, p, path); a.query().Get("code") == "" || a.query().Get("state") != "a-state" {
		t.Errorf("want a code, got %d %s", a.status, a.header.Get("Location"))
	}
	if a := getAt(t, p, path); a.status != http.StatusBadRequest || a.header.Get("Location") != "" {
		t.Errorf("want a page as there is no redirect URI, got %d", a.status)
	}
}
