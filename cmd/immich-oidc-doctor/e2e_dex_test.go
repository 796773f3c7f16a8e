//go:build e2e && linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// dex 2.13 is from 2018: no PKCE, no userinfo endpoint, prompt=none without
// effect, but it goes back with what it has against a response type; it says in
// words what it refuses.
var dex = product{
	name: "Dex 2.13", start: startDex, web: "ok", sees: []question{ofClient, webURI, appURI, ofSecret, ofMethod},
	cases: []realCase{
		{name: "healthy", releases: eras26},
		{name: "healthy, secret known", releases: eras26, key: true},
		{name: "no userinfo endpoint", releases: []string{v1Old, v1, "v1.132.0", "v1.135.0", "v2.5.6"}, root: "discovery/endpoints", ends: later, said: "userinfo_endpoint"},
		{name: "wrong issuer path", releases: []string{v1, v2, v3}, settings: notThere, root: "discovery/document", ends: discovery},
		{name: "issuer without its slash", releases: []string{v2, v3}, set: "slash", settings: withoutSlash, root: "issuer/match", ends: discovery},
		{name: "issuer with its slash", releases: []string{v2, v3}, set: "slash"},
		{name: "issuer with a slash too many", releases: []string{v2, v3}, settings: withSlash, root: "issuer/match", ends: discovery},
		{name: "issuer by another name", releases: []string{v2, v3}, settings: byAnotherName, root: "issuer/match", ends: discovery},
		{name: "stopped", releases: []string{v1}, set: stopped, root: "network/reachable", ends: discovery},
		{name: "stopped", releases: []string{v2, v3}, set: stopped, root: "discovery/immich", ends: discovery},
		{name: "stopped, issuer given", releases: []string{v1, v2, v3}, set: stopped, args: giveIssuer, root: "network/reachable", ends: discovery},
		{name: "http refused", releases: []string{v31, v3}, settings: refuseHTTP, root: "issuer/https", ends: discovery},
		{name: "http not refused", releases: []string{v2}, settings: refuseHTTP},
		{name: "ES256 in Immich, given", releases: []string{v2, v3}, settings: expectES256, args: giveAlgorithm("ES256"), root: "keys/algorithm", ends: later, said: "JWT"},
		{name: "ES256 in Immich, not given", releases: []string{v2, v3}, settings: expectES256, ends: later, unseen: needsSetting, said: "JWT"},
		{name: "web URI not registered", releases: []string{v2, v31, v3}, client: withoutWeb, key: true, root: "redirect/registered", ends: authorize, appEnds: works, said: "Unregistered redirect_uri"},
		{name: "mobile URI not registered", releases: []string{v2, v31, v3}, client: withoutApp, key: true, root: "redirect/registered", ends: works, appEnds: authorize, said: "Unregistered redirect_uri"},
		{name: "no URI of Immich's registered", releases: []string{v3}, client: elsewhereOnly, key: true, root: "redirect/registered", ends: authorize, said: "Unregistered redirect_uri"},
		{name: "client not registered", releases: []string{v2, v3}, client: unregistered, key: true, root: "client/known", ends: authorize, said: "Invalid client_id"},
		{name: "wrong secret", releases: []string{v2, v31, v3}, settings: wrongSecret, key: true, root: "client/secret", ends: later, said: "invalid_client"},
		{name: "wrong secret, not known", releases: []string{v3}, settings: wrongSecret, ends: later, unseen: needsSecret, said: "invalid_client"},
		{name: "secret shown by basic", releases: []string{v3}, settings: show(basic), key: true},
	},
}

const dexFolder = "../../testdata/e2e/dex"

// buildDex returns the program, which is in Go's build cache, and the folder of
// Dex's pages, which is in its module cache.
var buildDex = sync.OnceValue(func() (built struct {
	program, web string
	err          error
}) {
	if built.program, built.err = goSays("tool", "-n", "dex"); built.err != nil {
		return built
	}
	built.web, built.err = goSays("list", "-m", "-f", "{{.Dir}}/web", "github.com/dexidp/dex")
	return built
})

// goSays is what a go command prints in the folder of Dex's module.
func goSays(args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dexFolder
	var talk bytes.Buffer
	cmd.Stderr = &talk
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, &talk)
	}
	return strings.TrimSpace(string(out)), nil
}

func startDex(ctx context.Context, t *testing.T, set string, clients []realClient) *realProvider {
	t.Helper()
	built := buildDex()
	if built.err != nil {
		t.Fatalf("building Dex: %v", built.err)
	}
	config := map[string]any{"issuerPath": "/dex", "web": built.web, "email": person.Email, "password": person.Password}
	if set == "slash" {
		config["issuerPath"] = "/dex/"
	}
	var registered []map[string]any
	for _, c := range clients {
		registered = append(registered, map[string]any{"id": c.ID, "secret": c.Secret, "redirectURIs": c.Redirects, "name": c.ID})
	}
	config["clients"] = registered
	ctx, cancel := context.WithCancel(ctx)
	return &realProvider{runningProvider: converse(t, exec.CommandContext(ctx, built.program), cancel, config), signIn: signInAtDex}
}

// signInAtDex fills in the login form, and then agrees.
func signInAtDex(ctx context.Context, b *browser, at string) (callback string, err error) {
	page, err := b.open(ctx, at)
	if err != nil {
		return "", err
	}
	page, err = b.submit(ctx, page, "", url.Values{"login": {person.Email}, "password": {person.Password}})
	if err != nil {
		return "", err
	}
	page, err = b.submit(ctx, page, `value="approve"`, nil)
	if err != nil {
		return "", err
	}
	if page.status != http.StatusSeeOther {
		return "", page.refusal()
	}
	return page.location, nil
}
