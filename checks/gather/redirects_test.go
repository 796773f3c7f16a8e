package gather

import (
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
