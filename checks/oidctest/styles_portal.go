package oidctest

// portalStyles are those of servers that first ask who it is, and of such as
// say little.
var portalStyles = []Style{
	{Name: "glewlwyd", Product: "Glewlwyd", Path: "/api/oidc", At: map[string]string{UserinfoPath: "/api/oidc/userinfo"},
		Says: with(withoutIss, map[string]any{"response_types_supported": []string{"code", "id_token", "token", "none", "client_credentials"}, "access_token_signing_alg_values_supported": []string{"RS256"}, "end_session_endpoint": nil}),
		Authorize: AuthorizeStyle{
			Client: nothing(403), Redirect: nothing(403),
			Type:  goesBackBehindHash(302, "unsupported_response_type"),
			None:  goesBack(302, "interaction_required", ""),
			Login: goesTo(302, "{origin}/login.html?client_id={client}&callback_url={request}"),
		}, Token: TokenStyle{
			Nobody:   nothing(400),
			Secret:   otherJSON(403, `{"error":"unauthorized_client"}`),
			Redirect: otherJSON(403, `{"error":"unauthorized_client"}`),
			Refresh:  nothing(400),
			Code:     otherJSON(403, `{"error":"invalid_code"}`),
		}, Userinfo: nothing(401)},
	{Name: "lemonldap", Product: "LemonLDAP::NG",
		At: map[string]string{AuthorizePath: "/oauth2/authorize", TokenPath: "/oauth2/token", UserinfoPath: "/oauth2/userinfo", KeysPath: "/oauth2/jwks", LogoutPath: "/oauth2/logout"},
		Says: with(withoutIss, map[string]any{"id_token_signing_alg_values_supported": []string{"none", "HS256", "HS384", "HS512", "RS256", "RS384", "RS512"},
			"code_challenge_methods_supported": []string{"plain", "S256"}}),
		Authorize: AuthorizeStyle{Login: htmlPage(200, "Authentication portal", `<form id="lform" action="#" method="post"><input type="hidden" name="token" value="{random}">
<input id="userfield" name="user"><input id="passwordfield" name="password" type="password"></form><p>Service provided by LemonLDAP::NG</p>`)},
		Token: TokenStyle{
			Secret: byMethod(errorJSON(400, "invalid_client", ""), challenging(errorJSON(401, "invalid_client", ""), "Basic")),
			// whatever the token is
			Refresh: errorJSON(400, "invalid_request", ""),
			Code:    errorJSON(400, "invalid_grant", ""),
		}, Userinfo: challenging(nothing(401), "error=invalid_request,error_description=Invalid request")},
	{Name: "gitea", Product: "Gitea or Forgejo",
		At: below("/login/oauth", map[string]string{AuthorizePath: "/authorize", TokenPath: "/access_token", UserinfoPath: "/userinfo", KeysPath: "/keys"}),
		Says: with(withoutIss, map[string]any{"end_session_endpoint": nil, "token_endpoint_auth_methods_supported": nil,
			"code_challenge_methods_supported": []string{"plain", "S256"}}),
		Authorize: AuthorizeStyle{Login: goesTo(303, "/user/login?redirect_to=%2Flogin%2Foauth%2Fauthorize%3F{request}")},
		Token: TokenStyle{
			Client:   errorJSON(400, "invalid_client", "cannot load client with client id: '{client}'"),
			Secret:   errorJSON(400, "unauthorized_client", "invalid client secret"),
			Redirect: errorJSON(400, "unauthorized_client", "unexpected redirect URI"),
			Code:     errorJSON(400, "unauthorized_client", "client is not authorized"),
		}},
	{Name: "gitlab", Product: "GitLab",
		At: below("/oauth", map[string]string{AuthorizePath: "/authorize", TokenPath: "/token", UserinfoPath: "/userinfo", KeysPath: "/discovery/keys"}),
		Says: with(withoutIss, map[string]any{"end_session_endpoint": nil,
			"scopes_supported": []string{"api", "read_api", "openid", "profile", "email"}}),
		Authorize: AuthorizeStyle{ // the one that tells is prompt=none of a request without a fault
			Client: gitLabLogin, Redirect: gitLabLogin, Type: gitLabLogin, Scope: gitLabLogin,
			None:  goesBack(302, "login_required", "The authorization server requires end-user authentication"),
			Login: gitLabLogin,
		}, Token: TokenStyle{
			Secret: errorJSON(401, "invalid_client", "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method."),
			Code:   errorJSON(400, "invalid_grant", "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client."),
		}},
	{Name: "nextcloud", Product: "Nextcloud", Says: withoutIss,
		At: below("/apps/oidc", map[string]string{AuthorizePath: "/authorize", TokenPath: "/token", UserinfoPath: "/userinfo", KeysPath: "/jwks", LogoutPath: "/logout"}),
		Authorize: AuthorizeStyle{
			First: func(a Asked) *Answer {
				if a.silent() {
					return nil
				}
				return nextcloudLogin(a)
			},
			Client:   htmlPage(200, "Nextcloud", "<h2>Access forbidden</h2><p>Your client is not authorized to connect. Please inform the administrator of your client.</p>"),
			Redirect: htmlPage(200, "Nextcloud", "<h2>Access forbidden</h2><p>The received redirect URI is not accepted to connect. Please inform the administrator of your client.</p>"),
			None:     goesBack(303, "login_required", ""),
			Login:    nextcloudLogin,
		}, Token: TokenStyle{
			Secret: errorJSON(400, "invalid_client", "Client authentication failed."),
			Code:   errorJSON(400, "invalid_grant", "Could not find access token for code or refresh_token."),
		}},
	{Name: "casdoor", Product: "Casdoor",
		At:        map[string]string{AuthorizePath: "/login/oauth/authorize", TokenPath: "/api/login/oauth/access_token", UserinfoPath: "/api/userinfo", KeysPath: "/.well-known/jwks", LogoutPath: "/api/logout"},
		Says:      with(withoutIss, map[string]any{"token_endpoint_auth_methods_supported": nil}),
		Authorize: AuthorizeStyle{Login: appPage}, Else: appPage,
		Token: TokenStyle{
			Client:    errorJSON(401, "invalid_client", "client_id is invalid"),
			Secret:    errorJSON(401, "invalid_client", "client_secret is invalid"),
			Code:      errorJSON(400, "invalid_grant", "authorization code: [made-up] is invalid"),
			CodeFirst: true,
		}},
	{Name: "tsidp", Product: "tsidp",
		At: map[string]string{AuthorizePath: "/authorize", KeysPath: "/.well-known/jwks.json", UserinfoPath: "/userinfo"},
		Says: with(withoutIss, map[string]any{"end_session_endpoint": nil,
			"claims_supported": []string{"sub", "aud", "exp", "iat", "iss", "jti", "nbf", "username", "email", "tailnet"}}),
		Authorize: AuthorizeStyle{
			Client: plainText(400, "tsidp: invalid client ID\n"), Redirect: plainText(400, "tsidp: redirect_uri mismatch\n"),
			Login: handsOut, // the machine is the login
		}, Token: TokenStyle{
			Secret: plainText(401, "tsidp: invalid client credentials\n"), Code: plainText(400, "tsidp: code not found\n"), CodeFirst: true,
		}},
}

var (
	gitLabLogin    = goesTo(302, "{origin}/users/sign_in")
	nextcloudLogin = goesTo(303, "{origin}/login?redirect_url=%2Fapps%2Foidc%2Fauthorize%3F{request}")
)
