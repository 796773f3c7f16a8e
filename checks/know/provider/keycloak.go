package provider

import "immich-oidc-doctor/checks/cite"

var keycloak = Provider{
	Name: "Keycloak", Evidence: Live, // 26.0.7
	Cite: cite.Citation{Source: "Keycloak", Section: "Server Administration Guide", URL: "https://www.keycloak.org/docs/latest/server_admin/"},
	Shapes: []Shape{{
		Path: `^(.*/realms/[^/]+)/protocol/openid-connect/auth$`, Issuer: "$1", Alone: true, Evidence: Documentation,
		Example: "https://id.example/realms/home/protocol/openid-connect/auth",
	}},
	Answers: []Mark{{"Set-Cookie", `^(AUTH_SESSION_ID|KC_RESTART)=`}, {"body", `id="kc-form-login"`}},
	Issuer:  `^https?://[^/]+(/.*)?/realms/[^/]+$`, IssuerUnique: true,
	Issuers: []string{"https://id.example/realms/home", "https://id.example/auth/realms/home"},
	Signs:   "RS256", PKCE: PKCEByClient,
	Settings: map[Kind]Setting{
		Redirects: {Where: "Clients > (the client) > Settings > Valid redirect URIs", Evidence: Documentation},
		Secret:    {Where: "Clients > (the client) > Credentials > Client Secret, with Client authentication switched on in Settings", Evidence: Documentation},
		Method:    {None: "with the authenticator \"Client Id and Secret\" it takes either way; Clients > (the client) > Credentials > Client Authenticator chooses another"},
		Signing:   {Where: "Clients > (the client) > Advanced > Fine grain OpenID Connect configuration > ID token signature algorithm", Evidence: Documentation},
		PKCE:      {Where: "Clients > (the client) > Settings > PKCE method (older releases: Advanced > Proof Key for Code Exchange Code Challenge Method)", Evidence: Documentation},
		Scopes:    {Where: "Clients > (the client) > Client scopes", Evidence: Unchecked},
		Public:    {Where: "KC_HOSTNAME=https://…, and KC_PROXY_HEADERS=xforwarded behind a proxy", Evidence: Unchecked},
		Logout:    {Where: "Clients > (the client) > Settings > Valid post logout redirect URIs", Evidence: Unchecked},
	},
	PushedRegistered: true,
	Proofs: Proofs{
		Redirect: Proof{Can: Yes, By: "400 with \"Invalid parameter: redirect_uri\" where it is not registered; an entry that ends in * takes everything below it"},
		Client:   Proof{Can: Yes, By: "400 with \"Client not found.\""},
		Secret:   Proof{Can: Yes, By: "invalid_grant for a made-up code, 401 for a wrong secret"},
		Method:   Proof{Can: No, By: "post and basic are taken alike"},
	},
	Replies: append([]Reply{
		{Status: 401, Error: "unauthorized_client", Means: ClientRefused},                            // of an unknown client it says invalid_client
		{Error: "invalid_request", Like: `^Invalid parameter: redirect_uri`, Means: RedirectRefused}, // of pushed requests
	}, asSpecified("")...),
	Quirks: []Quirk{
		{To: "17", Text: "issuers begin with /auth unless the relative path was changed", Evidence: Documentation},
		{Text: "an unknown scope is refused by a redirect with invalid_scope"},
		{Text: "a realm that demands TLS of external requests answers http with a page \"HTTPS required\"", Evidence: Unchecked},
		{Text: "unless a hostname is set the issuer follows the Host header, so Immich must use the address that browsers use", Evidence: Unchecked},
		{Text: "with a PKCE method set, a request without a challenge comes back with \"Missing parameter: code_challenge_method\""},
	},
}
