package gather

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/secret"
)

// redirects sends each authorization URL to the provider as a browser would,
// with prompt=none: nobody is asked anything, and a provider that knows the
// client and the redirect URI answers by going there with an error.
var redirects = &Source[facts.RedirectLog]{
	Gives: facts.Redirects,
	After: []facts.Kind{facts.Authorize},
	Risk:  Probes,
	Sends: redirectsSends,
	Learn: func(ctx context.Context, w *wire.Wire, f *facts.Facts) facts.Fact[facts.RedirectLog] {
		var l facts.RedirectLog
		for _, t := range f.Authorize.Get().Tries {
			l.Tries = append(l.Tries, facts.RedirectTry{Journey: t.Journey, Origin: t.Origin, Redirect: t.Redirect})
		}
		var asks []func()
		for i, t := range f.Authorize.Get().Tries {
			try := &l.Tries[i]
			switch {
			case !t.URL.Is():
				try.Why = t.URL.Why
			case t.Journey != "mobile" && t.Origin == "":
				try.Why = facts.Why{Reason: facts.NotAsked, Detail: secret.Textf("where people open Immich is not known: give --origin")}
			default:
				w := w.Branch(branchOf(t.Journey, nth(f.Authorize.Get().Tries, i)))
				asks = append(asks, func() { askProvider(ctx, w, t, try) })
			}
		}
		parallel(asks...)
		return facts.Is(l)
	},
}

func redirectsSends(t facts.TargetSpec) (all []Send) {
	for _, s := range authorizeSends(t) {
		journey, started := strings.CutPrefix(s.ID, "authorize.")
		if !started || s.Method != http.MethodPost {
			continue
		}
		all = append(all, Send{ID: "redirects." + journey, Method: "GET", URL: "{authorization URL}", To: ToProvider, If: s.If,
			Why: "whether the provider accepts this redirect URI; with prompt=none, so that nobody is asked to log in"})
	}
	return all
}

func askProvider(ctx context.Context, w *wire.Wire, t facts.AuthorizeTry, try *facts.RedirectTry) {
	sent, err := url.Parse(string(t.URL.Get()))
	if err != nil {
		try.Why = facts.Why{Reason: facts.Absent, Detail: secret.Textf("the authorization URL cannot be read")}
		return
	}
	q := sent.Query()
	try.Redirect = secret.URI(q.Get("redirect_uri"))
	sent.RawQuery = quiet(sent.RawQuery)
	var page []byte
	try.Provider, page = w.Do(ctx, wire.Request{URL: secret.URI(sent.String()), Header: http.Header{"Accept": {"text/html,application/xhtml+xml"}}})
	answer, mode := answered(try.Provider, page, string(try.Redirect))
	if mode == "" {
		return
	}
	if try.Back = true; mode != inQuery {
		try.Mode = mode
	}
	if mode == formPost { // its fields are those of a callback: a code may stand among them
		try.Provider.Body = secret.Text{}
	}
	try.StateEchoed = answer.Get("state") != "" && answer.Get("state") == q.Get("state")
	try.Error, try.Code = secret.Name(answer.Get("error")), answer.Get("code") != ""
	try.Issuer = secret.URI(answer.Get("iss"))
	try.Handed = secret.New(answer.Get("code"))
	if d := answer.Get("error_description"); d != "" {
		try.Description = secret.Raw(d)
	}
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
	attribute = regexp.MustCompile(`(?is)\b(action|name|value)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)
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

// quiet is an authorization request with prompt=none, whatever prompt Immich is
// set to ask for; all else stays byte for byte.
func quiet(query string) string {
	kept := slices.DeleteFunc(strings.Split(query, "&"), func(p string) bool { return p == "prompt" || strings.HasPrefix(p, "prompt=") })
	return strings.Join(append(kept, "prompt=none"), "&")
}

// sameURI reports whether location is redirect with a query or fragment added.
func sameURI(location, redirect string) bool {
	rest, ok := strings.CutPrefix(location, redirect)
	return ok && (rest == "" || strings.ContainsAny(rest[:1], "?&#"))
}
