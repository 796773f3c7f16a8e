//go:build e2e && linux

package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"immich-oidc-doctor/checks/oidctest"
)

const (
	v1Old = "v1.112.1" // has another redirect URI for the app
	v31   = "v3.1.0"   // refuses http, as all from 3.0 on
)

// eras is a release of each kind, and eras26 those of them that can do without
// a userinfo endpoint.
var (
	eras26 = []string{"v2.6.0", v2, "v3.0.0", v31, "v3.2.0", v3}
	eras   = slices.Concat([]string{"v1.36.0", "v1.76.1", "v1.94.1", "v1.106.0", v1Old, v1, "v1.131.3", "v1.132.0", "v1.135.0", "v1.143.0", "v2.5.6"}, eras26)
)

// withSettings are those of eras whose settings an API key shows: before, they
// were in the container's environment.
var withSettings = eras[1:]

// stopped is a set in which the product is not there any more when the tool runs.
const stopped = "stopped"

func notThere(s *oidctest.Settings)   { s.IssuerURL += "/not" }
func withSlash(s *oidctest.Settings)  { s.IssuerURL += "/" }
func refuseHTTP(s *oidctest.Settings) { s.AllowInsecureRequests = false }

func expectES256(s *oidctest.Settings) { s.SigningAlgorithm = "ES256" }

const needsSetting = "Immich tells only administrators its algorithm"

func withoutWeb(c *realClient)    { c.Redirects = c.Redirects[2:] }
func withoutApp(c *realClient)    { c.Redirects = c.Redirects[:2] }
func elsewhereOnly(c *realClient) { c.Redirects = []string{"http://127.0.0.1:9/elsewhere"} }
func unregistered(c *realClient)  { c.ID += "-of-another-name" }

func signing(alg string) func(*realClient) { return func(c *realClient) { c.Signs = alg } }

func demanding(c *realClient) { c.PKCE = true }

// by registers a client that shows its secret in this one way.
func by(method string) func(*realClient) { return func(c *realClient) { c.Method = method } }

// show has Immich show the secret in this way, from the release that has a choice.
func show(method string) func(*oidctest.Settings) {
	return func(s *oidctest.Settings) { s.TokenEndpointAuthMethod = method }
}

const (
	basic = "client_secret_basic"
	post  = "client_secret_post"
)

func wrongSecret(s *oidctest.Settings) { s.ClientSecret = "aSecretThatTheClientNeverHad" }

// keyFile is a file with the API key of Immich's stand-in.
func keyFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte(oidctest.AdminKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
