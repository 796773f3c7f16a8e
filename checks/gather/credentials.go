package gather

import (
	"context"
	"net/http"
	"net/url"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

// credentials shows the provider Immich's client ID and secret with a code that
// was never handed out.
var credentials = &Source[facts.CredentialLog]{
	Gives: facts.Credentials,
	After: []facts.Kind{facts.Target, facts.Discovery, facts.Authorize},
	Waits: []facts.Kind{facts.Server, facts.Settings, facts.Redirects, facts.Endpoints},
	Risk:  Probes,
	Sends: credentialsSends,
	Most:  func(facts.TargetSpec) int { return mostShown },
	Learn: func(ctx context.Context, w *wire.Wire, f *facts.Facts) facts.Fact[facts.CredentialLog] {
		s, why := showingOf(w, f)
		if why != (facts.Why{}) {
			return facts.Not[facts.CredentialLog](why.Reason, why.Detail)
		}
		l := facts.CredentialLog{Method: secret.Name(s.method), Endpoint: s.endpoint, Redirect: s.redirect}
		if s.method == immich.AuthBasic {
			l.Spelt = secret.New(immich.Spelt(s.release, s.secret.Reveal()))
		}
		s.show(ctx, w, f, &l)
		return facts.Is(l)
	},
}

// mostShown is how many requests with credentials there are in a run.
const mostShown = 3

// Nobody has ever handed these out, or registered them.
const (
	madeUpCode     = "immich-oidc-doctor-made-this-code-up"
	madeUpToken    = "immich-oidc-doctor-made-this-token-up"
	madeUpVerifier = "immich-oidc-doctor-made-this-verifier-up-of-60-characters-xy" // RFC 7636 4.1
	wrongSecret    = "immich-oidc-doctor-shows-a-wrong-secret-on-purpose"
)

func credentialsSends(t facts.TargetSpec) []Send {
	if t.Settings.ClientSecret.IsZero() && len(settingsSends(t)) == 0 {
		return nil // there is nothing to show
	}
	return []Send{
		{ID: "credentials.token.1", Method: "POST", URL: "{token_endpoint}", To: ToProvider, Why: "whether the provider takes Immich's client ID and secret; with a made-up code, so that it refuses"},
		{ID: "credentials.refresh.1", Method: "POST", URL: "{token_endpoint}", To: ToProvider, Why: "the same with a made-up refresh token, which has no redirect URI",
			If: "the provider refuses a redirect URI as it refuses a secret"},
		{ID: "credentials.pushed.1", Method: "POST", URL: "{pushed_authorization_request_endpoint}", To: ToProvider, Why: "whether the provider takes Immich's client ID, secret and redirect URI together",
			If: "the provider has that endpoint, and the answers before leave one of them open"},
		{ID: "credentials.control.1", Method: "POST", URL: "{token_endpoint}", To: ToProvider, Why: "whether a wrong secret is answered otherwise; once",
			If: "the answers before leave open what they mean"},
	}
}

// A showing is Immich's credentials, and how, where and to whom they are shown.
type showing struct {
	release, method string
	id              string
	secret          secret.Value
	endpoint        secret.URI
	redirect        secret.URI
	verifier        bool
	product         provider.Provider
	surety          provider.Surety
}

// showingOf is what is shown, or why nothing is.
func showingOf(w *wire.Wire, f *facts.Facts) (s showing, why facts.Why) {
	facts.If(f.Redirects, func(l facts.RedirectLog) { why = l.Ended })
	d := f.Discovery.Get()
	web, _ := f.Authorize.Get().Of("web")
	s.release = releaseOf(f)
	s.product, s.surety = productOf(f)
	if why == (facts.Why{}) {
		why = s.client(f, web)
	}
	switch {
	case why != (facts.Why{}):
		return s, why
	case !d.TokenEndpoint.Is():
		return s, d.TokenEndpoint.Why
	case !web.RedirectURI.Is() && web.Origin == "":
		return s, web.RedirectURI.Why
	}
	s.endpoint = d.TokenEndpoint.Get()
	redirect, listed := web.Redirect, d.PKCEMethods.Has("S256") // that the page sends, of a login that Immich does not start
	challenged := listed && immich.PKCE.At(s.release).Value != immich.PKCENever
	facts.If(web.RedirectURI, func(u secret.URI) { redirect = u })
	facts.If(web.CodeChallenge, func(c secret.Name) { challenged = c == "S256" })
	s.redirect = secret.URI(immich.TokenRedirect(s.release, string(redirect)))
	s.verifier = immich.SendsVerifier(s.release, challenged, listed)
	if s.method != immich.AuthNone {
		if why = withheld(w, f, s.endpoint); why != (facts.Why{}) {
			return s, why
		}
	}
	return s, inFront(f)
}

// client fills in who Immich is and how it shows that.
func (s *showing) client(f *facts.Facts, web facts.AuthorizeTry) (why facts.Why) {
	var set facts.SettingsDoc
	facts.If(f.Settings, func(d facts.SettingsDoc) { set = d })
	switch {
	case web.ClientID.Is():
		s.id = string(web.ClientID.Get())
	case set.ClientID.Is():
		s.id = string(set.ClientID.Get())
	default:
		return notAsked(secret.Textf("the client ID is not known: give --client-id"))
	}
	s.secret = set.ClientSecret
	if s.secret.IsZero() && !set.SecretShape.Is() {
		return notAsked(secret.Textf("the client secret is not known: give --api-key-file or --client-secret-file"))
	}
	var lists func(string) bool
	if list := f.Discovery.Get().AuthMethods; list.Is() {
		lists = func(method string) bool { return list.Has(secret.Name(method)) }
	}
	setting := ""
	facts.If(set.TokenEndpointAuthMethod, func(m secret.Name) { setting = string(m) })
	s.method = immich.AuthMethod(s.release, !s.secret.IsZero(), lists, setting)
	switch {
	case s.method != immich.AuthNone && s.secret.IsZero():
		return notAsked(secret.Textf("there is no client secret, and this release can be no public client"))
	case s.method != immich.AuthNone && s.method != immich.AuthBasic && s.method != immich.AuthPost:
		return notAsked(secret.Textf("Immich has no way of showing a secret that is called %s", secret.Name(s.method)))
	}
	return why
}

// post shows the client, with some secret, to an endpoint.
func (s showing) post(ctx context.Context, w *wire.Wire, to secret.URI, form url.Values, with string) (facts.CredentialTry, provider.Answer) {
	header := http.Header{"Accept": {"application/json"}, "Content-Type": {immich.FormType.At(s.release).Value}}
	var sent secret.Value
	switch s.method {
	case immich.AuthBasic:
		pair, value := immich.Basic(s.release, s.id, with)
		header["Authorization"], sent = []string{value}, secret.New(pair)
	case immich.AuthPost:
		form.Set("client_secret", with)
		fallthrough
	default:
		form.Set("client_id", s.id)
	}
	a, body := w.Do(ctx, wire.Request{Method: http.MethodPost, URL: to, Header: header, Body: []byte(form.Encode()), Private: true})
	a.Sent = sent
	return s.read(a, body)
}

// productOf is the product that answers, as far as Immich's request and the
// discovery document tell.
func productOf(f *facts.Facts) (provider.Provider, provider.Surety) {
	endpoint, document := facts.Marks(f)
	return provider.Recognise(string(endpoint), document)
}
