package gather

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

func TestHowADocumentIsWritten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		want       facts.Form
	}{
		{"an object", `{"issuer":"https://h"}`, facts.Form{}},
		{"a byte order mark", "\ufeff{}", facts.Form{BOM: true}},
		{"a byte order mark alone", "\ufeff", facts.Form{BOM: true, Kind: "not JSON"}},
		{"nothing", "", facts.Form{Kind: "not JSON"}},
		{"a list", `[{"issuer":"https://h"}]`, facts.Form{Kind: "a list"}},
		{"a string", `"https://h"`, facts.Form{Kind: "a string"}},
		{"null", `null`, facts.Form{Kind: "null"}},
		{"something behind it", `{} x`, facts.Form{Kind: "not JSON"}},
		{"HTML", `<!doctype html>`, facts.Form{Kind: "not JSON"}},
		{"deep", strings.Repeat("[", 20000), facts.Form{Kind: "not JSON"}},
		{"bytes that are no text", "{\"issuer\":\"\xff\xfe\"}", facts.Form{}},
		{"a member twice", `{"a":1,"b":2,"a":3}`, facts.Form{Twice: []secret.Name{"a"}}},
		{"a member twice with one value", `{"a":[1, 2],"a":[1,2]}`, facts.Form{}},
		{"a member three times", `{"a":1,"a":2,"a":3}`, facts.Form{Twice: []secret.Name{"a"}}},
		{"a member twice further down", `{"x":{"a":1,"a":2}}`, facts.Form{}},
		{"a member twice, once escaped", `{"a":1,"\u0061":2}`, facts.Form{Twice: []secret.Name{"a"}}},
	} {
		if _, got := readForm([]byte(c.body)); !cmp.Equal(c.want, got) {
			t.Errorf("%s: (-want +got)\n%s", c.name, cmp.Diff(c.want, got))
		}
	}
}

func TestAMemberThatIsWrongLeavesTheOthersKnown(t *testing.T) {
	t.Parallel()
	o, _ := readForm([]byte(`{
		"issuer": "https://old", "issuer": "https://h", "token_endpoint": 7, "jwks_uri": null,
		"code_challenge_methods_supported": "S256 plain", "scopes_supported": ["openid", 5, null, "email"], "response_types_supported": {"code": true},
		"grant_types_supported": null, "response_modes_supported": [],
		"authorization_response_iss_parameter_supported": "true", "require_pushed_authorization_requests": 0}`))
	var d facts.DiscoveryDoc
	members(&d, o, facts.Provenance{Vantage: facts.Here, Ref: "discovery.1"}, facts.Why{})
	if d.Issuer.Get() != "https://h" {
		t.Errorf("of two values the last counts, got %s", d.Issuer.Get())
	}
	for want, why := range map[string]facts.Why{
		"token_endpoint is a number": d.TokenEndpoint.Why, "jwks_uri is null": d.JWKSURI.Why, "no member userinfo_endpoint": d.UserinfoEndpoint.Why,
		"response_types_supported is an object, not a list of strings": d.ResponseTypes.Why, "grant_types_supported is null, not a list of strings": d.GrantsOffered.Why,
	} {
		if got := why.Detail.String(); got != want {
			t.Errorf("want %q, got %q", want, got)
		}
	}
	if !d.PKCEMethods.Has("S256") || !d.PKCEMethods.Text || d.PKCEMethods.Has("s256") {
		t.Error("includes of a string finds what stands in it")
	}
	if !cmp.Equal(d.ScopesOffered.Values, []secret.Name{"openid", "email"}) || !d.ResponseModes.Is() {
		t.Errorf("got %v, %v", d.ScopesOffered, d.ResponseModes)
	}
	if !d.IssParameter.Get() || d.PushedOnly.Get() || d.SignedOnly.Is() {
		t.Error("switches are as JavaScript takes a value for true")
	}
}

// Whatever a provider answers: no panic, nothing without bounds, and what is
// known of a member is what a JSON parser finds there.
func FuzzDiscovery(f *testing.F) {
	for _, s := range []string{`{"issuer":"https://h","scopes_supported":["openid"]}`, "\ufeff{}", `{"a":1,"a":2}`, `[]`, `{"issuer":null}`, "{\"issuer\":\"\xff\"}", `{"scopes_supported":"openid"} `} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		a := facts.Attempt{Exchange: "discovery.1", Answer: facts.Answered, Status: 200}
		d := readDiscovery(a, body, facts.Written)
		if d.Object.Is() != (d.Form.Kind == "") || len(d.Form.Twice) > 20 || len(d.ScopesOffered.Values) > 100 {
			t.Errorf("object %v, form %+v", d.Object.Is(), d.Form)
		}
		var plain map[string]any
		if err := json.Unmarshal(body, &plain); err == nil && plain != nil {
			if s, ok := plain["issuer"].(string); ok != d.Issuer.Is() || ok && secret.URI(s) != d.Issuer.Get() {
				t.Errorf("issuer %v, read %v", plain["issuer"], d.Issuer)
			}
		}
		if _, err := json.Marshal(secret.Seal(d)); err != nil {
			t.Error(err)
		}
	})
}
