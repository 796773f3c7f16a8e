package provider

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestTheNameAndTheIssuersOfAnEndpoint(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ endpoint, name, issuers string }{
		{"https://id.example/realms/home/protocol/openid-connect/auth", "Keycloak", "https://id.example/realms/home"},
		{"https://id.example/auth/realms/home/protocol/openid-connect/auth", "Keycloak", "https://id.example/auth/realms/home"},
		{"https://auth.example/api/oidc/authorization", "Authelia", "https://auth.example"},
		{"https://id.example/application/o/authorize/", "Authentik", "https://id.example/application/o (guess)"},
		{"https://idm.example/ui/oauth2", "Kanidm", "https://idm.example/oauth2/openid/immich"},
		{"https://accounts.google.com/o/oauth2/v2/auth", "Google", "https://accounts.google.com"},
		{"https://login.microsoftonline.com/t1/oauth2/v2.0/authorize", "Microsoft Entra ID", "https://login.microsoftonline.com/t1/v2.0"},
		{"https://z.example/oauth/v2/authorize", "Zitadel", "https://z.example"},
		{"https://git.example/login/oauth/authorize", "", "https://git.example (guess)"},
		{"https://glewlwyd.example/api/oidc/auth", "", "https://glewlwyd.example/api/oidc"},
		{"https://hydra.example/oauth2/auth", "", "https://hydra.example"},
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
	t.Parallel()
	if got := Issuers("https://h/a/b/c/d/e/f", ""); len(got) != 4 {
		t.Errorf("got %v", got)
	}
}

func TestNoTwoProductsClaimAnEndpointUnlessTheDocumentTellsThem(t *testing.T) {
	t.Parallel()
	for _, p := range Table {
		for _, s := range p.Shapes {
			got, surety := Recognise(s.Example, nil)
			want := Provider{}
			if s.Alone {
				want = p
			}
			if got.Name != want.Name || (surety == Unnamed) == s.Alone {
				t.Errorf("%s of %s alone: want %q, got %q (%d)", s.Example, p.Name, want.Name, got.Name, surety)
			}
			for _, other := range Table {
				for _, o := range other.Shapes {
					if other.Name != p.Name && s.Alone && o.Alone && o.fits(parsed(t, s.Example)) {
						t.Errorf("%s is claimed by %s and %s", s.Example, p.Name, other.Name)
					}
				}
			}
		}
	}
}

// A recorded document is what a test needs of one, and where it was seen.
type recorded struct {
	Product, Provenance, Name string
	Document                  map[string]any
}

func (r recorded) document() Document {
	d := Document{}
	for member, v := range r.Document {
		vs, list := v.([]any)
		if !list {
			vs = []any{v}
		}
		for _, v := range vs {
			d[member] = append(d[member], fmt.Sprint(v))
		}
	}
	return d
}

func TestDocumentsAreOfTheProductThatShowsThem(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"documents.json", "documents-by-source.json"} {
		b, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		var all []recorded
		if err := json.Unmarshal(b, &all); err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			p, surety := Recognise("", r.document())
			if p.Name != r.Name || (surety == Unnamed) != (r.Name == "") || r.Provenance == "" {
				t.Errorf("%s: want %q, got %q (%d)", r.Product, r.Name, p.Name, surety)
			}
			if file == "documents.json" && surety != Sure {
				t.Errorf("%s was seen, and is not sure", r.Product)
			}
		}
	}
}

func TestADocumentThatFitsTwoProductsNamesNone(t *testing.T) {
	t.Parallel()
	d := Document{
		"token_endpoint": {"https://op.example/token"}, "userinfo_endpoint": {"https://op.example/me"},
		"jwks_uri": {"https://op.example/jwks", "https://op.example/keys"}, "authorization_response_iss_parameter_supported": {"true"},
		"scopes_supported": {"groups", "offline_access"}, "claims_supported": {"locale"},
	}
	if p, surety := Recognise("https://op.example/auth", d); surety != Unnamed {
		t.Errorf("got %q", p.Name)
	}
}

func TestNamesThatRestOnHearsayAreLikely(t *testing.T) {
	t.Parallel()
	for endpoint, want := range map[string]Surety{
		"https://id.example/realms/home/protocol/openid-connect/auth": Sure,
		"https://accounts.google.com/o/oauth2/v2/auth":                Sure,
		"https://auth.pingone.com/env/as/authorize":                   Likely,
		"https://op.example/auth":                                     Unnamed,
		"":                                                            Unnamed,
	} {
		if _, got := Recognise(endpoint, nil); got != want {
			t.Errorf("%s: want %d, got %d", endpoint, want, got)
		}
	}
}

func TestRowsAreWhole(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, p := range Table {
		if p.Name == "" || names[p.Name] || p.BuiltOn != "" && !names[p.BuiltOn] {
			t.Errorf("%q: no name, or one twice, or before what it is built on", p.Name)
		}
		names[p.Name] = true
		if known(p.Evidence) == "" || !strings.HasPrefix(p.Cite.URL, "https://") || p.Cite.Source == "" {
			t.Errorf("%s: says neither what it rests on nor where to read of it", p.Name)
		}
		if len(p.Shapes) == 0 && p.BuiltOn == "" {
			t.Errorf("%s: cannot be recognised", p.Name)
		}
		for _, issuer := range p.Issuers {
			if !regexp.MustCompile(p.Issuer).MatchString(issuer) {
				t.Errorf("%s: its issuer is not like %s", p.Name, issuer)
			}
			for _, other := range Table {
				if other.IssuerUnique && other.Name != p.Name && regexp.MustCompile(other.Issuer).MatchString(issuer) {
					t.Errorf("%s has an issuer that only %s should have", p.Name, other.Name)
				}
			}
		}
		for _, s := range p.Shapes {
			shapeIsWhole(t, p, s)
		}
		for _, m := range p.Answers {
			regexp.MustCompile(m.Like)
		}
		settingsAreWhole(t, p)
		for _, proof := range []Proof{p.Proofs.Redirect, p.Proofs.Client, p.Proofs.Secret, p.Proofs.Method} {
			if proof.Can != NotKnown && proof.By == "" || known(p.rests(proof.Evidence)) == "" {
				t.Errorf("%s: a proof does not say by what", p.Name)
			}
		}
		for _, q := range p.Quirks {
			if q.Text == "" || strings.HasSuffix(q.Text, ".") || known(p.rests(q.Evidence)) == "" || q.From != "" && q.From == q.To {
				t.Errorf("%s: quirk %q", p.Name, q.Text)
			}
		}
		if p.NoAppURI.Text != "" && known(p.NoAppURI.Evidence) == "" {
			t.Errorf("%s: what its refusal of the app's address rests on", p.Name)
		}
	}
}

func shapeIsWhole(t *testing.T, p Provider, s Shape) {
	t.Helper()
	if !s.fits(parsed(t, s.Example)) || s.Alone == (len(s.Confirm) > 0) || known(p.rests(s.Evidence)) == "" {
		t.Errorf("%s: the shape of %q", p.Name, s.Example)
	}
	for _, m := range s.Confirm {
		regexp.MustCompile(m.Like)
	}
}

func settingsAreWhole(t *testing.T, p Provider) {
	t.Helper()
	kinds := map[Kind]bool{}
	for _, k := range Kinds {
		kinds[k.Kind] = true
		if s := p.At(k.Kind); (s.Where == "") == (s.None == "") || known(s.Evidence) == "" {
			t.Errorf("%s: %s: want either where or why not, and what it rests on", p.Name, k.Kind)
		}
	}
	for k, s := range p.Settings {
		if !kinds[k] || strings.Count(s.Snippet, "%") > 1 || strings.Count(s.Snippet, "%") != strings.Count(s.Snippet, "%s") {
			t.Errorf("%s: %s: %q", p.Name, k, s.Snippet)
		}
	}
	for _, k := range []Kind{Redirects, Secret} {
		if p.Settings[k].Where == "" {
			t.Errorf("%s: nobody knows where its %s are", p.Name, k)
		}
	}
}

// known is e if it is a word for evidence.
func known(e Evidence) Evidence {
	switch e {
	case Live, Source, Documentation, Unchecked:
		return e
	}
	return ""
}

func parsed(t *testing.T, endpoint string) *url.URL {
	t.Helper()
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" {
		t.Fatalf("%q: %v", endpoint, err)
	}
	return u
}
