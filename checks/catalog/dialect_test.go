package catalog

import (
	"testing"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

// knowing is facts of one authorization endpoint and a document with that and
// another address.
func knowing(endpoint, token, keys secret.URI) *facts.Facts {
	here := facts.Provenance{Vantage: facts.ByProvider}
	return &facts.Facts{
		Authorize: facts.Is(facts.AuthorizeLog{Tries: []facts.AuthorizeTry{{Endpoint: facts.Says(endpoint, here)}}}),
		Discovery: facts.Is(facts.DiscoveryDoc{TokenEndpoint: facts.Says(token, here), JWKSURI: facts.Says(keys, here), UserinfoEndpoint: facts.Says(secret.URI("https://op.example/login/oauth/userinfo"), here)}),
	}
}

func TestRemediesSpeakTheDialectOfTheProvider(t *testing.T) {
	t.Parallel()
	callback := secret.Textf("%s", secret.URI("https://photos.example/auth/login"))
	for _, c := range []struct {
		name, where, snippet string
		changed              bool
		f                    *facts.Facts
		kind                 provider.Kind
	}{
		{"a file", "Authelia: configuration.yml: identity_providers.oidc.clients[].redirect_uris", "- 'https://photos.example/auth/login'", true,
			knowing("https://auth.example/api/oidc/authorization", "", ""), provider.Redirects},
		{"a page, into which the value itself is pasted", "Keycloak: Clients > (the client) > Settings > Valid redirect URIs", "own", true,
			knowing("https://id.example/realms/home/protocol/openid-connect/auth", "", ""), provider.Redirects},
		{"a product that the document tells", "Gitea or Forgejo: Settings > Applications > (the OAuth2 application) > Redirect URIs, one on each line", "own", true,
			knowing("https://op.example/login/oauth/authorize", "https://op.example/login/oauth/access_token", "https://op.example/login/oauth/keys"), provider.Redirects},
		{"a product without such a setting", "Gitea or Forgejo has no setting for it: it takes either way", "own", false,
			knowing("https://op.example/login/oauth/authorize", "https://op.example/login/oauth/access_token", "https://op.example/login/oauth/keys"), provider.Method},
		{"words that nobody has checked", "Google (not checked): Google Cloud console > APIs & Services > Credentials > (the client) > Authorized redirect URIs", "own", true,
			knowing("https://accounts.google.com/o/oauth2/v2/auth", "", ""), provider.Redirects},
		{"a shape that several products have", "own", "own", true,
			knowing("https://op.example/login/oauth/authorize", "https://op.example/token", ""), provider.Redirects},
		{"nothing known", "own", "own", true, new(facts.Facts), provider.Redirects},
	} {
		fix := checks.Remedy{Where: secret.Textf("own"), Snippet: secret.Textf("own")}
		changed := inDialect(c.f, c.kind, callback, &fix)
		if fix.Where.String() != c.where || fix.Snippet.String() != c.snippet || changed != c.changed {
			t.Errorf("%s: want %q, %q, %t; got %q, %q, %t", c.name, c.where, c.snippet, c.changed, fix.Where, fix.Snippet, changed)
		}
	}
}

func TestWhereTheAppsAddressIsRefusedTheOverrideIsTheRemedy(t *testing.T) {
	t.Parallel()
	try := facts.RedirectTry{Redirect: "app.immich:///oauth-callback"}
	for endpoint, want := range map[secret.URI]int{
		"https://accounts.google.com/o/oauth2/v2/auth":                                   1,
		"https://team.cloudflareaccess.com/cdn-cgi/access/sso/oidc/immich/authorization": 2, // a hypothesis
		"https://id.example/realms/home/protocol/openid-connect/auth":                    2,
	} {
		f := knowing(endpoint, "", "")
		f.Origins = facts.Is(facts.OriginList{})
		if got := registerIt(f, try); len(got) != want {
			t.Errorf("%s: want %d remedies, got %v", endpoint, want, got)
		}
	}
}
