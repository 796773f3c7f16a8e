package oidctest

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// discovery is the document of OpenID Connect Discovery 1.0 section 4, with the
// members of oidc-provider as far as the provider can keep its word.
func (p *Provider) discovery() *Answer {
	base := strings.TrimSuffix(p.URL(), strings.TrimRight(p.Path, "/"))
	if p.EndpointScheme != "" {
		_, rest, _ := strings.Cut(base, "://")
		base = p.EndpointScheme + "://" + rest
	}
	algs := slices.Concat(p.publishedAlgs(), []string{"HS256"}) // last: before v1.95.0 Immich expects HS256 of who lists it first
	doc := map[string]any{
		"issuer":                 p.issuer(),
		"authorization_endpoint": base + p.where(AuthorizePath),
		"token_endpoint":         base + p.where(TokenPath),
		"userinfo_endpoint":      base + p.where(UserinfoPath),
		"jwks_uri":               base + p.where(KeysPath),
		"end_session_endpoint":   base + p.where(LogoutPath),
		"authorization_response_iss_parameter_supported": true,
		"claim_types_supported":                          []string{"normal"},
		"claims_parameter_supported":                     false,
		"claims_supported":                               p.claimNames(),
		"grant_types_supported":                          []string{"authorization_code", "refresh_token"},
		"id_token_signing_alg_values_supported":          algs,
		"request_uri_parameter_supported":                false,
		"response_modes_supported":                       []string{"form_post", "fragment", "query"},
		"response_types_supported":                       []string{"code"},
		"scopes_supported":                               slices.Sorted(maps.Keys(p.Scopes)),
		"subject_types_supported":                        []string{"public"},
		"token_endpoint_auth_methods_supported":          []string{methodBasic, methodPost, methodNone},
		"userinfo_signing_alg_values_supported":          p.publishedAlgs(),
	}
	if methods := p.pkceMethods(); len(methods) > 0 {
		doc["code_challenge_methods_supported"] = methods
	}
	if p.PAR {
		doc["pushed_authorization_request_endpoint"] = base + p.where(PARPath)
	}
	if p.Style != nil {
		doc = p.replaced(doc, p.Style.Says)
	}
	return answerJSON(http.StatusOK, p.replaced(doc, p.Metadata))
}

// claimNames are the claims that some scope releases, and those of each ID token.
func (p *Provider) claimNames() []string {
	names := []string{"sub", "sid", "auth_time", "iss"}
	for _, scope := range slices.Sorted(maps.Keys(p.Scopes)) {
		names = append(names, p.Scopes[scope]...)
	}
	return names
}
