package provider

import "immich-oidc-doctor/checks/cite"

// panvaMarks are the endpoints of a server made with oidc-provider; the two
// that others do not have are /me and /session/end.
var panvaMarks = []Mark{{"token_endpoint", `/token$`}, {"userinfo_endpoint", `/me$`}, {"jwks_uri", `/jwks$`}, {"authorization_response_iss_parameter_supported", `^true$`}}

// panvaReplies are those of its token endpoint, and of the one for pushed
// requests, which names the redirect URI.
func panvaReplies(e Evidence) []Reply {
	return append([]Reply{{Error: "invalid_request", Like: `^redirect_uri did not match`, Means: RedirectRefused, Evidence: e}}, asSpecified(e)...)
}

// panva is the program by itself and whatever product made with it is not told
// from it: its words are its own, with those of products where they differ.
var panva = Provider{
	Name: "oidc-provider (Node.js)", Evidence: Live,
	Cite: cite.Citation{Source: "oidc-provider", Section: "docs/README.md", URL: "https://github.com/panva/node-oidc-provider/blob/main/docs/README.md"},
	Shapes: []Shape{{
		Path: `^(.*)/auth$`, Issuer: "$1", Example: "https://op.example/auth", Confirm: panvaMarks,
	}},
	Answers: []Mark{{"Set-Cookie", `^_interaction=`}},
	Issuer:  `^https?://[^/]+(/.*)?$`, Issuers: []string{"https://op.example"},
	Signs: "RS256", PKCE: PKCEByClient,
	Settings: map[Kind]Setting{
		Redirects: {Where: "clients[].redirect_uris (VoidAuth: Admin > OIDC Apps > Redirect URLs)"},
		Secret:    {Where: "clients[].client_secret (VoidAuth: Admin > OIDC Apps > Client Secret)"},
		Method:    {Where: "clients[].token_endpoint_auth_method (VoidAuth: Admin > OIDC Apps > Auth Method)"},
		Signing:   {Where: "clients[].id_token_signed_response_alg, and a key for it in jwks"},
		PKCE:      {Where: "pkce.required", Evidence: Documentation},
		Scopes:    {Where: "scopes", Evidence: Documentation},
		Public:    {Where: "the issuer that the Provider is made with, and proxy = true behind one", Evidence: Documentation},
		Logout:    {Where: "features.rpInitiatedLogout, and clients[].post_logout_redirect_uris", Evidence: Documentation},
	},
	Proofs: Proofs{
		Redirect: Proof{Can: Yes, By: "400 with invalid_redirect_uri; a registered one gets the errors of prompt=none"},
		Client:   Proof{Can: Yes, By: "400 with invalid_client"},
		Secret:   Proof{Can: Yes, By: "400 invalid_grant for a made-up code, 401 for a wrong secret"},
		Method:   Proof{Can: No, By: "9.13 takes post and basic alike; older ones may not"},
	},
	Replies: panvaReplies(Live),
	Quirks: []Quirk{
		{Text: "an app's scheme needs a client with application_type native", Evidence: Source},
		{Text: "scopes that it does not know are ignored"},
		{Text: "the method plain of PKCE is refused"},
		{Text: "ID tokens hold only sub unless conformIdTokenClaims is false: the rest is in userinfo", Evidence: Documentation},
	},
}

var logto = Provider{
	Name: "Logto", BuiltOn: panva.Name, Evidence: Source,
	Cite: cite.Citation{Source: "Logto", Section: "documentation", URL: "https://docs.logto.io/"},
	Shapes: []Shape{{
		Path: `^(.*/oidc)/auth$`, Issuer: "$1", Example: "https://logto.example/oidc/auth",
		Confirm: append([]Mark{{"scopes_supported", `^urn:logto:scope:`}}, panvaMarks[:3]...),
	}},
	Issuer: `^https?://[^/]+/oidc$`, Issuers: []string{"https://logto.example/oidc"},
	Signs: "ES384", PKCE: PKCEDefault,
	Settings: map[Kind]Setting{
		Redirects: {Where: "Console > Applications > (the application) > Redirect URIs"},
		Secret:    {Where: "Console > Applications > (the application) > App secrets"},
		Method:    {None: "the type of the application decides"},
		Signing:   {Where: "Console > Signing keys > Rotate private keys, to RSA"},
		PKCE:      {None: "it is demanded unless the client uses client_secret_basic"},
		Public:    {Where: "ENDPOINT, and TRUST_PROXY_HEADER=1 behind a proxy", Evidence: Unchecked},
	},
	Proofs:   Proofs{Redirect: panva.Proofs.Redirect, Client: panva.Proofs.Client, Secret: panva.Proofs.Secret, Method: Proof{Can: Sometimes, By: "some methods of a client demand PKCE"}}.restOn(Source),
	NoAppURI: Fact{"only native applications may have it, and they have no secret", Unchecked},
	Replies:  panvaReplies(Source),
	Quirks:   []Quirk{{Text: "redirect URIs may hold wildcards"}},
}

var voidAuth = Provider{
	Name: "VoidAuth", BuiltOn: panva.Name, Evidence: Source,
	Cite:    cite.Citation{Source: "VoidAuth", Section: "documentation", URL: "https://voidauth.app/"},
	Answers: []Mark{{"body", `"error":"invalid_redirect_uri"`}},
	Issuer:  `^https?://[^/]+/oidc$`, Issuers: []string{"https://void.example/oidc"},
	PKCE: PKCEOptional,
	Settings: map[Kind]Setting{
		Redirects: {Where: "Admin > OIDC Apps > (the app) > Redirect URLs"},
		Secret:    {Where: "Admin > OIDC Apps > (the app) > Client Secret"},
		Method:    {Where: "Admin > OIDC Apps > (the app) > Auth Method"},
		Public:    {Where: "APP_URL"},
	},
	Proofs:  Proofs{Redirect: panva.Proofs.Redirect, Client: panva.Proofs.Client, Secret: panva.Proofs.Secret, Method: Proof{Can: Sometimes, By: "a client has one method"}}.restOn(Source),
	Replies: panvaReplies(Source),
	Quirks:  []Quirk{{Text: "redirect URLs may hold wildcards"}, {Text: "refusals are JSON, not pages"}},
}

// restOn is ps resting on e: what was seen of a program is only implied of
// another that is made with it.
func (ps Proofs) restOn(e Evidence) Proofs {
	for _, p := range []*Proof{&ps.Redirect, &ps.Client, &ps.Secret, &ps.Method} {
		p.Evidence = e
	}
	return ps
}
