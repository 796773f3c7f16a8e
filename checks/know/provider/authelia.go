package provider

import "immich-oidc-doctor/checks/cite"

var authelia = Provider{
	Name: "Authelia", Evidence: Source, // 4.37.5 and 4.38.0-pre were also run
	Cite: cite.Citation{Source: "Authelia", Section: "OpenID Connect 1.0 Clients", URL: "https://www.authelia.com/configuration/identity-providers/openid-connect/clients/"},
	Shapes: []Shape{{
		Path: `^(.*)/api/oidc/authorization$`, Issuer: "$1", Alone: true, Evidence: Live,
		Example: "https://auth.example/api/oidc/authorization",
	}},
	Answers: []Mark{{"Set-Cookie", `^authelia_session=`}},
	Issuer:  `^https?://[^/]+(/.*)?[^/]$`, Issuers: []string{"https://auth.example"},
	Signs: "RS256", PKCE: PKCEByClient,
	DecodesBasic: true,
	Settings: map[Kind]Setting{
		Redirects: {Where: "configuration.yml: identity_providers.oidc.clients[].redirect_uris", Snippet: "- '%s'", Evidence: Live},
		Secret:    {Where: "configuration.yml: identity_providers.oidc.clients[].client_secret (before 4.38: secret); it holds the hash, Immich the plain secret", Evidence: Live},
		Method:    {Where: "configuration.yml: identity_providers.oidc.clients[].token_endpoint_auth_method (4.38 or later; before it takes either way)", Snippet: "token_endpoint_auth_method: '%s'", Evidence: Live},
		Signing:   {Where: "configuration.yml: identity_providers.oidc.clients[].id_token_signed_response_alg", Snippet: "id_token_signed_response_alg: '%s'"},
		PKCE:      {Where: "configuration.yml: identity_providers.oidc.clients[].require_pkce; a pkce_challenge_method there demands it too", Snippet: "require_pkce: false"},
		Scopes:    {Where: "configuration.yml: identity_providers.oidc.clients[].scopes", Snippet: "- '%s'"},
		Public:    {Where: "it takes Host, X-Forwarded-Host and X-Forwarded-Proto from the proxy; there is no setting", Evidence: Live},
		Logout:    {None: "its document names no end_session_endpoint", Evidence: Live},
	},
	PushedRegistered: true,
	Proofs: Proofs{
		Redirect: Proof{Can: Yes, By: "it goes to its login page, or refuses the address by name", Evidence: Live},
		Client:   Proof{Can: Yes, By: "it refuses an unknown client at the authorization endpoint", Evidence: Live},
		Secret:   Proof{Can: Yes, By: "invalid_grant for a made-up code, 401 for a wrong secret", Evidence: Live},
		Method:   Proof{Can: Yes, By: "401 with a text that names the method of the client; before 4.38 both are taken", Evidence: Live},
	},
	// The method is looked at before the secret; 4.37 takes either.
	Replies: append([]Reply{
		{Error: "invalid_client", Like: `client registration does not allow this method`, Means: MethodRefused},       // 4.38.0 and later
		{Error: "invalid_client", Like: `provided client secret did not match`, Means: SecretRefused, Evidence: Live}, // with enable_client_debug_messages
		{Error: "invalid_client", Like: `does not appear to be a registered client`, Means: ClientUnknown, Evidence: Live},
	}, fositeReplies(Live)...),
	Quirks: []Quirk{
		{Text: "redirect URIs are compared as strings; only http on a loopback address may have another port", Evidence: Live},
		{Text: "a state of fewer than 8 characters is refused", Evidence: Live},
		{From: "4.38.0", Text: "a client without token_endpoint_auth_method may only use client_secret_basic", Evidence: Live},
		{From: "4.39.0", Text: "ID tokens no longer hold email, name, preferred_username and groups unless a claims policy puts them there; userinfo does"},
		{From: "4.39.4", Text: "userinfo answers 403 to a token without the scope openid"},
		{From: "4.39.17", Text: "token requests are limited for each address, to 30 in a minute and 100 in an hour"},
		{From: "4.39.17", To: "4.39.19", Text: "with one session cookie and no authelia_url the right host is refused as an issuer"},
		{From: "4.39.17", Text: "discovery is refused if X-Forwarded-Proto is not https, or the host is that of no session cookie"},
		{From: "4.39.20", Text: "the token request must go to the same host and scheme as the authorization request, so Immich cannot use an inner name"},
	},
}
