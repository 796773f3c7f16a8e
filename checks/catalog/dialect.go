package catalog

import (
	"cmp"
	"fmt"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

// Provider recognises the provider by Immich's authorization URL and by the
// discovery document, as far as either is known. A check that asks for it uses
// facts.Authorize and facts.Discovery.
func Provider(f *facts.Facts) (provider.Provider, provider.Surety) {
	var endpoint secret.URI
	facts.If(f.Authorize, func(l facts.AuthorizeLog) {
		for _, t := range l.Tries {
			facts.If(t.Endpoint, func(u secret.URI) { endpoint = cmp.Or(endpoint, u) })
		}
	})
	var shown provider.Document
	facts.If(f.Discovery, func(d facts.DiscoveryDoc) { shown = shownBy(d) })
	return provider.Recognise(string(endpoint), shown)
}

// shownBy is the document as far as it tells products apart.
func shownBy(d facts.DiscoveryDoc) provider.Document {
	doc := provider.Document{}
	for member, at := range map[string]facts.Known[secret.URI]{
		"issuer": d.Issuer, "authorization_endpoint": d.AuthorizationEndpoint, "token_endpoint": d.TokenEndpoint,
		"userinfo_endpoint": d.UserinfoEndpoint, "jwks_uri": d.JWKSURI, "end_session_endpoint": d.EndSessionEndpoint,
	} {
		facts.If(at, func(u secret.URI) { doc[member] = []string{string(u)} })
	}
	facts.If(d.IssParameter, func(b bool) { doc["authorization_response_iss_parameter_supported"] = []string{fmt.Sprint(b)} })
	for member, l := range map[string]facts.List{
		"id_token_signing_alg_values_supported": d.IDTokenAlgs, "scopes_supported": d.ScopesOffered,
		"claims_supported": d.ClaimsOffered, "response_types_supported": d.ResponseTypes,
	} {
		for _, v := range l.Values {
			doc[member] = append(doc[member], string(v))
		}
	}
	return doc
}

// inDialect lets a remedy say in the provider's own words where k is changed
// and, if there is a value, what to paste there. Of a provider that nobody
// recognises, and of what is not known of one, the remedy's own words stand. It
// reports false of a product that has no such setting.
func inDialect(f *facts.Facts, k provider.Kind, value secret.Text, fix *checks.Remedy) bool {
	p, surety := Provider(f)
	s, known := p.Settings[k]
	if !known {
		return true
	}
	s = p.At(k)
	name := p.Name
	if surety < provider.Sure || s.Evidence == provider.Unchecked {
		name += " (not checked)"
	}
	if s.None != "" {
		fix.Where = secret.Textf("%s has no setting for it: %s", secret.Name(name), secret.Name(s.None))
		return false
	}
	fix.Where = secret.Textf("%s: %s", secret.Name(name), secret.Name(s.Where))
	if s.Snippet != "" && !value.IsZero() {
		fix.Snippet = secret.Textf("%s", secret.Name(s.Paste(value.String())))
	}
	return true
}
