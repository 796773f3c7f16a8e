package gather

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

// A style is how a provider answers authorization requests.
type style func(w http.ResponseWriter, r *http.Request)

// how is what a request carries that Immich's own does not.
func how(q url.Values) provider.Ask {
	switch {
	case q.Get("prompt") == "none":
		return provider.None
	case q.Get("response_type") != "code":
		return provider.Type
	}
	return provider.Plain
}

// goBack answers as an authorization response does.
func goBack(w http.ResponseWriter, r *http.Request, code string) {
	q := r.URL.Query()
	http.Redirect(w, r, q.Get("redirect_uri")+"?error="+code+"&state="+q.Get("state"), http.StatusSeeOther)
}

// page answers with a page.
func page(status int, body string) style {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

// only answers as s does to one way of asking.
func only(ask provider.Ask, s, otherwise style) style {
	return func(w http.ResponseWriter, r *http.Request) {
		if how(r.URL.Query()) == ask {
			s(w, r)
			return
		}
		otherwise(w, r)
	}
}

const loginPage = `<html><form method="post" id=login-form><input name="user"><input type="Password" name="p"></form>`

// asks runs a product in that style through the redirect URIs of these origins
// and the app's.
func asks(t *testing.T, product provider.Provider, s style, origins ...string) (facts.RedirectLog, *probe) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(s))
	t.Cleanup(server.Close)
	w := wire.New(wire.Config{})
	t.Cleanup(w.Close)
	r := newRedirectRun(w.Branch("redirects"), started(server.URL+"/authorize", origins...), product, true)
	r.run(t.Context())
	return r.log, r.web
}

// started is what Immich answers to the logins of these origins.
func started(endpoint string, origins ...string) (tries []facts.AuthorizeTry) {
	start := func(journey, origin, redirect string) {
		q := url.Values{"redirect_uri": {redirect}, "client_id": {"immich"}, "response_type": {"code"}, "state": {"of " + journey}}
		tries = append(tries, facts.AuthorizeTry{Journey: secret.Name(journey), Origin: secret.Name(origin), Redirect: secret.URI(redirect),
			URL: facts.Says(secret.URI(endpoint+"?"+q.Encode()), facts.Provenance{})})
	}
	for _, o := range origins {
		start("web", o, o+"/auth/login")
		start("linking", o, o+"/user-settings")
	}
	start("mobile", "", "app.immich:///oauth-callback")
	return tries
}

// sent lists the requests of a run by name and way of asking.
func sent(l facts.RedirectLog) string {
	var all []string
	for _, a := range l.Tried() {
		u, _ := url.Parse(string(a.URL))
		all = append(all, strings.TrimPrefix(string(a.Exchange), "redirects.")+" "+string(how(u.Query())))
	}
	return strings.Join(all, ", ")
}

const photos = "https://photos.example.com"

func TestHowAProviderIsAsked(t *testing.T) {
	t.Parallel()
	back := func(w http.ResponseWriter, r *http.Request) { goBack(w, r, "some_error") }
	login, words := page(200, loginPage), page(400, "<p>redirect_uri is not registered</p>")
	errorPage := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/oops?error=invalid_request", http.StatusFound)
	}
	manner := func(asks ...provider.Ask) provider.Provider {
		return provider.Provider{Authorize: provider.Manner{Asks: asks}, Evidence: provider.Live, Proofs: provider.Proofs{Redirect: provider.Proof{Can: provider.Yes}}}
	}
	unchecked := provider.Provider{Evidence: provider.Unchecked, Proofs: provider.Proofs{Redirect: provider.Proof{Can: provider.Yes}}}
	const none, typ = "web.1 prompt=none, linking.1 prompt=none, mobile.1 prompt=none", "web.1 prompt=none, web.2 response_type, linking.1 prompt=none, linking.2 response_type, mobile.1 prompt=none, mobile.2 response_type"
	const again = "web.1 prompt=none, web.2 plain, linking.1 prompt=none, linking.2 plain, mobile.1 prompt=none, mobile.2 plain, control.1 plain"
	for _, c := range []struct {
		name    string
		product provider.Provider
		style   style
		sent    string
		asked   secret.Name // of the web page's deciding answer
		back    bool
		form    bool
		decides string
	}{
		{"answers prompt=none", manner(), back, none, facts.AskedNone, true, false, "web.1"},
		{"heeds the response type alone", manner(), only(provider.Type, back, login), typ, facts.AskedType, true, false, "web.2"},
		{"a login page for everything", manner(), login, typ + ", control.1 prompt=none", facts.AskedNone, false, true, "web.1"},
		{"refuses the response type on a page", manner(), only(provider.Type, words, login), typ + ", control.1 prompt=none", facts.AskedNone, false, true, "web.1"},
		{"fails at the response type", manner(), only(provider.Type, page(500, ""), login), typ + ", control.1 prompt=none", facts.AskedNone, false, true, "web.1"},
		{"refuses with words", manner(), words, none + ", control.1 prompt=none, near1.1 prompt=none, near2.1 prompt=none", facts.AskedNone, false, false, "web.1"},
		{"refuses by leading to a page", manner(), errorPage, none + ", control.1 prompt=none, near1.1 prompt=none, near2.1 prompt=none", facts.AskedNone, false, false, "web.1"},
		{"refuses without a word", manner(), page(403, ""), again + ", near1.1 prompt=none", "", false, false, "web.2"},
		{"refuses with its status", manner(), page(403, "<h1>403 Forbidden</h1>"), again + ", near1.1 prompt=none", "", false, false, "web.2"},
		{"refuses prompt=none without a word", manner(), only(provider.None, page(403, ""), login), again, "", false, true, "web.2"},
		{"refuses with words that nobody has checked", unchecked, words, again, "", false, false, "web.2"},
		{"refuses prompt=none with words that nobody has checked", unchecked, only(provider.None, words, login), again, "", false, true, "web.2"},
		{"refuses prompt=none by leading to a page", unchecked, only(provider.None, errorPage, login), again, "", false, true, "web.2"},
		{"serves its login page as an error", unchecked, page(401, loginPage), typ + ", control.1 prompt=none", facts.AskedNone, false, true, "web.1"},
		{"fails", manner(), page(500, ""), none, facts.AskedNone, false, false, "web.1"},
		{"is asked by prompt=none alone", manner(provider.None), login, none + ", control.1 prompt=none", facts.AskedNone, false, true, "web.1"},
		{"is asked by the response type alone", manner(provider.Type), only(provider.Type, back, login), "web.1 response_type, linking.1 response_type, mobile.1 response_type", facts.AskedType, true, false, "web.1"},
		{"is asked plainly", manner(provider.Plain), login, "web.1 plain, linking.1 plain, mobile.1 plain, control.1 plain", "", false, true, "web.1"},
		{"hides everything", provider.Provider{Evidence: provider.Live, Authorize: provider.Manner{Asks: []provider.Ask{provider.None}}, Proofs: provider.Proofs{Redirect: provider.Proof{Can: provider.No}}},
			login, none, facts.AskedNone, false, true, "web.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l, _ := asks(t, c.product, c.style, photos)
			if got := sent(l); got != c.sent {
				t.Errorf("want %s, got %s", c.sent, got)
			}
			web := l.Tries[0]
			if web.Asked != c.asked || web.Back != c.back || web.Form != c.form || web.Provider.Exchange != secret.Name("redirects."+c.decides) {
				t.Errorf("got asked %q, back %v, form %v by %s", web.Asked, web.Back, web.Form, web.Provider.Exchange)
			}
			if web.Journey != "web" || web.Origin != photos || web.Redirect != photos+"/auth/login" || web.Back && !web.StateEchoed {
				t.Errorf("got %+v", web)
			}
			if c := l.Control; c.Provider.Made() && c.Asked != web.Asked {
				t.Errorf("the control request was asked otherwise: %q", c.Asked)
			}
		})
	}
}

// Who goes back for every redirect URI may do so for anybody's, unless it is
// known what product it is.
func TestWhoGoesBackIsAskedForNobodysURIToo(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { goBack(w, r, "login_required") }))
	t.Cleanup(server.Close)
	shows := provider.Provider{Evidence: provider.Source, Proofs: provider.Proofs{Redirect: provider.Proof{Can: provider.Yes}}}
	for _, sure := range []bool{true, false} {
		w := wire.New(wire.Config{})
		t.Cleanup(w.Close)
		r := newRedirectRun(w.Branch("redirects"), started(server.URL+"/authorize", photos), shows, sure)
		r.run(t.Context())
		if r.log.Control.Back == sure {
			t.Errorf("sure %v: the control request: %+v", sure, r.log.Control)
		}
	}
}

// The web page's redirect URI goes back and the app's does not: one more request
// tells whether the provider looks at it at all.
func TestTheControlRequestComesLastAndIsTheWebPagesOtherwise(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var redirects []string
	l, web := asks(t, provider.Provider{}, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		redirects = append(redirects, r.URL.Query().Get("redirect_uri"))
		if strings.HasPrefix(redirects[len(redirects)-1], "app.immich:") {
			page(400, "no such redirect_uri")(w, r)
			return
		}
		goBack(w, r, "login_required")
	}, photos)
	c := l.Control
	if len(redirects) != 4 || redirects[3] != string(c.Redirect) || c.Provider.Exchange != "redirects.control.1" || !c.Back {
		t.Fatalf("got %v, %+v", redirects, c)
	}
	path, ok := strings.CutPrefix(string(c.Redirect), photos+"/immich-oidc-doctor-")
	if !ok || len(path) != 16 {
		t.Errorf("got %s", c.Redirect)
	}
	if c.Journey != "" || c.Origin != photos {
		t.Errorf("got %+v", c)
	}
	one := web.elsewhere()
	if web.url.RawQuery += "2"; one == web.elsewhere() {
		t.Error("another login has the same one")
	}
}

func TestAProductThatKeepsTheFirstRedirectURISeesTheWebPagesFirst(t *testing.T) {
	t.Parallel()
	product := provider.Provider{Name: "Keeper", Authorize: provider.Manner{Asks: []provider.Ask{provider.None}, KeepsFirst: true}}
	var mu sync.Mutex
	var events []string
	s := func(answer style) style {
		return func(w http.ResponseWriter, r *http.Request) {
			note := func(s string) { mu.Lock(); defer mu.Unlock(); events = append(events, s) }
			redirect := r.URL.Query().Get("redirect_uri")
			note("asked " + redirect)
			answer(w, r)
			note("answered " + redirect)
		}
	}
	l, _ := asks(t, product, s(page(200, loginPage)), photos)
	if want := []string{"asked " + photos + "/auth/login", "answered " + photos + "/auth/login"}; len(events) != 8 || !slices.Equal(events[:2], want) || events[6] != "asked "+string(l.Control.Redirect) {
		t.Errorf("got %q", events)
	}
	for name, l := range map[string]func() facts.RedirectLog{
		"it fails":                        func() facts.RedirectLog { l, _ := asks(t, product, page(502, ""), photos); return l },
		"nobody knows the web page's URL": func() facts.RedirectLog { l, _ := asks(t, product, page(200, ""), ""); return l },
	} {
		l := l()
		app := l.Tries[len(l.Tries)-1]
		want := "Keeper keeps the first redirect URI that it is asked with if it has none, and the web page's did not reach it"
		if app.Provider.Made() || app.Why.Detail.String() != want || l.Control.Provider.Made() {
			t.Errorf("%s: got %s: %s", name, sent(l), app.Why)
		}
	}
}

// Kanidm answers 200 to everything; the form to log in is only on the page for a
// good request.
func TestALoginFormIsTheOneOfTheProduct(t *testing.T) {
	t.Parallel()
	kanidm, _ := provider.Of("https://idm.example/ui/oauth2")
	for body, want := range map[string]bool{
		`<form id="login" action="/ui/login/begin"><input name="username"></form>`: true,
		`<form id="other"><input type="password"></form>`:                          false,
		`<p id="login">Invalid state</p>`:                                          false,
	} {
		l, _ := asks(t, kanidm, page(200, body), photos)
		if l.Tries[0].Form != want || l.Tries[0].Asked != "" {
			t.Errorf("%s: got %+v", body, l.Tries[0])
		}
	}
}

func TestARequestDiffersInOneParameter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ query, name, value, want string }{
		{"a=%20b&prompt=login&c=+", "prompt", "none", "a=%20b&c=+&prompt=none"},
		{"response_type=code&a=1", "response_type", "none_of_ours", "a=1&response_type=none_of_ours"},
		{"a=1&prompt", "prompt", "none", "a=1&prompt=none"},
		{"prompted=1", "redirect_uri", "https://h/?a", "prompted=1&redirect_uri=https%3A%2F%2Fh%2F%3Fa"},
	} {
		if got := replaced(c.query, c.name, c.value); got != c.want {
			t.Errorf("%s: want %s, got %s", c.query, c.want, got)
		}
	}
}
