package gather

import (
	"context"
	"net/http"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/secret"
)

// endpoints asks the token and the userinfo endpoint as Immich does, without a
// client, a code or a token: nobody is named, so nobody can be locked out. The
// token endpoint is asked by POST, because firewalls tell POST from GET. A
// provider refuses both, in JSON; what stands in front of it answers otherwise.
var endpoints = &Source[facts.EndpointLog]{
	Gives: facts.Endpoints,
	After: []facts.Kind{facts.Discovery},
	Risk:  Probes,
	Sends: func(facts.TargetSpec) []Send {
		return []Send{
			{ID: "endpoints.token.1", Method: "POST", URL: "{token_endpoint}", To: ToProvider, Why: "whether the endpoint itself answers; no client, no code, so that it refuses"},
			{ID: "endpoints.userinfo.1", Method: "GET", URL: "{userinfo_endpoint}", To: ToProvider, Why: "whether the endpoint itself answers; no token, so that it refuses"},
		}
	},
	Learn: func(ctx context.Context, w *wire.Wire, f *facts.Facts) facts.Fact[facts.EndpointLog] {
		d := f.Discovery.Get()
		var l facts.EndpointLog
		accept := "application/json"
		form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Accept": {accept}}
		parallel(
			askEndpoint(ctx, w.Branch("token"), d.TokenEndpoint, &l.Token, wire.Request{Method: http.MethodPost, Header: form, Body: []byte("grant_type=authorization_code")}),
			askEndpoint(ctx, w.Branch("userinfo"), d.UserinfoEndpoint, &l.Userinfo, wire.Request{Header: http.Header{"Accept": {accept}}}),
		)
		return facts.Is(l)
	},
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
