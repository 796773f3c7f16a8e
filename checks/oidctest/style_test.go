package oidctest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// startStyle starts the provider of a style.
func startStyle(t *testing.T, name string) *Provider {
	t.Helper()
	for _, s := range Styles {
		if s.Name == name {
			pair := NewSetup("")
			s.Dress(pair)
			if err := pair.Provider.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(pair.Provider.Close)
			return pair.Provider
		}
	}
	t.Fatalf("no style %s", name)
	return nil
}

const unregistered = "http://127.0.0.1:2283/nobody/registers/this"

// probes are requests of somebody who is not logged in: to an endpoint, with
// changes to what Immich sends.
var probes = map[string]struct {
	endpoint string
	change   []string
}{
	"plain":                     {AuthorizePath, nil},
	"plain, unregistered":       {AuthorizePath, []string{"redirect_uri", unregistered}},
	"plain, unknown client":     {AuthorizePath, []string{"client_id", "nobody"}},
	"none":                      {AuthorizePath, []string{"prompt", "none"}},
	"none, unregistered":        {AuthorizePath, []string{"prompt", "none", "redirect_uri", unregistered}},
	"none, unknown client":      {AuthorizePath, []string{"prompt", "none", "client_id", "nobody"}},
	"type":                      {AuthorizePath, []string{"response_type", "none_of_ours"}},
	"type, unregistered":        {AuthorizePath, []string{"response_type", "none_of_ours", "redirect_uri", unregistered}},
	"second hop":                {"/dex/auth/local", nil},
	"second hop, unregistered":  {"/dex/auth/local", []string{"redirect_uri", unregistered}},
	"second hop, type":          {"/dex/auth/local", []string{"response_type", "none_of_ours"}},
	"token":                     {TokenPath, nil},
	"token, wrong":              {TokenPath, []string{"client_secret", "wrong"}},
	"token, unknown client":     {TokenPath, []string{"client_id", "nobody"}},
	"token, unregistered":       {TokenPath, []string{"redirect_uri", unregistered}},
	"token, wrong and not ours": {TokenPath, []string{"redirect_uri", unregistered, "client_secret", "wrong"}},
	"token, nobody":             {TokenPath, []string{"client_id", "", "client_secret", ""}},
	"refresh":                   {TokenPath, []string{"grant_type", "refresh_token", "refresh_token", "made-up"}},
	"refresh, wrong":            {TokenPath, []string{"grant_type", "refresh_token", "refresh_token", "made-up", "client_secret", "wrong"}},
	"basic, wrong":              {TokenPath, []string{"client_id", "", "client_secret", ""}},
	"pushed":                    {PARPath, nil},
	"pushed, unregistered":      {PARPath, []string{"redirect_uri", unregistered}},
	"pushed, wrong":             {PARPath, []string{"client_secret", "wrong"}},
	"userinfo":                  {UserinfoPath, nil},
}

// probe sends one of probes.
func probe(t *testing.T, p *Provider, name string) (status int, says string) {
	t.Helper()
	at := probes[name]
	origin := strings.TrimSuffix(p.URL(), p.Path)
	address := origin + p.where(at.endpoint)
	if strings.HasPrefix(at.endpoint, "/dex") {
		address = origin + at.endpoint
	}
	method, body := http.MethodGet, url.Values{}
	switch at.endpoint {
	case TokenPath:
		method, body = http.MethodPost, changed(url.Values{"grant_type": {"authorization_code"}, "code": {"made-up"}, "redirect_uri": {webLogin},
			"client_id": {"immich"}, "client_secret": {p.Client("immich").Secret}}, at.change)
	case PARPath:
		method, body = http.MethodPost, asking(append([]string{"client_secret", p.Client("immich").Secret}, at.change...)...)
	case UserinfoPath:
	default:
		address += "?" + asking(at.change...).Encode()
	}
	r, err := http.NewRequest(method, address, strings.NewReader(body.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	switch name {
	case "basic, wrong":
		r.SetBasicAuth("immich", "wrong")
	case "userinfo":
		r.Header.Set("Authorization", "Bearer made-up")
	}
	a := sendBy(t, p.HTTP(), r)
	return a.status, strings.Join([]string{a.header.Get("Location"), a.header.Get("WWW-Authenticate"), a.body}, "\n")
}

// The answers as they were recorded from running servers, or read in the source.
func TestAStyleAnswersAsItsProductDoes(t *testing.T) {
	t.Parallel()
	const backWithState = webLogin + "?error="
	for style, want := range map[string][]struct {
		probe  string
		status int
		says   string
	}{
		"oidc-provider": {
			{"none", 303, backWithState + "login_required"}, {"none, unregistered", 400, "redirect_uri did not match any"}, {"none, unknown client", 400, "client is invalid"},
			{"token", 400, `"invalid_grant"`}, {"token, wrong", 401, "client authentication failed"}, {"pushed", 201, "request_uri"}, {"pushed, wrong", 401, "invalid_client"},
			{"pushed, unregistered", 400, "redirect_uri did not match any"}, {"userinfo", 401, `error="invalid_token"`}},
		"authelia-4.37": {
			{"none", 302, "/?rd="}, {"plain, unregistered", 400, "does not match any of the OAuth 2.0 Client's pre-registered redirect urls."}, {"plain, unknown client", 401, "The requested OAuth 2.0 Client does not exist."},
			{"type", 303, backWithState + "unsupported_response_type"}, {"token", 400, "does not match the redirection URI"}, {"token, wrong", 401, `"invalid_client"`}, {"pushed", 404, ""}, {"userinfo", 401, "request_unauthorized"}},
		"authelia-4.38": {{"none", 303, backWithState + "login_required"}, {"pushed", 201, "request_uri"}, {"pushed, wrong", 401, "invalid_client"}},
		"authelia-4.39": {{"none, unregistered", 302, "/consent/completion?error=invalid_request"}, {"plain, unknown client", 302, "/consent/completion?error=invalid_client"}, {"plain", 302, "/?flow=openid_connect&flow_id="}},
		"hydra":         {{"none", 302, "https://login.example.test/login?login_challenge="}, {"none, unregistered", 302, "/oauth2/fallbacks/error?error=invalid_request"}},
		"pocket-id":     {{"none", 303, backWithState + "login_required"}, {"none, unregistered", 302, "/interaction/error?error="}, {"plain", 302, "/interaction?interaction="}},
		"pocket-id-2.9": {{"none", 200, "JavaScript"}, {"none, unregistered", 200, "JavaScript"}, {"token, wrong", 401, "invalid_client"}},
		"keycloak": {{"none", 302, backWithState + "login_required"}, {"none, unregistered", 400, "Invalid parameter: redirect_uri"}, {"none, unknown client", 400, "Client not found."},
			{"plain", 200, "kc-form-login"}, {"token", 400, "Code not valid"}, {"token, wrong", 401, "unauthorized_client"}, {"token, unknown client", 401, `"invalid_client"`}},
		"authentik": {{"none", 302, backWithState + "login_required"}, {"none, unregistered", 400, "<title>Redirect URI Error</title>"}, {"none, unknown client", 400, "<title>Client ID Error</title>"},
			{"token", 400, `"invalid_grant"`}, {"token, unregistered", 400, `"invalid_client"`}, {"refresh", 400, `"invalid_grant"`}, {"refresh, wrong", 400, `"invalid_client"`}},
		"zitadel": {{"none", 302, "/ui/v2/login/login?authRequest="}, {"none, unregistered", 400, "redirect_uri is missing in the client configuration"}, {"none, unknown client", 400, "Errors.App.NotFound"},
			{"type", 302, backWithState + "unauthorized_client"}},
		"kanidm": {{"plain", 200, `<form id="login"`}, {"none", 200, "Operation ID"}, {"plain, unregistered", 200, "Operation ID"}, {"type", 200, "Operation ID"}, {"token", 400, "invalid_request"}, {"token, wrong", 401, "\n\n"}},
		"rauthy": {{"none", 302, backWithState + "login_required"}, {"none, unregistered", 400, "Invalid redirect uri"}, {"none, unknown client", 404, "does not exist"}, {"token", 401, "could not be found inside the cache"},
			{"token, wrong", 401, "Unauthorized"}, {"token, unregistered", 400, "Invalid redirect uri"}, {"token, unknown client", 404, "not found"}},
		"dex-2.13": {{"none", 302, "/dex/auth/local?req="}, {"none, unregistered", 400, "Unregistered redirect_uri (&#34;" + unregistered + "&#34;)."}, {"none, unknown client", 400, "Invalid client_id (&#34;nobody&#34;)."},
			{"type", 303, backWithState + "invalid_request&error_description=Invalid+response+type"}, {"token", 400, `"invalid_request","error_description":"Invalid or expired code parameter."`}, {"token, wrong", 401, "Invalid client credentials."},
			{"refresh", 400, "Refresh token is invalid"}},
		"dex-2.45": {{"none", 302, "/dex/auth/local?client_id=immich"}, {"none, unregistered", 302, "/dex/auth/local?client_id=immich"}, {"none, unknown client", 400, "Invalid client_id provided."},
			{"second hop", 302, "/dex/auth/local/login?back=&state="}, {"second hop, unregistered", 400, "Unregistered redirect_uri."}, {"second hop, type", 303, backWithState + "invalid_request"},
			{"token", 400, `"invalid_grant"`}, {"token, wrong", 401, "Invalid client credentials."}, {"userinfo", 403, "access_denied"}},
		"glewlwyd": {{"plain", 302, "/login.html?client_id=immich&callback_url="}, {"none", 302, backWithState + "interaction_required"}, {"none, unregistered", 403, "\n\n"}, {"none, unknown client", 403, "\n\n"},
			{"type", 302, webLogin + "#error=unsupported_response_type"}, {"token", 403, "invalid_code"}, {"token, wrong", 403, "unauthorized_client"}, {"token, unregistered", 403, "unauthorized_client"},
			{"token, nobody", 400, "\n\n"}, {"refresh", 400, "\n\n"}, {"userinfo", 401, "\n\n"}},
		"lemonldap": {{"plain", 200, "lform"}, {"none, unregistered", 200, "lform"}, {"type, unregistered", 200, "lform"}, {"none, unknown client", 200, "lform"}, {"token", 400, `{"error":"invalid_grant"}`},
			{"token, wrong", 400, `{"error":"invalid_client"}`}, {"basic, wrong", 401, "Basic\n"}, {"token, unregistered", 400, "invalid_grant"}, {"refresh", 400, "invalid_request"}, {"refresh, wrong", 400, "invalid_client"}},
		"gitea": {{"none", 303, "/user/login?redirect_to="}, {"none, unregistered", 303, "/user/login?redirect_to="}, {"none, unknown client", 303, "/user/login?redirect_to="}, {"type", 303, "/user/login"},
			{"token", 400, `"unauthorized_client","error_description":"client is not authorized"`}, {"token, wrong", 400, "invalid client secret"}, {"token, unregistered", 400, "unexpected redirect URI"},
			{"token, wrong and not ours", 400, "invalid client secret"}, {"token, unknown client", 400, "cannot load client with client id"}},
		"gitlab":    {{"plain", 302, "/users/sign_in"}, {"none", 302, backWithState + "login_required"}, {"none, unregistered", 302, "/users/sign_in"}, {"plain, unregistered", 302, "/users/sign_in"}},
		"nextcloud": {{"plain", 303, "/login?"}, {"plain, unregistered", 303, "/login?"}, {"none", 303, backWithState + "login_required"}, {"none, unregistered", 200, "not accepted to connect"}},
		"casdoor":   {{"none, unregistered", 200, "JavaScript"}, {"token", 400, "is invalid"}, {"token, wrong", 400, "authorization code"}, {"token, unknown client", 401, "client_id is invalid"}},
		"tsidp":     {{"none", 302, webLogin + "?code="}, {"none, unregistered", 400, "tsidp: redirect_uri mismatch"}, {"none, unknown client", 400, "tsidp: invalid client ID"}, {"token", 400, "tsidp: code not found"}, {"token, wrong", 400, "tsidp: code not found"}},
	} {
		p := startStyle(t, style)
		for _, w := range want {
			status, says := probe(t, p, w.probe)
			if status != w.status || !strings.Contains(says, w.says) {
				t.Errorf("%s, %s: want %d %q, got %d %q", style, w.probe, w.status, w.says, status, says)
			}
		}
	}
}

// The document names the endpoints where the style has them, and the issuer
// where the document is.
func TestAStyleSaysWhereItAnswers(t *testing.T) {
	t.Parallel()
	for _, s := range Styles {
		p := startStyle(t, s.Name)
		a := getAt(t, p, DiscoveryPath)
		var document map[string]any
		if err := json.Unmarshal([]byte(a.body), &document); err != nil {
			t.Errorf("%s: %v", s.Name, err)
			continue
		}
		origin := strings.TrimSuffix(p.URL(), p.Path)
		if got := document["authorization_endpoint"]; got != origin+p.where(AuthorizePath) {
			t.Errorf("%s: authorization endpoint %v", s.Name, got)
		}
		if got, _ := document["issuer"].(string); strings.TrimSuffix(got, "/") != p.URL() || strings.HasSuffix(got, "/") != s.Slash {
			t.Errorf("%s: issuer %s", s.Name, got)
		}
		keys, _ := document["jwks_uri"].(string)
		r, err := http.NewRequest(http.MethodGet, keys, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a := sendBy(t, p.HTTP(), r); !strings.Contains(a.body, `"keys":[`) {
			t.Errorf("%s: no keys at %s", s.Name, keys)
		}
	}
}

// A client without redirect URIs takes the first, and no other.
func TestAStyleThatKeepsTheFirstRedirectURI(t *testing.T) {
	t.Parallel()
	p := startStyle(t, "authentik-keeps-first")
	p.Do(func() { p.Client("immich").Redirects = nil })
	for _, want := range []struct {
		probe  string
		status int
	}{{"none", 302}, {"none, unregistered", 400}, {"none", 302}} {
		if status, _ := probe(t, p, want.probe); status != want.status {
			t.Errorf("%s: want %d, got %d", want.probe, want.status, status)
		}
	}
}
