package oidctest

import "strings"

// hostileStyles are of products that nobody makes: each answers so that
// somebody who trusts one sign alone is wrong.
var hostileStyles = []Style{
	unnamed("one-page-for-all", AuthorizeStyle{Login: appPage}, honestToken),
	unnamed("one-refusal-for-all-credentials", AuthorizeStyle{Login: signInPage}, TokenStyle{
		Secret: errorJSON(401, "invalid_client", "Client authentication failed"), Code: errorJSON(401, "invalid_client", "Client authentication failed")}),
	unnamed("code-before-secret", honestAuthorize, TokenStyle{
		Secret: errorJSON(401, "invalid_client", ""), Code: errorJSON(400, "invalid_grant", "The code is unknown"), CodeFirst: true}),
	unnamed("400-for-all", AuthorizeStyle{Login: htmlPage(400, "Bad Request", "<p>The request is invalid.</p>")}, TokenStyle{
		Secret: errorJSON(400, "invalid_request", ""), Code: errorJSON(400, "invalid_request", "")}),
	unnamed("400-that-repeats-the-request", AuthorizeStyle{Login: htmlPage(400, "Something went wrong",
		"<p>Your session is invalid or has expired.</p><pre>{request}\nclient_id: {client}\nredirect_uri: {redirect}</pre><p>Error {random}</p>")}, honestToken),
	unnamed("error-page-for-all", AuthorizeStyle{Login: htmlPage(400, "Error",
		"<p>Invalid redirect_uri, unknown client or malformed request.</p>")}, honestToken),
	unnamed("login-page-that-names-the-redirect", AuthorizeStyle{Login: htmlPage(200, "Sign in", `<form method="post"><input type="hidden" name="redirect_uri" value="{redirect}">
<input name="user"><input name="password" type="password"><p hidden>Not a valid password. This account does not exist.</p></form>`)}, honestToken),
	unnamed("login-page-that-names-the-redirect-of-good-requests", AuthorizeStyle{
		Client: htmlPage(400, "Bad Request", "<p>Ask the administrator. {random}</p>"), Redirect: htmlPage(400, "Bad Request", "<p>Ask the administrator. {random}</p>"),
		Login: htmlPage(200, "Sign in", `<form method="post"><input type="hidden" name="redirect_uri" value="{redirect}">
<input name="user"><input name="password" type="password"><p hidden>Not a valid password. This account does not exist.</p></form>`)}, honestToken),
	unnamed("scripts-that-never-end", AuthorizeStyle{Login: plainly(400, strings.Repeat("<script>", 130_000))}, honestToken),
	unnamed("goes-back-to-anybody", AuthorizeStyle{Login: goesBack(302, "login_required", "")}, honestToken),
	unnamed("hands-a-code-to-anybody", AuthorizeStyle{Login: handsOut}, honestToken),
	unnamed("somewhere-else-each-time", AuthorizeStyle{Login: goesTo(302, "{origin}/{random}/{random}?next={random}")}, honestToken),
	unnamed("forbidden-now-and-then", AuthorizeStyle{Login: forbiddenIf(func(times int) bool { return times%2 == 0 })}, honestToken),
	unnamed("forbidden-after-some", AuthorizeStyle{Login: forbiddenIf(func(times int) bool { return times > 6 })}, honestToken),
	unnamed("goes-round-in-circles", AuthorizeStyle{Login: goesTo(302, "{origin}/o/authorize?{query}")}, honestToken),
	unnamed("enough-after-one", AuthorizeStyle{First: func(a Asked) *Answer {
		if a.times(AuthorizePath) < 2 {
			return nil
		}
		return enough(a)
	}, Client: honestAuthorize.Client, Redirect: honestAuthorize.Redirect, None: honestAuthorize.None, Login: signInPage}, TokenStyle{
		Secret: enough, Code: enough, CodeFirst: true}),
	unnamed("token-endpoint-that-hangs", honestAuthorize, TokenStyle{
		Nobody: hanging, Secret: hanging, Code: hanging, CodeFirst: true}),
	unnamed("page-for-a-token-endpoint", honestAuthorize, TokenStyle{
		Secret: htmlPage(200, "Sign in", "<p>invalid_client invalid_grant</p>"), Code: htmlPage(200, "Sign in", "<p>invalid_client invalid_grant</p>"), CodeFirst: true}),
	unnamed("another-word-for-a-wrong-secret", honestAuthorize, TokenStyle{
		Secret: errorJSON(400, "invalid_grant", "The credentials are not valid"), Code: errorJSON(400, "invalid_grant", "The code is not valid")}),
	unnamed("secret-only-with-the-right-redirect", honestAuthorize, TokenStyle{
		Secret: errorJSON(401, "invalid_client", ""), Redirect: errorJSON(401, "invalid_client", ""), Code: errorJSON(400, "invalid_grant", "")}),
}

// unnamed is a style of a product whose endpoints tell nobody what it is.
func unnamed(name string, authorize AuthorizeStyle, token TokenStyle) Style {
	return Style{
		Name: name, Says: withoutIss, Authorize: authorize, Token: token,
		At: below("/o", map[string]string{AuthorizePath: "/authorize", TokenPath: "/grant", UserinfoPath: "/person", KeysPath: "/certificates", LogoutPath: "/bye"}),
	}
}

// What a good provider says that is none of those above.
var (
	honestAuthorize = AuthorizeStyle{
		Client:   htmlPage(400, "Error", "<p>Unknown client {client}.</p>"),
		Redirect: htmlPage(400, "Error", "<p>The redirect URI {redirect} is not registered.</p>"),
		Type:     goesBack(302, "unsupported_response_type", ""),
		Scope:    goesBack(302, "invalid_scope", ""),
		PKCE:     goesBack(302, "invalid_request", "code_challenge is missing"),
		None:     goesBack(302, "login_required", ""),
		Login:    signInPage,
	}
	honestToken = TokenStyle{Secret: errorJSON(401, "invalid_client", ""), Code: errorJSON(400, "invalid_grant", "")}
)

// plainly answers with just that page.
func plainly(status int, page string) Told {
	return func(Asked) *Answer { return said(status, "text/html", page) }
}

// enough asks for fewer requests, RFC 6585 4.
func enough(a Asked) *Answer {
	answer := plainText(429, "Too Many Requests\n")(a)
	answer.Header.Set("Retry-After", "120")
	return answer
}

// hanging never answers.
func hanging(Asked) *Answer { return &Answer{hang: true} }

// forbiddenIf is a login page behind something that does not like the number
// of requests.
func forbiddenIf(bad func(times int) bool) Told {
	forbidden := htmlPage(403, "Forbidden", "<p>Request {random} was blocked.</p>")
	return func(a Asked) *Answer {
		if bad(a.times(AuthorizePath)) {
			return forbidden(a)
		}
		return signInPage(a)
	}
}

// times is how often that endpoint was asked, this time included.
func (a Asked) times(endpoint string) (n int) {
	for _, r := range a.provider.asked {
		if r.Path == endpoint {
			n++
		}
	}
	return n
}
