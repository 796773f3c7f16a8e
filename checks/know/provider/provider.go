// Package provider is what is known of OpenID providers: how to recognise one
// by the authorization URL that Immich sends people to, what its issuer looks
// like, and where its users change what.
package provider

import (
	"net/url"
	"regexp"
	"strings"
)

// A Provider is one product.
type Provider struct {
	Name string

	// Host and Path recognise its authorization endpoint; an empty Host is any.
	// Issuer is the issuer as an expansion of Path's groups; a trailing slash is
	// part of it. Empty: the authorization endpoint does not name the issuer.
	Host, Path, Issuer string

	// Shared says that several issuers have one authorization endpoint, so that
	// the issuer found by it is a guess.
	Shared bool

	// SilentPKCE says that it does PKCE and does not list it.
	SilentPKCE bool

	Remedy Remedy
}

// A Remedy says, in the product's own words, where each thing is changed.
type Remedy struct {
	Redirects string // the list of redirect URIs
	Snippet   string // what to add there; %s is the redirect URI
	Signing   string // the algorithm that ID tokens are signed with
	PKCE      string // whether PKCE is demanded
	Public    string // the address by which people know the provider
}

// Providers, the most telling shape first. A shape that several products share
// (/authorize) is not here: a wrong name is worse than none.
var Providers = []Provider{
	{Name: "Keycloak", Path: `^(.*/realms/[^/]+)/protocol/openid-connect/auth$`, Issuer: "$1", Remedy: Remedy{
		Redirects: "Clients > (the client) > Settings > Valid redirect URIs",
		Signing:   "Clients > (the client) > Advanced > Fine grain OpenID Connect configuration > ID token signature algorithm",
		PKCE:      "Clients > (the client) > Advanced > Proof Key for Code Exchange Code Challenge Method",
		Public:    "KC_HOSTNAME=https://…, and KC_PROXY_HEADERS=xforwarded behind a proxy"}},
	{Name: "Authelia", Path: `^(.*)/api/oidc/authorization$`, Issuer: "$1", Remedy: Remedy{
		Redirects: "configuration.yml: identity_providers.oidc.clients[].redirect_uris", Snippet: "- '%s'",
		Signing: "configuration.yml: identity_providers.oidc.clients[].id_token_signed_response_alg",
		PKCE:    "configuration.yml: identity_providers.oidc.clients[].require_pkce",
		Public:  "it takes Host, X-Forwarded-Host and X-Forwarded-Proto from the proxy; there is no setting"}},
	{Name: "Authentik", Path: `^(.*)/application/o/authorize/$`, Shared: true, Remedy: Remedy{
		Redirects: "Applications > Providers > (the provider) > Redirect URIs/Origins",
		Signing:   "Applications > Providers > (the provider) > Advanced protocol settings > Signing Key",
		Public:    "it takes Host and X-Forwarded-Proto from proxies in AUTHENTIK_LISTEN__TRUSTED_PROXY_CIDRS"}},
	{Name: "Kanidm", Path: `^(.*)/ui/oauth2$`, Issuer: "$1/oauth2/openid/{client_id}", Remedy: Remedy{
		Redirects: "kanidm system oauth2 add-redirect-url CLIENT URL",
		Signing:   "kanidm system oauth2 warning-enable-legacy-crypto CLIENT",
		PKCE:      "kanidm system oauth2 warning-insecure-client-disable-pkce CLIENT",
		Public:    "server.toml: origin and domain"}},
	{Name: "Google", Host: "accounts.google.com", Path: `.*`, Issuer: "https://accounts.google.com", Remedy: Remedy{
		Redirects: "Google Cloud console > APIs & Services > Credentials > (the client) > Authorized redirect URIs"}},
	{Name: "Microsoft Entra ID", Host: "login.microsoftonline.com", Path: `^/([^/]+)/oauth2/v2\.0/authorize$`, Issuer: "https://login.microsoftonline.com/$1/v2.0", SilentPKCE: true, Remedy: Remedy{
		Redirects: "Entra admin center > App registrations > (the app) > Authentication > Redirect URIs"}},
	{Name: "Zitadel", Path: `^/oauth/v2/authorize$`, Issuer: "/", Remedy: Remedy{
		Redirects: "(the project) > (the application) > Redirect Settings",
		Public:    "ExternalDomain, ExternalPort and ExternalSecure (ZITADEL_EXTERNALDOMAIN …)"}},
	{Name: "Rauthy", Path: `^(.*/auth/v1)/oidc/authorize$`, Issuer: "$1", Remedy: Remedy{
		Redirects: "Admin > Clients > (the client) > Redirect URIs", Signing: "Admin > Clients > (the client) > ID token algorithm",
		Public: "PUB_URL, PROXY_MODE and TRUSTED_PROXIES"}},
	{Name: "Gitea or Casdoor", Path: `^(.*)/login/oauth/authorize$`, Issuer: "$1", Shared: true, Remedy: Remedy{
		Public: "Gitea: ROOT_URL in app.ini; Casdoor: origin in app.conf"}},
	{Name: "Nextcloud", Path: `^(.*)/apps/oidc/authorize$`, Issuer: "$1", Remedy: Remedy{
		Redirects: "Administration settings > Security > OpenID Connect clients",
		Public:    "config.php: overwriteprotocol, overwritehost and trusted_proxies"}},
	{Name: "Cloudflare Access", Path: `^(.*/cdn-cgi/access/sso/oidc/[^/]+)/authorization$`, Issuer: "$1", Remedy: Remedy{
		Redirects: "Zero Trust > Access > Applications > (the application) > Redirect URLs"}},
	{Name: "Okta", Path: `^(/oauth2/[^/]+)/v1/authorize$`, Issuer: "$1", Remedy: Remedy{
		Redirects: "Applications > (the application) > General > Sign-in redirect URIs"}},
	{Name: "Okta", Path: `^/oauth2/v1/authorize$`, Issuer: "/", Remedy: Remedy{
		Redirects: "Applications > (the application) > General > Sign-in redirect URIs"}},
	{Name: "Glewlwyd", Path: `^(.*/api/[^/]+)/auth$`, Issuer: "$1", Remedy: Remedy{
		Redirects: "Clients > (the client) > Redirect URI"}},
}

// Of returns the provider that an authorization endpoint belongs to, and
// whether any does.
func Of(endpoint string) (Provider, bool) {
	u, err := url.Parse(endpoint)
	if err != nil {
		return Provider{}, false
	}
	for _, p := range Providers {
		if (p.Host == "" || strings.EqualFold(p.Host, u.Hostname())) && regexp.MustCompile(p.Path).MatchString(u.Path) {
			return p, true
		}
	}
	return Provider{}, false
}

// A Candidate is an issuer that an authorization endpoint may belong to.
type Candidate struct {
	Issuer string
	Guess  bool // other issuers have the same authorization endpoint
}

// MostIssuers is how many issuers are worth a request.
const MostIssuers = 4

// Issuers returns the issuers that an authorization endpoint may belong to, the
// likeliest first, at most MostIssuers. Whether one does, its own document says.
func Issuers(endpoint, clientID string) (cs []Candidate) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" {
		return nil
	}
	base := u.Scheme + "://" + u.Host
	add := func(c Candidate) {
		for _, had := range cs {
			if strings.TrimSuffix(had.Issuer, "/") == strings.TrimSuffix(c.Issuer, "/") {
				return
			}
		}
		if len(cs) < MostIssuers {
			cs = append(cs, c)
		}
	}
	p, known := Of(endpoint)
	if known && p.Issuer != "" {
		re := regexp.MustCompile(p.Path)
		path := string(re.ExpandString(nil, p.Issuer, u.Path, re.FindStringSubmatchIndex(u.Path)))
		path = strings.ReplaceAll(path, "{client_id}", url.PathEscape(clientID))
		if !strings.Contains(path, "://") {
			path = base + path
		}
		add(Candidate{strings.TrimSuffix(path, "/"), p.Shared})
	}
	for path := u.Path; path != "" && path != "/"; { // each folder above it, the nearest first
		path = strings.TrimSuffix(path, "/")
		path = path[:strings.LastIndex(path, "/")]
		add(Candidate{base + path, known && p.Shared})
	}
	add(Candidate{base, known && p.Shared})
	return cs
}
