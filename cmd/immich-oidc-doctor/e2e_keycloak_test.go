//go:build e2e && linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// keycloak goes back to the client for prompt=none and says in words what it
// refuses. It takes a secret in either way.
var keycloak = product{
	name: "Keycloak 26.0.7", start: startKeycloak, web: "ok", sees: []question{webURI, appURI, ofClient, ofSecret, ofMethod},
	cases: []realCase{
		{name: "healthy", releases: eras},
		{name: "healthy, secret known", releases: withSettings, key: true},
		{name: "wrong issuer path", releases: []string{v1, v2, v3}, settings: notThere, root: "discovery/document", ends: discovery},
		{name: "issuer with a slash too many", releases: []string{v2, v3}, settings: withSlash, root: "issuer/match", ends: discovery},
		{name: "issuer with a slash too many", releases: []string{v1}, settings: withSlash},
		{name: "issuer by another name", releases: []string{v2, v3}, settings: byAnotherName, root: "issuer/match", ends: discovery},
		{name: "http refused", releases: []string{v31, v3}, settings: refuseHTTP, root: "issuer/https", ends: discovery},
		{name: "ES256 in Immich and at the client", releases: []string{v1, v2, v3}, settings: expectES256, client: signing("ES256"), key: true},
		{name: "ES256 in Immich", releases: []string{v1, v2, v3}, settings: expectES256, key: true, ends: later, unseen: "it is the client's", said: "JWT"},
		{name: "client signs ES256", releases: []string{v1, v2, v3}, client: signing("ES256"), key: true, ends: later, unseen: "it is the client's", said: "JWT"},
		{name: "web URI not registered", releases: []string{v1, v2, v3}, client: withoutWeb, key: true, root: "redirect/registered", ends: authorize, appEnds: works, said: "Invalid parameter: redirect_uri"},
		{name: "mobile URI not registered", releases: []string{v1Old, v2, v3}, client: withoutApp, key: true, root: "redirect/registered", ends: works, appEnds: authorize, said: "Invalid parameter: redirect_uri"},
		{name: "no URI of Immich's registered", releases: []string{v3}, client: elsewhereOnly, key: true, root: "redirect/registered", ends: authorize, said: "Invalid parameter: redirect_uri"},
		{name: "client not registered", releases: []string{v1, v2, v3}, client: unregistered, key: true, root: "client/known", ends: authorize, said: "Client not found"},
		{name: "wrong secret", releases: []string{v1, v2, v3}, settings: wrongSecret, key: true, root: "client/secret", ends: later, said: "unauthorized_client"},
		{name: "wrong secret", releases: []string{"v1.132.0"}, settings: wrongSecret, key: true, root: "client/secret", ends: later, said: "Internal Server Error"}, // which says no more
		{name: "wrong secret, not known", releases: []string{v3}, settings: wrongSecret, ends: later, unseen: needsSecret, said: "unauthorized_client"},
		{name: "secret shown by post", releases: []string{v3}, settings: show(post), key: true},
		{name: "secret shown by basic", releases: []string{v3}, settings: show(basic), key: true},
		{name: "PKCE demanded", releases: []string{v1}, client: demanding, key: true, root: "pkce/accepted", ends: callback, said: "code_challenge_method"},
		{name: "PKCE demanded", releases: []string{"v1.132.0", v2, v3}, client: demanding, key: true},
	},
}

const needsSecret = "Immich tells only administrators its secret"

const keycloakFolder = "../../testdata/e2e/keycloak/dist"

// keycloakMissing is why Keycloak cannot be had here; empty if it can.
func keycloakMissing() string {
	if _, err := exec.LookPath("java"); err != nil {
		return "there is no java here"
	}
	if installed, _ := filepath.Glob(filepath.Join(keycloakFolder, "*.installed")); installed == nil {
		return "it is not installed; testdata/e2e/keycloak/install.sh does that where java and mvn are"
	}
	return ""
}

// startKeycloak runs it with a database in memory, and all its files but the
// installed ones in a folder of the test.
func startKeycloak(ctx context.Context, t *testing.T, _ string, clients []realClient) *realProvider {
	t.Helper()
	installed, err := filepath.Abs(filepath.Join(keycloakFolder, "keycloak"))
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	for _, name := range []string{"tmp", "data/import"} {
		if err := os.MkdirAll(filepath.Join(home, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"lib", "conf", "providers", "themes"} {
		if err := os.Symlink(filepath.Join(installed, name), filepath.Join(home, name)); err != nil {
			t.Fatal(err)
		}
	}
	realm, err := json.Marshal(keycloakRealm(clients))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "data/import/e2e.json"), realm, 0o600); err != nil {
		t.Fatal(err)
	}
	base := fmt.Sprintf("http://127.0.0.1:%d", freePort(t))
	cmd := exec.Command("sh", filepath.Join(installed, "bin/kc.sh"), "start", "--optimized", "--import-realm", "-Dkc.home.dir="+home, "--cache=local",
		"--http-enabled=true", "--http-host=127.0.0.1", "--http-port="+(base[strings.LastIndex(base, ":")+1:]), "--hostname="+base)
	// It does not run for long: what makes it fast later only makes it slow to start.
	cmd.Env = append(os.Environ(), "JAVA_OPTS=-Xms64m -Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Djava.io.tmpdir="+filepath.Join(home, "tmp"))
	p := startProcess(t, cmd, syscall.SIGTERM)
	issuer := base + "/realms/e2e"
	if err := p.ready(ctx, newBrowser(nil, "").c, issuer+"/.well-known/openid-configuration"); err != nil {
		t.Fatalf("Keycloak: %v", err)
	}
	return &realProvider{runningProvider: &runningProvider{Issuer: issuer, stop: p.stop}, signIn: signInAtKeycloak}
}

// keycloakRealm is a realm as Keycloak exports and imports it, with its clients,
// one person, and a key of each kind that the cases need.
func keycloakRealm(clients []realClient) map[string]any {
	key := func(made string, with map[string][]string) map[string]any {
		return map[string]any{"name": made, "providerId": made, "config": with}
	}
	realm := map[string]any{
		"realm": "e2e", "enabled": true, "sslRequired": "external",
		"users": []any{map[string]any{
			"username": person.Login, "enabled": true, "email": person.Email, "emailVerified": true, "firstName": "End", "lastName": "To End",
			"credentials": []any{map[string]any{"type": "password", "value": person.Password}},
		}},
		"components": map[string]any{"org.keycloak.keys.KeyProvider": []any{
			key("rsa-generated", map[string][]string{"priority": {"100"}}),
			key("ecdsa-generated", map[string][]string{"priority": {"100"}, "ecdsaEllipticCurveKey": {"P-256"}}),
			key("hmac-generated", map[string][]string{"priority": {"100"}, "algorithm": {"HS512"}}),
			key("aes-generated", map[string][]string{"priority": {"100"}}),
		}},
	}
	var registered []any
	for i, c := range clients {
		attributes := map[string]string{"id.token.signed.response.alg": c.Signs}
		if c.PKCE {
			attributes["pkce.code.challenge.method"] = "S256"
		}
		registered = append(registered, map[string]any{
			"clientId": c.ID, "secret": c.Secret, "enabled": true, "publicClient": false, "standardFlowEnabled": true,
			"redirectUris": c.Redirects, "attributes": attributes, "consentRequired": i%2 == 0,
		})
	}
	realm["clients"] = registered
	return realm
}

// signInAtKeycloak fills in the login form, and then agrees where the client
// wants that.
func signInAtKeycloak(ctx context.Context, b *browser, at string) (callback string, err error) {
	page, err := b.open(ctx, at)
	if err != nil {
		return "", err
	}
	if page.location != "" {
		return page.location, nil
	}
	page, err = b.submit(ctx, page, `id="kc-form-login"`, url.Values{"username": {person.Login}, "password": {person.Password}})
	if err != nil {
		return "", err
	}
	if page.location == "" && strings.Contains(page.body, `name="accept"`) {
		if page, err = b.submit(ctx, page, `name="accept"`, url.Values{"accept": {"Yes"}}); err != nil {
			return "", err
		}
	}
	if page.location == "" || page.status != http.StatusFound {
		return "", page.refusal()
	}
	return page.location, nil
}
