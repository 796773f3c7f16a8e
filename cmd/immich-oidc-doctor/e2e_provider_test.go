//go:build e2e

package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// providerFolder holds the real provider; `make e2e` installs what it needs.
const providerFolder = "../../testdata/e2e/oidc-provider"

// A providerConfig is the first line that server.mjs reads; what each member
// does stands there.
type providerConfig struct {
	IssuerPath string           `json:"issuerPath,omitempty"`
	Signs      string           `json:"signs,omitempty"`
	PKCE       bool             `json:"pkce,omitempty"`
	TLS        *certificate     `json:"tls,omitempty"`
	Clients    []providerClient `json:"clients"`
}

// A providerClient is the client's registration (OpenID Connect Dynamic Client
// Registration 1.0 section 2).
type providerClient struct {
	ID              string   `json:"client_id"`
	Secret          string   `json:"client_secret"`
	ApplicationType string   `json:"application_type"`
	RedirectURIs    []string `json:"redirect_uris"`
	AuthMethod      string   `json:"token_endpoint_auth_method"`
}

// A runningProvider is a provider in a process of its own.
type runningProvider struct {
	Issuer string
	stop   func() error
}

// startProvider runs npm's oidc-provider until the test ends or stop is called.
func startProvider(ctx context.Context, t *testing.T, config providerConfig) *runningProvider {
	t.Helper()
	if _, err := os.Stat(filepath.Join(providerFolder, "node_modules", "oidc-provider")); err != nil {
		t.Fatalf("the provider is not installed; run `make e2e`, or `npm ci` in testdata/e2e/oidc-provider: %v", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, "node", "server.mjs")
	cmd.Dir = providerFolder
	return converse(t, cmd, cancel, config)
}

// converse runs a provider until the test ends or stop is called: it reads its
// configuration from its standard input, a line of JSON, prints its issuer when
// it listens, and ends when its standard input does. cancel ends cmd's context.
func converse(t *testing.T, cmd *exec.Cmd, cancel context.CancelFunc, config any) *runningProvider {
	t.Helper()
	line, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	var talk bytes.Buffer
	cmd.Stderr = &talk
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Cancel = stdin.Close // it ends by itself when nobody talks to it any more,
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting the provider: %v", err)
	}
	stop := func() error {
		cancel()
		err := cmd.Wait()
		if cmd.ProcessState.Success() {
			return nil // and not because it was told to
		}
		return err
	}
	t.Cleanup(func() {
		if cmd.ProcessState != nil {
			return
		}
		if err := stop(); err != nil {
			t.Errorf("the provider did not end well: %v\n%s", err, &talk)
		}
	})
	p := &runningProvider{stop: stop}
	if _, err := stdin.Write(append(line, '\n')); err != nil {
		t.Fatalf("configuring the provider: %v", err)
	}
	if p.Issuer, err = readIssuer(stdout); err != nil {
		cancel()
		_ = cmd.Wait()
		t.Fatalf("the provider does not listen: %v\n%s", err, &talk)
	}
	return p
}

// readIssuer waits for the one line that such a provider prints.
func readIssuer(r io.Reader) (string, error) {
	line, err := bufio.NewReader(r).ReadBytes('\n')
	if err != nil {
		return "", err
	}
	var said struct{ Issuer string }
	err = json.Unmarshal(line, &said)
	return said.Issuer, err
}

// A certificate is the files of a server on loopback, and the CA behind it.
type certificate struct {
	Key  string         `json:"key"`
	Cert string         `json:"cert"`
	CA   string         `json:"-"`
	Pool *x509.CertPool `json:"-"`
}

// newCertificate makes a CA and a certificate for loopback in files of the test.
func newCertificate(t *testing.T) *certificate {
	t.Helper()
	now := time.Now()
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "e2e CA"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: true,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "e2e provider"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	caKey, leafKey := newKey(t), newKey(t)
	signed := sign(t, ca, ca, caKey, caKey)
	keyDER, err := x509.MarshalPKCS8PrivateKey(leafKey)
	if err != nil {
		t.Fatal(err)
	}
	c := &certificate{Pool: x509.NewCertPool()}
	c.CA = writePEM(t, "ca.pem", "CERTIFICATE", signed)
	c.Cert = writePEM(t, "cert.pem", "CERTIFICATE", sign(t, leaf, ca, leafKey, caKey))
	c.Key = writePEM(t, "key.pem", "PRIVATE KEY", keyDER)
	root, err := x509.ParseCertificate(signed)
	if err != nil {
		t.Fatal(err)
	}
	c.Pool.AddCert(root)
	return c
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t *testing.T, c, parent *x509.Certificate, key, by *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func writePEM(t *testing.T, name, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// elsewhere is the same provider under its other name.
func elsewhere(issuer string) string { return strings.Replace(issuer, "127.0.0.1", "localhost", 1) }
