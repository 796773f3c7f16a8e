package oidctest

import (
	"crypto/x509"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Provider is an OpenID provider on a loopback port. Its exported fields are
// knobs: set them before Start, or later inside Do. The zero value serves http,
// with no client and no user; NewProvider is the place to begin.
//
// In Issuer and in the strings of the maps, "{url}" stands for URL(), which is
// known only after Start, and "{host}" for its host and port.
type Provider struct {
	// How it is served. Read by Start.

	TLS  bool     // https with a leaf of an own CA
	Host string   // name in URLs and in the certificate; empty means 127.0.0.1. The listener is on loopback in any case
	Path string   // path of the issuer, "/op"; empty means the root
	Cert CertKind // which certificate; for TLS only

	MaxTLS uint16 // the newest protocol that it speaks, such as tls.VersionTLS11; zero is the newest there is

	// What it says of itself.

	Issuer         string         // issuer in document, tokens and redirects; empty means URL()
	Metadata       map[string]any // members of the discovery document to replace; nil removes one. Only the document changes
	EndpointScheme string         // scheme of the endpoints in the document; empty means that of the URL
	KeyAlgs        []string       // algorithms whose keys are published; nil means RS256, ES256 and what clients use, empty means no key
	ClockSkew      time.Duration  // how far its clock is ahead: header Date, iat, exp, auth_time

	// Who it knows.

	Clients []*Client
	Users   []*User
	Scopes  map[string][]string // claims that a scope releases, RFC 6749 3.3; others are ignored

	// How it logs in.

	AutoApprove      bool           // no page: the user of login_hint, or else the first, is logged in at once and consents. A hint that no user has makes one
	LateChecks       bool           // client and redirect URI are looked at only after the login
	IgnorePromptNone bool           // shows the login page where prompt=none asks for an error
	PKCEMethods      []string       // code challenge methods it knows; nil means S256, empty means that it ignores PKCE
	RefuseBlankPKCE  bool           // an empty code_challenge is an error, not an absent one
	RequireNonce     bool           // a request for the scope openid without a nonce is an error
	PAR              bool           // has a pushed authorization request endpoint, RFC 9126
	ResponseMode     string         // default way back: query (empty), fragment or form_post
	AuthResponse     map[string]any // parameters of the authorization response to replace; nil removes one

	// What it hands out.

	TokenResponse  map[string]any // members of a good token response to replace; nil removes one, Null sets null
	IDToken        map[string]any // claims of the ID token to replace, the same way
	IDTokenHeader  map[string]any // header members of the ID token to replace; the signature stays that of the client's algorithm
	UserinfoClaims map[string]any // claims of the userinfo response to replace

	// How it says what.

	Style   *Style // which product it answers like; nil means oidc-provider
	Explain bool   // error_description also tells the cause, as fosite does (Authelia, Hydra), not only what oidc-provider tells

	// Hooks.

	// Alter edits what an endpoint is about to answer. The key is the path
	// without Path, such as DiscoveryPath. It runs with the provider locked: it
	// must not call Do, Requests or wait for anything. Hang and Endless are two.
	Alter map[string]func(*Answer)
	// Intercept sees each request first, its path without Path and its form
	// parsed. It returns true if it answered. It must return when the request's
	// context ends.
	Intercept func(w http.ResponseWriter, r *http.Request) bool

	ca   sync.Once
	root authority

	mu       sync.Mutex
	listener net.Listener
	server   *http.Server
	done     chan struct{}
	closed   bool
	running  sync.WaitGroup
	asked    []Request
	states   map[string]bool // that a style has seen
	state    flowState
}

// A Client is a relying party that the provider knows, RFC 6749 2.
type Client struct {
	ID        string
	Secret    string
	Redirects []string // redirect URIs, compared byte for byte (RFC 9700 2.1)

	Public      bool     // has no secret; its only method is none
	AuthMethods []string // methods accepted at the token endpoint; nil means client_secret_post and client_secret_basic, or none
	RawBasic    bool     // Basic credentials are taken as sent, not form-decoded as RFC 6749 2.3.1 wants

	RequirePKCE bool
	RequirePAR  bool
	Scopes      []string // scopes it may ask for; nil means any
	Consent     bool     // the user is asked once

	SignAlg         string // id_token_signed_response_alg; empty means RS256. HS256 wants a secret of 32 bytes, RFC 7518 3.2. Also none
	EncryptIDToken  bool   // the ID token is a JWE, which no key of Immich opens
	UserinfoAlg     string // userinfo_signed_response_alg; empty means plain JSON
	ClaimsInIDToken bool   // profile and email claims also stand in the ID token, not only at userinfo

	PostLogoutRedirects []string
}

// A User can log in.
type User struct {
	Name     string // what is typed, and what login_hint names
	Password string
	Sub      string
	Claims   map[string]any // claims beyond sub; a scope must release them
	TOTP     string         // base32 secret of a second factor, RFC 6238; empty means none
	Denied   bool           // may log in, but not use this client: access_denied
	Locked   bool           // the login page refuses the right password
}

// A Request is what the provider was asked, without any value that came with it.
type Request struct {
	Method string
	Path   string   // without Provider.Path
	Query  []string // names of parameters, sorted
	Form   []string // the same of the body
	Auth   string   // scheme of the Authorization header: Basic, Bearer or empty
	Status int      // answered with; 0 if it is still under way, hung or was intercepted
	Cause  string   // why it was refused, in the words of the provider's log
}

// NewProvider makes a provider with one client, immich, and one user, alice,
// over https. It is not started.
func NewProvider() *Provider {
	return &Provider{
		TLS:    true,
		PAR:    true,
		Scopes: standardScopes(),
		Clients: []*Client{{
			ID:     "immich",
			Secret: "oidctestSecretOfTheClientImmich0123456789",
			Redirects: []string{
				"http://127.0.0.1:2283/auth/login",
				"http://127.0.0.1:2283/user-settings",
				"app.immich:///oauth-callback",
			},
		}},
		Users: []*User{NewUser("alice")},
	}
}

// NewUser makes a user whose sub is its name and who has a name and a verified
// email address at example.test. The password is the name and "-password".
func NewUser(name string) *User {
	return &User{
		Name:     name,
		Password: name + "-password",
		Sub:      name,
		Claims: map[string]any{
			"email":              name + "@example.test",
			"email_verified":     true,
			"name":               "User " + name,
			"given_name":         "User",
			"family_name":        name,
			"preferred_username": name,
		},
	}
}

// standardScopes is the table of OpenID Connect Core 5.4.
func standardScopes() map[string][]string {
	return map[string][]string{
		"openid": {},
		"profile": {"name", "family_name", "given_name", "middle_name", "nickname", "preferred_username",
			"profile", "picture", "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at"},
		"email":          {"email", "email_verified"},
		"address":        {"address"},
		"phone":          {"phone_number", "phone_number_verified"},
		"offline_access": {},
	}
}

// Do runs f while the provider answers nothing, so that knobs can be turned
// between requests.
func (p *Provider) Do(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

// Client returns the client of this ID, nil if there is none.
func (p *Provider) Client(id string) *Client {
	for _, c := range p.Clients {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// User returns the user of this name, nil if there is none.
func (p *Provider) User(name string) *User {
	for _, u := range p.Users {
		if u.Name == name {
			return u
		}
	}
	return nil
}

// URL is where the provider is: scheme, host, port and Path, without a trailing
// slash. It is the issuer unless Issuer says otherwise. It is empty before Start.
func (p *Provider) URL() string {
	host := p.hostPort()
	if host == "" {
		return ""
	}
	scheme := "http"
	if p.TLS {
		scheme = "https"
	}
	return scheme + "://" + host + strings.TrimRight(p.Path, "/")
}

// Addr is the loopback address that the provider listens on, whatever its name.
func (p *Provider) Addr() string {
	if p.listener == nil {
		return ""
	}
	return p.listener.Addr().String()
}

// Authorities is the provider's own CA, as a file of certificates would hold it.
func (p *Provider) Authorities() []*x509.Certificate {
	return []*x509.Certificate{p.authority().cert}
}

// CAs trusts the provider's own CA, and so its certificate unless Cert spoils it.
func (p *Provider) CAs() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(p.authority().cert)
	return pool
}

// Requests lists what the provider was asked so far, in order.
func (p *Provider) Requests() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asked)
}

// hostPort is the authority part of the URLs.
func (p *Provider) hostPort() string {
	if p.listener == nil {
		return ""
	}
	host := p.Host
	if host == "" {
		host = "127.0.0.1"
	}
	_, port, _ := net.SplitHostPort(p.Addr())
	return net.JoinHostPort(host, port)
}

// issuer is the identifier that documents, tokens and redirects carry.
func (p *Provider) issuer() string {
	if p.Issuer == "" {
		return p.ownName()
	}
	return p.fill(p.Issuer)
}

// ownName is the issuer where no knob says another.
func (p *Provider) ownName() string {
	if p.Style != nil && p.Style.Slash {
		return p.URL() + "/"
	}
	return p.URL()
}

// fill puts the provider's address where a knob has a placeholder.
func (p *Provider) fill(s string) string {
	return strings.NewReplacer("{url}", p.URL(), "{host}", p.hostPort()).Replace(s)
}

// now is the provider's clock.
func (p *Provider) now() time.Time { return time.Now().Add(p.ClockSkew) }
