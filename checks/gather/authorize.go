package gather

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

// authorize starts a login at Immich for each journey and goes no further:
// Immich runs discovery and answers the authorization URL. Nobody is logged in
// and Immich keeps nothing.
var authorize = &Source[facts.AuthorizeLog]{
	Gives: facts.Authorize,
	After: []facts.Kind{facts.Server, facts.Target},
	Waits: []facts.Kind{facts.Origins},
	Sends: authorizeSends,
	Learn: func(ctx context.Context, w *wire.Wire, f *facts.Facts) facts.Fact[facts.AuthorizeLog] {
		if v := f.Server.Get().Version; !v.Is() {
			return facts.Not[facts.AuthorizeLog](v.Why.Reason, v.Why.Detail) // it is not Immich that answers
		}
		base, release := f.Target.Get().Server, releaseOf(f)
		path := secret.URI(immich.AuthorizePath.At(release).Value)
		tries := logins(base, f, release)
		w = toImmich(w, f)
		var starts []func()
		for i := range tries {
			w := w.Branch(branchOf(tries[i].Journey, nth(tries, i)))
			starts = append(starts, func() { startLogin(ctx, w, base+path, &tries[i]) })
		}
		parallel(starts...)
		l := facts.AuthorizeLog{Tries: tries}
		if mobile, ok := l.Of("mobile"); ok && mobile.RedirectURI.Is() {
			l.Override = askOverride(ctx, w.Branch("override"), base, mobile.RedirectURI.Get())
		}
		return facts.Is(l)
	},
}

func authorizeSends(t facts.TargetSpec) (all []Send) {
	path := immich.AuthorizePath.At(immich.Newest)
	where := strings.TrimSuffix(path.Value, "authorize") + "{authorize, before " + path.From + " config}"
	for _, j := range []struct{ name, as, only string }{
		{"web", "the web page", ""}, {"linking", "the account settings", "the release can link accounts, from " + immich.LinkingSince}, {"mobile", "the phone app", ""},
	} {
		for n := range max(1, min(len(t.Origins), maxDoors)) {
			if n > 0 && j.name == "mobile" {
				continue // the app's redirect URI is the same everywhere
			}
			all = append(all, Send{ID: "authorize." + branchOf(secret.Name(j.name), n+1) + ".1", Method: "POST", URL: string(t.Server) + where, To: ToImmich, If: j.only,
				Why: "start a login as " + j.as + " does, and go no further; Immich fetches the provider's discovery document and answers the authorization URL"})
		}
	}
	return append(all, Send{ID: "authorize.override.1", Method: "GET", URL: string(t.Server) + "{path of the override}", To: ToImmich,
		Why: "whether that page sends the phone back to the app", If: "a mobile redirect override is set"})
}

// releaseOf is the release for looking up rules; "" has those of the newest.
func releaseOf(f *facts.Facts) (v string) {
	facts.If(f.Server, func(s facts.ServerInfo) {
		facts.If(s.Version, func(r secret.Name) { v = string(r) })
	})
	return v
}

// logins lists the redirect URIs of this release: the web page takes the
// address bar's, so without an origin the one that we use must do.
func logins(base secret.URI, f *facts.Facts, release string) (tries []facts.AuthorizeTry) {
	origins := []facts.Origin{{}}
	facts.If(f.Origins, func(l facts.OriginList) {
		if len(l.All) > 0 {
			origins = l.All[:min(len(l.All), maxDoors)]
		}
	})
	for _, o := range origins {
		page := base
		if o.Name != "" {
			page = secret.URI(o.Name)
		}
		tries = append(tries, facts.AuthorizeTry{Journey: "web", Origin: o.Name, Redirect: page + "/auth/login"})
		if release == "" || !immich.Before(release, immich.LinkingSince) {
			tries = append(tries, facts.AuthorizeTry{Journey: "linking", Origin: o.Name, Redirect: page + "/user-settings"})
		}
	}
	app := secret.URI(immich.AppRedirect.At(release).Value)
	return append(tries, facts.AuthorizeTry{Journey: "mobile", Redirect: app})
}

// nth is of which origin a try is, counted from 1.
func nth(tries []facts.AuthorizeTry, i int) (n int) {
	for _, t := range tries[:i+1] {
		if t.Journey == "web" {
			n++
		}
	}
	if tries[i].Journey == "mobile" {
		return 1 // it belongs to no origin
	}
	return n
}

// branchOf names the exchanges of a journey: "web" for the first origin,
// "web2" for the second.
func branchOf(journey secret.Name, n int) string {
	if n > 1 {
		return string(journey) + string(secret.Int(n))
	}
	return string(journey)
}

// startLogin posts one redirect URI and reads the answer.
func startLogin(ctx context.Context, w *wire.Wire, to secret.URI, t *facts.AuthorizeTry) {
	body, _ := json.Marshal(map[string]string{"redirectUri": string(t.Redirect)})
	header := http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}}
	a, answer := w.Do(ctx, wire.Request{Method: http.MethodPost, URL: to, Header: header, Body: body})
	t.Immich = a
	o, from := decode(answer), a.From(facts.ByImmich)
	t.Message = member(o, "message", from, asText)
	if strings.HasSuffix(string(to), "/oauth/config") && string(o["enabled"]) == "false" {
		t.Message = facts.Says(secret.Textf("OAuth is not enabled"), from)
	}
	t.URL = facts.NotKnown[secret.URI](facts.Absent, secret.Textf("Immich gave no authorization URL (%s)", a.Exchange))
	if a.Answer != facts.Answered {
		t.URL.Why.Reason = facts.Unanswered
	}
	if a.OK(http.StatusCreated) {
		if u := member(o, "url", from, asURI); u.Is() {
			t.URL = u
		}
	}
	readURL(t, from)
}

// readURL takes the authorization URL apart.
func readURL(t *facts.AuthorizeTry, from facts.Provenance) {
	why := t.URL.Why
	t.Endpoint.Why, t.RedirectURI.Why, t.ClientID.Why, t.Scope.Why, t.CodeChallenge.Why = why, why, why, why, why
	if !t.URL.Is() {
		return
	}
	u, err := url.Parse(string(t.URL.Get()))
	if err != nil {
		return
	}
	q := u.Query()
	endpoint := *u
	endpoint.RawQuery, endpoint.Fragment = "", ""
	t.Endpoint = facts.Says(secret.URI(endpoint.String()), from)
	absent := facts.Why{Reason: facts.Absent, Detail: secret.Textf("not in the authorization URL")}
	t.RedirectURI.Why, t.ClientID.Why, t.Scope.Why = absent, absent, absent
	if q.Has("redirect_uri") {
		t.RedirectURI = facts.Says(secret.URI(q.Get("redirect_uri")), from)
	}
	if q.Has("client_id") {
		t.ClientID = facts.Says(secret.Name(q.Get("client_id")), from)
	}
	if q.Has("scope") {
		t.Scope = facts.Says(secret.Name(q.Get("scope")), from)
	}
	t.State = secret.New(q.Get("state"))
	challenge := secret.Name("none")
	switch {
	case q.Get("code_challenge") != "":
		challenge = secret.Name(q.Get("code_challenge_method"))
	case q.Has("code_challenge"):
		challenge = "empty"
	}
	t.CodeChallenge = facts.Says(challenge, from)
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if len(q[name]) > 1 {
			t.Twice = append(t.Twice, short(name))
		}
	}
}

// askOverride asks the page that a mobile redirect override names whether it
// sends the phone back to the app. Other hosts than Immich's are not asked.
func askOverride(ctx context.Context, w *wire.Wire, base, redirect secret.URI) facts.Attempt {
	if strings.HasPrefix(string(redirect), "app.immich:") || !strings.HasPrefix(string(redirect), "http") {
		return facts.Attempt{}
	}
	u, err := url.Parse(string(redirect))
	if err != nil {
		return facts.Attempt{}
	}
	here, err := url.Parse(string(base))
	if err != nil {
		return facts.Attempt{}
	}
	// The path is what is in question; that its host is Immich's is another.
	u.Scheme, u.Host, u.RawQuery, u.Fragment = here.Scheme, here.Host, "", ""
	a, _ := w.Do(ctx, wire.Request{URL: secret.URI(u.String())})
	return a
}
