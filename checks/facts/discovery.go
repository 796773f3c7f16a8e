package facts

import "immich-oidc-doctor/checks/secret"

// A DiscoveryDoc is the provider's metadata, decoded member by member: what is
// missing or of the wrong type has its own Why and the rest stays known.
type DiscoveryDoc struct {
	Setting Known[secret.URI] `json:"setting"` // the issuer URL that it was looked up by
	Try     Attempt           `json:"try,omitzero"`
	Others  []Attempt         `json:"others,omitempty"` // where it was looked for first
	Foreign Attempt           `json:"foreign,omitzero"` // the document of an issuer that was given and is not Immich's
	Object  Known[bool]       `json:"object"`           // the body is a JSON object
	Form    Form              `json:"form,omitzero"`

	Issuer                Known[secret.URI] `json:"issuer"`
	AuthorizationEndpoint Known[secret.URI] `json:"authorization_endpoint"`
	TokenEndpoint         Known[secret.URI] `json:"token_endpoint"`
	UserinfoEndpoint      Known[secret.URI] `json:"userinfo_endpoint"`
	JWKSURI               Known[secret.URI] `json:"jwks_uri"`
	EndSessionEndpoint    Known[secret.URI] `json:"end_session_endpoint"`
	PushedEndpoint        Known[secret.URI] `json:"pushed_authorization_request_endpoint"`

	// Switches, as JavaScript takes a value for true.
	IssParameter Known[bool] `json:"authorization_response_iss_parameter_supported"`
	PushedOnly   Known[bool] `json:"require_pushed_authorization_requests"`
	SignedOnly   Known[bool] `json:"require_signed_request_object"`

	IDTokenAlgs    List `json:"id_token_signing_alg_values_supported"`
	PKCEMethods    List `json:"code_challenge_methods_supported"`
	AuthMethods    List `json:"token_endpoint_auth_methods_supported"`
	ScopesOffered  List `json:"scopes_supported"`
	ResponseTypes  List `json:"response_types_supported"`
	ClaimsOffered  List `json:"claims_supported"`
	GrantsOffered  List `json:"grant_types_supported"`
	SubjectTypes   List `json:"subject_types_supported"`
	UserinfoAlgs   List `json:"userinfo_signing_alg_values_supported"`
	AccessAlgs     List `json:"access_token_signing_alg_values_supported"` // of no specification
	ResponseModes  List `json:"response_modes_supported"`
	PromptsOffered List `json:"prompt_values_supported"`
}

// Tried lists the exchanges in the order of their making.
func (d DiscoveryDoc) Tried() []Attempt {
	return made(append(append([]Attempt{d.Foreign}, d.Others...), d.Try)...)
}

// A Form is how a JSON body is written, where one client or another minds. The
// zero Form is that of an object without oddities, or of a body nobody has seen.
type Form struct {
	Kind  secret.Name   `json:"kind,omitempty"`  // what it is in place of an object: "a list", "not JSON"
	BOM   bool          `json:"bom,omitempty"`   // it begins with a byte order mark
	Twice []secret.Name `json:"twice,omitempty"` // members that stand in it with several values, of which the last counts
}
