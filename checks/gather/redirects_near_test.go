package gather

import (
	"net/http"
	"slices"
	"testing"

	"immich-oidc-doctor/checks/know/provider"
)

// Another spelling is asked for where a redirect URI is refused, and only where
// going there proves something and asking changes nothing.
func TestWhatIsRegisteredInPlaceOfARefusedURI(t *testing.T) {
	t.Parallel()
	has := func(registered ...string) style {
		return func(w http.ResponseWriter, r *http.Request) {
			if slices.Contains(registered, r.URL.Query().Get("redirect_uri")) {
				goBack(w, r, "login_required")
				return
			}
			page(400, "<p>redirect_uri is not registered</p>")(w, r)
		}
	}
	const web, linking, app = photos + "/auth/login", photos + "/user-settings", "app.immich:///oauth-callback"
	shows := provider.Proofs{Redirect: provider.Proof{Can: provider.Yes, Evidence: provider.Source}}
	for _, c := range []struct {
		name    string
		product provider.Provider
		style   style
		asked   []string // in place of what is refused
		back    string   // which of them it goes to
	}{
		{"all is registered", provider.Provider{}, has(web, linking, app), nil, ""},
		{"the app as older ones want it", provider.Provider{}, has(web, linking, "app.immich:/"), []string{"app.immich:/", "app.immich://oauth-callback"}, "app.immich:/"},
		{"the app with two slashes", provider.Provider{}, has(web, linking, "app.immich://oauth-callback"), []string{"app.immich:/", "app.immich://oauth-callback"}, "app.immich://oauth-callback"},
		{"the web page without TLS", provider.Provider{}, has("http://photos.example.com/auth/login", linking, app), []string{web + "/", "http://photos.example.com/auth/login"}, "http://photos.example.com/auth/login"},
		{"both are refused", provider.Provider{}, has(linking, web+"/"), []string{web + "/", "app.immich:/"}, web + "/"},
		{"linking alone is refused", provider.Provider{}, has(web, app), nil, ""},
		{"nothing is taken, by nobody knows whom", provider.Provider{}, has(), nil, ""},
		{"nothing is taken, by one who shows what is", provider.Provider{Proofs: shows}, has(web + "/"), []string{web + "/", "app.immich:/"}, web + "/"},
		{"asking stores something", provider.Provider{Authorize: provider.Manner{KeepsFirst: true}}, has(web, linking), nil, ""},
		{"asking is punished", provider.Provider{SlowsDown: true}, has(web, linking), nil, ""},
	} {
		l, _ := asks(t, c.product, c.style, photos)
		var asked []string
		for _, n := range l.Near {
			asked = append(asked, string(n.Redirect))
			if n.Back != (string(n.Redirect) == c.back) || n.Back && !n.StateEchoed {
				t.Errorf("%s: got %+v", c.name, n)
			}
		}
		if !slices.Equal(asked, c.asked) || len(l.Tried()) > redirectsShare {
			t.Errorf("%s: want %q, got %q in %s", c.name, c.asked, asked, sent(l))
		}
	}
}
