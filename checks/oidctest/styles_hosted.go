package oidctest

// hostedStyles are those of services that nobody can run here: nothing in them
// was seen on the wire.
var hostedStyles = []Style{
	{Name: "google", Product: "Google", Host: "accounts.google.com",
		At:   map[string]string{AuthorizePath: "/o/oauth2/v2/auth", TokenPath: "/token", UserinfoPath: "/v1/userinfo", KeysPath: "/oauth2/v3/certs"},
		Says: with(withoutIss, map[string]any{"end_session_endpoint": nil}),
		Authorize: AuthorizeStyle{ // authError holds the text behind a length, as base64
			Client:   goesTo(302, "{origin}/signin/oauth/error?authError=Cg5pbnZhbGlkX2NsaWVudBIfVGhlIE9BdXRoIGNsaWVudCB3YXMgbm90IGZvdW5kLiCRAw%3D%3D&client_id={client}"),
			Redirect: goesTo(302, "{origin}/signin/oauth/error?authError=ChVyZWRpcmVjdF91cmlfbWlzbWF0Y2gSAkVyIJAD&client_id={client}"),
			None:     goesBack(302, "interaction_required", ""),
			Login:    goesTo(302, "{origin}/v3/signin/identifier?client_id={client}&continue={request}"),
		}, Token: TokenStyle{
			Client:   errorJSON(401, "invalid_client", "The OAuth client was not found."),
			Secret:   errorJSON(401, "invalid_client", "Unauthorized"),
			Redirect: errorJSON(400, "redirect_uri_mismatch", "Bad Request"),
			Code:     errorJSON(400, "invalid_grant", "Malformed auth code."),
		}},
	{Name: "entra", Product: "Microsoft Entra ID", Host: "login.microsoftonline.com", Path: "/t1/v2.0",
		At:   map[string]string{AuthorizePath: "/t1/oauth2/v2.0/authorize", TokenPath: "/t1/oauth2/v2.0/token", UserinfoPath: "/oidc/userinfo", KeysPath: "/t1/discovery/v2.0/keys", LogoutPath: "/t1/oauth2/v2.0/logout"},
		Says: with(withoutIss, map[string]any{"code_challenge_methods_supported": nil}),
		Authorize: AuthorizeStyle{
			Client:   htmlPage(400, "Sign in to your account", "<p>AADSTS700016: Application with identifier '{client}' was not found in the directory.</p>"),
			Redirect: htmlPage(200, "Sign in to your account", "<p>AADSTS50011: The redirect URI '{redirect}' specified in the request does not match the redirect URIs configured for the application '{client}'.</p>"),
			None:     goesBack(302, "login_required", "AADSTS50058: A silent sign-in request was sent but no user is signed in."),
			Login:    signInPage,
		}, Token: TokenStyle{
			Client:    errorJSON(400, "unauthorized_client", "AADSTS700016: Application with identifier '{client}' was not found in the directory."),
			Secret:    errorJSON(401, "invalid_client", "AADSTS7000215: Invalid client secret provided."),
			Code:      errorJSON(400, "invalid_grant", "AADSTS9002313: Invalid request. Request is malformed or invalid."),
			CodeFirst: true,
		}},
	{Name: "auth0", Product: "Auth0", Slash: true, Says: withoutIss,
		At: map[string]string{AuthorizePath: "/authorize", TokenPath: "/oauth/token", UserinfoPath: "/userinfo", KeysPath: "/.well-known/jwks.json", LogoutPath: "/oidc/logout"},
		Authorize: AuthorizeStyle{
			Client:   htmlPage(400, "Oops!, something went wrong", "<p>Unknown client: {client}</p>"),
			Redirect: htmlPage(403, "Oops!, something went wrong", "<p>Callback URL mismatch. The provided redirect_uri is not in the list of allowed callback URLs.</p>"),
			None:     goesBack(302, "login_required", "Login required"),
			Login:    goesTo(302, "/u/login?state={random}"),
		}, Token: TokenStyle{
			Secret: errorJSON(401, "access_denied", "Unauthorized"),
			Code:   errorJSON(403, "invalid_grant", "Invalid authorization code"),
		}},
}
