package oidctest

import (
	"crypto/rand"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"strings"
)

// In the texts of a style {url} is where the provider is, {origin} its scheme,
// host and port, {client} and {redirect} what the request named, {state} its
// state, {query} its whole query and {request} that as one value, {random} is
// other at each answer.

// filled puts what a text names into it, written as it must be there.
func (a Asked) filled(text string, written func(string) string) string {
	text = strings.NewReplacer("{url}", a.provider.URL(), "{origin}", strings.TrimSuffix(a.provider.URL(), strings.TrimRight(a.provider.Path, "/"))).Replace(text)
	return strings.NewReplacer(
		"{client}", written(a.ID), "{redirect}", written(a.Redirect), "{state}", written(a.Form.Get("state")),
		"{request}", written(a.Form.Encode()), "{query}", a.Form.Encode(), "{random}", rand.Text(),
	).Replace(text)
}

// htmlPage answers a page with that title and text.
func htmlPage(status int, title, text string) Told {
	return func(a Asked) *Answer {
		body := "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + title + "</title></head><body><h1>" + title + "</h1>\n" + text + "\n</body></html>\n"
		return said(status, "text/html; charset=utf-8", a.filled(body, html.EscapeString))
	}
}

// plainText answers in words alone.
func plainText(status int, text string) Told {
	return func(a Asked) *Answer {
		return said(status, "text/plain; charset=utf-8", a.filled(text, func(s string) string { return s }))
	}
}

// nothing answers without a body.
func nothing(status int) Told {
	return func(Asked) *Answer { return &Answer{Status: status, Header: http.Header{}} }
}

func said(status int, contentType, body string) *Answer {
	return &Answer{Status: status, Header: http.Header{"Content-Type": {contentType}}, Body: []byte(body)}
}

// errorJSON answers the object of RFC 6749 5.2; a description that is empty is left out.
func errorJSON(status int, code, description string) Told {
	return func(a Asked) *Answer {
		body := map[string]any{"error": code}
		if description != "" {
			body["error_description"] = a.filled(description, func(s string) string { return s })
		}
		return answerJSON(status, body).noStore()
	}
}

// otherJSON answers an object that is not that of RFC 6749.
func otherJSON(status int, body string) Told {
	return func(a Asked) *Answer {
		return said(status, "application/json", a.filled(body, func(s string) string {
			quoted, _ := json.Marshal(s) // a string always can be
			return strings.Trim(string(quoted), `"`)
		}))
	}
}

// goesTo answers by a redirect.
func goesTo(status int, location string) Told {
	return func(a Asked) *Answer {
		answer := said(status, "text/html; charset=utf-8", "")
		answer.Header.Set("Location", a.filled(location, url.QueryEscape))
		return answer
	}
}

// goesBack answers with an error to the redirect URI, whosesoever that is.
func goesBack(status int, code, description string) Told { return back(status, "?", code, description) }

// goesBackBehindHash does so in the fragment.
func goesBackBehindHash(status int, code string) Told { return back(status, "#", code, "") }

func back(status int, join, code, description string) Told {
	query := "error=" + code
	if description != "" {
		query += "&error_description=" + url.QueryEscape(description)
	}
	return func(a Asked) *Answer {
		answer := said(status, "text/html; charset=utf-8", "")
		answer.Header.Set("Location", a.Redirect+join+query+"&state="+url.QueryEscape(a.Form.Get("state")))
		return answer
	}
}

// handsOut answers with a code to the redirect URI.
func handsOut(a Asked) *Answer {
	answer := said(http.StatusFound, "text/html; charset=utf-8", "")
	answer.Header.Set("Location", a.Redirect+"?code="+rand.Text()+"&state="+url.QueryEscape(a.Form.Get("state")))
	return answer
}

// byMethod answers a secret in the header with basic, and one in the body with post.
func byMethod(post, basic Told) Told {
	return func(a Asked) *Answer {
		if a.Header.Get("Authorization") != "" {
			return basic(a)
		}
		return post(a)
	}
}

// challenging adds a challenge to an answer.
func challenging(told Told, challenge string) Told {
	return func(a Asked) *Answer {
		answer := told(a)
		answer.Header.Set("WWW-Authenticate", challenge)
		return answer
	}
}

// signInPage is a page with a form, which no two answers have alike.
var signInPage = htmlPage(http.StatusOK, "Sign in", `<form id="login" method="post" action="{origin}/login"><input type="hidden" name="csrf" value="{random}">
<input name="username"><input type="password" name="password"><button type="submit">Sign in</button></form>`)

// appPage is the page of a program that runs in the browser.
var appPage = htmlPage(http.StatusOK, "Loading", `<div id="app"></div><script nonce="{random}" src="/assets/index.js"></script>
<noscript>This page needs JavaScript.</noscript>`)
