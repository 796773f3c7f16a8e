package gather

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

func TestTheReaderOfSettingsIsTheTable(t *testing.T) {
	read := []string{"oauth.clientSecret"}
	for key := range parts(new(facts.SettingsDoc)) {
		read = append(read, key)
	}
	var listed []string
	for _, s := range immich.Settings {
		listed = append(listed, s.Key)
		if !json.Valid([]byte(s.Default)) || s.Cite.URL == "" || immich.Plain(s.From) != s.From {
			t.Errorf("%+v: default, release or citation is wrong", s)
		}
	}
	slices.Sort(read)
	slices.Sort(listed)
	if !slices.Equal(read, listed) {
		t.Errorf("read %v, listed %v", read, listed)
	}
}

// ask runs the source settings against a server that answers as h.
func ask(t *testing.T, release secret.Name, key string, h http.HandlerFunc) (facts.SettingsDoc, []string) {
	t.Helper()
	var asked []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("X-Api-Key")+" "+r.URL.Path)
		h(w, r)
	}))
	defer srv.Close()
	f := &facts.Facts{
		Target: facts.Is(facts.TargetSpec{Server: secret.URI(srv.URL), APIKey: secret.New(key), Settings: facts.SettingsDoc{
			SigningAlgorithm: facts.Says[secret.Name]("ES256", facts.Provenance{Vantage: facts.Written, Ref: "--signing-algorithm"}),
		}}),
		Server: facts.Is(facts.ServerInfo{Version: facts.Says(release, facts.Provenance{Vantage: facts.ByImmich, Ref: "server.version.1"})}),
	}
	return settings.Learn(t.Context(), wire.New(wire.Config{}).Branch("settings"), f).Get(), asked
}

const document = `{"oauth":{"issuerUrl":"https://auth.example","clientId":7,"clientSecret":"s3cret\n","signingAlgorithm":"RS256","timeout":30000,
	"defaultStorageQuota":null,"newInTheNextRelease":"x"},"passwordLogin":{"enabled":false},"notifications":{"smtp":{"transport":{"password":"hush-hush-hush"}}}}`

func TestSettingsAreReadByAnAllowList(t *testing.T) {
	s, asked := ask(t, "v3.3.1", "the-key", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, document)
	})
	if !slices.Equal(asked, []string{"the-key /api/system-config"}) {
		t.Errorf("asked %q", asked)
	}
	saved, err := json.Marshal(secret.Seal(s))
	if err != nil {
		t.Fatal(err)
	}
	for _, hidden := range []string{"hush", "s3cret", "newInTheNextRelease", "smtp", "the-key"} {
		if strings.Contains(string(saved), hidden) {
			t.Errorf("%s is in the fact: %s", hidden, saved)
		}
	}
	shape := s.SecretShape.Get()
	if s.IssuerURL.Get() != "https://auth.example" || s.PasswordLogin.Get() || s.Timeout.Get() != 30000 || !shape.TrailingNewline || s.ClientSecret.IsZero() {
		t.Errorf("got %s", saved)
	}
	for _, k := range []facts.Why{s.ClientID.Why, s.DefaultStorageQuota.Why, s.Scope.Why} {
		if k.Reason != facts.Absent {
			t.Errorf("a member that is not there, null or of another type: %v", k)
		}
	}
	if a := s.SigningAlgorithm; a.Get() != "RS256" || len(a.Against()) != 1 || a.Against()[0].Value != "ES256" {
		t.Errorf("Immich against the flag: %+v", a)
	}
}

func TestTheSecondDoorIsTriedOnlyWhereTheFirstIsLocked(t *testing.T) {
	refuse := func(status int, message string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if status == 403 && r.URL.Path == "/api/admin/config" {
				io.WriteString(w, document)
				return
			}
			w.WriteHeader(status)
			io.WriteString(w, `{"message":"`+message+`"}`)
		}
	}
	for _, c := range []struct {
		release secret.Name
		answer  http.HandlerFunc
		asked   int
		read    bool
	}{
		{"v3.2.0", refuse(403, "Missing required permission: systemConfig.read"), 2, true},
		{"nightly", refuse(403, "Missing required permission: systemConfig.read"), 2, true},
		{"v3.1.0", refuse(403, "Missing required permission: systemConfig.read"), 1, false},
		{"v3.2.0", refuse(401, "Invalid API key"), 1, false},
		{"v1.37.0", refuse(401, ""), 0, false},
	} {
		s, asked := ask(t, c.release, "the-key", c.answer)
		if len(asked) != c.asked || s.Read.Is() != c.read || !c.read && (s.SigningAlgorithm.Get() != "ES256" || s.IssuerURL.Why == facts.Why{}) {
			t.Errorf("%s: asked %q, read %v", c.release, asked, s.Read)
		}
	}
}

func TestTheKeyGoesNowhereElse(t *testing.T) {
	if _, asked := ask(t, "v3.3.1", "", func(http.ResponseWriter, *http.Request) {}); len(asked) != 0 {
		t.Errorf("without a key it asked %q", asked)
	}
	away := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { away++ }))
	defer other.Close()
	s, _ := ask(t, "v3.3.1", "the-key", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, http.StatusFound) })
	if away > 0 || s.Read.Is() {
		t.Error("the key went after a redirect")
	}
	f := &facts.Facts{
		Target: facts.Is(facts.TargetSpec{Server: "http://photos.example", APIKey: secret.New("the-key")}),
		Server: facts.Is(facts.ServerInfo{Version: facts.Says[secret.Name]("v3.3.1", facts.Provenance{})}),
	}
	s = settings.Learn(t.Context(), wire.New(wire.Config{}), f).Get()
	if len(s.Reads) != 0 || !strings.Contains(s.Read.Why.String(), "was not sent to http://photos.example: it is not https") {
		t.Errorf("over http: %v", s.Read.Why)
	}
}

// What Immich shows of the secret is believed before a flag; the flag stands in
// where it shows none.
func TestTheSecretOfAFlagStandsInForImmichs(t *testing.T) {
	given := facts.SettingsDoc{ClientSecret: secret.New("the-flag-s"), SecretShape: facts.Says(secret.Shape{}, facts.Provenance{Vantage: facts.Written, Ref: "--client-secret-file"})}
	why := facts.Why{Reason: facts.Absent}
	for _, c := range []struct{ name, document, secret, from string }{
		{"Immich shows it", `{"oauth":{"clientSecret":"immich-s"}}`, "immich-s", "settings.1"},
		{"Immich has none", `{"oauth":{"clientSecret":""}}`, "", "settings.1"},
		{"Immich does not show it", `{"oauth":{}}`, "the-flag-s", "--client-secret-file"},
		{"Immich is not asked", "", "the-flag-s", "--client-secret-file"},
	} {
		s := given
		if c.document == "" {
			s.Read.Why = why
			s = unread(s)
		} else {
			s = readSettings(s, decode([]byte(c.document)), facts.Provenance{Vantage: facts.ByImmich, Ref: "settings.1"})
		}
		if s.ClientSecret.Reveal() != c.secret || string(s.SecretShape.From()[0].Ref) != c.from {
			t.Errorf("%s: %v", c.name, s.SecretShape)
		}
	}
}
