package provider

import "immich-oidc-doctor/checks/cite"

var authentik = Provider{
	Name: "Authentik", Evidence: Source,
	Cite: cite.Citation{Source: "authentik", Section: "OAuth 2.0 provider", URL: "https://docs.goauthentik.io/add-secure-apps/providers/oauth2/"},
	Shapes: []Shape{{
		Path: `^(.*)/application/o/authorize/$`, Shared: true, Alone: true,
		Example: "https://id.example/application/o/authorize/",
	}},
	Answers: []Mark{{"X-Powered-By", `^authentik$`}, {"X-authentik-id", `.`}}, // neither checked
	Issuer:  `^https?://[^/]+(/.*)?/application/o/[^/]+/$`, IssuerUnique: true,
	Issuers: []string{"https://id.example/application/o/immich/"},
	PKCE:    PKCEOptional, // and Signs depends on the key
	Settings: map[Kind]Setting{
		Redirects: {Where: "Applications > Providers > (the provider) > Redirect URIs/Origins"},
		Secret:    {Where: "Applications > Providers > (the provider) > Client Secret, with the client type Confidential"},
		Method:    {None: "it takes either way"},
		Signing:   {Where: "Applications > Providers > (the provider) > Advanced protocol settings > Signing Key"},
		PKCE:      {None: "it demands none"},
		Scopes:    {Where: "Applications > Providers > (the provider) > Advanced protocol settings > Scopes"},
		Public:    {Where: "it takes Host and X-Forwarded-Proto from proxies in AUTHENTIK_LISTEN__TRUSTED_PROXY_CIDRS", Evidence: Unchecked},
	},
	Proofs: Proofs{
		Redirect: Proof{Can: Yes, By: "400 with the title \"Redirect URI Error\""},
		Client:   Proof{Can: Yes, By: "400 with the title \"Client ID Error\""},
		Secret:   Proof{Can: Sometimes, By: "invalid_grant if the redirect URI is registered; if it is not, invalid_client says nothing of the secret. A refresh with a made-up token does not look at the address"},
		Method:   Proof{Can: No, By: "post and basic are taken alike"},
	},
	Authorize: Manner{Asks: []Ask{None}, KeepsFirst: true},
	Replies: []Reply{
		{Error: "invalid_grant", Means: SecretAccepted},
		{Error: "invalid_client", Means: ClientRefused, Blurred: true},
	},
	Refresh: true,
	Quirks: []Quirk{
		{Text: "without a signing key ID tokens are HS256, signed with the client secret, and the key set is empty"},
		{Text: "the slash at the end of the issuer is part of it"},
		{To: "2024.12", Text: "redirect URIs are regular expressions; later each one says whether it is"},
		{From: "2025.10", Text: "email_verified is false unless a mapping says otherwise"},
		{Text: "a provider whose list of redirect URIs is empty keeps the first address that it is asked with, in older releases"},
		{Text: "scopes that it does not know are left out in silence"},
		{Text: "users whom the application's bindings do not allow get a page after the login and are not sent back"},
	},
}
