package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
)

var tokenEndpoint = &checks.Check{
	ID: "token/endpoint", Title: "the token endpoint itself answers, nothing in front of it", Since: "v0.1.0",
	Doc: `After the login at the provider Immich's server posts the code to the token endpoint. If forward authentication, a bot challenge,
a firewall or a proxy without a route answers there, the login breaks at its last step with "Failed to finish oauth", though
discovery is fine and the provider's pages work in every browser. A rule that exempts ` + "`/.well-known/`" + ` alone, or lets GET pass and not
POST, does this; Cloudflare's bot protection does it to servers of all kinds.

This tool posts ` + "`grant_type=authorization_code`" + ` and nothing else: no client, no secret, no code. A provider refuses that in JSON.

**Mend it**: exempt the endpoints of the provider that Immich's server asks (discovery, keys, token, userinfo) from what stands in
front, or let Immich reach the provider by a way of its own inside the network.`,
	Cites:    []cite.Citation{cite.RFC("6749", "5.2"), cite.OIDCCore("3.1.3"), cite.OAuth4WebAPI("v3.8.6", "src/index.ts"), cite.OpenIDClient("v5.7.1", "lib/helpers/process_response.js")},
	Symptoms: []string{"Failed to finish oauth", "unexpected HTTP response status code", "unexpected response content-type", "expected 200 OK, got: 302 Found", "expected 200 OK, got: 403 Forbidden"},
	Severity: checks.Error,
	Breaks:   checks.Logins("token"),
	After:    []string{"discovery/endpoints"},
	Needs:    []facts.Kind{facts.Server, facts.Endpoints},
	Run: func(f *facts.Facts) checks.Outcome {
		return endpointAnswers(intercept{name: "token endpoint", lacks: "names no client", try: f.Endpoints.Get().Token, breaks: existing(f, checks.Logins("token")), severity: checks.Error, basicFine: true, always: true})
	},
}
