package provider

import "immich-oidc-doctor/checks/cite"

var nextcloud = Provider{
	Name: "Nextcloud", Evidence: Source,
	Cite: cite.Citation{Source: "Nextcloud app oidc", Section: "repository", URL: "https://github.com/H2CK/oidc"},
	Shapes: []Shape{{
		Path: `^(.*)/apps/oidc/authorize$`, Issuer: "$1", Alone: true, Example: "https://nc.example/apps/oidc/authorize",
	}},
	Issuer: `^https?://[^/]+(/.*)?$`, Issuers: []string{"https://nc.example", "https://nc.example/index.php"},
	Signs: "RS256", PKCE: PKCEOptional,
	Settings: map[Kind]Setting{
		Redirects: {Where: "Administration settings > OpenID Connect Provider > (the client)"},
		Secret:    {Where: "Administration settings > OpenID Connect Provider > (the client)"},
		Signing:   {Where: "Administration settings > OpenID Connect Provider > (the client) > Signing Algorithm"},
		Scopes:    {Where: "Administration settings > OpenID Connect Provider > (the client) > Limited Scopes", Evidence: Unchecked},
		Public:    {Where: "config.php: overwriteprotocol, overwritehost and trusted_proxies", Evidence: Documentation},
	},
	Proofs: Proofs{
		Redirect: Proof{Can: Sometimes, By: "only with prompt=none: a registered one gets login_required, any other a page"},
		Client:   Proof{Can: Sometimes, By: "only with prompt=none, or at the token endpoint"},
		Secret:   Proof{Can: Yes, By: "invalid_grant for a made-up code, invalid_client for a wrong secret"},
		Method:   Proof{Can: No, By: "a method that it does not take looks like a wrong secret", Evidence: Unchecked},
	},
	Authorize: Manner{Asks: []Ask{None}},
	Replies:   asSpecified(""),
	SlowsDown: true,
	Quirks: []Quirk{
		{Text: "older releases list only client_secret_basic and take only client_secret_post", Evidence: Documentation},
		{Text: "wrong secrets slow down every later request of the same address"},
		{Text: "scopes are cut to those that the client may have"},
	},
}

var synology = Provider{
	Name: "Synology SSO Server", Evidence: Unchecked,
	Cite: cite.Citation{Source: "Synology", Section: "Knowledge Center", URL: "https://kb.synology.com/"},
	Shapes: []Shape{{
		Path: `^(.*/webman/sso)/SSOOauth\.cgi$`, Issuer: "$1", Alone: true, Evidence: Documentation, Example: "https://nas.example/webman/sso/SSOOauth.cgi",
	}},
	Issuer: `^https?://[^/]+/webman/sso$`, IssuerUnique: true, Issuers: []string{"https://nas.example/webman/sso"},
	Signs: "RS256", PKCE: PKCEOptional,
	Settings: map[Kind]Setting{
		Redirects: {Where: "SSO Server > Application > (the application) > Redirect URI"},
		Secret:    {Where: "SSO Server > Application > (the application) > Application secret"},
		Signing:   {None: "it signs with RS256"},
		Scopes:    {None: "it has openid, email and groups, and may refuse profile"},
		Public:    {Where: "SSO Server > Service > OIDC > Server URL"},
	},
	Quirks: []Quirk{{Text: "it has no claim for the name of a person"}},
}

var tsidp = Provider{
	Name: "tsidp", Evidence: Source,
	Cite: cite.Citation{Source: "tsidp", Section: "repository", URL: "https://github.com/tailscale/tsidp"},
	Shapes: []Shape{{
		Path: `^/authorize(/[^/]+)?$`, Issuer: "/", Example: "https://idp.tail-scale.ts.net/authorize/localhost",
		Confirm: []Mark{{"token_endpoint", `/token$`}, {"jwks_uri", `/\.well-known/jwks\.json$`}, {"claims_supported", `^tailnet$`}},
	}},
	Answers: []Mark{{"body", `^tsidp: `}},
	Issuer:  `^https://[^/]+\.ts\.net(:\d+)?$`, Issuers: []string{"https://idp.tail-scale.ts.net"},
	Signs: "RS256",
	Settings: map[Kind]Setting{
		Redirects: {Where: "its own page > (the client) > redirect URI"},
		Secret:    {Where: "its own page > (the client)"},
		Signing:   {None: "it signs with RS256"},
		Public:    {None: "it is known by its name in the tailnet"},
	},
	Proofs: Proofs{
		Redirect: Proof{Can: Yes, By: "400 with \"redirect_uri mismatch\"; a registered one gets a code at once, since the machine is the login"},
		Client:   Proof{Can: Yes, By: "400 with \"invalid client ID\""},
		Secret:   Proof{Can: No, By: "the code is looked up before the secret"},
	},
	Authorize: Manner{Asks: []Ask{None}}, // it hands out a code, which is dropped
	Replies:   []Reply{{Like: `code not found`, Means: CodeFirst}, {Error: "invalid_grant", Means: CodeFirst}},
	Quirks: []Quirk{
		{Text: "Immich's server must be in the tailnet"},
		{Text: "machines with a tag are refused"},
	},
}
