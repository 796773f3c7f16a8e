package oidctest

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// An Immich answers as one release of Immich does. It has no photos and no web
// application, only what a login through OpenID Connect touches: server
// information, OAuth, sessions, users, system settings.
//
// The OAuth calls are real: Immich asks the issuer in its settings for the
// discovery document, the token and the profile, by the rules of the OpenID
// client in that release, and answers with that release's texts.
//
// The exported fields are knobs: set them before Start, or later inside Do.
// NewImmich is the place to begin.
type Immich struct {
	// Release is a tag from v1.36.0 to v3.3.1. A release candidate has the
	// rules of its release. Read by Start; empty means v3.3.1.
	Release string

	// How it is served. Read by Start.

	TLS  bool   // https, with a leaf of an own CA
	Host string // name in URL and certificate; empty means 127.0.0.1. The listener is on loopback in any case

	// What it is set to.

	OAuth       Settings // the oauth block of the system settings, and the few others that a login depends on
	ConfigFile  bool     // the settings come from IMMICH_CONFIG_FILE: they cannot be changed
	Maintenance bool     // maintenance mode, v2.3.0 and later
	LogLevel    string   // log (the default) or debug

	// Who it knows. Read by Start; what a login registers is added later.

	Accounts []Account
	APIKeys  []APIKey

	// What it reaches the issuer by.

	Roots    *x509.CertPool                                                    // what its Node trusts; nil means the certificates of this machine
	Dial     func(ctx context.Context, network, addr string) (net.Conn, error) // how it connects; nil means by the resolver of this machine
	Patience time.Duration                                                     // the longest it waits for a silent issuer, if that is shorter than the client's own limit; zero means that limit

	// What stands before it.

	Behind    Proxy
	Intercept func(w http.ResponseWriter, r *http.Request) bool // sees each request first; true if it answered: a forward-auth, a tunnel, a challenge page. It must return when the request's context ends

	// Now and Random make its answers repeatable. Read by Start.

	Now    func() time.Time // nil means time.Now
	Random io.Reader        // nil means crypto/rand

	r       release
	rc      *int // number of the release candidate
	front   front
	node    *node
	mu      sync.Mutex
	store   store
	keySets map[string]keySet
	lines   []string
	ctx     context.Context
	cancel  context.CancelFunc
}

// A Proxy stands between the browser and Immich.
type Proxy struct {
	// ForwardedProto is the X-Forwarded-Proto that it sets on each request;
	// empty leaves the request as it came.
	ForwardedProto string
	// Untrusted: it is not among IMMICH_TRUSTED_PROXIES, so that Immich gives
	// nothing for its X-Forwarded headers. Of releases before v1.51.2 that is
	// true of every proxy.
	Untrusted bool
	// Plain: it ends TLS, and talks http to an Immich that people see as https.
	Plain bool
	// Cookies edits each Set-Cookie on its way; empty drops it.
	Cookies func(string) string
}

// NewImmich makes an Immich of this release as it comes out of the box, with an
// administrator (AdminEmail, AdminPassword) and an API key that may do anything
// (AdminKey). OAuth is off. It is not started.
func NewImmich(release string) *Immich {
	m := &Immich{Release: release, OAuth: DefaultSettings(release)}
	m.Accounts = []Account{{Email: AdminEmail, Name: "Admin", Password: AdminPassword, Admin: true}}
	m.APIKeys = []APIKey{{Secret: AdminKey, Email: AdminEmail, Permissions: []string{"all"}}}
	return m
}

// Start serves on a loopback port.
func (m *Immich) Start() error {
	r, rc, err := parseRelease(m.Release)
	if err != nil {
		return err
	}
	m.r, m.rc = r, rc
	if m.Now == nil {
		m.Now = time.Now
	}
	if m.Random == nil {
		m.Random = rand.Reader
	}
	m.Random = &lockedReader{r: m.Random}
	m.ctx, m.cancel = context.WithCancel(context.Background())
	m.node = newNode(m)
	m.store = newStore()
	m.keySets = map[string]keySet{}
	for _, a := range m.Accounts {
		if err := m.register(a); err != nil {
			return err
		}
	}
	return m.front.start(m)
}

// Close stops serving and waits for requests under way, which it cuts off.
func (m *Immich) Close() {
	if m.cancel != nil {
		m.cancel()
	}
	m.front.close()
	if m.node != nil {
		m.node.close()
	}
}

// URL is where Immich is: scheme, host and port. It is empty before Start.
func (m *Immich) URL() string { return m.front.base }

// Addr is the loopback address that Immich listens on, whatever its name.
func (m *Immich) Addr() string { return m.front.addr() }

// CAs trusts the CA of Immich's own certificate.
func (m *Immich) CAs() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(m.front.authority().cert)
	return pool
}

// Do runs f while Immich looks at none of its knobs, so that they can be turned
// between requests.
func (m *Immich) Do(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f()
}

// Log lists the server log, a string per line, as this release writes it to the
// container's output without colour. An entry may go on over several lines.
func (m *Immich) Log() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.lines...)
}

// lockedReader lets concurrent requests share one source of randomness.
type lockedReader struct {
	mu sync.Mutex
	r  io.Reader
}

func (l *lockedReader) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return io.ReadFull(l.r, p)
}
