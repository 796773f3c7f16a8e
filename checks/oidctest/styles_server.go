package oidctest

import "strings"

// serverStyles are those of servers that people run and whose authorization
// endpoint looks at a request before it asks who it comes from.
var serverStyles = []Style{
	{Name: "keycloak", Product: "Keycloak", Path: "/realms/home", Wildcards: true, Says: withoutIss,
		At: below("/realms/home/protocol/openid-connect", map[string]string{
			AuthorizePath: "/auth", TokenPath: "/token", UserinfoPath: "/userinfo", KeysPath: "/certs", LogoutPath: "/logout", PARPath: "/ext/par/request"}),
		Authorize: AuthorizeStyle{
			Client:   htmlPage(400, "We are sorry...", `<p class="instruction">Client not found.</p>`),
			Redirect: htmlPage(400, "We are sorry...", `<p class="instruction">Invalid parameter: redirect_uri</p>`),
			Type:     goesBack(302, "unsupported_response_type", ""),
			Scope:    goesBack(302, "invalid_scope", "Invalid scopes: openid email profile"),
			PKCE:     goesBack(302, "invalid_request", "Missing parameter: code_challenge_method"),
			None:     goesBack(302, "login_required", ""),
			Login: htmlPage(200, "Sign in to home", `<form id="kc-form-login" action="{url}/login-actions/authenticate?session_code={random}" method="post">
<input id="username" name="username"><input id="password" name="password" type="password"><input id="kc-login" type="submit"></form>`),
		}, Token: TokenStyle{
			Client: errorJSON(401, "invalid_client", "Invalid client or Invalid client credentials"),
			Secret: errorJSON(401, "unauthorized_client", "Invalid client or Invalid client credentials"),
			Code:   errorJSON(400, "invalid_grant", "Code not valid"),
		}, Pushed: errorJSON(400, "invalid_request", "Invalid parameter: redirect_uri")},
	authentikStyle("authentik", false),
	authentikStyle("authentik-keeps-first", true),
	{Name: "zitadel", Product: "Zitadel", Says: withoutIss,
		At: map[string]string{AuthorizePath: "/oauth/v2/authorize", TokenPath: "/oauth/v2/token", UserinfoPath: "/oidc/v1/userinfo", KeysPath: "/oauth/v2/keys", LogoutPath: "/oidc/v1/end_session"},
		Authorize: AuthorizeStyle{
			Client:   errorJSON(400, "invalid_request", "Errors.App.NotFound"),
			Redirect: errorJSON(400, "invalid_request", "The requested redirect_uri is missing in the client configuration. If you have any questions, you may contact the administrator of the application."),
			Type:     goesBack(302, "unauthorized_client", "The requested response type is missing in the client configuration. If you have any questions, you may contact the administrator of the application."),
			Login:    goesTo(302, "/ui/v2/login/login?authRequest=V2_{random}"),
		}, Token: TokenStyle{
			Method: errorJSON(401, "invalid_client", ""),
			Secret: errorJSON(401, "invalid_client", ""),
			Code:   errorJSON(400, "invalid_grant", ""),
		}},
	{Name: "kanidm", Product: "Kanidm", Path: "/oauth2/openid/immich", Says: withoutIss,
		At: map[string]string{AuthorizePath: "/ui/oauth2", TokenPath: "/oauth2/token", UserinfoPath: "/oauth2/openid/immich/userinfo", KeysPath: "/oauth2/openid/immich/public_key.jwk"},
		Authorize: AuthorizeStyle{
			Client: kanidmError, Redirect: kanidmError, Type: kanidmError, PKCE: kanidmError, None: kanidmError,
			Login: htmlPage(200, "Login", `<form id="login" action="/ui/login/begin" method="post"><input id="username" name="username"></form>`),
		}, Token: TokenStyle{Secret: nothing(401), Code: errorJSON(400, "invalid_request", "")}},
	{Name: "rauthy", Product: "Rauthy", Path: "/auth/v1", Slash: true, Wildcards: true, Says: withoutIss,
		At: below("/auth/v1/oidc", map[string]string{AuthorizePath: "/authorize", TokenPath: "/token", UserinfoPath: "/userinfo", KeysPath: "/certs", LogoutPath: "/logout"}),
		Authorize: AuthorizeStyle{
			Client:   htmlPage(404, "404", "Client '{client}' does not exist"),
			Redirect: htmlPage(400, "400", "Invalid redirect uri"),
			PKCE:     htmlPage(400, "400", "'code_challenge' is missing"),
			None:     goesBack(302, "login_required", ""),
			Login:    signInPage,
		}, Token: TokenStyle{
			Nobody:   otherJSON(400, `{"timestamp":1763750000,"error":"BadRequest","message":"'client_id' is missing"}`),
			Client:   otherJSON(404, `{"timestamp":1763750000,"error":"NotFound","message":"Client '{client}' not found"}`),
			Secret:   otherJSON(401, `{"timestamp":1763750000,"error":"Unauthorized","message":"Invalid 'client_secret'"}`),
			Redirect: otherJSON(400, `{"timestamp":1763750000,"error":"BadRequest","message":"Invalid redirect uri"}`),
			Code:     otherJSON(401, `{"timestamp":1763750000,"error":"Unauthorized","message":"'auth_code' could not be found inside the cache"}`),
		}},
	{Name: "dex-2.13", Product: "Dex", Path: "/dex",
		At: map[string]string{KeysPath: "/dex/keys", UserinfoPath: "/dex/userinfo"},
		Says: with(dexSays, map[string]any{"userinfo_endpoint": nil, "end_session_endpoint": nil, "code_challenge_methods_supported": nil,
			"token_endpoint_auth_methods_supported": []string{methodBasic}}),
		Authorize: AuthorizeStyle{
			Client:   htmlPage(400, "dex", `<h2>Bad Request</h2><p>Invalid client_id (&#34;{client}&#34;).</p>`),
			Redirect: htmlPage(400, "dex", `<h2>Bad Request</h2><p>Unregistered redirect_uri (&#34;{redirect}&#34;).</p>`),
			Type:     goesBack(303, "invalid_request", `Invalid response type "none_of_ours"`),
			Login:    goesTo(302, "/dex/auth/local?req={random}"),
		}, Else: dexLogin, Token: dexToken("invalid_request")},
	{Name: "dex-2.45", Product: "Dex", Path: "/dex",
		At:   map[string]string{KeysPath: "/dex/keys", UserinfoPath: "/dex/userinfo"},
		Says: with(dexSays, map[string]any{"end_session_endpoint": nil, "code_challenge_methods_supported": []string{"S256", "plain"}}),
		Authorize: AuthorizeStyle{
			Client: htmlPage(400, "dex", `<h2>Bad Request</h2><p>Invalid client_id provided.</p>`),
			Login:  goesTo(302, "/dex/auth/local?{query}"),
		}, Else: dexSecondHop, Token: dexToken("invalid_grant"),
		Userinfo: errorJSON(403, "access_denied", "Invalid bearer token.")},
}

// withoutIss is a document that does not promise the parameter of RFC 9207.
var withoutIss = map[string]any{"authorization_response_iss_parameter_supported": nil}

// below puts paths below a folder.
func below(folder string, at map[string]string) map[string]string {
	all := map[string]string{}
	for endpoint, path := range at {
		all[endpoint] = folder + path
	}
	return all
}

func with(says, more map[string]any) map[string]any {
	all := map[string]any{}
	for _, from := range []map[string]any{says, more} {
		for name, v := range from {
			all[name] = v
		}
	}
	return all
}

var kanidmError = htmlPage(200, "Error", `<h2>An unrecoverable error occurred</h2><p>Operation ID: {random}</p>`)

func authentikStyle(name string, keepsFirst bool) Style {
	refused := errorJSON(400, "invalid_client", "Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method)")
	return Style{Name: name, Product: "Authentik", Path: "/application/o/immich", Slash: true, Says: withoutIss, KeepsFirst: keepsFirst,
		At: below("/application/o", map[string]string{
			AuthorizePath: "/authorize/", TokenPath: "/token/", UserinfoPath: "/userinfo/", KeysPath: "/immich/jwks/", LogoutPath: "/immich/end-session/"}),
		Authorize: AuthorizeStyle{
			Client:   htmlPage(400, "Client ID Error", "<p>The client identifier (client_id) is missing or invalid.</p>"),
			Redirect: htmlPage(400, "Redirect URI Error", "<p>The request fails due to a missing, invalid, or mismatching redirection URI (redirect_uri).</p>"),
			Type:     goesBack(302, "unsupported_response_type", "The authorization server does not support obtaining an authorization code using this method."),
			None:     goesBack(302, "login_required", "The authorization server requires End-User authentication."),
			Login:    goesTo(302, "/flows/-/default/authentication/?next={request}"),
		}, Token: TokenStyle{
			Secret: refused, Redirect: refused, Refresh: errorJSON(400, "invalid_grant", notThatGrant),
			Code: errorJSON(400, "invalid_grant", notThatGrant),
		}}
}

// dexSays is what its document has and oidc-provider's has not.
var dexSays = map[string]any{
	"authorization_response_iss_parameter_supported": nil,
	"scopes_supported": []string{"openid", "email", "groups", "profile", "offline_access"},
	"claims_supported": []string{"iss", "sub", "aud", "iat", "exp", "email", "email_verified", "locale", "name", "preferred_username", "at_hash"},
}

func dexToken(code string) TokenStyle {
	return TokenStyle{
		Secret:  errorJSON(401, "invalid_client", "Invalid client credentials."),
		Refresh: errorJSON(400, "invalid_request", "Refresh token is invalid or has already been claimed by another client."),
		Code:    errorJSON(400, code, "Invalid or expired code parameter."),
	}
}

var dexLogin = htmlPage(200, "dex", `<h2>Log in to Your Account</h2><form method="post"><input id="login" name="login"><input id="password" name="password" type="password"></form>`)

// dexSecondHop looks at the request where the first hop did not.
func dexSecondHop(a Asked) *Answer {
	if !strings.HasSuffix(a.path, "/auth/local") {
		return dexLogin(a)
	}
	return AuthorizeStyle{
		Redirect: htmlPage(400, "dex", `<h2>Bad Request</h2><p>Unregistered redirect_uri.</p>`),
		Type:     goesBack(303, "invalid_request", `Invalid response type "none_of_ours"`),
		Login:    goesTo(302, "/dex/auth/local/login?back=&state={random}"),
	}.answer(a)
}
