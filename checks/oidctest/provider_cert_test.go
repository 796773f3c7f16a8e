package oidctest

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"strings"
	"testing"
)

func TestEachCertificateKindFailsInItsOwnWay(t *testing.T) {
	t.Parallel()
	expired := func(err error) bool {
		var e x509.CertificateInvalidError
		return errors.As(err, &e) && e.Reason == x509.Expired
	}
	named := func(err error) bool { return errors.As(err, new(x509.HostnameError)) }
	unknown := func(err error) bool { return errors.As(err, new(x509.UnknownAuthorityError)) }
	for name, test := range map[string]struct {
		kind  CertKind
		fails func(error) bool // nil if it is trusted
	}{
		"good":                 {CertGood, nil},
		"expired":              {CertExpired, expired},
		"wrong name":           {CertWrongName, named},
		"unknown CA":           {CertUnknownCA, unknown},
		"missing intermediate": {CertMissingIntermediate, unknown},
		"self-signed":          {CertSelfSigned, unknown},
	} {
		for _, host := range []string{"", "auth.example.test"} {
			t.Run(name+" "+host, func(t *testing.T) {
				t.Parallel()
				p := startProvider(t, func(p *Provider) { p.Cert, p.Host = test.kind, host })
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL()+DiscoveryPath, nil)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := p.HTTP().Do(r)
				if err == nil {
					resp.Body.Close()
				}
				if test.fails == nil && err != nil || test.fails != nil && !test.fails(err) {
					t.Errorf("got %v", err)
				}
			})
		}
	}
}

func TestTheCAIsKnownBeforeStart(t *testing.T) {
	t.Parallel()
	p := NewProvider()
	block, _ := pem.Decode(p.CAPEM())
	if block == nil {
		t.Fatal("not PEM")
	}
	ca, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if !ca.IsCA || !strings.Contains(ca.Subject.CommonName, "oidctest") {
		t.Errorf("not our CA: %s", ca.Subject)
	}
	if _, err := ca.Verify(x509.VerifyOptions{Roots: p.CAs()}); err != nil {
		t.Error(err)
	}
}
