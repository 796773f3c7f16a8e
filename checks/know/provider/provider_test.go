package provider

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

func TestTheNameAndTheIssuersOfAnEndpoint(t *testing.T) {
	for _, c := range []struct{ endpoint, name, issuers string }{
		{"https://id.example/realms/home/protocol/openid-connect/auth", "Keycloak", "https://id.example/realms/home"},
		{"https://id.example/auth/realms/home/protocol/openid-connect/auth", "Keycloak", "https://id.example/auth/realms/home"},
		{"https://auth.example/api/oidc/authorization", "Authelia", "https://auth.example"},
		{"https://id.example/application/o/authorize/", "Authentik", "https://id.example/application/o (guess)"},
		{"https://idm.example/ui/oauth2", "Kanidm", "https://idm.example/oauth2/openid/immich"},
		{"https://accounts.google.com/o/oauth2/v2/auth", "Google", "https://accounts.google.com"},
		{"https://login.microsoftonline.com/t1/oauth2/v2.0/authorize", "Microsoft Entra ID", "https://login.microsoftonline.com/t1/v2.0"},
		{"https://z.example/oauth/v2/authorize", "Zitadel", "https://z.example"},
		{"https://git.example/login/oauth/authorize", "Gitea or Casdoor", "https://git.example (guess)"},
		{"https://op.example/dex/auth", "", "https://op.example/dex"},
		{"http://127.0.0.1:9400/auth", "", "http://127.0.0.1:9400"},
		{"https://pocket.example/authorize", "", "https://pocket.example"},
		{"not a url", "", ""},
	} {
		p, _ := Of(c.endpoint)
		var first string
		for _, i := range Issuers(c.endpoint, "immich") {
			if first == "" {
				first = i.Issuer
				if i.Guess {
					first += " (guess)"
				}
			}
		}
		if p.Name != c.name || first != c.issuers {
			t.Errorf("%s: want %q %s, got %q %s", c.endpoint, c.name, c.issuers, p.Name, first)
		}
	}
}

func TestNoMoreThanFourIssuersAreTried(t *testing.T) {
	if got := Issuers("https://h/a/b/c/d/e/f", ""); len(got) != 4 {
		t.Errorf("got %v", got)
	}
}

func TestRowsAreWellFormed(t *testing.T) {
	for _, p := range Providers {
		if _, err := regexp.Compile(p.Path); err != nil || p.Name == "" {
			t.Errorf("%s: %v", p.Name, err)
		}
		if p.Remedy.Snippet != "" && strings.Contains(fmt.Sprintf(p.Remedy.Snippet, "x"), "%!") {
			t.Errorf("%s: the snippet takes one redirect URI", p.Name)
		}
	}
}
