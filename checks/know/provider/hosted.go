package provider

import (
	"strings"

	"immich-oidc-doctor/checks/cite"
)

// No hosted service was asked: what does not name its evidence is a hypothesis.

var google = Provider{
	Name: "Google", Evidence: Unchecked,
	Cite: cite.Citation{Source: "Google Identity", Section: "OpenID Connect", URL: "https://developers.google.com/identity/openid-connect/openid-connect"},
	Shapes: []Shape{{
		Host: "accounts.google.com", Path: `.*`, Issuer: "https://accounts.google.com", Alone: true, Evidence: Documentation,
		Example: "https://accounts.google.com/o/oauth2/v2/auth",
	}},
	Issuer: `^https://accounts\.google\.com$`, IssuerUnique: true, Issuers: []string{"https://accounts.google.com"},
	Signs: "RS256", PKCE: PKCEOptional,
	NoAppURI: Fact{"web clients may not have an address with a scheme of its own", Documentation},
	Settings: map[Kind]Setting{
		Redirects: {Where: "Google Cloud console > APIs & Services > Credentials > (the client) > Authorized redirect URIs"},
		Secret:    {Where: "Google Cloud console > APIs & Services > Credentials > (the client) > Client secrets"},
		Method:    {None: "it takes either way"},
		Signing:   {None: "it signs with RS256"},
		Scopes:    {None: "it has openid, email and profile; offline_access is not among them"},
		Logout:    {None: "its document names no end_session_endpoint"},
	},
	Proofs: Proofs{
		Redirect: Proof{Can: Yes, By: "its page says redirect_uri_mismatch"},
		Client:   Proof{Can: Yes, By: "its page says invalid_client"},
		Secret:   Proof{By: "invalid_client for a wrong secret; whether code or secret is looked at first is not known"},
		Method:   Proof{Can: No, By: "post and basic are taken alike"},
	},
	Authorize:  Manner{Asks: []Ask{None}},
	Replies:    append([]Reply{{Error: "redirect_uri_mismatch", Means: RedirectRefused}}, asSpecified("")...),
	TokenHosts: []string{"oauth2.googleapis.com"},
	Quirks: []Quirk{
		{Text: "redirect URIs must be https and public, but for localhost"},
		{Text: "it has no preferred_username"},
	},
}

var entra = Provider{
	Name: "Microsoft Entra ID", Evidence: Unchecked,
	Cite: cite.Citation{Source: "Microsoft identity platform", Section: "OpenID Connect", URL: "https://learn.microsoft.com/en-us/entra/identity-platform/v2-protocols-oidc"},
	Shapes: []Shape{{
		Host: "login.microsoftonline.com", Path: `^/([^/]+)/oauth2/v2\.0/authorize$`, Issuer: "https://login.microsoftonline.com/$1/v2.0", Alone: true, Evidence: Documentation,
		Example: "https://login.microsoftonline.com/t1/oauth2/v2.0/authorize",
	}, {
		Host: "login.microsoftonline.com", Path: `^/[^/]+/oauth2/authorize$`, Alone: true, // of version 1, whose issuer is elsewhere
		Example: "https://login.microsoftonline.com/t1/oauth2/authorize",
	}},
	Issuer: `^https://(login\.microsoftonline\.com/[^/]+/v2\.0|sts\.windows\.net/[^/]+/)$`, IssuerUnique: true,
	Issuers: []string{"https://login.microsoftonline.com/t1/v2.0", "https://sts.windows.net/t1/"},
	Signs:   "RS256", PKCE: PKCEOptional, SilentPKCE: true,
	Settings: map[Kind]Setting{
		Redirects: {Where: "Entra admin center > App registrations > (the app) > Authentication > Redirect URIs"},
		Secret:    {Where: "Entra admin center > App registrations > (the app) > Certificates & secrets > Value, not Secret ID"},
		Method:    {None: "it takes either way"},
		Signing:   {None: "it signs with RS256"},
		Scopes:    {Where: "Entra admin center > App registrations > (the app) > API permissions"},
		Logout:    {Where: "Entra admin center > App registrations > (the app) > Authentication > Front-channel logout URL"},
	},
	Proofs: Proofs{
		Redirect: Proof{Can: Sometimes, By: "with prompt=none a registered one gets login_required; otherwise AADSTS50011, perhaps only after an account is chosen"},
		Client:   Proof{Can: Yes, By: "AADSTS700016"},
		Secret:   Proof{Can: No, By: "the form of a made-up code is refused before the secret is looked at"},
		Method:   Proof{Can: No, By: "post and basic are taken alike"},
	},
	Authorize: Manner{Asks: []Ask{None}},
	Replies: []Reply{
		{Like: `AADSTS7000215`, Means: SecretRefused},
		{Like: `AADSTS700016`, Means: ClientUnknown},
		{Error: "invalid_grant", Means: CodeFirst},
		{Like: `AADSTS9002313`, Means: CodeFirst},
	},
	Quirks: []Quirk{
		{Text: "with the tenant common the issuer of the document holds {tenantid}, which no token has"},
		{Text: "the document without v2.0 has the issuer of version 1"},
		{Text: "the claim email is optional; preferred_username is the user principal name"},
		{Text: "the app's address belongs to the platform of mobile applications, after which the token endpoint may refuse a secret (AADSTS700025)"},
		{Text: "plain http is taken only for localhost"},
	},
}

// oktaShapes are those at its own hosts, and at others those that its document
// confirms: others write such paths, too.
var oktaShapes = func() (all []Shape) {
	for _, host := range []string{".okta.com", ".oktapreview.com", ".okta-emea.com", ""} {
		own := Shape{Host: host, Path: `^(/oauth2/[^/]+)/v1/authorize$`, Issuer: "$1", Alone: host != "", Evidence: Documentation, Example: "https://org" + host + "/oauth2/default/v1/authorize"}
		org := Shape{Host: host, Path: `^/oauth2/v1/authorize$`, Issuer: "/", Alone: host != "", Evidence: Documentation, Example: "https://org" + host + "/oauth2/v1/authorize"}
		if host == "" {
			for _, s := range []*Shape{&own, &org} {
				s.Example = strings.Replace(s.Example, "https://org", "https://login.example", 1)
				s.Confirm = []Mark{{"token_endpoint", `/oauth2/([^/]+/)?v1/token$`}, {"jwks_uri", `/oauth2/([^/]+/)?v1/keys$`}, {"end_session_endpoint", `/oauth2/([^/]+/)?v1/logout$`}}
				s.Evidence = Unchecked
			}
		}
		all = append(all, own, org)
	}
	return all
}()

var okta = Provider{
	Name: "Okta", Evidence: Unchecked,
	Cite:   cite.Citation{Source: "Okta", Section: "OpenID Connect & OAuth 2.0 API", URL: "https://developer.okta.com/docs/reference/api/oidc/"},
	Shapes: oktaShapes,
	Issuer: `^https://[^/]+(/oauth2/[^/]+)?$`, Issuers: []string{"https://org.okta.com", "https://org.okta.com/oauth2/default"},
	Signs: "RS256", PKCE: PKCEByClient,
	NoAppURI: Fact{"only native applications may have it", Unchecked},
	Settings: map[Kind]Setting{
		Redirects: {Where: "Applications > (the application) > General > Sign-in redirect URIs"},
		Secret:    {Where: "Applications > (the application) > General > Client Credentials"},
		Method:    {Where: "Applications > (the application) > General > Client authentication"},
		PKCE:      {Where: "Applications > (the application) > General > Proof Key for Code Exchange (PKCE)"},
		Logout:    {Where: "Applications > (the application) > General > Sign-out redirect URIs"},
	},
	Proofs: Proofs{
		Redirect: Proof{Can: Yes, By: "400 with a text about a Login redirect URI"},
		Client:   Proof{Can: Yes, By: "400 with invalid_client"},
		Secret:   Proof{Can: Yes, By: "invalid_grant for a made-up code, 401 for a wrong secret"},
		Method:   Proof{Can: Sometimes, By: "401 with a text that names it"},
	},
	Replies: asSpecified(""),
	Quirks: []Quirk{
		{Text: "users who are not assigned to the application get access_denied"},
		{Text: "the ID tokens of the organization's own server hold few claims; userinfo holds them"},
	},
}

var auth0 = Provider{
	Name: "Auth0", Evidence: Unchecked,
	Cite: cite.Citation{Source: "Auth0", Section: "documentation", URL: "https://auth0.com/docs"},
	Shapes: []Shape{{
		Path: `^/authorize$`, Issuer: "/", Example: "https://tenant.auth0.com/authorize",
		Confirm: []Mark{{"token_endpoint", `/oauth/token$`}, {"userinfo_endpoint", `[^/]/userinfo$`}, {"jwks_uri", `/\.well-known/jwks\.json$`}, {"issuer", `/$`}},
	}},
	Issuer: `^https://[^/]+/$`, Issuers: []string{"https://tenant.auth0.com/"},
	Signs: "RS256", PKCE: PKCEOptional,
	Settings: map[Kind]Setting{
		Redirects: {Where: "Applications > (the application) > Settings > Allowed Callback URLs"},
		Secret:    {Where: "Applications > (the application) > Settings > Client Secret"},
		Method:    {Where: "Applications > (the application) > Credentials > Authentication Method"},
		Signing:   {Where: "Applications > (the application) > Settings > Advanced > OAuth > JsonWebToken Signature Algorithm"},
		Logout:    {Where: "Applications > (the application) > Settings > Allowed Logout URLs"},
	},
	Proofs: Proofs{
		Redirect: Proof{Can: Yes, By: "403 with \"Callback URL mismatch\""},
		Client:   Proof{Can: Yes, By: "a page with \"Unknown client\""},
		Secret:   Proof{Can: Yes, By: "invalid_grant for a made-up code, access_denied for a wrong secret"},
		Method:   Proof{Can: Sometimes, By: "an application has one method"},
	},
	Replies: append([]Reply{{Status: 401, Error: "access_denied", Means: ClientRefused}}, asSpecified("")...),
	Quirks: []Quirk{
		{Text: "the app's address must be written with three slashes", Evidence: Documentation},
		{Text: "the slash at the end of the issuer is part of it"},
		{Text: "old applications sign with HS256"},
	},
}

var cloudflare = Provider{
	Name: "Cloudflare Access", Evidence: Unchecked,
	Cite: cite.Citation{Source: "Cloudflare One", Section: "Generic OIDC application", URL: "https://developers.cloudflare.com/cloudflare-one/applications/configure-apps/saas-apps/generic-oidc-saas"},
	Shapes: []Shape{{
		Path: `^(.*/cdn-cgi/access/sso/oidc/[^/]+)/authorization$`, Issuer: "$1", Alone: true, Evidence: Documentation,
		Example: "https://team.cloudflareaccess.com/cdn-cgi/access/sso/oidc/immich/authorization",
	}},
	Issuer: `^https://[^/]+/cdn-cgi/access/sso/oidc/[^/]+$`, IssuerUnique: true,
	Issuers:  []string{"https://team.cloudflareaccess.com/cdn-cgi/access/sso/oidc/immich"},
	Signs:    "RS256",
	PKCE:     PKCEOptional,
	NoAppURI: Fact{"it takes only web addresses", Unchecked},
	Settings: map[Kind]Setting{
		Redirects: {Where: "Zero Trust > Access > Applications > (the application) > Redirect URLs", Evidence: Documentation},
		Secret:    {Where: "Zero Trust > Access > Applications > (the application) > Client secret", Evidence: Documentation},
		PKCE:      {Where: "Zero Trust > Access > Applications > (the application) > Proof Key for Code Exchange", Evidence: Documentation},
		Scopes:    {Where: "Zero Trust > Access > Applications > (the application) > Scopes", Evidence: Documentation},
	},
	Proofs: Proofs{Client: Proof{Can: Sometimes, By: "the document of an unknown client answers 404"}},
	Quirks: []Quirk{{Text: "a policy can deny people after the login"}},
}

var fusionAuth = Provider{
	Name: "FusionAuth", Evidence: Unchecked,
	Cite: cite.Citation{Source: "FusionAuth", Section: "documentation", URL: "https://fusionauth.io/docs/"},
	Shapes: []Shape{{
		Path: `^/oauth2/authorize$`, Issuer: "/", Example: "https://fusion.example/oauth2/authorize",
		Confirm: []Mark{{"token_endpoint", `/oauth2/token$`}, {"userinfo_endpoint", `/oauth2/userinfo$`}, {"jwks_uri", `/\.well-known/jwks\.json$`}, {"end_session_endpoint", `/oauth2/logout$`}},
	}},
	Issuer: `^.+$`, Issuers: []string{"https://fusion.example", "acme.com"},
	Signs: "HS256", PKCE: PKCEOptional,
	Settings: map[Kind]Setting{
		Redirects: {Where: "Applications > (the application) > OAuth > Authorized redirect URLs"},
		Secret:    {Where: "Applications > (the application) > OAuth > Client secret"},
		Method:    {Where: "Applications > (the application) > OAuth > Client Authentication"},
		Signing:   {Where: "Applications > (the application) > JWT > Id Token signing key"},
		PKCE:      {Where: "Applications > (the application) > OAuth > PKCE"},
		Public:    {Where: "Tenants > (the tenant) > General > Issuer"},
		Logout:    {Where: "Applications > (the application) > OAuth > Logout URL"},
	},
	Proofs: Proofs{
		Redirect: Proof{Can: Yes, By: "400 with a text about the redirect URI"},
		Client:   Proof{Can: Yes, By: "a page of its own"},
		Secret:   Proof{Can: Yes, By: "401 with invalid_client for a wrong secret"},
		Method:   Proof{Can: Sometimes, By: "an application has one method"},
	},
	Replies: asSpecified(""),
	Quirks: []Quirk{
		{Text: "a new tenant's issuer is acme.com, which is not where its document is"},
		{Text: "ID tokens are HS256 until the application has an RSA key"},
	},
}

var pingOne = Provider{
	Name: "PingOne", Evidence: Unchecked,
	Cite: cite.Citation{Source: "PingOne", Section: "documentation", URL: "https://docs.pingidentity.com/"},
	Shapes: []Shape{{
		Host: "auth.pingone.com", Path: `^(/[^/]+/as)/authorize$`, Issuer: "$1", Alone: true, Example: "https://auth.pingone.com/env/as/authorize",
	}, {
		Host: "auth.pingone.eu", Path: `^(/[^/]+/as)/authorize$`, Issuer: "$1", Alone: true, Example: "https://auth.pingone.eu/env/as/authorize",
	}},
	Issuer: `^https://auth\.pingone\.[a-z.]+/[^/]+/as$`, IssuerUnique: true, Issuers: []string{"https://auth.pingone.com/env/as"},
	Signs: "RS256", PKCE: PKCEByClient,
	Settings: map[Kind]Setting{
		Redirects: {Where: "Applications > (the application) > Configuration > Redirect URIs"},
		Secret:    {Where: "Applications > (the application) > Overview > Client Secret"},
		Method:    {Where: "Applications > (the application) > Configuration > Token Endpoint Authentication Method"},
		PKCE:      {Where: "Applications > (the application) > Configuration > PKCE Enforcement"},
		Scopes:    {Where: "Applications > (the application) > Resources"},
	},
	Quirks: []Quirk{{Text: "a new application is switched off"}},
}
