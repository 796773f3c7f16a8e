package gather

import (
	"strings"
	"testing"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

func TestHowAnAnswerComesBack(t *testing.T) {
	t.Parallel()
	const redirect = "https://h/auth/login"
	form := `<html><body onload="document.forms[0].submit()"><form method=post action='https://h/auth/login'>
		<input type="hidden" name="error" value="login_required"/><input name=state value="a&amp;b"></form>`
	for _, c := range []struct {
		name, location, page string
		mode                 secret.Name
		state                string
	}{
		{"the query", redirect + "?error=login_required&state=s", "", inQuery, "s"},
		{"the fragment", redirect + "#error=login_required&state=s", "", inFragment, "s"},
		{"a form", "", form, formPost, "a&b"},
		{"the second form", "", `<form action="/back"><input name=state value=x></form>` + form, formPost, "a&b"},
		{"the first form", "", form + `<form action="/back"><input name=state value=x></form>`, formPost, "a&b"},
		{"a form to somebody else", "", `<form action="https://other/auth/login"><input name=error value=x></form>`, "", ""},
		{"a login form", "", `<form action="/login"><input name=password></form>`, "", ""},
		{"another address", "https://h/auth/login2?error=x", "", "", ""},
		{"no answer in it", redirect + "?next=1", "", "", ""},
		{"a page", "", "<h1>Sign in</h1>", "", ""},
	} {
		a := facts.Attempt{Answer: facts.Answered, Status: 200, Location: secret.URI(c.location)}
		v, mode := answered(a, []byte(c.page), redirect)
		if mode != c.mode || v.Get("state") != c.state {
			t.Errorf("%s: want %q %q, got %q %q", c.name, c.mode, c.state, mode, v.Get("state"))
		}
	}
}

// Wherever a provider brings a code that nobody asked for, nothing of the page is
// kept.
func TestNoPageIsKeptThatHandsOutACode(t *testing.T) {
	t.Parallel()
	const redirect = "https://h/auth/login"
	const input = `<p>Your code is abc</p><form action="https://h/auth/login"><input value="abc" name=code></form>`
	for _, c := range []struct {
		name, location, page string
		status               int
		kept                 bool
	}{
		{"to the redirect URI", redirect + "?code=abc", "Your code is abc", 302, false},
		{"behind a route", "/x#/cb?code=abc", "Your code is abc", 302, false},
		{"elsewhere", "https://other/?a=b&id_token=abc", "Your token is abc", 302, false},
		{"a form", "", input, 200, false},
		{"a form of another status", "", input, 201, false},
		{"a form with a slash more", "", `<form action="https://h/auth/login/"><input name='code' value='abc'></form>`, 200, false},
		{"the second form", "", `<form action=/back></form>` + input, 200, false},
		{"many fields", "", strings.Repeat("<input name=x>", 60) + `<input name=access_token value=abc>`, 200, false},
		{"a field to type a code in", "", `<form><input name=code value=""></form>`, 200, true},
		{"a page", "", "<p>Sign in</p>", 200, true},
		{"a redirect", "/login?state=x", "moved", 302, true},
	} {
		p := probe{redirect: redirect}
		got := p.read(facts.Attempt{Answer: facts.Answered, Status: c.status, Location: secret.URI(c.location), Body: secret.Raw(c.page)}, []byte(c.page))
		if kept := !got.Provider.Body.IsZero(); kept != c.kept {
			t.Errorf("%s: kept %v", c.name, kept)
		}
	}
}

// A page of scripts that do not end is read as fast as any other.
func TestAPageThatSaysNothingIsReadOnce(t *testing.T) {
	t.Parallel()
	for page, want := range map[string]bool{
		strings.Repeat("<script>", 1<<17):                  true,
		strings.Repeat("<style>", 1<<17) + "why":           true,
		strings.Repeat("<", 1<<20):                         false,
		"<h1>400 Bad Request</h1><script>x":                true,
		"<script>x</script><p>The redirect URI is unknown": false,
	} {
		if got := saysNothing(facts.Attempt{Status: 400}, []byte(page)); got != want {
			t.Errorf("%.40s…: want %v, got %v", page, want, got)
		}
	}
}
