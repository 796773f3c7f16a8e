//go:build e2e && linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"immich-oidc-doctor/checks/oidctest"
)

// lemonldap shows its login page whatever it is asked; what is wrong with the
// request it says after the login.
var lemonldap = product{
	name: "LemonLDAP::NG 2.16.1", start: startLemonLDAP, web: "unknown", sees: []question{ofSecret, ofMethod},
	cases: []realCase{
		{name: "healthy", releases: eras},
		{name: "healthy, secret known", releases: withSettings, key: true},
		{name: "wrong issuer path", releases: []string{v1, v2, v3}, settings: notThere, root: "discovery/document", ends: discovery},
		{name: "issuer with its slash", releases: []string{v1, v2, v3}, set: "slash"},
		{name: "issuer without its slash", releases: []string{v1, v2, v3}, set: "slash", settings: withoutSlash},
		{name: "issuer by another name", releases: []string{v2, v3}, settings: byAddress, root: "issuer/match", ends: discovery},
		{name: "stopped", releases: []string{v1}, set: stopped, root: "network/reachable", ends: discovery},
		{name: "stopped", releases: []string{v2, v3}, set: stopped, root: "discovery/immich", ends: discovery},
		{name: "stopped, issuer given", releases: []string{v1, v2, v3}, set: stopped, args: giveIssuer, root: "network/reachable", ends: discovery},
		{name: "http refused", releases: []string{v31, v3}, settings: refuseHTTP, root: "issuer/https", ends: discovery},
		{name: "no key", releases: []string{v1}, set: "no key", args: giveAlgorithm("RS256"), root: "keys/usable", ends: later, said: "server_error"},
		{name: "no key", releases: []string{v2}, set: "no key", args: giveAlgorithm("RS256"), warns: []string{"keys/algorithm"}, ends: later, said: "Internal Server Error"},
		{name: "no key", releases: []string{v3}, set: "no key", args: giveAlgorithm("RS256"), warns: []string{"keys/usable", "keys/algorithm"}, ends: later, said: "Internal Server Error"},
		{name: "ES256 in Immich, given", releases: []string{v1, v2, v3}, settings: expectES256, args: giveAlgorithm("ES256"), root: "keys/algorithm", ends: later, said: "JWT"},
		{name: "client signs HS512", releases: []string{v1, v2, v3}, client: signing("HS512"), ends: later, unseen: "it is the client's", said: "JWT"},
		{name: "secret with spaces", releases: []string{v1}, client: spaced, settings: withSpaces, ends: later, unseen: needsSecret, said: "invalid_client"},
		{name: "secret with spaces, known", releases: []string{v1}, client: spaced, settings: withSpaces, key: true, refused: true, root: "client/secret", either: ofSecret, names: "as client_secret_basic encodes it", ends: later, said: "invalid_client"},
		{name: "web URI not registered", releases: []string{v1, v2, v3}, client: withoutWeb, key: true, ends: authorize, appEnds: works, unseen: afterLogin, said: "after the login"},
		{name: "mobile URI not registered", releases: []string{v1, v2, v3}, client: withoutApp, key: true, ends: works, appEnds: authorize, unseen: afterLogin, said: "after the login"},
		{name: "wrong secret", releases: []string{v1, v2, v3}, settings: wrongSecret, key: true, root: "client/secret", either: ofSecret, ends: later, said: "invalid_client"},
		{name: "wrong secret, not known", releases: []string{v3}, settings: wrongSecret, ends: later, unseen: needsSecret, said: "invalid_client"},
		{name: "ID with a dash, shown by basic", releases: []string{v3}, settings: show(basic), key: true, refused: true, root: "client/secret", either: ofSecret, names: "as client_secret_basic encodes it", ends: later, said: "Failed to finish"},
		{name: "ID without a dash, shown by basic", releases: []string{v3}, client: dashless, settings: withoutDash, key: true},
		{name: "PKCE demanded", releases: []string{v1}, client: demanding, key: true, ends: callback, unseen: afterLogin, said: "Code+challenge+is+required"},
		{name: "PKCE demanded", releases: []string{v2, v3}, client: demanding, key: true},
		{name: "no URI of Immich's registered", releases: []string{v3}, client: elsewhereOnly, key: true, unseen: afterLogin, ends: authorize, said: "after the login"},
		{name: "client not registered", releases: []string{v1, v2, v3}, client: unregistered, key: true, root: "client/secret", either: ofSecret, names: "client ID or its secret", ends: authorize, said: "after the login"},
	},
}

const afterLogin = "it is refused after the login"

// spacedSecret is not taken by LemonLDAP::NG from the releases that send it by
// HTTP Basic and encode it as RFC 6749 section 2.3.1 says.
const spacedSecret = "a secret with spaces"

func spaced(c *realClient)            { c.Secret = spacedSecret }
func withSpaces(s *oidctest.Settings) { s.ClientSecret = spacedSecret }

// dashless is a client whose ID needs no encoding. From 1.132 on Immich encodes
// for HTTP Basic all but letters and digits, a dash too.
func dashless(c *realClient) { c.ID = strings.ReplaceAll(c.ID, "-", "") }
func withoutDash(s *oidctest.Settings) {
	show(basic)(s)
	s.ClientID = strings.ReplaceAll(s.ClientID, "-", "")
}

// lemonldapHost resolves nowhere but in browsers.
const lemonldapHost = "auth.llng.localhost"

func startLemonLDAP(ctx context.Context, t *testing.T, set string, clients []realClient) *realProvider {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	socket, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	issuer := "http://" + strings.Replace(addr, "127.0.0.1", lemonldapHost, 1)
	if set == "slash" {
		issuer += "/"
	}
	psgi, err := filepath.Abs("../../testdata/e2e/lemonldap/portal.psgi")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("starman", "--workers", "3", "--disable-keepalive", "--preload-app", psgi)
	cmd.ExtraFiles = []*os.File{socket} // it takes over what listens there, as from start_server
	cmd.Env = append(os.Environ(), "SERVER_STARTER_PORT="+addr+"=3", "LLNG_DEFAULTCONFFILE="+lemonldapFolder(t, issuer, set, clients))
	p := startProcess(t, cmd, syscall.SIGQUIT)
	socket.Close()
	l.Close()
	served := &realProvider{runningProvider: &runningProvider{Issuer: issuer, stop: p.stop}, signIn: signInAtLemonLDAP}
	served.flags = []string{"--resolve", lemonldapHost + ":127.0.0.1"}
	served.dial = func(ctx context.Context, network, to string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, strings.Replace(to, lemonldapHost, "127.0.0.1", 1))
	}
	if err := p.ready(ctx, newBrowser(served.dial, "").c, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration"); err != nil {
		t.Fatalf("LemonLDAP::NG: %v", err)
	}
	return served
}

// lemonldapFolder writes the configuration and returns the file to begin with.
func lemonldapFolder(t *testing.T, issuer, set string, clients []realClient) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"cache", "sessions/lock", "psessions/lock"} {
		if err := os.MkdirAll(filepath.Join(folder, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	with := map[string]any{"Folder": folder}
	var config map[string]any
	if err := json.Unmarshal(fromTemplate(t, "lemonldap/lmConf.json", with), &config); err != nil {
		t.Fatal(err)
	}
	config["portal"] = issuer
	if set != "no key" {
		config["oidcServicePrivateKeySig"], config["oidcServicePublicKeySig"] = pemPair(t, rsaKey())
	}
	options, claims := map[string]any{}, map[string]any{}
	for _, c := range clients {
		options[c.ID] = map[string]any{
			"oidcRPMetaDataOptionsClientID": c.ID, "oidcRPMetaDataOptionsClientSecret": c.Secret, "oidcRPMetaDataOptionsDisplayName": c.ID,
			"oidcRPMetaDataOptionsRedirectUris":   strings.Join(c.Redirects, " "),
			"oidcRPMetaDataOptionsIDTokenSignAlg": c.Signs, "oidcRPMetaDataOptionsBypassConsent": 1,
		}
		if c.PKCE {
			options[c.ID].(map[string]any)["oidcRPMetaDataOptionsRequirePKCE"] = 1
		}
		claims[c.ID] = map[string]any{"email": "mail", "name": "cn", "preferred_username": "uid"}
	}
	config["oidcRPMetaDataOptions"], config["oidcRPMetaDataExportedVars"] = options, claims
	raw, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	first := filepath.Join(folder, "lemonldap-ng.ini")
	for name, bytes := range map[string][]byte{filepath.Join(folder, "lmConf-1.json"): raw, first: fromTemplate(t, "lemonldap/lemonldap-ng.ini", with)} {
		if err := os.WriteFile(name, bytes, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return first
}

// byAddress is the same portal by its address.
func byAddress(s *oidctest.Settings) {
	s.IssuerURL = strings.Replace(s.IssuerURL, lemonldapHost, "127.0.0.1", 1)
}

// signInAtLemonLDAP fills in the one form. Its Demo backend knows the people of
// a television series, whose passwords are their names.
func signInAtLemonLDAP(ctx context.Context, b *browser, at string) (callback string, err error) {
	page, err := b.open(ctx, at)
	if err != nil {
		return "", err
	}
	page, err = b.submit(ctx, page, `id="lform"`, url.Values{"user": {"dwho"}, "password": {"dwho"}})
	if err != nil {
		return "", err
	}
	if page.location == "" {
		return "", fmt.Errorf("after the login: %w", page.refusal())
	}
	if page.status != http.StatusFound && page.status != http.StatusSeeOther {
		return "", page.refusal()
	}
	return page.location, nil
}
