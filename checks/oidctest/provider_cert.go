package oidctest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"time"
)

// A CertKind says which certificate a Provider shows.
type CertKind int

const (
	CertGood                CertKind = iota // what CAs trusts, for Host
	CertExpired                             // ended an hour ago
	CertWrongName                           // for another host
	CertUnknownCA                           // of a CA that CAs does not hold
	CertMissingIntermediate                 // good, but the chain lacks the intermediate CA
	CertSelfSigned                          // its own issuer
	CertEndsSoon                            // good for an hour more
)

// An authority is a certificate that signs others.
type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
}

// CAPEM is the certificate of the provider's own CA, as for NODE_EXTRA_CA_CERTS.
func (p *Provider) CAPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.authority().cert.Raw})
}

// authority is the root, made when first asked for, so that CAs works before
// Start. Making it fails only if the machine has no randomness.
func (p *Provider) authority() authority {
	p.ca.Do(func() {
		root, err := newAuthority("oidctest root CA", authority{})
		if err != nil {
			panic(err)
		}
		p.root = root
	})
	return p.root
}

// chain makes what the server shows: the leaf and an intermediate CA, the usual
// shape, so that one of them can be missing.
func (p *Provider) chain() (tls.Certificate, error) {
	root := p.authority()
	if p.Cert == CertUnknownCA {
		other, err := newAuthority("oidctest another root CA", authority{})
		if err != nil {
			return tls.Certificate{}, err
		}
		root = other
	}
	middle, err := newAuthority("oidctest intermediate CA", root)
	if err != nil {
		return tls.Certificate{}, err
	}
	host, _, _ := net.SplitHostPort(p.hostPort())
	leaf := leafTemplate(host)
	switch p.Cert {
	case CertWrongName:
		leaf = leafTemplate("another-host.invalid")
	case CertExpired:
		leaf.NotAfter = time.Now().Add(-time.Hour)
	case CertEndsSoon:
		leaf.NotAfter = time.Now().Add(time.Hour)
	case CertSelfSigned:
		middle = authority{}
	}
	if p.Cert == CertMissingIntermediate { // where it can be fetched, as public authorities say (RFC 5280 4.2.2.1)
		leaf.IssuingCertificateURL = []string{"http://ca.example.test/intermediate.der"}
	}
	signed, err := signCert(leaf, middle)
	if err != nil {
		return tls.Certificate{}, err
	}
	chain := tls.Certificate{Certificate: [][]byte{signed.cert.Raw}, PrivateKey: signed.key}
	if p.Cert != CertMissingIntermediate && p.Cert != CertSelfSigned {
		chain.Certificate = append(chain.Certificate, middle.cert.Raw)
	}
	return chain, nil
}

// leafTemplate is a server certificate for one name or address (RFC 9525 3).
func leafTemplate(host string) *x509.Certificate {
	t := &x509.Certificate{
		Subject:     pkix.Name{CommonName: host},
		NotBefore:   time.Now().Add(-48 * time.Hour),
		NotAfter:    time.Now().Add(48 * time.Hour),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		t.IPAddresses = []net.IP{ip}
	} else {
		t.DNSNames = []string{host}
	}
	return t
}

// newAuthority makes a CA certificate, self-signed if by is empty.
func newAuthority(name string, by authority) (authority, error) {
	return signCert(&x509.Certificate{
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             time.Now().Add(-72 * time.Hour),
		NotAfter:              time.Now().Add(72 * time.Hour),
		KeyUsage:              x509.KeyUsageCertSign,
		IsCA:                  true,
		BasicConstraintsValid: true,
	}, by)
}

// signCert makes a key and a certificate for it, self-signed if by is empty.
func signCert(template *x509.Certificate, by authority) (authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return authority{}, err
	}
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)); err != nil {
		return authority{}, err
	}
	if by.cert == nil {
		by = authority{cert: template, key: key}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by.cert, key.Public(), by.key)
	if err != nil {
		return authority{}, err
	}
	cert, err := x509.ParseCertificate(der)
	return authority{cert: cert, key: key}, err
}
