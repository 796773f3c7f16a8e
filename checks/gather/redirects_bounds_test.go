package gather

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

func TestRedirectsWithinTheProviderAreFollowedWithCookies(t *testing.T) {
	t.Parallel()
	dex := provider.Provider{Authorize: provider.Manner{Asks: []provider.Ask{provider.Type}, Hops: 5}}
	l, _ := asks(t, dex, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/authorize" {
			http.SetCookie(w, &http.Cookie{Name: "walk", Value: r.URL.Query().Get("redirect_uri"), Path: "/"})
			http.Redirect(w, r, "/authorize/local?"+r.URL.RawQuery, http.StatusFound)
			return
		}
		c, err := r.Cookie("walk")
		if err != nil || c.Value != r.URL.Query().Get("redirect_uri") || len(r.Cookies()) != 1 {
			page(400, "no session")(w, r)
			return
		}
		if strings.HasPrefix(c.Value, photos+"/auth") {
			goBack(w, r, "invalid_request")
			return
		}
		page(400, "Unregistered redirect_uri")(w, r)
	}, photos)
	const want = "web.1 response_type, web.2 response_type, linking.1 response_type, linking.2 response_type, mobile.1 response_type, mobile.2 response_type, control.1 response_type, control.2 response_type"
	if got := sent(l); got != want {
		t.Errorf("got %s", got)
	}
	web, linking := l.Tries[0], l.Tries[1]
	if !web.Back || web.Error != "invalid_request" || len(web.Before) != 1 || web.Provider.Exchange != "redirects.web.2" || web.Why != (facts.Why{}) {
		t.Errorf("got %+v", web)
	}
	if linking.Back || linking.Provider.Status != 400 || !strings.Contains(fmt.Sprint(secret.Seal(linking.Provider).Body), "Unregistered") {
		t.Errorf("got %+v", linking)
	}
}

func TestNoRedirectLeadsToAnotherOrigin(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was asked") }))
	defer other.Close()
	for _, to := range []string{other.URL + "/login", "//" + strings.TrimPrefix(other.URL, "http://") + "/login", "http://name@{host}/", "gopher://{host}/", "http://%zz/", photos + "/auth/login"} {
		l, _ := asks(t, provider.Provider{Authorize: provider.Manner{Asks: []provider.Ask{provider.Type}, Hops: 5}}, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", strings.ReplaceAll(to, "{host}", r.Host))
			w.WriteHeader(302)
		}, photos)
		if web := l.Tries[0]; web.Provider.Exchange != "redirects.web.1" || web.Back || len(web.Before) > 0 {
			t.Errorf("%s: got %s", to, sent(l))
		}
	}
}

func TestTheBudgetIsKeptByWhateverAProviderDoes(t *testing.T) {
	t.Parallel()
	round := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.String()+"&", http.StatusFound)
	}
	all := provider.Provider{Authorize: provider.Manner{Asks: []provider.Ask{provider.None, provider.Type, provider.Plain}, Hops: 9}}
	for _, c := range []struct {
		origins []string
		sent    int
		whole   string
		first   int // requests about the first web page
	}{
		{nil, 6, "", 0}, // the app's alone: no more than six for one redirect URI
		{[]string{photos}, 8, "20", 2},
		{[]string{photos, "https://b.example", "https://c.example"}, 20, "32", 3},
	} {
		l, _ := asks(t, all, round, c.origins...)
		if got := len(l.Tried()); got != c.sent {
			t.Errorf("%v: want %d requests, got %d: %s", c.origins, c.sent, got, sent(l))
		}
		if c.whole == "" {
			continue
		}
		web := l.Tries[0]
		if want := "not asked for (left out to keep to " + c.whole + " requests)"; web.Why.String() != want || len(web.Before)+1 != c.first || !l.Control.Provider.Made() {
			t.Errorf("%v: want %s, got %s: %s", c.origins, want, web.Why, sent(l))
		}
	}
}

func TestAProviderThatWantsFewerRequestsGetsNoMore(t *testing.T) {
	t.Parallel()
	slow := func(status int, after string) style {
		return func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Query().Get("redirect_uri"), "/auth/login") {
				page(200, loginPage)(w, r)
				return
			}
			if after != "" {
				w.Header().Set("Retry-After", after)
			}
			w.WriteHeader(status)
		}
	}
	const ended = "not asked for (the provider wants fewer requests (redirects.web.1): nothing more was asked)"
	keeper := provider.Provider{Authorize: provider.Manner{Asks: []provider.Ask{provider.None}, KeepsFirst: true}}
	for _, c := range []struct {
		name    string
		product provider.Provider
		style   style
		ended   bool
		sent    int
		app     string
	}{
		{"429", provider.Provider{}, slow(429, ""), true, 3, ended},
		{"503 with a time", provider.Provider{}, slow(503, "120"), true, 3, ended},
		{"503 without", provider.Provider{}, slow(503, ""), false, 5, ""},
		{"429 to the first of all", keeper, slow(429, ""), true, 1, ended},
	} {
		l, _ := asks(t, c.product, c.style, photos)
		if (l.Ended.String() == ended) != c.ended || len(l.Tried()) != c.sent || l.Tries[2].Why.String() != c.app || l.Control.Provider.Made() {
			t.Errorf("%s: got %s, app %s: %s", c.name, l.Ended, l.Tries[2].Why, sent(l))
		}
	}
}

func TestNoRedirectURIIsAskedForAfterDiscoveryWantedFewerRequests(t *testing.T) {
	t.Parallel()
	w := wire.New(wire.Config{})
	defer w.Close()
	f := &facts.Facts{Authorize: facts.Is(facts.AuthorizeLog{Tries: started("http://127.0.0.1:1/authorize", photos)}),
		Discovery: facts.Is(facts.DiscoveryDoc{Try: facts.Attempt{Exchange: "discovery.1", Answer: facts.Answered, Status: 429}})}
	l := redirects.Learn(t.Context(), w.Branch("redirects"), f).Get()
	if got := l.Ended.Detail.String(); got != "the provider wants fewer requests (discovery.1): nothing more was asked" || len(l.Tried()) > 0 || l.Tries[0].Why != l.Ended {
		t.Errorf("got %s, %s", got, sent(l))
	}
}
