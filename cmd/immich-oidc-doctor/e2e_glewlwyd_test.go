//go:build e2e && linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"immich-oidc-doctor/checks/oidctest"
)

// glewlwyd answers prompt=none by going back to the client, and refuses with 403
// and not a word. It wants a nonce, which Immich never sends, but only once
// somebody has signed in: no login comes to an end unless the scope openid is
// left out, and nobody sees that from outside.
var glewlwyd = product{
	name: "Glewlwyd 2.7.5", start: startGlewlwyd, web: "ok", sees: []question{webURI, appURI, ofClient, ofSecret, ofMethod},
	cases: []realCase{
		{name: "healthy, but for the nonce", releases: eras, ends: callback, warns: nonce, said: "nonce+required"},
		{name: "without the scope openid, no nonce is wanted", releases: []string{v3}, set: "non-oidc", settings: withoutOpenID},
		{name: "healthy, but for the nonce, secret known", releases: withSettings, key: true, ends: callback, warns: nonce, said: "nonce+required"},
		{name: "wrong issuer path", releases: []string{v1, v2, v3}, settings: notThere, root: "discovery/document", ends: discovery},
		{name: "issuer without its slash", releases: []string{v2, v3}, set: "slash", settings: withoutSlash, root: "issuer/match", ends: discovery},
		{name: "issuer with its slash", releases: []string{v2, v3}, set: "slash", ends: callback, warns: nonce, said: "nonce+required"},
		{name: "issuer by another name", releases: []string{v2, v3}, settings: byAnotherName, root: "issuer/match", ends: discovery},
		{name: "stopped", releases: []string{v1}, set: stopped, root: "network/reachable", ends: discovery},
		{name: "stopped", releases: []string{v2, v3}, set: stopped, root: "discovery/immich", ends: discovery},
		{name: "stopped, issuer given", releases: []string{v1, v2, v3}, set: stopped, args: giveIssuer, root: "network/reachable", ends: discovery},
		{name: "http refused", releases: []string{v31, v3}, settings: refuseHTTP, root: "issuer/https", ends: discovery},
		{name: "ES256 for RS256", releases: []string{v1, v2, v3}, set: "ecdsa", args: giveAlgorithm("RS256"), root: "keys/algorithm", ends: callback, said: "nonce+required"},
		{name: "ES256 for ES256", releases: []string{v1, v2, v3}, set: "ecdsa", settings: expectES256, args: giveAlgorithm("ES256"), ends: callback, warns: nonce, said: "nonce+required"},
		{name: "HS256 for RS256", releases: []string{v1, v2, v3}, set: "sha", args: giveAlgorithm("RS256"), root: "keys/algorithm", ends: callback, said: "nonce+required"},
		{name: "web URI not registered", releases: []string{v1, v2, v3}, client: withoutWeb, key: true, root: "redirect/registered", hides: []question{ofSecret, ofMethod}, ends: authorize, appEnds: callback},
		{name: "mobile URI not registered", releases: []string{v1, v2, v3}, client: withoutApp, key: true, ends: callback, appEnds: authorize, root: "redirect/registered"},
		{name: "no URI of Immich's registered", releases: []string{v3}, client: elsewhereOnly, key: true, root: "client/known", names: "or none of its redirect URIs is registered", either: ofClient,
			hides: []question{webURI, appURI, ofSecret, ofMethod}, ends: authorize},
		{name: "client not registered", releases: []string{v1, v2, v3}, client: unregistered, key: true, root: "client/known", names: "either it does not know the client", either: ofClient, ends: authorize},
		{name: "wrong secret", releases: []string{v1, v2, v3}, settings: wrongSecret, key: true, root: "client/secret", ends: callback, said: "nonce+required"},
		{name: "secret shown by post to a client of basic", releases: []string{v2, v3}, client: by(basic), settings: show(post), key: true, refused: true, root: "client/secret", names: "or the way of showing it", ends: callback, said: "nonce+required"},
		{name: "secret shown by basic to a client of post", releases: []string{v3}, client: by(post), settings: show(basic), key: true, refused: true, root: "client/secret", names: "as client_secret_basic encodes it", ends: callback, said: "nonce+required"},
		{name: "PKCE demanded", releases: []string{v1}, set: "pkce", root: "authorize/accepted", ends: callback, said: "error=invalid_request"},
		{name: "PKCE not allowed", releases: []string{"v1.132.0"}, set: "no pkce", root: "authorize/accepted", ends: callback, said: "error=invalid_request"},
		{name: "PKCE not allowed", releases: []string{v1, v2, v3}, set: "no pkce", ends: callback, warns: nonce, said: "nonce+required"},
		{name: "PKCE demanded", releases: []string{v2, v3}, set: "pkce", ends: callback, warns: nonce, said: "nonce+required"},
	},
}

// nonce is what is said of it in any case: that it wants one is known of the
// product, and seen by nobody before a login.
var nonce = []string{"authorize/nonce"}

func startGlewlwyd(ctx context.Context, t *testing.T, set string, clients []realClient) *realProvider {
	t.Helper()
	folder := t.TempDir()
	database := filepath.Join(folder, "glewlwyd.db")
	tables, err := os.Open("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3")
	if err != nil {
		t.Fatalf("Glewlwyd is not there; testdata/e2e/install.sh installs it: %v", err)
	}
	defer tables.Close()
	fill := exec.CommandContext(ctx, "sqlite3", database)
	fill.Stdin = tables
	if said, err := fill.CombinedOutput(); err != nil {
		t.Fatalf("filling the database: %v\n%s", err, said)
	}
	port := freePort(t)
	config := filepath.Join(folder, "glewlwyd.conf")
	if err := os.WriteFile(config, fromTemplate(t, "glewlwyd/glewlwyd.conf", map[string]any{"Port": port, "Database": database}), 0o600); err != nil {
		t.Fatal(err)
	}
	p := startProcess(t, exec.Command("glewlwyd", "-c", config), syscall.SIGTERM)
	api := fmt.Sprintf("http://127.0.0.1:%d/api", port)
	admin := newBrowser(nil, "")
	if err := p.ready(ctx, admin.c, strings.TrimSuffix(api, "/api")+"/config"); err != nil {
		t.Fatalf("Glewlwyd: %v", err)
	}
	issuer := provisionGlewlwyd(ctx, t, admin, api, set, clients)
	if err := p.ready(ctx, admin.c, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration"); err != nil {
		t.Fatalf("Glewlwyd: %v", err)
	}
	return &realProvider{runningProvider: &runningProvider{Issuer: issuer, stop: p.stop}, signIn: signInAtGlewlwyd}
}

// nextPort is below those that the system gives to connections, so that none
// takes it in the meantime.
var nextPort = func() *atomic.Int32 {
	p := new(atomic.Int32)
	p.Store(20000 + rand.Int32N(10000))
	return p
}()

// freePort is one that nobody listens on. Glewlwyd does not take 0.
func freePort(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := int(nextPort.Add(1))
		if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no free port")
	return 0
}

// provisionGlewlwyd makes the provider, its scopes, its clients and one person,
// and returns the issuer.
func provisionGlewlwyd(ctx context.Context, t *testing.T, admin *browser, api, set string, clients []realClient) string {
	t.Helper()
	post := func(what string, body any) {
		if err := tell(ctx, admin, http.MethodPost, api+what, body); err != nil {
			t.Fatalf("provisioning Glewlwyd: %v", err)
		}
	}
	post("/auth/", map[string]any{"username": "admin", "password": "password"})
	plugin, issuer := glewlwydPlugin(t, api+"/oidc", set)
	post("/mod/plugin/", plugin)
	for _, scope := range []string{"profile", "email"} {
		post("/scope/", map[string]any{"name": scope, "display_name": scope, "password_required": true, "password_max_age": 0})
	}
	for _, c := range clients {
		methods := []string{"client_secret_post", "client_secret_basic"}
		if c.Method != "" {
			methods = []string{c.Method}
		}
		post("/client/", map[string]any{"client_id": c.ID, "name": c.ID, "client_secret": c.Secret, "confidential": true, "enabled": true,
			"redirect_uri": c.Redirects, "authorization_type": []string{"code"}, "token_endpoint_auth_method": methods, "scope": []string{}})
	}
	post("/user/", map[string]any{"username": person.Login, "name": person.Name, "email": person.Email, "password": person.Password, "enabled": true,
		"scope": []string{"openid", "profile", "email", "g_profile"}})
	return issuer
}

// glewlwydPlugin is the provider as Glewlwyd's API takes it, and its issuer.
func glewlwydPlugin(t *testing.T, issuer, set string) (plugin map[string]any, named string) {
	t.Helper()
	if err := json.Unmarshal(fromTemplate(t, "glewlwyd/plugin.json", nil), &plugin); err != nil {
		t.Fatal(err)
	}
	with := plugin["parameters"].(map[string]any)
	with["jwt-type"] = "rsa"
	with["key"], with["cert"] = pemPair(t, rsaKey())
	switch set {
	case "slash":
		issuer += "/"
	case "ecdsa":
		with["jwt-type"] = "ecdsa"
		with["key"], with["cert"] = pemPair(t, newKey(t))
	case "sha":
		with["jwt-type"], with["key"] = "sha", "a key that only the end-to-end tests know"
		delete(with, "cert")
	case "pkce":
		with["pkce-required"] = true
	case "no pkce":
		with["pkce-allowed"] = false
	case "non-oidc":
		with["allow-non-oidc"] = true
	}
	with["iss"] = issuer
	return plugin, issuer
}

func withoutOpenID(s *oidctest.Settings) { s.Scope = "email profile" }

// tell sends body to Glewlwyd's API, which says little.
func tell(ctx context.Context, b *browser, method, at string, body any) error {
	status, said, err := b.send(ctx, method, at, body)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("%s %s answers %d %s", method, at, status, said)
	}
	return err
}

// signInAtGlewlwyd does what the script of the login page does.
func signInAtGlewlwyd(ctx context.Context, b *browser, at string) (callback string, err error) {
	page, err := b.open(ctx, at)
	if err != nil {
		return "", err
	}
	if page.location != "" {
		return page.location, nil
	}
	login := page.at.Query()
	if !login.Has("callback_url") {
		return "", page.refusal()
	}
	api := page.at.Scheme + "://" + page.at.Host + "/api/auth/"
	if err := tell(ctx, b, http.MethodPost, api, map[string]string{"username": person.Login, "password": person.Password}); err != nil {
		return "", err
	}
	grant := map[string]string{"scope": login.Get("scope")}
	if err := tell(ctx, b, http.MethodPut, api+"grant/"+url.PathEscape(login.Get("client_id")), grant); err != nil {
		return "", err
	}
	page, err = b.open(ctx, login.Get("callback_url")+"&g_continue")
	if err != nil {
		return "", err
	}
	if page.location == "" {
		return "", page.refusal()
	}
	return page.location, nil
}
