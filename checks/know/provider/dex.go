package provider

import "immich-oidc-doctor/checks/cite"

var dex = Provider{
	Name: "Dex", Evidence: Live,
	Cite: cite.Citation{Source: "Dex", Section: "documentation", URL: "https://dexidp.io/docs/"},
	Shapes: []Shape{{
		Path: `^(.*)/auth$`, Issuer: "$1", Example: "https://op.example/dex/auth",
		Confirm: []Mark{{"token_endpoint", `/token$`}, {"jwks_uri", `/keys$`}, {"scopes_supported", `^groups$`}, {"scopes_supported", `^offline_access$`}, {"claims_supported", `^locale$`}},
	}},
	Answers: []Mark{{"body", `<title>dex</title>`}},
	Issuer:  `^https?://[^/]+(/.*)?$`, Issuers: []string{"https://op.example/dex"},
	Signs: "RS256", PKCE: PKCEOptional,
	Settings: map[Kind]Setting{
		Redirects: {Where: "configuration: staticClients[].redirectURIs", Snippet: "- '%s'"},
		Secret:    {Where: "configuration: staticClients[].secret, or secretEnv"},
		Method:    {None: "it takes either way"},
		Signing:   {None: "it signs with RS256", Evidence: Documentation},
		PKCE:      {Where: "configuration: oauth2.pkce.enforce, in new releases"},
		Scopes:    {None: "it has openid, email, groups, profile and offline_access, for every client"},
		Public:    {Where: "configuration: issuer"},
		Logout:    {None: "only new releases have an end_session_endpoint, with sessions switched on"},
	},
	Proofs: Proofs{
		Redirect: Proof{Can: Yes, By: "400 with \"Unregistered redirect_uri\", in new releases only behind its first redirect; prompt=none is ignored without sessions"},
		Client:   Proof{Can: Yes, By: "400 with \"Invalid client_id\""},
		Secret:   Proof{Can: Yes, By: "400 for a made-up code, 401 for a wrong secret; introspection answers everybody"},
		Method:   Proof{Can: No, By: "post and basic are taken alike, whatever is listed"},
	},
	Authorize: Manner{Asks: []Ask{Type}, Hops: 5}, // without sessions it does not heed prompt; new releases look at the request behind their first redirect
	Replies: append([]Reply{
		{Status: 400, Error: "invalid_request", Like: `^Invalid or expired code parameter`, Means: SecretAccepted}, // 2.13
		{Status: 400, Error: "invalid_request", Like: `^Refresh token is invalid`, Means: SecretAccepted},
	}, asSpecified("")...),
	Quirks: []Quirk{
		{Text: "an unknown scope comes back as invalid_scope"},
		{Text: "redirect URIs are compared as strings"},
		{Text: "users with a static password have no preferred_username in older releases"},
	},
}
