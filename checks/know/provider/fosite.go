package provider

import "immich-oidc-doctor/checks/cite"

// fositeReplies are those of the token endpoint of the products made with it, and
// of the one for pushed requests, which names the redirect URI.
func fositeReplies(e Evidence) []Reply {
	named := Reply{Error: "invalid_request", Like: `'redirect_uri' parameter does not match`, Means: RedirectRefused, Evidence: e}
	if e == Live {
		named.Evidence = Source // of pushed requests this answer was not seen
	}
	return append([]Reply{named}, asSpecified(e)...)
}

var pocketID = Provider{
	Name: "Pocket ID", Evidence: Source,
	Cite: cite.Citation{Source: "Pocket ID", Section: "documentation", URL: "https://pocket-id.org/docs"},
	Shapes: []Shape{{
		Path: `^/authorize$`, Issuer: "/", Example: "https://pocket.example/authorize",
		Confirm: []Mark{{"token_endpoint", `/api/oidc/token$`}, {"userinfo_endpoint", `/api/oidc/userinfo$`}, {"jwks_uri", `/\.well-known/jwks\.json$`}},
	}},
	Issuer: `^https?://[^/]+$`, Issuers: []string{"https://pocket.example"},
	Signs: "RS256", PKCE: PKCEByClient,
	Settings: map[Kind]Setting{
		Redirects: {Where: "Administration > OIDC Clients > (the client) > Callback URLs"},
		Secret:    {Where: "Administration > OIDC Clients > (the client) > Client secret; it is shown once, a new one can be made"},
		Method:    {None: "it takes either way"},
		Signing:   {None: "it has one key for all clients"},
		PKCE:      {Where: "Administration > OIDC Clients > (the client) > PKCE"},
		Scopes:    {None: "scopes that it does not know are ignored"},
		Public:    {Where: "APP_URL"},
	},
	PushedRegistered: true,
	Proofs: Proofs{
		Redirect: Proof{Can: Sometimes, By: "from 2.10 it goes to /interaction/error; before, the same page answers everything"},
		Client:   Proof{Can: Sometimes, By: "from 2.10 it goes to /interaction/error; before, the same page answers everything"},
		Secret:   Proof{Can: Yes, By: "invalid_grant for a made-up code, 401 for a wrong secret"},
		Method:   Proof{Can: No, By: "post and basic are taken alike"},
	},
	Authorize: Manner{Asks: []Ask{None}}, // before 2.10 nothing shows
	Replies:   fositeReplies(Source),
	Quirks: []Quirk{
		{Text: "people log in by passkey; there is no password"},
		{From: "2.10.0", Text: "a state of fewer than 8 characters is refused"},
		{From: "2.10.0", Text: "a plain http address is refused unless it is loopback or ALLOW_INSECURE_CALLBACK_URLS is true"},
		{Text: "callback URLs may hold * and **"},
		{Text: "users outside the groups of the client are refused on a page of its own"},
		{Text: "a client without callback URLs takes the first one that logs in", Evidence: Unchecked},
	},
}

var hydra = Provider{
	Name: "Ory Hydra", Evidence: Unchecked,
	Cite: cite.Citation{Source: "Ory Hydra", Section: "documentation", URL: "https://www.ory.sh/docs/hydra/"},
	Shapes: []Shape{{
		Path: `^/oauth2/auth$`, Issuer: "/", Example: "https://hydra.example/oauth2/auth",
		Confirm: []Mark{{"token_endpoint", `/oauth2/token$`}, {"jwks_uri", `/\.well-known/jwks\.json$`}, {"end_session_endpoint", `/oauth2/sessions/logout$`}},
	}},
	Issuer: `^https?://[^/]+/?$`, Issuers: []string{"https://hydra.example/"},
	Signs: "RS256", PKCE: PKCEOptional,
	Settings: map[Kind]Setting{
		Redirects: {Where: "hydra update client CLIENT --redirect-uri", Snippet: "--redirect-uri '%s'"},
		Secret:    {Where: "hydra update client CLIENT --secret"},
		Method:    {Where: "hydra update client CLIENT --token-endpoint-auth-method", Snippet: "--token-endpoint-auth-method %s"},
		Scopes:    {Where: "hydra update client CLIENT --scope"},
		Public:    {Where: "urls.self.issuer"},
	},
	Proofs: Proofs{
		Redirect: Proof{Can: Yes, By: "it goes to the login app with a login_challenge, or to its error page"},
		Client:   Proof{Can: Yes, By: "its error page says invalid_client"},
		Secret:   Proof{Can: Yes, By: "invalid_grant for a made-up code, 401 for a wrong secret"},
		Method:   Proof{Can: Yes, By: "401 with a text that names the method of the client"},
	},
	Replies: fositeReplies(Unchecked),
	Quirks: []Quirk{
		{Text: "a state of fewer than 8 characters is refused"},
		{Text: "an unknown scope comes back as invalid_scope"},
	},
}
