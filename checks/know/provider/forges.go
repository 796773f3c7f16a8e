package provider

import "immich-oidc-doctor/checks/cite"

var gitea = Provider{
	Name: "Gitea or Forgejo", Evidence: Live,
	Cite: cite.Citation{Source: "Gitea", Section: "OAuth2 provider", URL: "https://docs.gitea.com/development/oauth2-provider"},
	Shapes: []Shape{{
		Path: `^(.*)/login/oauth/authorize$`, Issuer: "$1", Shared: true, Example: "https://git.example/login/oauth/authorize",
		Confirm: []Mark{{"token_endpoint", `/login/oauth/access_token$`}, {"jwks_uri", `/login/oauth/keys$`}, {"userinfo_endpoint", `/login/oauth/userinfo$`}},
	}},
	Answers: []Mark{{"WWW-Authenticate", `^Bearer realm="Gitea OAuth2"`}, {"Set-Cookie", `^i_like_gitea=`}},
	Issuer:  `^https?://[^/]+(/.*)?$`, Issuers: []string{"https://git.example"},
	Signs: "RS256", PKCE: PKCEOptional,
	Settings: map[Kind]Setting{
		Redirects: {Where: "Settings > Applications > (the OAuth2 application) > Redirect URIs, one on each line"},
		Secret:    {Where: "Settings > Applications > (the OAuth2 application) > Regenerate Secret"},
		Method:    {None: "it takes either way"},
		Signing:   {Where: "app.ini: [oauth2] JWT_SIGNING_ALGORITHM", Snippet: "JWT_SIGNING_ALGORITHM = %s"},
		PKCE:      {None: "it demands PKCE only of public clients"},
		Scopes:    {None: "scopes that it does not know are ignored"},
		Public:    {Where: "app.ini: [server] ROOT_URL"},
		Logout:    {None: "its document names no end_session_endpoint"},
	},
	Proofs: Proofs{
		Redirect: Proof{Can: Sometimes, By: "not before the login; with the right secret the token endpoint says \"unexpected redirect URI\""},
		Client:   Proof{Can: Sometimes, By: "not before the login; the token endpoint says \"cannot load client with client id\""},
		Secret:   Proof{Can: Sometimes, By: "only by the description: the error is unauthorized_client for a made-up code and for a wrong secret"},
		Method:   Proof{Can: No, By: "post and basic are taken alike"},
	},
	Authorize:     Manner{Asks: []Ask{None}},
	RedirectFirst: true,
	Replies: []Reply{ // by what it says: the errors are not those of the specification
		{Error: "unauthorized_client", Like: `^client is not authorized$`, Means: SecretAccepted},
		{Error: "unauthorized_client", Like: `^unable to parse refresh token$`, Means: SecretAccepted},
		{Error: "unauthorized_client", Like: `^unexpected redirect URI$`, Means: RedirectRefused},
		{Like: `^invalid (empty )?client secret$`, Means: SecretRefused},
		{Error: "invalid_client", Like: `^cannot load client with client id`, Means: ClientUnknown},
	},
	Quirks: []Quirk{
		{Text: "its document does not list how clients authenticate"},
		{Text: "client IDs are UUIDs, and secrets begin with gto_"},
	},
}

var casdoor = Provider{
	Name: "Casdoor", Evidence: Source,
	Cite: cite.Citation{Source: "Casdoor", Section: "documentation", URL: "https://casdoor.org/docs/overview"},
	Shapes: []Shape{{
		Path: `^(.*)/login/oauth/authorize$`, Issuer: "$1", Shared: true, Example: "https://door.example/login/oauth/authorize",
		Confirm: []Mark{{"token_endpoint", `/api/login/oauth/access_token$`}, {"userinfo_endpoint", `/api/userinfo$`}},
	}},
	Issuer: `^https?://[^/]+$`, Issuers: []string{"https://door.example"},
	Signs: "RS256", PKCE: PKCEOptional,
	Settings: map[Kind]Setting{
		Redirects: {Where: "Applications > (the application) > Redirect URLs"},
		Secret:    {Where: "Applications > (the application) > Client secret"},
		Signing:   {Where: "Applications > (the application) > Cert"},
		Public:    {Where: "origin in app.conf"},
	},
	Proofs: Proofs{
		Redirect: Proof{Can: Sometimes, By: "the same page answers everything; its API /api/get-app-login says more"},
		Client:   Proof{Can: Sometimes, By: "the token endpoint says \"client_id is invalid\""},
		Secret:   Proof{Can: No, By: "the code is looked up before the secret"},
		Method:   Proof{Can: No, By: "post and basic are taken alike"},
	},
	Authorize: Manner{Asks: []Ask{None}},
	Replies: []Reply{
		{Error: "invalid_grant", Means: CodeFirst},
		{Error: "invalid_client", Like: `client_id is invalid`, Means: ClientUnknown},
	},
	Quirks: []Quirk{
		{Text: "redirect URLs are patterns"},
		{Text: "http addresses of localhost and 127.0.0.1 are always taken, so that a test there says nothing"},
		{Text: "its document does not list how clients authenticate"},
	},
}

var gitLab = Provider{
	Name: "GitLab", Evidence: Unchecked,
	Cite: cite.Citation{Source: "GitLab", Section: "OpenID Connect identity provider", URL: "https://docs.gitlab.com/integration/openid_connect_provider/"},
	Shapes: []Shape{{
		Path: `^(.*)/oauth/authorize$`, Issuer: "$1", Example: "https://gitlab.example/oauth/authorize",
		Confirm: []Mark{{"token_endpoint", `/oauth/token$`}, {"jwks_uri", `/oauth/discovery/keys$`}, {"scopes_supported", `^read_api$`}},
	}},
	Issuer: `^https?://[^/]+(/.*)?$`, Issuers: []string{"https://gitlab.example"},
	Signs: "RS256", PKCE: PKCEOptional,
	Settings: map[Kind]Setting{
		Redirects: {Where: "Admin, group or user settings > Applications > (the application) > Redirect URI, one on each line"},
		Secret:    {Where: "Admin, group or user settings > Applications > (the application) > Renew secret"},
		Method:    {None: "it takes either way"},
		Signing:   {None: "it signs with RS256"},
		Scopes:    {Where: "Admin, group or user settings > Applications > (the application) > Scopes"},
		Public:    {Where: "gitlab.rb: external_url", Snippet: "external_url '%s'"},
	},
	Proofs: Proofs{
		Redirect: Proof{Can: Sometimes, By: "with prompt=none a registered one gets login_required; everything else goes to the login page", Evidence: Source},
		Client:   Proof{Can: Sometimes, By: "with prompt=none a known one gets login_required, if redirect URI and scopes are right too", Evidence: Source},
		Secret:   Proof{Can: Yes, By: "invalid_grant for a made-up code, invalid_client for a wrong secret"},
		Method:   Proof{Can: No, By: "post and basic are taken alike"},
	},
	Authorize: Manner{Asks: []Ask{None}}, // whatever else is wrong goes to the login page
	Replies:   asSpecified(""),
	Quirks:    []Quirk{{Text: "a scope that the application does not have comes back as invalid_scope"}},
}
