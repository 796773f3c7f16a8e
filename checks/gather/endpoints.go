package gather

import (
	"context"
	"net/http"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

// endpoints asks the token and the userinfo endpoint as Immich does, without a
// client or a code, and with a token that nobody handed out: nobody is named, so
// nobody can be locked out. The token endpoint is asked by POST, because
// firewalls tell POST from GET. A provider refuses both, in JSON; what stands in
// front of it answers otherwise. The logout page is opened as a browser would
// that nobody is logged in with, so that nobody is logged out.
var endpoints = &Source[facts.EndpointLog]{
	Gives: facts.Endpoints,
	After: []facts.Kind{facts.Discovery},
	Waits: []facts.Kind{facts.Server, facts.Settings},
	Risk:  Probes,
	Sends: func(facts.TargetSpec) []Send {
		return []Send{
			{ID: "endpoints.token.1", Method: "POST", URL: "{token_endpoint}", To: ToProvider, Why: "whether the endpoint itself answers; no client, no code, so that it refuses"},
			{ID: "endpoints.userinfo.1", Method: "GET", URL: "{userinfo_endpoint}", To: ToProvider, Why: "whether the endpoint itself answers; a made-up token, so that it refuses"},
			{ID: "endpoints.logout.1", Method: "GET", URL: "{end_session_endpoint}", To: ToProvider, Why: "whether the logout page answers; no cookie, so that nobody is logged out", If: "there is one"},
		}
	},
	Learn: func(ctx context.Context, w *wire.Wire, f *facts.Facts) facts.Fact[facts.EndpointLog] {
		d := f.Discovery.Get()
		var l facts.EndpointLog
		accept := "application/json"
		form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Accept": {accept}}
		parallel(
			askEndpoint(ctx, w.Branch("token"), d.TokenEndpoint, &l.Token, wire.Request{Method: http.MethodPost, Header: form, Body: []byte("grant_type=authorization_code")}),
			askEndpoint(ctx, w.Branch("userinfo"), d.UserinfoEndpoint, &l.Userinfo, wire.Request{Header: http.Header{"Accept": {accept}, "Authorization": {"Bearer " + madeUpToken}}}),
			askEndpoint(ctx, w.Branch("logout"), logoutPage(f, d), &l.EndSession, wire.Request{Header: http.Header{"Accept": {"text/html,application/xhtml+xml"}}}),
		)
		if l.Userinfo.Try.Made() {
			l.Userinfo.Try.Sent = secret.New(madeUpToken)
		}
		return facts.Is(l)
	},
}

// logoutPage is where Immich sends people who log out: the setting, in a release
// that has it, stands above the document.
func logoutPage(f *facts.Facts, d facts.DiscoveryDoc) (at facts.Known[secret.URI]) {
	at = d.EndSessionEndpoint
	facts.If(f.Server, func(s facts.ServerInfo) {
		facts.If(f.Settings, func(set facts.SettingsDoc) {
			if s.Version.Is() && immich.LogoutSetting.At(string(s.Version.Get())).Value && set.EndSessionEndpoint.Is() && set.EndSessionEndpoint.Get() != "" {
				at = set.EndSessionEndpoint
			}
		})
	})
	if at.Is() && originOf(string(at.Get())) == "" {
		return facts.Known[secret.URI]{Why: facts.Why{Reason: facts.Absent, Detail: secret.Textf("the end_session_endpoint is no whole address")}}
	}
	return at
}

func askEndpoint(ctx context.Context, w *wire.Wire, at facts.Known[secret.URI], t *facts.EndpointTry, r wire.Request) func() {
	return func() {
		if !at.Is() {
			t.Why = at.Why
			return
		}
		r.URL = at.Get()
		var body []byte
		t.Try, body = w.Do(ctx, r)
		t.From = []facts.Provenance{t.Try.From(min(facts.Here, at.From()[0].Vantage))}
		t.JSON = decode(body) != nil
	}
}
