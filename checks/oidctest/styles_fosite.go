package oidctest

import "slices"

// Styles is every style. What was recorded from a running server, or read in a
// product's source, is written as it was; the hosted ones are from hearsay.
var Styles = slices.Concat([]Style{{Name: "oidc-provider", Product: "oidc-provider (Node.js)"}},
	fositeStyles, serverStyles, portalStyles, hostedStyles, hostileStyles, wordedStyles)

// What fosite and the products made with it say.
const (
	malformed     = "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed."
	notThatClient = "Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method)."
	notThatGrant  = "The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client."
	notThatType   = "The authorization server does not support obtaining a token using this method."
	notThatScope  = "The requested scope is invalid, unknown, or malformed. The OAuth 2.0 Client is not allowed to request scope 'profile'."

	noClient     = "The requested OAuth 2.0 Client does not exist."
	otherURLs    = "The 'redirect_uri' parameter does not match any of the OAuth 2.0 Client's pre-registered redirect urls."
	otherURIs    = "The 'redirect_uri' parameter does not match any of the OAuth 2.0 Client's pre-registered 'redirect_uris'."
	needsLogin   = "The Authorization Server requires End-User authentication."
	basicByPost  = " The OAuth 2.0 Client supports client authentication method 'client_secret_basic', but method 'client_secret_post' was requested. You must configure the OAuth 2.0 client's 'token_endpoint_auth_method' value to accept 'client_secret_post'."
	methodByPost = " The request was determined to be using 'token_endpoint_auth_method' method 'client_secret_post', however the OAuth 2.0 client registration does not allow this method."
)

// fositeToken is the token endpoint; method is what another way of showing the
// secret gets, nil if all are taken.
func fositeToken(method Told) TokenStyle {
	return TokenStyle{Method: method, Secret: errorJSON(401, "invalid_client", notThatClient), Code: errorJSON(400, "invalid_grant", notThatGrant)}
}

// autheliaAt and autheliaSays are alike in all of its releases.
var (
	autheliaAt = map[string]string{
		AuthorizePath: "/api/oidc/authorization", TokenPath: "/api/oidc/token", UserinfoPath: "/api/oidc/userinfo", KeysPath: "/jwks.json",
		PARPath: "/api/oidc/pushed-authorization-request",
	}
	autheliaUserinfo = challenging(otherJSON(401, `{"error":{"code":401,"status":"Unauthorized","reason":"Check that you provided valid credentials in the right format.","message":"request_unauthorized"}}`),
		`Bearer error="request_unauthorized",error_description="The request could not be authorized. Check that you provided valid credentials in the right format."`)
)

var fositeStyles = []Style{
	{Name: "authelia-4.37", Product: "Authelia", At: autheliaAt, Userinfo: autheliaUserinfo, Else: appPage,
		Says: map[string]any{"end_session_endpoint": nil, "authorization_response_iss_parameter_supported": nil, "token_endpoint_auth_methods_supported": nil},
		Authorize: AuthorizeStyle{
			Client:   errorJSON(401, "invalid_client", notThatClient+" "+noClient),
			Redirect: errorJSON(400, "invalid_request", malformed+" "+otherURLs),
			Type:     goesBack(303, "unsupported_response_type", notThatType),
			Scope:    goesBack(303, "invalid_scope", notThatScope),
			Login:    goesTo(302, "{origin}/?rd={request}&workflow=openid_connect"), // whatever the prompt
		}, Token: fositeToken(nil)},
	{Name: "authelia-4.38", Product: "Authelia", At: autheliaAt, Userinfo: autheliaUserinfo, Else: appPage,
		Says: map[string]any{"end_session_endpoint": nil, "authorization_response_iss_parameter_supported": nil},
		Authorize: AuthorizeStyle{
			Client:   errorJSON(401, "invalid_client", notThatClient+" "+noClient),
			Redirect: errorJSON(400, "invalid_request", malformed+" "+otherURIs),
			Type:     goesBack(303, "unsupported_response_type", notThatType),
			Scope:    goesBack(303, "invalid_scope", notThatScope),
			None:     goesBack(303, "login_required", needsLogin),
			Login:    goesTo(302, "{origin}/?rd={request}&workflow=openid_connect"),
		}, Token: fositeToken(errorJSON(401, "invalid_client", notThatClient+basicByPost)), Pushed: errorJSON(400, "invalid_request", malformed+" "+otherURIs)},
	{Name: "authelia-4.39", Product: "Authelia", At: autheliaAt, Userinfo: autheliaUserinfo, Else: appPage,
		Says: map[string]any{"end_session_endpoint": nil, "authorization_response_iss_parameter_supported": nil},
		Authorize: AuthorizeStyle{
			Client:   goesTo(302, "{origin}/consent/completion?error=invalid_client&error_description=Client+authentication+failed+%28e.g.%2C+unknown+client%2C+no+client+authentication+included%2C+or+unsupported+authentication+method%29.&error_hint=The+requested+OAuth+2.0+Client+does+not+exist.&error_status_code=401"),
			Redirect: goesTo(302, "{origin}/consent/completion?error=invalid_request&error_description=The+request+is+missing+a+required+parameter%2C+includes+an+invalid+parameter+value%2C+includes+a+parameter+more+than+once%2C+or+is+otherwise+malformed.&error_hint=The+%27redirect_uri%27+parameter+does+not+match+any+of+the+OAuth+2.0+Client%27s+pre-registered+%27redirect_uris%27.&error_status_code=400"),
			Type:     goesBack(303, "unsupported_response_type", notThatType),
			Scope:    goesBack(303, "invalid_scope", notThatScope),
			None:     goesBack(303, "login_required", needsLogin),
			Login:    goesTo(302, "{origin}/?flow=openid_connect&flow_id={random}"),
		}, Token: fositeToken(errorJSON(401, "invalid_client", notThatClient+methodByPost)), Pushed: errorJSON(400, "invalid_request", malformed+" "+otherURIs)},
	{Name: "hydra", Product: "Ory Hydra", Slash: true,
		At:   map[string]string{AuthorizePath: "/oauth2/auth", TokenPath: "/oauth2/token", UserinfoPath: "/userinfo", KeysPath: "/.well-known/jwks.json", LogoutPath: "/oauth2/sessions/logout"},
		Says: map[string]any{"authorization_response_iss_parameter_supported": nil},
		Authorize: AuthorizeStyle{
			Client:   goesTo(302, "{origin}/oauth2/fallbacks/error?error=invalid_client&error_description=Client+authentication+failed.+The+requested+OAuth+2.0+Client+does+not+exist."),
			Redirect: goesTo(302, "{origin}/oauth2/fallbacks/error?error=invalid_request&error_description=The+request+is+malformed.+The+%27redirect_uri%27+parameter+does+not+match+any+of+the+OAuth+2.0+Client%27s+pre-registered+redirect+urls."),
			Type:     goesBack(303, "unsupported_response_type", notThatType),
			Scope:    goesBack(303, "invalid_scope", notThatScope),
			Login:    goesTo(302, "https://login.example.test/login?login_challenge={random}"), // whatever the prompt: the app decides
		}, Token: fositeToken(errorJSON(401, "invalid_client", notThatClient+basicByPost))},
	{Name: "pocket-id", Product: "Pocket ID", At: pocketIDAt, Wildcards: true, Else: appPage,
		Says: map[string]any{"authorization_response_iss_parameter_supported": nil},
		Authorize: AuthorizeStyle{
			Client:   goesTo(302, "/interaction/error?error=Client+authentication+failed.+The+requested+OAuth+2.0+Client+does+not+exist."),
			Redirect: goesTo(302, "/interaction/error?error=The+%27redirect_uri%27+parameter+does+not+match+any+of+the+OAuth+2.0+Client%27s+pre-registered+redirect+urls."),
			Type:     goesBack(303, "unsupported_response_type", notThatType),
			None:     goesBack(303, "login_required", needsLogin),
			Login:    goesTo(302, "/interaction?interaction={random}"),
		}, Token: fositeToken(nil), Pushed: errorJSON(400, "invalid_request", otherURLs)},
	{Name: "pocket-id-2.9", Product: "Pocket ID", At: pocketIDAt, Wildcards: true, Else: appPage,
		Says:      map[string]any{"authorization_response_iss_parameter_supported": nil},
		Authorize: AuthorizeStyle{Login: appPage}, Token: fositeToken(nil)},
}

var pocketIDAt = map[string]string{
	AuthorizePath: "/authorize", TokenPath: "/api/oidc/token", UserinfoPath: "/api/oidc/userinfo", KeysPath: "/.well-known/jwks.json",
	LogoutPath: "/api/oidc/end-session", PARPath: "/api/oidc/par",
}
