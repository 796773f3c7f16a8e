package oidctest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// A Depth is how deep one must look to see a fault.
type Depth int

// From looking at a login to reading what it left behind.
const (
	Check Depth = iota // what everybody may ask Immich and the provider
	Probe              // an authorization request that logs nobody in
	Files              // the configuration files
	Login              // a login
	Logs               // the server's log
)

func (d Depth) String() string {
	return []string{"check", "probe", "files", "login", "logs"}[d]
}

// A Fault is one way to break a healthy Setup, and what a good doctor says of it.
type Fault struct {
	Name    string
	Title   string // for people, no capital, no period
	Release string // of Immich; empty: the newest

	Seen  Depth    // the least depth at which it shows
	Trips string   // the check that is its root cause; empty: nothing breaks
	Warns string   // the check that it is about where that only warns or notes
	Also  []string // other checks that fail with it, each with its reason beside it

	GiveIssuer    bool   // the user gives the issuer URL, without which it cannot be seen
	GiveAlgorithm string // and the signing algorithm of Immich's settings
	GiveKey       string // and an API key of Immich's
	OwnCA         bool   // only the user's machine has the provider's CA; nothing is said of what Immich's container has
	Dead          string // a second address of the provider's host, at which nothing listens
	Blind         bool   // too little answers the user's machine to say how a login goes on
	Hangs         bool   // something never answers: a run waits for as long as it may

	Set  func(*Setup) // before Start
	Then func(*Setup) // after Start; nil: nothing
}

// Start makes a Setup with the fault in it and runs it.
func (f Fault) Start() (*Setup, error) {
	s := NewSetup(f.Release)
	if f.Set != nil {
		f.Set(s)
	}
	if err := s.Start(); err != nil {
		return nil, err
	}
	if f.Then != nil {
		f.Then(s)
	}
	return s, nil
}

// Faults is every fault.
var Faults = slices.Concat(wayFaults, credentialFaults, documentFaults, answerFaults)

// wayFaults are in the order of the way of a login.
var wayFaults = []Fault{
	{Name: "login-page-in-front", Title: "forward authentication (Authelia) stands in front of Immich", Trips: "server/answers",
		Set: func(s *Setup) {
			s.Immich.Intercept = inPlace(302, "https://auth.example.test/?rd=https%3A%2F%2Fphotos.example.test", "", "/")
		}},
	{Name: "challenge-in-front", Title: "a bot challenge answers in Immich's place", Trips: "server/answers",
		Set: func(s *Setup) {
			s.Immich.Intercept = inPlace(403, "", "<title>Just a moment...</title><script src=/cdn-cgi/challenge-platform/x></script>", "/")
		}},
	{Name: "gateway-error", Title: "the proxy does not reach Immich", Trips: "server/answers",
		Set: func(s *Setup) { s.Immich.Intercept = inPlace(502, "", "<h1>502 Bad Gateway</h1>", "/") }},
	{Name: "web-page-for-everything", Title: "another web page answers every address", Trips: "server/answers",
		Set: func(s *Setup) {
			s.Immich.Intercept = inPlace(200, "", "<!doctype html><title>Welcome</title>", "/")
		}},
	{Name: "oauth-off", Title: "OAuth is switched off in Immich", Trips: "oauth/enabled",
		Set: func(s *Setup) { s.Immich.OAuth.Enabled = false }},
	{Name: "locked-out", Title: "OAuth is off and password login too", Trips: "oauth/enabled", Warns: "settings/lock-out",
		Set: func(s *Setup) { s.Immich.OAuth.Enabled, s.Immich.OAuth.PasswordLogin = false, false }},
	{Name: "unknown-api-key", Title: "Immich does not know the API key that the user gives", GiveKey: "aKeyThatNobodyEverMade", Warns: "settings/api-key"},
	{Name: "weak-api-key", Title: "the API key lacks the permission to read settings", GiveKey: "aKeyForSomethingElseOnly", Warns: "settings/api-key",
		Set: func(s *Setup) {
			s.Immich.APIKeys = append(s.Immich.APIKeys, APIKey{Secret: "aKeyForSomethingElseOnly", Email: AdminEmail, Permissions: []string{"server.about"}})
		}},
	{Name: "flag-is-not-the-setting", Title: "the user gives another signing algorithm than Immich runs with", GiveKey: AdminKey, GiveAlgorithm: "ES256", Warns: "settings/given"},
	{Name: "empty-client-id", Title: "the client ID in Immich's settings is empty", Trips: "settings/client-id",
		Set: func(s *Setup) { s.Immich.OAuth.ClientID = "" }},
	{Name: "timeout-overflows", Title: "the request timeout was raised until the timer overflows", GiveKey: AdminKey, Trips: "settings/timeout",
		Set: func(s *Setup) { s.Immich.OAuth.Timeout = 3000000 }},
	{Name: "timeout-out-of-range", Title: "the request timeout was raised beyond what Node takes", Trips: "settings/timeout",
		Set: func(s *Setup) { s.Immich.OAuth.Timeout = 5000000 }},
	{Name: "algorithm-in-lower-case", Title: "the signing algorithm is written in lower case", GiveKey: AdminKey, Trips: "settings/signing-algorithm",
		Set: func(s *Setup) { s.Immich.OAuth.SigningAlgorithm = "rs256" }},
	{Name: "signed-profile", Title: "Immich demands signed profiles of a provider that signs none", GiveKey: AdminKey, Release: "v1.118.2", Trips: "settings/profile-algorithm",
		Set: func(s *Setup) {
			s.Immich.OAuth.ProfileSigningAlgorithm = "RS256"
			saysOf("userinfo_signing_alg_values_supported", []string{"none"})(s)
		}},
	{Name: "override-without-address", Title: "the mobile redirect override is on without an address", GiveKey: AdminKey, Warns: "settings/mobile-override",
		Set: func(s *Setup) { s.Immich.OAuth.MobileOverrideEnabled = true }},
	{Name: "no-room", Title: "who registers gets a quota of zero bytes", GiveKey: AdminKey, Warns: "settings/storage-quota",
		Set: func(s *Setup) { s.Immich.OAuth.DefaultStorageQuota = new(int) }},
	{Name: "document-for-issuer", Title: "the issuer URL is the address of the discovery document", GiveKey: AdminKey, Warns: "settings/well-known",
		Then: func(s *Setup) { s.Immich.Do(func() { s.Immich.OAuth.IssuerURL += DiscoveryPath }) }},
	{Name: "silent-provider", Title: "the provider takes connections and says nothing", Hangs: true, Trips: "authorize/answers",
		Set: alter(DiscoveryPath, Hang)},
	{Name: "login-page-before-authorize", Title: "forward authentication stands before Immich's login API alone", Trips: "authorize/answers",
		Set: func(s *Setup) {
			s.Immich.Intercept = inPlace(302, "https://auth.example.test/?rd=https%3A%2F%2Fphotos.example.test", "", "/api/oauth")
		}},
	{Name: "challenge-before-post", Title: "a bot challenge lets GET pass and stops POST", Trips: "authorize/answers",
		Set: func(s *Setup) {
			challenge := inPlace(403, "", "<!DOCTYPE html><title>Just a moment...</title><script>window._cf_chl_opt={}</script>", "/")
			s.Immich.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
				return r.Method == http.MethodPost && challenge(w, r)
			}
		}},
	{Name: "login-page-before-app", Title: "forward authentication exempts /api and not what the phone app asks first", Trips: "server/app",
		Set: func(s *Setup) {
			s.Immich.Intercept = inPlace(302, "https://pangolin.example.test/auth/resource/4?redirect=https%3A%2F%2Fphotos.example.test%2F", "", "/.well-known/")
		}},
	{Name: "certificates-before-app", Title: "the proxy's rule for certificate challenges takes all of /.well-known", Trips: "server/app",
		Set: func(s *Setup) {
			s.Immich.Intercept = inPlace(404, "", "<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1></center><hr><center>nginx</center></body></html>", "/.well-known/")
		}},
	{Name: "login-page-after-login", Title: "forward authentication lets the app log in and stops it just after", Trips: "server/app",
		Set: func(s *Setup) {
			s.Immich.Intercept = inPlace(302, "https://auth.example.test/?rd=https%3A%2F%2Fphotos.example.test%2Fapi%2Fusers%2Fme&rm=GET", "", "/api/users")
		}},
	{Name: "empty-issuer-url", Title: "the issuer URL in Immich's settings is no URL", Trips: "settings/issuer-url",
		Set: func(s *Setup) { s.Immich.OAuth.IssuerURL = "auth.example.test" }},
	{Name: "blocked-port", Title: "the provider has a port to which fetch connects for nobody", GiveKey: AdminKey, Trips: "settings/issuer-url",
		Set: func(s *Setup) { s.Immich.OAuth.IssuerURL = "https://127.0.0.1:6000" }},
	{Name: "unreached-provider", Title: "the provider is down, and Immich does not say why it fails", Trips: "discovery/immich",
		Then: func(s *Setup) { s.Provider.Close() }},
	{Name: "unknown-host", Title: "the provider's host name does not resolve", Release: "v1.118.2", Trips: "network/resolves",
		Set: func(s *Setup) { s.Immich.OAuth.IssuerURL = "https://auth.invalid" }},
	{Name: "name-of-the-host-only", Title: "the provider's name resolves everywhere but in Immich's container", GiveIssuer: true, Release: "v1.118.2", Trips: "discovery/vantage",
		Set: func(s *Setup) { s.Provider.Host, s.Immich.Dial = "auth.example.test", noSuchName }},
	{Name: "kept-out", Title: "a firewall keeps Immich's container from the provider, and Immich does not say why it fails", GiveIssuer: true, Trips: "discovery/vantage",
		Set: func(s *Setup) { s.Immich.Dial = refusing }},
	{Name: "address-of-the-container-only", Title: "Immich's container has its own way to the provider, and this machine has none", Blind: true, Warns: "discovery/vantage",
		Set: func(s *Setup) {
			s.Provider.Host = "auth.invalid"
			s.Immich.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, s.Provider.Addr())
			}
		}},
	{Name: "stopped-provider", Title: "the provider is down", GiveIssuer: true, Trips: "network/reachable",
		Then: func(s *Setup) { s.Provider.Close() }},
	{Name: "unknown-ca", Title: "the provider's certificate is from a CA that nobody knows", GiveIssuer: true, Trips: "tls/certificate",
		Set: func(s *Setup) { s.Provider.Cert = CertUnknownCA }},
	{Name: "expired-certificate", Title: "the provider's certificate has run out", GiveIssuer: true, Trips: "tls/certificate",
		Set: func(s *Setup) { s.Provider.Cert = CertExpired }},
	{Name: "wrong-name-certificate", Title: "the provider's certificate is for another name", GiveIssuer: true, Trips: "tls/certificate",
		Set: func(s *Setup) { s.Provider.Cert = CertWrongName }},
	{Name: "missing-intermediate", Title: "the provider's proxy keeps the intermediate certificate back", GiveIssuer: true, Trips: "tls/certificate",
		Set: func(s *Setup) { s.Provider.Cert = CertMissingIntermediate }},
	{Name: "ca-of-the-host-only", Title: "this machine has the provider's CA and Immich's container has not", GiveIssuer: true, OwnCA: true, Trips: "tls/certificate",
		Set: func(s *Setup) { s.Immich.Roots = x509.NewCertPool() }},
	{Name: "old-tls", Title: "the provider's proxy speaks nothing newer than TLS 1.1", GiveIssuer: true, Trips: "tls/certificate",
		Set: func(s *Setup) { s.Provider.MaxTLS = tls.VersionTLS11 }},
	{Name: "certificate-ends-soon", Title: "the provider's certificate was not renewed and has an hour left", Warns: "tls/expiry",
		Set: func(s *Setup) { s.Provider.Cert = CertEndsSoon }},
	{Name: "dead-address", Title: "one of the provider's two addresses is dead, at a release that tries only the first", Release: "v1.80.0", Dead: "127.0.0.2", Warns: "network/addresses",
		Set: func(s *Setup) {
			s.Provider.Host = "auth.example.test"
			s.Immich.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, s.Provider.Addr())
			}
		}},
	{Name: "http-issuer", Title: "the provider is at an http address, which Immich 3 refuses", Trips: "issuer/https",
		Set: func(s *Setup) { s.Provider.TLS = false }},
	{Name: "wrong-issuer-path", Title: "the issuer URL has a wrong path", Trips: "discovery/document",
		Then: func(s *Setup) { s.Immich.Do(func() { s.Immich.OAuth.IssuerURL = s.Provider.URL() + "/nowhere" }) }},
	{Name: "discovery-page", Title: "discovery answers a web page", GiveIssuer: true, Trips: "discovery/document",
		Set: alter(DiscoveryPath, Say(200, "text/html", "<!doctype html><title>Welcome</title>"))},
	{Name: "discovery-redirect", Title: "forward authentication stands in front of discovery", GiveIssuer: true, Trips: "discovery/document",
		Set: alter(DiscoveryPath, Redirect(302, "https://auth.example.test/?rd=x"))},
	{Name: "discovery-endless", Title: "the discovery document does not end", Hangs: true, Release: "v1.118.2", GiveIssuer: true, Trips: "discovery/document",
		Set: alter(DiscoveryPath, Endless)},
	{Name: "issuer-mismatch", Title: "the issuer URL lacks the slash that the provider's document has", GiveIssuer: true, Trips: "issuer/match",
		Set: func(s *Setup) { s.Provider.Path, s.Provider.Issuer = "/application/o/immich", "{url}/" }},
	{Name: "http-endpoints", Title: "the https document of the provider lists http addresses", GiveIssuer: true, Trips: "discovery/endpoints",
		Set: func(s *Setup) { s.Provider.EndpointScheme = "http" }},
	{Name: "no-token-endpoint", Title: "the provider's document has no token endpoint", Trips: "discovery/endpoints",
		Set: saysOf("token_endpoint", nil)},
	{Name: "inside-name", Title: "the provider's document sends browsers to the name of a container", GiveIssuer: true, Trips: "discovery/hosts",
		Set: saysOf("authorization_endpoint", "https://authelia:9091/api/oidc/authorization")},
	{Name: "login-page-before-keys", Title: "forward authentication stands before the provider's keys", Release: "v1.118.2", GiveAlgorithm: "RS256", Trips: "keys/usable",
		Set: alter(KeysPath, Redirect(302, "https://auth.example.test/?rd=x"))},
	{Name: "unknown-token-host", Title: "the document names a token endpoint on a host that does not resolve", Warns: "network/endpoints",
		Also: []string{"token/endpoint"}, // which gets no answer either
		Set:  saysOf("token_endpoint", "https://token.auth.invalid/token")},
	{Name: "no-keys", Title: "the provider's key set is empty", Release: "v1.118.2", GiveAlgorithm: "RS256", Trips: "keys/usable",
		Set: alter(KeysPath, Say(200, "application/json", `{"keys":[]}`))},
	{Name: "es256-keys", Title: "the provider signs with ES256 and Immich expects RS256", GiveAlgorithm: "RS256", Trips: "keys/algorithm",
		Set: func(s *Setup) { s.Provider.KeyAlgs = []string{"ES256"} }},
	{Name: "hs256-only", Title: "the provider has no signing key and signs with the client secret", GiveAlgorithm: "RS256", Trips: "keys/algorithm",
		Also: []string{"keys/usable"}, // the set is empty; at this release that harms back-channel logout alone, a warning
		Set:  withoutSigningKey},
	{Name: "hs256-only-verified", Title: "the provider signs with the client secret, at a release that verifies signatures", Release: "v1.98.1", GiveKey: AdminKey, GiveAlgorithm: "RS256", Trips: "keys/algorithm",
		Set: withoutSigningKey}, // keys/usable: the algorithm is compared before a key is read
	{Name: "hs256-listed-first", Title: "the provider lists HS256 first, at a release that takes the first for what is used", Release: "v1.94.1", GiveIssuer: true, Warns: "keys/algorithm",
		Set: saysOf("id_token_signing_alg_values_supported", []string{"HS256", "RS256"})},
	{Name: "clock-behind", Title: "the provider's clock is two days behind", Trips: "clock/skew",
		Set: func(s *Setup) { s.Provider.ClockSkew = -48 * time.Hour }},
	{Name: "pkce-required-unlisted", Title: "the provider demands PKCE and does not list it", Seen: Probe, Trips: "pkce/accepted",
		Set: func(s *Setup) {
			s.Provider.Metadata = map[string]any{"code_challenge_methods_supported": nil}
			s.Provider.Client(clientID).RequirePKCE = true
		}},
	{Name: "pkce-blank-refused", Title: "the provider refuses the empty PKCE parameters of Immich 1.135", Release: "v1.135.0", Seen: Probe, Trips: "pkce/accepted",
		Set: func(s *Setup) {
			s.Provider.Metadata = map[string]any{"code_challenge_methods_supported": nil}
			s.Provider.RefuseBlankPKCE = true
		}},
	{Name: "unknown-client", Title: "the provider has no client of that ID", Seen: Probe, Trips: "client/known",
		Set: func(s *Setup) { s.Immich.OAuth.ClientID = "immich-2" }},
	{Name: "refused-without-words", Title: "the provider has no client of that ID and answers 403 and nothing (Glewlwyd)", Seen: Probe, Trips: "client/known",
		Also: []string{"authorize/nonce"}, // which Glewlwyd wants of every login
		Set: func(s *Setup) {
			dressed("glewlwyd")(s)
			s.Immich.OAuth.ClientID = "immich-2"
		}},
	{Name: "mobile-override-to-web", Title: "the mobile redirect override leads to the web page", Trips: "redirect/mobile",
		// redirect/registered: the provider has the web page's address for the web, so it accepts it for the app too
		Then: func(s *Setup) {
			s.Immich.Do(func() {
				s.Immich.OAuth.MobileOverrideEnabled, s.Immich.OAuth.MobileRedirectURI = true, s.Immich.URL()+"/auth/login"
			})
		}},
	{Name: "override-ignored", Title: "the mobile redirect override is on at the release that ignores it", Release: "v1.118.0", GiveKey: AdminKey, Trips: "redirect/mobile",
		Then: func(s *Setup) {
			s.Immich.Do(func() {
				s.Immich.OAuth.MobileOverrideEnabled, s.Immich.OAuth.MobileRedirectURI = true, s.Immich.URL()+"/api/oauth/mobile-redirect"
			})
		}},
	{Name: "app-scheme-unexpected", Title: "the provider falls over the app's scheme (Keycloak)", Seen: Probe, Trips: "redirect/registered",
		Set: func(s *Setup) {
			page := inPlace(400, "", "<!DOCTYPE html><p>Unexpected error when handling authentication request to identity provider.</p>", AuthorizePath)
			s.Provider.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
				return strings.HasPrefix(r.FormValue("redirect_uri"), "app.immich:") && page(w, r)
			}
		}},
	{Name: "missing-web-uri", Title: "the provider does not know the web page's redirect URI", Seen: Probe, Trips: "redirect/registered",
		Then: withoutRedirect("/auth/login")},
	{Name: "missing-linking-uri", Title: "the provider does not know the redirect URI for linking accounts", Seen: Probe, Trips: "redirect/registered",
		Then: withoutRedirect("/user-settings")},
	{Name: "missing-mobile-uri", Title: "the provider does not know the app's redirect URI", Seen: Probe, Trips: "redirect/registered",
		Then: withoutRedirect(":///oauth-callback")},
	{Name: "no-administrator", Title: "nobody has set Immich up, it has no account", Trips: "server/initialized",
		Set: func(s *Setup) { s.Immich.Accounts, s.Immich.APIKeys = nil, nil }},
	{Name: "login-comes-back-elsewhere", Title: "the proxy sends the login page alone on to another host", Trips: "origin/returns",
		Set: func(s *Setup) {
			s.Immich.Intercept = inPlace(301, "https://photos.example.test/auth/login", "", "/auth/login")
		}},
	{Name: "cookies-dropped", Title: "the proxy drops Set-Cookie", Trips: "cookie/state",
		Set: proxied("", false, Proxy{Cookies: func(string) string { return "" }})},
	{Name: "cookies-of-another-path", Title: "the proxy gives cookies another path", Release: "v1.132.0", Trips: "cookie/state",
		Set: proxied("", false, Proxy{Cookies: func(c string) string { return strings.Replace(c, "Path=/", "Path=/immich", 1) }})},
	{Name: "https-said-of-http", Title: "the proxy says https while people open http", Trips: "cookie/state",
		Set: proxied("photos.lan", false, Proxy{ForwardedProto: "https"})},
	{Name: "https-not-said", Title: "the proxy does not say that people open https", Warns: "cookie/state",
		Set: proxied("photos.lan", true, Proxy{Plain: true})},
	{Name: "proxy-not-trusted", Title: "Immich does not believe its proxy, which is not in IMMICH_TRUSTED_PROXIES", Release: "v1.132.0", Warns: "cookie/state",
		Set: proxied("photos.lan", true, Proxy{Plain: true, ForwardedProto: "https", Untrusted: true})},
	{Name: "login-page-before-token", Title: "forward authentication exempts discovery and not the token endpoint", Seen: Probe, Trips: "token/endpoint",
		Set: intercepted(302, "https://auth.example.test/?rd=x&rm=POST", "", TokenPath)},
	{Name: "challenge-before-token", Title: "a bot challenge stands before the token endpoint", Seen: Probe, Trips: "token/endpoint",
		Set: intercepted(403, "", "<!DOCTYPE html><title>Just a moment...</title><script>window._cf_chl_opt={}</script>", TokenPath)},
	{Name: "login-page-before-userinfo", Title: "forward authentication stands before the userinfo endpoint", Release: "v2.5.6", Seen: Probe, Trips: "userinfo/endpoint",
		Set: intercepted(302, "https://auth.example.test/?rd=x", "", UserinfoPath)},
}
