package oidctest

import (
	"bytes"
	"html/template"
	"net/http"
	"strings"
)

// The pages beside those of the steps, which are named by the step.
const (
	pageError  = "error"
	pagePost   = "post"
	pageLogout = "logout"
	pageDone   = "done"
)

// pages have the fields, buttons, titles and form names by which oidc-provider's
// development pages are recognised. They load nothing from anywhere.
var pages = template.Must(template.New("").Parse(`
{{define "top"}}<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{{.}}</title></head><body><main>
<h1>{{.}}</h1>
{{end}}

{{define "complaint"}}{{with .}}<p role="alert">{{.}}</p>
{{end}}{{end}}

{{define "login"}}{{template "top" "Sign-in"}}{{template "complaint" .Complaint}}<form autocomplete="off" action="{{.Action}}" method="post">
<input type="hidden" name="prompt" value="login">
<input required type="text" name="login" aria-label="Username" value="{{.Hint}}" autofocus>
<input required type="password" name="password" aria-label="Password">
<button type="submit" class="login-submit">Sign-in</button>
</form>
<a href="{{.Abort}}">[ Cancel ]</a></main></body></html>
{{end}}

{{define "totp"}}{{template "top" "Sign-in"}}{{template "complaint" .Complaint}}<form autocomplete="off" action="{{.Action}}" method="post">
<input type="hidden" name="prompt" value="totp">
<input required type="text" name="totp" aria-label="One-time password" inputmode="numeric" autocomplete="one-time-code" autofocus>
<button type="submit" class="login-submit">Continue</button>
</form>
<a href="{{.Abort}}">[ Cancel ]</a></main></body></html>
{{end}}

{{define "consent"}}{{template "top" "Sign-in"}}<p>{{.Client}} asks for: {{.Scope}}</p>
<form autocomplete="off" action="{{.Action}}" method="post">
<input type="hidden" name="prompt" value="consent">
<button type="submit" class="login-submit" autofocus>Continue</button>
</form>
<a href="{{.Abort}}">[ Cancel ]</a></main></body></html>
{{end}}

{{define "error"}}{{template "top" "oops! something went wrong"}}{{range .Params}}<pre><strong>{{.Name}}</strong>: {{.Value}}</pre>
{{end}}</main></body></html>
{{end}}

{{define "post"}}{{template "top" "Submitting Callback"}}<form method="post" action="{{.Action}}">
{{range .Params}}<input type="hidden" name="{{.Name}}" value="{{.Value}}">
{{end}}<button type="submit">Continue</button></form><script>document.forms[0].submit()</script></main></body></html>
{{end}}

{{define "logout"}}{{template "top" "Logout Request"}}<p>Do you want to sign out from {{.Host}}?</p>
<form id="op.logoutForm" method="post" action="{{.Action}}">
<input type="hidden" name="xsrf" value="{{.Token}}">
<button autofocus type="submit" name="logout" value="yes">Yes, sign me out</button>
<button type="submit" name="logout" value="no">No, stay signed in</button>
</form></main></body></html>
{{end}}

{{define "done"}}{{template "top" "Sign-out Success"}}<p>You have been signed out.</p></main></body></html>
{{end}}
`))

// page renders one. The templates are constant and so is their data's shape: an
// error here is a mistake in this file.
func page(status int, name string, data any) *Answer {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, data); err != nil {
		panic(err)
	}
	return &Answer{
		Status: status,
		Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}, "Cache-Control": {"no-store"}},
		Body:   b.Bytes(),
	}
}

// refusePage answers an error that must not be sent to a redirect URI, RFC 6749
// 4.1.2.1: a page for people, JSON for a program that asks for it.
func (p *Provider) refusePage(r *http.Request, why refusal) *Answer {
	accept := r.Header.Get("Accept")
	if strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html") {
		return p.refuseJSON(why)
	}
	says := []responseParam{{"error", why.code}}
	if text := p.description(why); text != "" {
		says = append(says, responseParam{"error_description", text})
	}
	if state := r.Form.Get("state"); state != "" {
		says = append(says, responseParam{"state", state})
	}
	a := page(http.StatusBadRequest, pageError, map[string]any{"Params": append(says, responseParam{"iss", p.issuer()})})
	if a.cause = why.cause; a.cause == "" {
		a.cause = why.says
	}
	return a
}
