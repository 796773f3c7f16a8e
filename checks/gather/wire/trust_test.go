package wire

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net/http/httptest"
	"testing"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"

	"immich-oidc-doctor/checks/facts"
)

// issue makes a certificate, signed by its issuer or, without one, by itself.
func issue(t *testing.T, name string, by *tls.Certificate, change func(*x509.Certificate)) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign,
	}
	if change != nil {
		change(c)
	}
	parent, signer := c, any(key)
	if by != nil {
		parent, signer = by.Leaf, by.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func TestWhatNodeTrustsIsJudgedByItself(t *testing.T) {
	root := issue(t, "our root", nil, nil)
	between := issue(t, "our intermediate", root, nil)
	server := func(at ...string) func(*x509.Certificate) {
		return func(c *x509.Certificate) {
			c.IsCA, c.KeyUsage, c.DNSNames, c.ExtKeyUsage = false, x509.KeyUsageDigitalSignature, []string{"auth.test"}, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
			c.IssuingCertificateURL = at
		}
	}
	public := issue(t, "auth.test", between, server("http://ca.test/x.der"))
	private := issue(t, "auth.test", root, server())
	alone := issue(t, "auth.test", nil, server())
	roots := x509.NewCertPool()
	roots.AddCert(root.Leaf)
	for _, c := range []struct {
		name       string
		shown      *tls.Certificate
		sent       []*tls.Certificate
		immich     []*x509.Certificate
		here, node facts.Trust
	}{
		{"this machine has the root and Node does not", private, nil, nil, facts.Trusted, facts.UnknownCA},
		{"the container has it too", private, nil, []*x509.Certificate{root.Leaf}, facts.Trusted, facts.Trusted},
		{"the intermediate is sent", public, []*tls.Certificate{between}, []*x509.Certificate{root.Leaf}, facts.Trusted, facts.Trusted},
		{"the intermediate is not sent", public, nil, []*x509.Certificate{root.Leaf}, facts.Incomplete, facts.Incomplete},
		{"the container has root and intermediate", public, nil, []*x509.Certificate{root.Leaf, between.Leaf}, facts.Incomplete, facts.Trusted},
		{"the container has the intermediate alone, which is no root", public, nil, []*x509.Certificate{between.Leaf}, facts.Incomplete, facts.Incomplete},
		{"the root is sent, which proves nothing", private, []*tls.Certificate{root}, nil, facts.Trusted, facts.UnknownCA},
		{"a certificate that signs itself", alone, nil, nil, facts.UnknownCA, facts.UnknownCA},
		{"the same, which the container has", alone, nil, []*x509.Certificate{alone.Leaf}, facts.UnknownCA, facts.Trusted},
	} {
		chain := tls.Certificate{Certificate: c.shown.Certificate, PrivateKey: c.shown.PrivateKey}
		for _, s := range c.sent {
			chain.Certificate = append(chain.Certificate, s.Certificate...)
		}
		srv := httptest.NewUnstartedServer(nil)
		srv.TLS = &tls.Config{Certificates: []tls.Certificate{chain}}
		srv.StartTLS()
		s := New(Config{Roots: roots, Immich: c.immich}).Handshake(t.Context(), "auth.test", srv.Listener.Addr().String())
		srv.Close()
		if s.Here != c.here || s.Node != c.node || s.Detail.IsZero() != (c.node == facts.Trusted) || s.Protocol != "TLS 1.3" {
			t.Errorf("%s: want %s and %s, got %s and %s (%s)", c.name, c.here, c.node, s.Here, s.Node, s.Protocol)
		}
	}
}

func TestAProtocolThatIsTooOldIsNamed(t *testing.T) {
	srv := httptest.NewUnstartedServer(nil)
	srv.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	srv.StartTLS()
	defer srv.Close()
	s := New(Config{}).Handshake(t.Context(), "example.com", srv.Listener.Addr().String())
	if s.Here != facts.OldProtocol || s.Node != facts.OldProtocol || s.Protocol != "TLS 1.1" || s.Attempt.Answer != facts.TLS {
		t.Errorf("got %s, %s, %s", s.Here, s.Protocol, s.Attempt.Answer)
	}
}

func TestTheListOfNodeIsMozillas(t *testing.T) {
	trusted, all := 0, 0
	by := node(nil)
	for root := range bundle.Roots() {
		all++
		c, err := x509.ParseCertificate(root.Certificate)
		if err != nil {
			t.Error(err)
			continue
		}
		if _, err := c.Verify(x509.VerifyOptions{Roots: by.roots, CurrentTime: c.NotBefore.Add(time.Hour), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err == nil {
			trusted++
		}
	}
	if all < 100 || trusted < all {
		t.Errorf("of %d roots %d are trusted", all, trusted)
	}
}
