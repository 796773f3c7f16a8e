package facts

import (
	"cmp"
	"fmt"

	"immich-oidc-doctor/checks/secret"
)

// Marks is what products are told apart by, as far as it is known: the
// authorization endpoint of Immich's own request, and the discovery document,
// each of its members as a list. It reads Authorize and Discovery.
func Marks(f *Facts) (endpoint secret.URI, document map[string][]string) {
	If(f.Authorize, func(l AuthorizeLog) {
		for _, t := range l.Tries {
			If(t.Endpoint, func(u secret.URI) { endpoint = cmp.Or(endpoint, u) })
		}
	})
	If(f.Discovery, func(d DiscoveryDoc) { document = d.shown() })
	return endpoint, document
}

// shown is the document as far as it tells products apart.
func (d DiscoveryDoc) shown() map[string][]string {
	doc := map[string][]string{}
	for member, at := range map[string]Known[secret.URI]{
		"issuer": d.Issuer, "authorization_endpoint": d.AuthorizationEndpoint, "token_endpoint": d.TokenEndpoint,
		"userinfo_endpoint": d.UserinfoEndpoint, "jwks_uri": d.JWKSURI, "end_session_endpoint": d.EndSessionEndpoint,
	} {
		If(at, func(u secret.URI) { doc[member] = []string{string(u)} })
	}
	If(d.IssParameter, func(b bool) { doc["authorization_response_iss_parameter_supported"] = []string{fmt.Sprint(b)} })
	for member, l := range map[string]List{
		"id_token_signing_alg_values_supported": d.IDTokenAlgs, "scopes_supported": d.ScopesOffered,
		"claims_supported": d.ClaimsOffered, "response_types_supported": d.ResponseTypes,
		"access_token_signing_alg_values_supported": d.AccessAlgs,
	} {
		for _, v := range l.Values {
			doc[member] = append(doc[member], string(v))
		}
	}
	return doc
}
