package checktest

import (
	"strings"
	"testing"

	"immich-oidc-doctor/checks/facts"
)

func base(t *testing.T) Base {
	t.Helper()
	b, err := ReadBase("../../testdata/checks/healthy.json")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWhatAPatchChanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, patch, release string
		see                  func(f *facts.Facts) any
		want                 any
	}{
		{"a part has another value from the same place", `{"server":{"oauth":false}}`, "", func(f *facts.Facts) any { return f.Server.Get().OAuth.Claims[0] },
			facts.Claim[bool]{Value: false, From: facts.Provenance{Vantage: facts.ByImmich, Ref: "server.features.1"}}},
		{"a part is not there", `{"discovery":{"issuer":null}}`, "", func(f *facts.Facts) any { return f.Discovery.Get().Issuer.Why.String() }, "not there (no member issuer)"},
		{"a list is not there", `{"discovery":{"code_challenge_methods_supported":null}}`, "", func(f *facts.Facts) any { return f.Discovery.Get().PKCEMethods.Is() }, false},
		{"a list has other values", `{"discovery":{"code_challenge_methods_supported":["plain"]}}`, "", func(f *facts.Facts) any { return f.Discovery.Get().PKCEMethods.Has("plain") }, true},
		{"a setting is given", `{"settings":{"signingAlgorithm":"ES256"}}`, "", func(f *facts.Facts) any { return f.Settings.Get().SigningAlgorithm.Claims[0].From.Vantage }, facts.Written},
		{"a fact is unknown", `{"network":"no time left"}`, "", func(f *facts.Facts) any { return f.Why(facts.Network).Reason }, facts.NoTime},
		{"a journey is reached by its name", `{"authorize":{"tries":{"mobile":{"redirectUri":"x:/"}}}}`, "", func(f *facts.Facts) any { return string(f.Authorize.Get().Tries[2].RedirectURI.Get()) }, "x:/"},
		{"an element is taken out by its number", `{"network":{"addresses":{"1":null}}}`, "", func(f *facts.Facts) any { return len(f.Network.Get().Addresses) }, 1},
		{"a release has its own app", `{}`, "v1.112.1", func(f *facts.Facts) any { return string(f.Authorize.Get().Tries[2].Redirect) }, "app.immich:/"},
		{"a release has its own PKCE", `{"discovery":{"code_challenge_methods_supported":null}}`, "v1.135.0", func(f *facts.Facts) any { return string(f.Authorize.Get().Tries[0].CodeChallenge.Get()) }, "empty"},
		{"a release candidate is its release", `{}`, "v1.40.0-rc.1", func(f *facts.Facts) any { return len(f.Authorize.Get().Tries) }, 3},
		{"an early release links no accounts", `{}`, "v1.39.0", func(f *facts.Facts) any { return len(f.Redirects.Get().Tries) }, 2},
		{"a guess is a default", `{"issuer":"guessed"}`, "", func(f *facts.Facts) any { return f.Keys.Get().From[0].Vantage }, facts.Default},
		{"a refusal ends the probes", `{"refused":"Error in OAuth discovery: x"}`, "", func(f *facts.Facts) any { return f.Redirects.Get().Tries[0].Provider.Made() }, false},
		{"a refusal hides a provider that nobody gave", `{"issuer":"inferred","refused":"x"}`, "", func(f *facts.Facts) any { return f.Why(facts.Keys).Reason }, facts.NotAsked},
	} {
		f, err := base(t).Facts([]byte(c.patch), c.release)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if got := c.see(f); got != c.want {
			t.Errorf("%s: want %v, got %v", c.name, c.want, got)
		}
	}
}

func TestAPatchMustNotMisspell(t *testing.T) {
	t.Parallel()
	for patch, want := range map[string]string{
		`{"severs":{}}`:                                   `"severs" is neither a fact nor a short form`,
		`{"server":{"ask":{"state":302}}}`:                ".server.value.ask.state: facts have no place for 302",
		`{"authorize":{"tries":{"desktop":{}}}}`:          "the list has no desktop",
		`{"network":{"addresses":{"7":null}}}`:            "the list has no 7",
		`{"authorize":{"tries":{"web":{"message":"x"}}}}`: "spell out its claims",
		`[]`: "the patch",
	} {
		if _, err := base(t).Facts([]byte(patch), ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %s, got %v", patch, want, err)
		}
	}
}
