package oidctest

import (
	"crypto/x509"
	"slices"
)

// A Setup is an Immich and the provider that it logs in through. NewSetup's is
// a healthy one.
type Setup struct {
	Immich   *Immich
	Provider *Provider
}

// clientID and clientSecret are what both sides know of each other.
const (
	clientID     = "immich"
	clientSecret = "immich-secret-of-the-demo"
)

// NewSetup makes a healthy pair, Immich being of that release. Nothing runs yet.
func NewSetup(release string) *Setup {
	if release == "" {
		release = newestRelease
	}
	s := &Setup{Immich: NewImmich(release), Provider: NewProvider()}
	s.Immich.OAuth.Enabled = true
	s.Immich.OAuth.ClientID, s.Immich.OAuth.ClientSecret = clientID, clientSecret
	return s
}

// Start runs both: the provider first, since Immich's settings name it, and
// then the client at the provider, since that names Immich. A setting or a
// redirect URI that is there already stays.
func (s *Setup) Start() error {
	if err := s.Provider.Start(); err != nil {
		return err
	}
	if s.Immich.OAuth.IssuerURL == "" {
		s.Immich.OAuth.IssuerURL = s.Provider.ownName()
	}
	if s.Immich.Roots == nil {
		s.Immich.Roots = s.Provider.CAs()
	}
	if err := s.Immich.Start(); err != nil {
		s.Provider.Close()
		return err
	}
	s.Immich.Do(func() { s.Immich.OAuth.ExternalDomain = s.Immich.URL() })
	s.Provider.Do(func() {
		c := s.Provider.Client(clientID)
		c.Secret = clientSecret
		c.Redirects = slices.Concat(c.Redirects, s.Redirects())
	})
	return nil
}

// Redirects is every redirect URI that a login at s may use.
func (s *Setup) Redirects() []string {
	web := s.Immich.URL()
	return []string{web + "/auth/login", web + "/user-settings", "app.immich:/", "app.immich:///oauth-callback", web + "/api/oauth/mobile-redirect"}
}

// CAs trusts the CA of either, if it has one.
func (s *Setup) CAs() *x509.CertPool {
	pool := s.Provider.CAs()
	if s.Immich.TLS {
		pool.AddCert(s.Immich.front.authority().cert)
	}
	return pool
}

// Close stops both.
func (s *Setup) Close() {
	s.Immich.Close()
	s.Provider.Close()
}
