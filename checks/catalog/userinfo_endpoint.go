package catalog

import (
	"regexp"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

// aPerson finds the one member that every answer about a user has, OpenID
// Connect Core 5.3.2.
var aPerson = regexp.MustCompile(`"sub"\s*:\s*"[^"]`)

var userinfoEndpoint = &checks.Check{
	ID: "userinfo/endpoint", Title: "the userinfo endpoint itself answers, nothing in front of it", Since: "v0.1.0",
	Doc: `Immich asks the userinfo endpoint who it is that logged in, with the access token in the header Authorization. Forward
authentication, basic authentication or a challenge in front of it does not know that token and answers in its place; the login breaks
with "Failed to finish oauth". From 2.6 Immich does not ask if the ID token holds the e-mail address.

This tool asks with a token that it made up, as Immich asks with a good one. A provider answers 401 with a challenge for a
bearer token; some answer 403, or say in JSON alone that they know no such token.

**Mend it**: exempt the endpoints of the provider that Immich's server asks (discovery, keys, token, userinfo) from what stands in front.`,
	Cites:    []cite.Citation{cite.OIDCCore("5.3"), cite.RFC("6750", "3"), cite.Immich("v2.6.0", "server/src/repositories/oauth.repository.ts")},
	Symptoms: []string{"Failed to finish oauth", "unexpected HTTP response status code", "server responded with a challenge in the WWW-Authenticate HTTP Header"},
	Severity: checks.Error,
	Breaks:   checks.Logins("userinfo"),
	After:    []string{"discovery/endpoints"},
	Needs:    []facts.Kind{facts.Server, facts.Endpoints},
	Run: func(f *facts.Facts) checks.Outcome {
		severity := checks.Error
		if immich.UserinfoUnlessEmail.At(rules(f)).Value {
			severity = checks.Warning // not asked where the ID token holds the e-mail address
		}
		t := f.Endpoints.Get().Userinfo
		if t.JSON && t.Try.OK(200) && aPerson.MatchString(t.Try.Body.String()) {
			return checks.Failed(checks.Finding{
				Severity: checks.Note, Evidence: seen(t.From...), Got: got(t.Try), Want: secret.Textf("a refusal of the made-up token"),
				Message: secret.Textf("the userinfo endpoint names a user to a token that nobody handed out"),
				Fix:     []checks.Remedy{{Do: secret.Textf("see what answers there: it tells anybody who asks")}},
			})
		}
		return endpointAnswers(intercept{name: "userinfo endpoint", lacks: "brings no good token", try: f.Endpoints.Get().Userinfo, breaks: existing(f, checks.Logins("userinfo")), severity: severity})
	},
}
