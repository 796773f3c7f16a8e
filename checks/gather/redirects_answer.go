package gather

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

// read is what one answer says of a redirect URI.
func (p *probe) read(a facts.Attempt, page []byte) (t facts.RedirectTry) {
	t.Provider = a
	if handsOut(a, page) { // to whomever: the page may repeat it in words that nobody knows
		t.Provider.Body = secret.Text{}
	}
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
	handed    = regexp.MustCompile(`^(?:code|id_token|access_token)$`)
	formTag   = regexp.MustCompile(`(?is)<form\b[^>]*>`)
	inputTag  = regexp.MustCompile(`(?is)<input\b[^>]*>`)
	attribute = regexp.MustCompile(`(?is)\b(action|name|type|value)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)
)

// handsOut reports whether an answer brings a code or a token, to the redirect
// URI or anywhere else.
func handsOut(a facts.Attempt, page []byte) bool {
	if a.Answer != facts.Answered || a.Status >= 400 {
		return false
	}
	for _, parameter := range strings.FieldsFunc(string(a.Location), func(r rune) bool { return strings.ContainsRune("?&#", r) }) {
		if name, value, _ := strings.Cut(parameter, "="); value != "" && handed.MatchString(name) {
			return true
		}
	}
	return slices.ContainsFunc(inputTag.FindAllString(string(page), -1), func(tag string) bool {
		is := attributes(tag)
		return is["value"] != "" && handed.MatchString(html.UnescapeString(is["name"]))
	})
}

// postedForm is the fields of the form of a page that is posted to the redirect
// URI.
func postedForm(page, redirect string) url.Values {
	forms := formTag.FindAllStringIndex(page, 50)
	for i, at := range forms {
		if html.UnescapeString(attributes(page[at[0]:at[1]])["action"]) != redirect {
			continue
		}
		end := len(page)
		if i+1 < len(forms) {
			end = forms[i+1][0]
		}
		v := url.Values{}
		for _, tag := range inputTag.FindAllString(page[at[1]:end], 50) {
			a := attributes(tag)
			v.Add(html.UnescapeString(a["name"]), html.UnescapeString(a["value"]))
		}
		return v
	}
	return nil
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
