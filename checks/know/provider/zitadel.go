package provider

import "immich-oidc-doctor/checks/cite"

var zitadel = Provider{
	Name: "Zitadel", Evidence: Unchecked, // its library was read, the server was not
	Cite: cite.Citation{Source: "ZITADEL", Section: "documentation", URL: "https://zitadel.com/docs"},
	Shapes: []Shape{{
		Path: `^/oauth/v2/authorize$`, Issuer: "/", Alone: true, Evidence: Documentation, Example: "https://z.example/oauth/v2/authorize",
	}},
	Issuer: `^https?://[^/]+$`, Issuers: []string{"https://z.example"},
	Signs: "RS256", PKCE: PKCEByClient,
	NoAppURI: Fact{"only native applications may have it, and they have no secret", Source},
	Settings: map[Kind]Setting{
		Redirects: {Where: "(the project) > (the application) > Redirect Settings"},
		Secret:    {Where: "(the project) > (the application) > Actions > Regenerate Client Secret"},
		Method:    {Where: "(the project) > (the application) > Configuration > Authentication Method"},
		Signing:   {Where: "the web keys of the instance"},
		PKCE:      {Where: "(the project) > (the application) > Configuration > Authentication Method"},
		Scopes:    {None: "scopes that it does not know are left out"},
		Public:    {Where: "ExternalDomain, ExternalPort and ExternalSecure (ZITADEL_EXTERNALDOMAIN …)"},
		Logout:    {Where: "(the project) > (the application) > Redirect Settings > Post Logout URIs"},
	},
	Proofs: Proofs{
		Redirect: Proof{Can: Yes, By: "400 with a text about redirect_uri; a bad response type comes back to a registered one, prompt=none does not", Evidence: Source},
		Client:   Proof{Can: Yes, By: "400 with a text that the client is not found"},
		Secret:   Proof{Can: Yes, By: "invalid_grant for a made-up code, invalid_client for a wrong secret"},
		Method:   Proof{Can: Sometimes, By: "an application has one method"},
	},
	Authorize: Manner{Asks: []Ask{Type}}, // prompt=none goes to the login page, which answers it
	Replies:   asSpecified(""),
	Quirks: []Quirk{
		{Text: "plain http redirect URIs need the development mode", Evidence: Source},
		{Text: "redirect URIs are unescaped once more than usual", Evidence: Source},
		{Text: "ID tokens hold no profile unless User Info inside ID Token is on", Evidence: Documentation},
		{Text: "a project that checks authorization refuses users without a grant"},
	},
}
