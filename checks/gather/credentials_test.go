package gather

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/oidctest"
	"immich-oidc-doctor/checks/secret"
)

const (
	webPage   = "https://photos.example/auth/login"
	itsSecret = "its-secret_of.the~client!*'() +/%é"
)

// A case of the source: what is known before it asks.
type shown struct {
	release    string
	secret     string
	method     string // the setting, if it is known
	document   map[string]any
	registered bool // the provider went to the web page's redirect URI before
	refused    bool // or answered a page with 400
	edit       func(*facts.Facts)
	config     wire.Config
}

// learn runs the source and returns the log, the reason why there is none, and
// the facts as they are saved.
func (s shown) learn(t *testing.T) (facts.CredentialLog, facts.Why, string) {
	t.Helper()
	from := facts.Provenance{Vantage: facts.ByImmich, Ref: "settings.1"}
	release := s.release
	if release == "" {
		release = "v3.3.1"
	}
	issuer := s.document["issuer"].(string)
	body, _ := json.Marshal(s.document)
	d := readDiscovery(facts.Attempt{Exchange: "discovery.1", Answer: facts.Answered, Status: 200, URL: secret.URI(issuer + wellKnown)}, body, facts.Written)
	d.Setting = facts.Says(secret.URI(issuer), from)
	authorize := s.document["authorization_endpoint"].(string)
	web := facts.AuthorizeTry{Journey: "web", Origin: "https://photos.example", Redirect: webPage}
	web.URL = facts.Says(secret.URI(authorize+"?client_id=immich&prompt=login&scope=openid&response_type=code&state=0123456789abcdef&code_challenge_method=S256&code_challenge="+
		strings.Repeat("c", 43)+"&redirect_uri="+url.QueryEscape(webPage)), from)
	readURL(&web, from)
	set := facts.SettingsDoc{ClientSecret: secret.New(s.secret)}
	set.SecretShape = facts.Says(set.ClientSecret.Shape(), from)
	if s.method != "" {
		set.TokenEndpointAuthMethod = facts.Says(secret.Name(s.method), from)
	}
	f := &facts.Facts{
		Target:    facts.Is(facts.TargetSpec{Server: "https://photos.example"}),
		Server:    facts.Is(facts.ServerInfo{Version: facts.Says(secret.Name(release), from)}),
		Settings:  facts.Is(set),
		Discovery: facts.Is(d),
		Authorize: facts.Is(facts.AuthorizeLog{Tries: []facts.AuthorizeTry{web}}),
		Redirects: facts.Is(facts.RedirectLog{Tries: []facts.RedirectTry{{Journey: "web", Origin: web.Origin, Redirect: webPage, Back: s.registered}}}),
	}
	if s.refused {
		f.Redirects.Get().Tries[0].Provider = facts.Attempt{Exchange: "redirects.web.1", Answer: facts.Answered, Status: 400}
	}
	if s.edit != nil {
		s.edit(f)
	}
	w := wire.New(s.config)
	defer w.Close()
	got := facts.Facts{Settings: f.Settings, Credentials: *facts.Credentials.In(credentials.learn(t.Context(), w, f))}
	saved, err := json.Marshal(secret.Seal(&got))
	if err != nil {
		t.Fatal(err)
	}
	if got.Credentials.Why() != (facts.Why{}) {
		return facts.CredentialLog{}, got.Credentials.Why(), string(saved)
	}
	return got.Credentials.Get(), facts.Why{}, string(saved)
}

// exchanged is the requests that were made with what they were answered.
func exchanged(l facts.CredentialLog) (all []string) {
	for name, t := range map[string]facts.CredentialTry{"token": l.Token, "refresh": l.Refresh, "pushed": l.Pushed, "control": l.Control} {
		if t.Try.Made() {
			all = append(all, fmt.Sprintf("%s: %d %s", strings.TrimPrefix(string(t.Try.Exchange), "credentials."), t.Try.Status, t.Error))
		}
		if (t.Why != facts.Why{}) == t.Try.Made() {
			all = append(all, name+" was neither made nor not")
		}
	}
	slices.Sort(all)
	return all
}

// documentOfProvider is what the in-process provider says of itself.
func documentOfProvider(t *testing.T, p *oidctest.Provider, c wire.Config) map[string]any {
	t.Helper()
	w := wire.New(c)
	defer w.Close()
	_, body := w.Branch("discovery").Get(t.Context(), secret.URI(p.URL()+wellKnown))
	var d map[string]any
	if err := json.Unmarshal(body, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTheSecretIsShownInTheWayOfTheRelease(t *testing.T) {
	t.Parallel()
	const basic, post = "client_secret_basic", "client_secret_post"
	for _, c := range []struct {
		name    string
		release string
		method  string // Immich's setting
		secret  string // in Immich's settings
		set     func(*oidctest.Client)
		want    string
		as      secret.Name
	}{
		{"by post", "", "", itsSecret, nil, "token.1: 400 invalid_grant", post},
		{"by post at 1.132", "v1.132.3", basic, itsSecret, nil, "token.1: 400 invalid_grant", post},
		{"by basic", "", basic, itsSecret, nil, "token.1: 400 invalid_grant", basic},
		{"by basic at 1.131", "v1.131.3", "", itsSecret, nil, "token.1: 400 invalid_grant", basic},
		{"another secret", "", "", "another-one", nil, "token.1: 401 invalid_client", post},
		{"basic where only post is taken", "", basic, itsSecret, func(c *oidctest.Client) { c.AuthMethods = []string{post} }, "token.1: 401 invalid_client", basic},
		{"a provider that decodes nothing, a secret without need", "", basic, "abcdefgh1234", func(c *oidctest.Client) { c.Secret, c.RawBasic = "abcdefgh1234", true }, "token.1: 400 invalid_grant", basic},
		{"a provider that decodes nothing, a hyphen", "", basic, "abcd-efgh", func(c *oidctest.Client) { c.Secret, c.RawBasic = "abcd-efgh", true }, "token.1: 401 invalid_client", basic},
		{"a provider that decodes nothing, a hyphen, at 1.131", "v1.131.3", "", "abcd-efgh", func(c *oidctest.Client) { c.Secret, c.RawBasic = "abcd-efgh", true }, "token.1: 400 invalid_grant", basic},
		{"a public client", "", "", "", func(c *oidctest.Client) { c.Secret, c.Public = "", true }, "token.1: 400 invalid_grant", "none"},
		{"no secret where one is due", "", "", "", nil, "token.1: 401 invalid_client", "none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := oidctest.NewProvider()
			client := p.Client("immich")
			if client.Secret = itsSecret; c.set != nil {
				c.set(client)
			}
			client.Redirects = append(client.Redirects, webPage)
			if err := p.Start(); err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			config := wire.Config{Roots: p.CAs()}
			s := shown{release: c.release, secret: c.secret, method: c.method, document: documentOfProvider(t, p, config), registered: true, config: config}
			l, why, saved := s.learn(t)
			if got := strings.Join(exchanged(l), ", "); got != c.want || l.Method != c.as || l.Redirect != webPage {
				t.Errorf("want %s, got %s %s %s (%v)", c.want, got, l.Method, l.Redirect, why)
			}
			if strings.Contains(saved, itsSecret[:12]) {
				t.Errorf("the secret is in what is saved: %s", saved)
			}
		})
	}
}

// What is pushed proves the redirect URI as well, where nothing else has.
func TestAPushedRequestProvesWhatIsLeftOpen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		registered bool   // at the provider
		seen       bool   // by the authorization request
		secret     string // in Immich's settings
		without    bool   // a provider that has no such endpoint
		unnamed    bool   // a provider of no known product
		want       []string
	}{
		{"all known", true, true, itsSecret, false, false, []string{"token.1: 400 invalid_grant"}},
		{"the redirect URI not", true, false, itsSecret, false, false, []string{"pushed.1: 201 ", "token.1: 400 invalid_grant"}},
		{"the redirect URI not, and there is nothing to ask", true, false, itsSecret, true, false, []string{"token.1: 400 invalid_grant"}},
		{"the provider refuses it already", false, false, itsSecret, false, false, []string{"token.1: 400 invalid_grant"}},
		{"it is not registered", false, false, itsSecret, false, false, []string{"pushed.1: 400 invalid_request", "token.1: 400 invalid_grant"}},
		{"a wrong secret leaves nothing to ask", true, false, "wrong", false, false, []string{"token.1: 401 invalid_client"}},
		{"no known product", true, true, itsSecret, false, true, []string{"pushed.1: 201 ", "token.1: 400 invalid_grant"}},
		{"no known product, a wrong secret", true, true, "wrong", false, true, []string{"control.1: 401 invalid_client", "pushed.1: 401 invalid_client", "token.1: 401 invalid_client"}},
		{"no known product, nothing to push to", true, true, itsSecret, true, true, []string{"control.1: 401 invalid_client", "token.1: 400 invalid_grant"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := oidctest.NewProvider()
			client := p.Client("immich")
			client.Secret = itsSecret
			if c.registered {
				client.Redirects = append(client.Redirects, webPage)
			}
			p.PAR = !c.without
			if err := p.Start(); err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			config := wire.Config{Roots: p.CAs()}
			s := shown{secret: c.secret, document: documentOfProvider(t, p, config), registered: c.seen, refused: c.name == "the provider refuses it already", config: config}
			if c.unnamed {
				s.document["jwks_uri"] = p.URL() + "/nobody-has-this"
			}
			l, why, saved := s.learn(t)
			if got := exchanged(l); !slices.Equal(got, c.want) {
				t.Errorf("want %q, got %q (%v)", c.want, got, why)
			}
			if strings.Contains(saved, "urn:ietf:params:oauth:request_uri") || strings.Contains(saved, "0123456789abcdef") {
				t.Errorf("what was pushed can be used: %s", saved)
			}
		})
	}
}
