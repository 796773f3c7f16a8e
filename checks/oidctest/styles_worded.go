package oidctest

// wordedStyles are of products that nobody makes: each says something that
// sounds like a refusal of the redirect URI or the client, and is none.
var wordedStyles = []Style{
	unnamed("401-login-page-with-help", AuthorizeStyle{Login: htmlPage(401, "Sign in", `<form method="post"><input name="user"><input name="password" type="password"></form>
<footer>Trouble? If the redirect URI of your app is not registered, write to us. The redirect URI is not registered if nobody has entered it.</footer>`)}, honestToken),
	unnamed("400-possible-causes-for-prompt-none", noneGets(htmlPage(400, "Something went wrong",
		"<p>Possible causes:</p><ul><li>your session has expired</li><li>the redirect URI is not registered</li></ul>")), honestToken),
	unnamed("400-that-blames-the-redirect-for-prompt-none", noneGets(htmlPage(400, "Error", "<p>The redirect URI is not registered.</p>")), honestToken),
	unnamed("400-that-names-the-redirect-and-not-why", noneGets(htmlPage(400, "Error",
		"<p>Login required. redirect_uri: {redirect} - the user is not logged in</p>")), honestToken),
	unnamed("403-invalid-client-address", noneGets(htmlPage(403, "Forbidden", "<p>Access denied: invalid client IP</p>")), honestToken),
	unnamed("403-unknown-client-for-prompt-none", noneGets(htmlPage(403, "Forbidden", "<p>Unknown client.</p>")), honestToken),
	unnamed("403-unknown-client-address-for-all", AuthorizeStyle{Login: htmlPage(403, "Forbidden", "<p>Unknown client address</p>")}, honestToken),
	unnamed("403-unknown-client-for-all", AuthorizeStyle{Login: htmlPage(403, "Forbidden", "<p>Unknown client</p>")}, honestToken),
	unnamed("error-page-for-prompt-none", noneGets(goesTo(302, "{origin}/oops?error=invalid_request&error_description=prompt+none+is+not+supported")), honestToken),
	unnamed("error-page-that-names-the-redirect-for-prompt-none", noneGets(goesTo(302, "{origin}/oops?error=login_required&error_description=the+user+is+not+logged+in%2C+redirect_uri+not+used")), honestToken),
	unnamed("state-only-once", AuthorizeStyle{First: func(a Asked) *Answer {
		if a.repeatsState() {
			return htmlPage(400, "Error", "<p>The request was made before.</p>")(a)
		}
		return nil
	}, Login: signInPage}, honestToken),
	unnamed("goes-back-without-state", AuthorizeStyle{
		Client: honestAuthorize.Client, Redirect: honestAuthorize.Redirect, None: stateless, Login: signInPage}, honestToken),
	pushesAny(unnamed("pushed-requests-with-any-redirect", AuthorizeStyle{Login: signInPage}, honestToken)),
	atPath(unnamed("path-of-okta-that-goes-back-to-anybody", AuthorizeStyle{Login: goesBack(302, "login_required", "")}, honestToken), "/oauth2/v1/authorize"),
}

// noneGets is a good authorization endpoint but for what prompt=none gets.
func noneGets(told Told) AuthorizeStyle {
	return AuthorizeStyle{Client: honestAuthorize.Client, Redirect: honestAuthorize.Redirect, None: told, Login: signInPage}
}

// stateless goes back without the state of the request.
func stateless(a Asked) *Answer {
	answer := nothing(302)(a)
	answer.Header.Set("Location", a.Redirect+"?error=login_required")
	return answer
}

// repeatsState reports whether another request came with the same state.
func (a Asked) repeatsState() bool {
	state := a.Form.Get("state")
	had := a.provider.states[state]
	if a.provider.states == nil {
		a.provider.states = map[string]bool{}
	}
	a.provider.states[state] = true
	return had
}

// pushesAny takes a pushed request whatever its redirect URI is, RFC 9126 2.4.
func pushesAny(s Style) Style {
	s.Pushed = otherJSON(201, `{"expires_in":60,"request_uri":"urn:ietf:params:oauth:request_uri:{random}"}`)
	return s
}

// atPath moves the authorization endpoint.
func atPath(s Style, path string) Style {
	s.At[AuthorizePath] = path
	return s
}
