package provider

import "immich-oidc-doctor/checks/cite"

var glewlwyd = Provider{
	Name: "Glewlwyd", Evidence: Live,
	Cite: cite.Citation{Source: "Glewlwyd", Section: "repository", URL: "https://github.com/babelouest/glewlwyd"},
	Shapes: []Shape{{
		Path: `^(.*/api/[^/]+)/auth$`, Issuer: "$1", Example: "https://glewlwyd.example/api/oidc/auth",
		Confirm: []Mark{{"token_endpoint", `/api/[^/]+/token$`}, {"userinfo_endpoint", `/api/[^/]+/userinfo$`}, {"jwks_uri", `/api/[^/]+/jwks$`}, {"access_token_signing_alg_values_supported", `.`}},
	}},
	Issuer: `^https?://[^/]+(/.*)?/api/[^/]+$`, Issuers: []string{"https://glewlwyd.example/api/oidc"},
	PKCE:       PKCEByClient, // and Signs is that of the plugin's key
	WantsNonce: Fact{Text: "as Debian packages it (2.7.5), it ends every login for the scope openid with \"nonce required\" if none was sent, and only after somebody has logged in"},
	Settings: map[Kind]Setting{
		Redirects: {Where: "Clients > (the client) > Redirect URI"},
		Secret:    {Where: "Clients > (the client) > Password"},
		Method:    {Where: "Clients > (the client) > token_endpoint_auth_method"},
		Signing:   {Where: "Plugins > (the OIDC plugin) > JWT type"},
		PKCE:      {Where: "Plugins > (the OIDC plugin) > pkce-required"},
		Nonce:     {Where: "Plugins > (the OIDC plugin) > Allow non OIDC but valid OAuth2 requests"},
		Public:    {Where: "external_url in glewlwyd.conf, without a slash at the end"},
	},
	Proofs: Proofs{
		Redirect: Proof{Can: Yes, By: "403 without a body, as for an unknown client"},
		Client:   Proof{Can: Sometimes, By: "403 without a body, as for an unregistered address"},
		Secret:   Proof{Can: Sometimes, By: "invalid_code for a made-up code and unauthorized_client for a wrong secret, if the redirect URI is registered"},
		Method:   Proof{Can: Sometimes, By: "invalid_code shows that the way was right; another than the client's is refused like a wrong secret"},
	},
	Authorize: Manner{Asks: []Ask{None}}, // what is wrong with the response type it says in the fragment
	Replies: []Reply{
		{Status: 403, Error: "invalid_code", Means: SecretAccepted},
		{Status: 403, Error: "unauthorized_client", Means: ClientRefused, Blurred: true},
	},
	Quirks: []Quirk{
		{Text: "prompt=none comes back as interaction_required"},
		{Text: "an external_url that ends in a slash puts two into every endpoint"},
	},
}

var lemonLDAP = Provider{
	Name: "LemonLDAP::NG", Evidence: Live,
	Cite: cite.Citation{Source: "LemonLDAP::NG", Section: "OpenID Connect Provider", URL: "https://lemonldap-ng.org/documentation/latest/idpopenidconnect.html"},
	Shapes: []Shape{{
		Path: `^/oauth2/authorize$`, Issuer: "/", Example: "https://auth.llng.example/oauth2/authorize",
		Confirm: []Mark{{"token_endpoint", `/oauth2/token$`}, {"userinfo_endpoint", `/oauth2/userinfo$`}, {"jwks_uri", `/oauth2/jwks$`}, {"end_session_endpoint", `/oauth2/logout$`}, {"id_token_signing_alg_values_supported", `^none$`}},
	}},
	Answers: []Mark{{"Set-Cookie", `^lemonldap`}},
	Issuer:  `^https?://[^/]+/?$`, Issuers: []string{"https://auth.llng.example"},
	PKCE: PKCEByClient, // and Signs is chosen for each relying party
	Settings: map[Kind]Setting{
		Redirects: {Where: "Manager > OpenID Connect Relying Parties > (the relying party) > Options > Basic > Allowed redirection addresses"},
		Secret:    {Where: "Manager > OpenID Connect Relying Parties > (the relying party) > Options > Basic > Client secret"},
		Method:    {Where: "Manager > OpenID Connect Relying Parties > (the relying party) > Options > Security > Token endpoint authentication method"},
		Signing:   {Where: "Manager > OpenID Connect Relying Parties > (the relying party) > Options > Security > ID Token signature algorithm"},
		PKCE:      {Where: "Manager > OpenID Connect Relying Parties > (the relying party) > Options > Security > Require PKCE", Evidence: Unchecked},
		Public:    {Where: "Manager > General Parameters > Portal > URL", Evidence: Unchecked},
	},
	Proofs: Proofs{
		Redirect: Proof{Can: No, By: "everything at the authorization endpoint is decided after the login"},
		Client:   Proof{Can: No, By: "everything at the authorization endpoint is decided after the login"},
		Secret:   Proof{Can: Yes, By: "invalid_grant for a made-up code, invalid_client for a wrong secret"},
		Method:   Proof{Can: No, By: "post and basic are taken alike"},
	},
	Authorize: Manner{Asks: []Ask{None}},
	Replies:   asSpecified(""),
	Quirks:    []Quirk{{Text: "its cookie's domain must be that of the portal"}},
}
