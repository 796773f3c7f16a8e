package catalog

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

func TestNearMiss(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, b, want string }{
		{"https://photos.example.com/auth/login", "https://photos.example.com/auth/login", ""},
		{"https://photos.example.com/auth/login", "http://photos.example.com/auth/login", "the scheme"},
		{"https://photos.example.com/auth/login", "https://photos.example.com/auth/login/", "the slash at the end"},
		{"https://photos.example.com/auth/login", "https://Photos.example.com/auth/login", "upper and lower case"},
		{"https://photos.example.com/auth/login", "https://photos.example.com:443/auth/login", "the port"},
		{"http://[::1]:2283/auth/login", "http://[::1]/auth/login", "the port"},
		{"app.immich:///oauth-callback", "app.immich://oauth-callback", "the number of slashes after app.immich:"},
		{"app.immich:///oauth-callback", "app.immich:/oauth-callback", "the number of slashes after app.immich:"},
		{"app.immich:///oauth-callback", "app.immich:/", ""},
		{"https://photos.example.com/auth/login", "https://photos.example.com/user-settings", ""},
		{"http://photos.example.com:2283/auth/login", "https://photos.example.com/auth/login", ""},
		{"", "", ""},
	} {
		if got := nearMiss(c.a, c.b); got != c.want {
			t.Errorf("%s and %s: want %q, got %q", c.a, c.b, c.want, got)
		}
	}
}

// FuzzNearMiss holds nearMiss against the naive reading of what it says: take
// that away from both, and they are the same.
func FuzzNearMiss(f *testing.F) {
	for _, s := range []string{"https://a.example/auth/login", "http://a.example/auth/login/", "https://A.example:443/auth/login", "app.immich:///oauth-callback", "app.immich:/", "://", ":", "http:", "https://[::1]:1/?x:2#/"} {
		f.Add(s, strings.ToUpper(s))
		f.Add(s, s+"/")
		f.Add(s, strings.Replace(s, "//", "/", 1))
		f.Add(s, strings.Replace(s, "https", "http", 1))
	}
	digits := regexp.MustCompile(`:[0-9]+`)
	f.Fuzz(func(t *testing.T, a, b string) {
		said := nearMiss(a, b)
		if said != nearMiss(b, a) || a == b && said != "" {
			t.Fatalf("%q and %q: %q, and %q the other way round", a, b, said, nearMiss(b, a))
		}
		same := map[string]func(string) string{
			"upper and lower case": nil,
			"the slash at the end": func(s string) string { return strings.TrimRight(s, "/") },
			"the scheme":           func(s string) string { return strings.Replace(s, "https:", "http:", 1) },
			"the port":             func(s string) string { return digits.ReplaceAllString(s, "") },
		}
		for says, without := range same {
			switch {
			case said != says:
			case without == nil && !strings.EqualFold(a, b), without != nil && without(a) != without(b):
				t.Errorf("%q and %q do not differ in %s alone", a, b, said)
			}
		}
		if strings.HasPrefix(said, "the number of slashes") && strings.ReplaceAll(a, "/", "") != strings.ReplaceAll(b, "/", "") {
			t.Errorf("%q and %q do not differ in slashes alone", a, b)
		}
	})
}

func TestAlikeForgetsWhatEachRequestHasOfItsOwn(t *testing.T) {
	t.Parallel()
	answer := func(status int, location, body string) facts.RedirectTry {
		return facts.RedirectTry{Provider: facts.Attempt{
			Exchange: "redirects.web.1", URL: "https://op.example/auth", Answer: facts.Answered, Status: status,
			Location: secret.URI(location), ContentType: "text/html", Body: secret.Seal(secret.Raw(body)),
		}}
	}
	form := answer(200, "", "<p>Log in")
	form.Form = true
	failing := "https://op.example/error?error=invalid_request&error_description=" + url.QueryEscape("no address https://photos.example.com/x1")
	for name, c := range map[string]struct {
		a, b facts.RedirectTry
		want bool
	}{
		"the same":                           {answer(403, "", ""), answer(403, "", ""), true},
		"another status":                     {answer(403, "", ""), answer(400, "", ""), false},
		"another name of the interaction":    {answer(303, "/interaction/o8Yb2kx_1", ""), answer(303, "/interaction/AAb1_kpqq", ""), true},
		"an error page and a login page":     {answer(302, "/interaction?id=1", ""), answer(302, "/interaction/error?id=1", ""), false},
		"another host":                       {answer(302, "https://a.example/login", ""), answer(302, "https://b.example/login", ""), false},
		"errors about another address":       {answer(302, failing, ""), answer(302, strings.Replace(failing, "x1", "y2", 1), ""), true},
		"an error and none":                  {answer(302, failing, ""), answer(302, "https://op.example/error", ""), false},
		"another number of the operation":    {answer(200, "", "<p>Operation 8c1f2d77"), answer(200, "", "<p>Operation 00aa2d77"), true},
		"other words":                        {answer(200, "", "<p>Log in"), answer(200, "", "<p>Invalid redirect"), false},
		"a page with a form and one without": {form, answer(200, "", "<p>Log in"), false},
		"a page and a redirect":              {answer(302, "/login", ""), answer(302, "", ""), false},
	} {
		if got := alike(c.a, c.b); got != c.want || got != alike(c.b, c.a) {
			t.Errorf("%s: want %t, got %t and %t", name, c.want, got, alike(c.b, c.a))
		}
	}
}
