//go:build e2e && linux

package main

import (
	"context"
	"net/http"
	"net/url"
	"testing"
)

// nodeProvider is npm's oidc-provider. It goes back to the client for
// prompt=none, says in words what it refuses, takes pushed requests, and takes a
// secret in either way.
var nodeProvider = product{
	name: "oidc-provider 9", start: startNodeProvider, web: "ok", sees: []question{webURI, appURI, ofClient, ofSecret, ofMethod},
	cases: []realCase{
		{name: "healthy", releases: eras},
		{name: "healthy, secret known", releases: withSettings, key: true},
		{name: "web URI not registered", releases: []string{v1, v2, v3}, client: withoutWeb, key: true, root: "redirect/registered", ends: authorize, appEnds: works, said: "redirect_uri did not match"},
		{name: "mobile URI not registered", releases: []string{v1Old, v2, v3}, client: withoutApp, key: true, root: "redirect/registered", ends: works, appEnds: authorize, said: "redirect_uri did not match"},
		{name: "no URI of Immich's registered", releases: []string{v3}, client: elsewhereOnly, key: true, root: "redirect/registered", ends: authorize, said: "redirect_uri did not match"},
		{name: "client not registered", releases: []string{v1, v2, v3}, client: unregistered, key: true, root: "client/known", ends: authorize, said: "client is invalid"},
		{name: "wrong secret", releases: []string{v1, v2, v3}, settings: wrongSecret, key: true, root: "client/secret", ends: later, said: "invalid_client"},
		{name: "wrong secret", releases: []string{"v1.132.0"}, settings: wrongSecret, key: true, root: "client/secret", ends: later, said: "Internal Server Error"}, // which says no more
		{name: "wrong secret, not known", releases: []string{v3}, settings: wrongSecret, ends: later, unseen: needsSecret, said: "invalid_client"},
		{name: "secret shown by post to a client of basic", releases: []string{"v1.132.0", v3}, client: by(basic), settings: show(post), key: true},
		{name: "secret shown by basic to a client of post", releases: []string{v3}, client: by(post), settings: show(basic), key: true},
		{name: "PKCE demanded", releases: []string{v1}, set: "pkce", key: true, root: "pkce/accepted", ends: callback, said: "PKCE"},
		{name: "PKCE demanded", releases: []string{"v1.132.0", v2, v3}, set: "pkce", key: true},
	},
}

func startNodeProvider(ctx context.Context, t *testing.T, set string, clients []realClient) *realProvider {
	t.Helper()
	config := providerConfig{PKCE: set == "pkce"}
	for _, c := range clients {
		registered := providerClient{ID: c.ID, Secret: c.Secret, AuthMethod: c.Method, ApplicationType: "native", RedirectURIs: c.Redirects}
		if registered.AuthMethod == "" {
			registered.AuthMethod = post
		}
		config.Clients = append(config.Clients, registered)
	}
	return &realProvider{runningProvider: startProvider(ctx, t, config), signIn: signInAtNodeProvider}
}

// signInAtNodeProvider fills in the login form, and then agrees.
func signInAtNodeProvider(ctx context.Context, b *browser, at string) (callback string, err error) {
	page, err := b.open(ctx, at)
	if err != nil {
		return "", err
	}
	if page.location != "" {
		return page.location, nil
	}
	page, err = b.submit(ctx, page, `value="login"`, url.Values{"login": {person.Login}, "password": {person.Password}})
	if err != nil {
		return "", err
	}
	page, err = b.submit(ctx, page, `value="consent"`, nil)
	if err != nil {
		return "", err
	}
	if page.status != http.StatusSeeOther {
		return "", page.refusal()
	}
	return page.location, nil
}
