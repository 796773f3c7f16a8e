package gather

import (
	"context"
	"net/http"
	"net/url"
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
	if try.Redirect = secret.URI(q.Get("redirect_uri")); q.Get("prompt") == "" {
		sent.RawQuery += "&prompt=none"
	}
	try.Provider, _ = w.Do(ctx, wire.Request{URL: secret.URI(sent.String()), Header: http.Header{"Accept": {"text/html,application/xhtml+xml"}}})
	back, err := url.Parse(string(try.Provider.Location))
	if err != nil || try.Provider.Location == "" || !sameURI(string(try.Provider.Location), string(try.Redirect)) {
		return
	}
	answer := back.Query()
	if answer.Get("error") == "" && answer.Get("code") == "" { // some answer in the fragment
		answer, _ = url.ParseQuery(back.Fragment)
	}
	try.Back = answer.Get("error") != "" || answer.Get("code") != ""
	try.StateEchoed = answer.Get("state") != "" && answer.Get("state") == q.Get("state")
	try.Error, try.Code = secret.Name(answer.Get("error")), answer.Get("code") != ""
	if d := answer.Get("error_description"); d != "" {
		try.Description = secret.Raw(d)
	}
}

// sameURI reports whether location is redirect with a query or fragment added.
func sameURI(location, redirect string) bool {
	rest, ok := strings.CutPrefix(location, redirect)
	return ok && (rest == "" || strings.ContainsAny(rest[:1], "?&#"))
}
