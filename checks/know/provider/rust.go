package provider

import "immich-oidc-doctor/checks/cite"

var kanidm = Provider{
	Name: "Kanidm", Evidence: Source,
	Cite: cite.Citation{Source: "Kanidm", Section: "OAuth2", URL: "https://kanidm.github.io/kanidm/stable/integrations/oauth2.html"},
	Shapes: []Shape{{
		Path: `^(.*)/ui/oauth2$`, Issuer: "$1/oauth2/openid/{client_id}", Alone: true,
		Example: "https://idm.example/ui/oauth2",
	}},
	Issuer: `^https://[^/]+/oauth2/openid/[^/]+$`, IssuerUnique: true,
	Issuers: []string{"https://idm.example/oauth2/openid/immich"},
	Signs:   "ES256", PKCE: PKCEDefault,
	Settings: map[Kind]Setting{
		Redirects: {Where: "kanidm system oauth2 add-redirect-url CLIENT URL", Snippet: "kanidm system oauth2 add-redirect-url CLIENT '%s'"},
		Secret:    {Where: "kanidm system oauth2 show-basic-secret CLIENT"},
		Method:    {None: "it takes either way"},
		Signing:   {Where: "kanidm system oauth2 warning-enable-legacy-crypto CLIENT", Snippet: "kanidm system oauth2 warning-enable-legacy-crypto CLIENT"},
		PKCE:      {Where: "kanidm system oauth2 warning-insecure-client-disable-pkce CLIENT", Snippet: "kanidm system oauth2 warning-insecure-client-disable-pkce CLIENT"},
		Scopes:    {Where: "kanidm system oauth2 update-scope-map CLIENT GROUP SCOPES", Evidence: Documentation},
		Public:    {Where: "server.toml: origin and domain", Evidence: Documentation},
	},
	Proofs: Proofs{
		Redirect: Proof{Can: Yes, By: "200 either way: only a page with its login form takes the address, and only on a whole request with PKCE"},
		Client:   Proof{Can: Yes, By: "the document of an unknown client answers 404; the authorization page does not tell client and address apart"},
		Secret:   Proof{Can: Yes, By: "400 for a made-up code, 401 without a body for a wrong secret"},
		Method:   Proof{Can: No, By: "post and basic are taken alike"},
	},
	Authorize: Manner{Asks: []Ask{Plain}, LoginForm: `<form[^>]*\bid="login"`},
	Replies: []Reply{
		{Status: 400, Error: "invalid_request", Means: SecretAccepted},
		{Status: 401, Error: "-", Like: `^$`, Means: ClientRefused},
	},
	Quirks: []Quirk{
		{Text: "errors are never sent back to the client: prompt=none proves nothing"},
		{Text: "if one redirect URI is https, all must be, or have the scheme of an app"},
		{Text: "preferred_username is name@domain unless the client prefers short names"},
		{Text: "users outside the groups of the scope map are denied"},
	},
}

var rauthy = Provider{
	Name: "Rauthy", Evidence: Source,
	Cite: cite.Citation{Source: "Rauthy", Section: "book", URL: "https://sebadob.github.io/rauthy/"},
	Shapes: []Shape{{
		Path: `^(.*/auth/v1)/oidc/authorize$`, Issuer: "$1", Alone: true,
		Example: "https://rauthy.example/auth/v1/oidc/authorize",
	}},
	Issuer: `^https?://[^/]+/auth/v1/?$`, IssuerUnique: true,
	Issuers: []string{"https://rauthy.example/auth/v1", "https://rauthy.example/auth/v1/"},
	Signs:   "EdDSA", PKCE: PKCEDefault,
	Settings: map[Kind]Setting{
		Redirects: {Where: "Admin > Clients > (the client) > Redirect URIs"},
		Secret:    {Where: "Admin > Clients > (the client) > Secret"},
		Signing:   {Where: "Admin > Clients > (the client) > ID token algorithm"},
		PKCE:      {Where: "Admin > Clients > (the client) > S256 PKCE", Evidence: Unchecked},
		Public:    {Where: "PUB_URL, PROXY_MODE and TRUSTED_PROXIES", Evidence: Unchecked},
	},
	Proofs: Proofs{
		Redirect: Proof{Can: Yes, By: "400 with \"Invalid redirect uri\""},
		Client:   Proof{Can: Yes, By: "404 with \"Client … does not exist\""},
		Secret:   Proof{Can: Sometimes, By: "401 for a made-up code and for a wrong secret: only the message differs"},
		Method:   Proof{Can: No, By: "post and basic are taken alike"},
	},
	RedirectFirst: true,
	Replies: []Reply{ // by what it says: a made-up code is refused with the status of a wrong secret
		{Status: 401, Like: `'auth_code' could not be found`, Means: SecretAccepted},
		{Status: 400, Like: `^Invalid redirect uri`, Means: RedirectRefused},
		{Status: 404, Like: `^Client '.*' not found`, Means: ClientUnknown},
		{Status: 401, Error: "Unauthorized", Means: ClientRefused},
	},
	Quirks: []Quirk{
		{Text: "the token endpoint answers errors in a form of its own, not that of OAuth"},
		{Text: "without a challenge its page says that code_challenge is missing"},
		{Text: "whether the issuer ends in a slash depends on the release"},
	},
}
