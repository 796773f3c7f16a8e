package wire

import (
	"bytes"
	"crypto/x509"
	"errors"
	"slices"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"

	"immich-oidc-doctor/checks/facts"
)

// A store is what a client verifies with, beside what the server sends.
type store struct {
	roots   *x509.CertPool // nil: this machine's
	between []*x509.Certificate
}

// node is what Node trusts: Mozilla's list, which it brings along, with the
// constraints that Mozilla puts on some, and what the container has beside it.
// OpenSSL builds chains with any certificate of that file, but a chain must end
// in one that signs itself: an intermediate CA there is no root.
func node(extra []*x509.Certificate) (s store) {
	pool := x509.NewCertPool()
	s.roots = pool
	for root := range bundle.Roots() {
		c, err := x509.ParseCertificate(root.Certificate)
		switch {
		case err != nil: // one that this Go does not read any more
		case root.Constraint != nil:
			pool.AddCertWithConstraint(c, root.Constraint)
		default:
			pool.AddCert(c)
		}
	}
	for _, c := range extra {
		if bytes.Equal(c.RawSubject, c.RawIssuer) {
			pool.AddCert(c)
		} else {
			s.between = append(s.between, c)
		}
	}
	return s
}

// verify checks chain as a client does: it fetches no certificate from anywhere.
func verify(chain []*x509.Certificate, host string, by store, now time.Time) (facts.Trust, error) {
	between := x509.NewCertPool()
	for _, c := range slices.Concat(chain[1:], by.between) {
		between.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{DNSName: host, Roots: by.roots, Intermediates: between, CurrentTime: now})
	var (
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
	)
	switch {
	case err == nil:
		return facts.Trusted, nil
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil && now.Before(invalid.Cert.NotBefore):
		return facts.NotYetValid, err
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return facts.Expired, err
	case errors.As(err, &name):
		return facts.WrongName, err
	case incomplete(chain):
		return facts.Incomplete, err
	}
	return facts.UnknownCA, err
}

// incomplete reports whether the server kept back the certificate that issued
// its own: it says where that can be fetched (RFC 5280 4.2.2.1), as those of
// public authorities do, and Node fetches nothing.
func incomplete(chain []*x509.Certificate) bool {
	leaf := chain[0]
	sent := slices.ContainsFunc(chain[1:], func(c *x509.Certificate) bool { return bytes.Equal(c.RawSubject, leaf.RawIssuer) })
	return !sent && !bytes.Equal(leaf.RawSubject, leaf.RawIssuer) && len(leaf.IssuingCertificateURL) > 0
}
