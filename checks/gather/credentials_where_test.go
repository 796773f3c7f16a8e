package gather

import (
	"net/http"
	"strings"
	"testing"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/secret"
)

func TestHostsOfOneDomain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"auth.example.com", "auth.example.com", true}, {"auth.example.com", "LOGIN.example.com.", true}, {"a.example.co.uk", "b.example.co.uk", true},
		{"auth.example.com", "auth.example.org", false}, {"a.co.uk", "b.co.uk", false}, {"me.duckdns.org", "you.duckdns.org", false},
		{"auth.home.lan", "sso.home.lan", true}, {"auth.lan", "sso.lan", false}, {"auth", "auth", true}, {"auth", "sso", false},
		{"192.168.1.5", "192.168.1.5", true}, {"192.168.1.5", "192.168.1.6", false}, {"127.0.0.1", "localhost", false}, {"", "", false},
		{"auth.example.com", "example.com.evil.net", false}, {"accounts.google.com", "oauth2.googleapis.com", false},
	} {
		if got := sameDomain(c.a, c.b); got != c.want || sameDomain(c.b, c.a) != got {
			t.Errorf("%s %s: want %v", c.a, c.b, c.want)
		}
	}
}

// A credential that is not shown to anybody, and why.
func TestTheSecretIsNotShown(t *testing.T) {
	t.Parallel()
	op := newFake(t, func(w http.ResponseWriter, r *http.Request, _ string) { refuseJSON(w, 400, "invalid_grant") })
	flag := facts.Provenance{Vantage: facts.Written, Ref: "--issuer"}
	settings := func(edit func(*facts.SettingsDoc)) func(*facts.Facts) {
		return func(f *facts.Facts) {
			s := f.Settings.Get()
			edit(&s)
			f.Settings = facts.Is(s)
		}
	}
	token := func(a facts.Attempt) func(*facts.Facts) {
		return func(f *facts.Facts) { f.Endpoints = facts.Is(facts.EndpointLog{Token: facts.EndpointTry{Try: a}}) }
	}
	elsewhere := map[string]any{"token_endpoint": "https://collector.example/token"}
	for _, c := range []struct {
		name    string
		release string
		more    map[string]any
		skip    bool
		edit    func(*facts.Facts)
		why     string // empty: it is shown
	}{
		{"all is well", "", nil, false, nil, ""},
		{"no secret is known", "", nil, false, settings(func(s *facts.SettingsDoc) {
			s.ClientSecret, s.SecretShape = secret.Value{}, facts.Known[secret.Shape]{}
		}), "give --api-key-file or --client-secret-file"},
		{"none is set, and one must be", "v1.131.3", nil, false, settings(func(s *facts.SettingsDoc) { s.ClientSecret = secret.Value{} }), "this release can be no public client"},
		{"a way that nobody has", "", nil, false, settings(func(s *facts.SettingsDoc) {
			s.TokenEndpointAuthMethod = facts.Says[secret.Name]("private_key_jwt", flag)
		}), "called private_key_jwt"},
		{"no client ID", "", nil, false, func(f *facts.Facts) {
			l := f.Authorize.Get()
			l.Tries[0].ClientID = facts.Known[secret.Name]{}
			f.Authorize = facts.Is(l)
		}, "give --client-id"},
		{"Immich starts no login", "", nil, false, func(f *facts.Facts) {
			why := facts.Why{Reason: facts.Absent, Detail: secret.Textf("Immich gave no authorization URL")}
			web := facts.AuthorizeTry{Journey: "web", Origin: "https://photos.example", Redirect: webPage, URL: facts.Known[secret.URI]{Why: why}}
			readURL(&web, flag)
			f.Authorize = facts.Is(facts.AuthorizeLog{Tries: []facts.AuthorizeTry{web}})
			d := f.Discovery.Get()
			d.PushedEndpoint = d.TokenEndpoint
			f.Discovery = facts.Is(d)
			settings(func(s *facts.SettingsDoc) { s.ClientID = facts.Says[secret.Name]("immich", flag) })(f)
		}, ""},
		{"no token endpoint", "", map[string]any{"token_endpoint": nil}, false, nil, "token_endpoint is null"},
		{"certificates are not verified", "", nil, true, nil, "--skip-verify-ssl"},
		{"plain http", "", map[string]any{"token_endpoint": "http://auth.example/token"}, false, nil, "it is not https"},
		{"another domain", "", elsewhere, false, nil, "it would send your client secret to collector.example, which is not of the issuer's domain: --trust-endpoint collector.example allows it"},
		{"Immich is asked over plain http", "", nil, false, func(f *facts.Facts) {
			f.Target = facts.Is(facts.TargetSpec{Server: "http://photos.example"})
			d := f.Discovery.Get()
			d.Setting = facts.Says(d.Setting.Get(), facts.Provenance{Vantage: facts.Inferred, Ref: "discovery.1"})
			f.Discovery = facts.Is(d)
		}, "without https, so that others may have done so: give --issuer"},
		{"over plain http, and the issuer is given", "", nil, false, func(f *facts.Facts) {
			f.Target = facts.Is(facts.TargetSpec{Server: "http://photos.example"})
			d := f.Discovery.Get()
			d.Setting = facts.Says(d.Setting.Get(), flag)
			f.Discovery = facts.Is(d)
		}, ""},
		{"a page in its place", "", nil, false, token(facts.Attempt{Exchange: "endpoints.token.1", Answer: facts.Answered, Status: 200, ContentType: "text/html"}), "something else answers in place of the token endpoint (endpoints.token.1)"},
		{"a login in its place", "", nil, false, token(facts.Attempt{Exchange: "endpoints.token.1", Answer: facts.Answered, Status: 302, Location: "https://sso.example"}), "something else answers"},
		{"no answer there", "", nil, false, token(facts.Attempt{Exchange: "endpoints.token.1", Answer: facts.Timeout}), "did not answer (endpoints.token.1)"},
		{"too many requests already", "", nil, false, token(facts.Attempt{Exchange: "endpoints.token.1", Answer: facts.Answered, Status: 429}), "wants fewer requests"},
		{"an empty refusal is the endpoint's own", "", nil, false, token(facts.Attempt{Exchange: "endpoints.token.1", Answer: facts.Answered, Status: 400}), ""},
		{"probing has ended", "", nil, false, func(f *facts.Facts) {
			f.Redirects = facts.Is(facts.RedirectLog{Ended: facts.Why{Reason: facts.NotAsked, Detail: secret.Textf("the provider wants fewer requests (redirects.web.1)")}})
		}, "redirects.web.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := len(op.asked)
			s := shown{release: c.release, secret: "the-secret", document: op.document("/oauth2/authorize"), edit: c.edit, config: op.config()}
			s.config.SkipVerify = c.skip
			for member, v := range c.more {
				s.document[member] = v
			}
			l, why, _ := s.learn(t)
			if got := why.String(); c.why == "" && !l.Token.Try.Made() || !strings.Contains(got, c.why) || c.why != "" && len(op.asked) > before {
				t.Errorf("want %q, got %q, asked %q", c.why, got, op.asked[before:])
			}
		})
	}
}

func TestWhoElseMayBeShownTheSecret(t *testing.T) {
	t.Parallel()
	const google = "https://accounts.google.com"
	for _, c := range []struct {
		issuer, authorize, token string
		trusted                  []secret.Name
		want                     bool
	}{
		{google, google + "/o/oauth2/v2/auth", "https://oauth2.googleapis.com/token", nil, true},
		{"https://evil.example", "https://evil.example/o/oauth2/v2/auth", "https://oauth2.googleapis.com/token", nil, false},
		{google, google + "/o/oauth2/v2/auth", "https://other.googleapis.com/token", nil, false},
		{"https://a.example", "https://a.example/auth", "https://b.other/token", []secret.Name{"b.other"}, true},
		{"https://a.example", "https://a.example/auth", "https://b.other:8443/token", []secret.Name{"b.other:8443"}, true},
		{"https://a.example", "https://a.example/auth", "https://b.other:8443/token", []secret.Name{"b.other:9443"}, false},
		{"https://a.example", "https://a.example/auth", "http://b.other/token", []secret.Name{"b.other"}, false},
	} {
		endpoint := facts.Says(secret.URI(c.authorize), facts.Provenance{Vantage: facts.ByImmich, Ref: "authorize.web.1"})
		f := &facts.Facts{
			Target:    facts.Is(facts.TargetSpec{Server: "https://photos.example", Trusted: c.trusted}),
			Authorize: facts.Is(facts.AuthorizeLog{Tries: []facts.AuthorizeTry{{Journey: "web", Endpoint: endpoint}}}),
			Discovery: facts.Is(facts.DiscoveryDoc{Try: facts.Attempt{URL: secret.URI(c.issuer + wellKnown)}}),
		}
		if why := withheld(wire.New(wire.Config{}), f, secret.URI(c.token)); (why == facts.Why{}) != c.want {
			t.Errorf("%+v: %s", c, why)
		}
	}
}
