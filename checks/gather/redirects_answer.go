package gather

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

// read is what one answer says of a redirect URI.
func (p *probe) read(a facts.Attempt, page []byte) (t facts.RedirectTry) {
	t.Provider = a
	answer, mode := answered(a, page, p.redirect)
	if mode == "" {
		t.Form = showsForm(a, string(page), p.manner.LoginForm)
		return t
	}
	if t.Back = true; mode != inQuery {
		t.Mode = mode
	}
	if mode == formPost { // its fields are those of a callback: a code may stand among them
		t.Provider.Body = secret.Text{}
	}
	t.StateEchoed = answer.Get("state") != "" && answer.Get("state") == p.state
	t.Error, t.Code = secret.Name(answer.Get("error")), answer.Get("code") != ""
	t.Issuer = secret.URI(answer.Get("iss"))
	t.Handed = secret.New(answer.Get("code"))
	if d := answer.Get("error_description"); d != "" {
		t.Description = secret.Raw(d)
	}
	return t
}

// showsForm reports whether a page is one to log in at: by the mark that this
// product's has, or by a field for a password. Some serve it as an error.
func showsForm(a facts.Attempt, page, mark string) bool {
	failed := a.Status >= 400 && a.Status < 500
	if a.Answer != facts.Answered || a.Status != http.StatusOK && !failed || !formTag.MatchString(page) {
		return false
	}
	if mark != "" && !failed {
		return regexp.MustCompile(mark).MatchString(page)
	}
	for _, tag := range inputTag.FindAllString(page, 50) {
		if strings.EqualFold(attributes(tag)["type"], "password") {
			return true
		}
	}
	return false
}

// The ways back, by the names of OAuth 2.0 Multiple Response Types 2.1 and of
// OAuth 2.0 Form Post Response Mode.
const (
	inQuery    secret.Name = "query"
	inFragment secret.Name = "fragment"
	formPost   secret.Name = "form_post"
)

// answered finds the parameters of an authorization response in what the
// provider answered, and how they come back; no mode if it is none.
func answered(a facts.Attempt, page []byte, redirect string) (url.Values, secret.Name) {
	is := func(v url.Values) bool { return v.Get("error") != "" || v.Get("code") != "" }
	if a.Location == "" {
		if v := postedForm(string(page), redirect); a.OK(http.StatusOK) && is(v) {
			return v, formPost
		}
		return nil, ""
	}
	to, err := url.Parse(string(a.Location))
	if err != nil || !sameURI(string(a.Location), redirect) {
		return nil, ""
	}
	if v := to.Query(); is(v) {
		return v, inQuery
	}
	if v, err := url.ParseQuery(to.Fragment); err == nil && is(v) {
		return v, inFragment
	}
	return nil, ""
}

var (
	formTag   = regexp.MustCompile(`(?is)<form\b[^>]*>`)
	inputTag  = regexp.MustCompile(`(?is)<input\b[^>]*>`)
	attribute = regexp.MustCompile(`(?is)\b(action|name|type|value)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)
)

// postedForm is the fields of a page that posts itself to the redirect URI.
func postedForm(page, redirect string) url.Values {
	if html.UnescapeString(attributes(formTag.FindString(page))["action"]) != redirect {
		return nil
	}
	v := url.Values{}
	for _, tag := range inputTag.FindAllString(page, 50) {
		a := attributes(tag)
		v.Add(html.UnescapeString(a["name"]), html.UnescapeString(a["value"]))
	}
	return v
}

func attributes(tag string) map[string]string {
	as := map[string]string{}
	for _, m := range attribute.FindAllStringSubmatch(tag, 20) {
		as[strings.ToLower(m[1])] = m[2] + m[3] + m[4]
	}
	return as
}

// sameURI reports whether location is redirect with a query or fragment added.
func sameURI(location, redirect string) bool {
	rest, ok := strings.CutPrefix(location, redirect)
	return ok && (rest == "" || strings.ContainsAny(rest[:1], "?&#"))
}
