package facts

import (
	"time"

	"immich-oidc-doctor/checks/secret"
)

// A NetworkPath is the way from this machine to the provider's host, below HTTP.
type NetworkPath struct {
	Host      Known[secret.Name] `json:"host"` // host:port, and who names it
	Secure    bool               `json:"secure"`
	Lookup    Attempt            `json:"lookup,omitzero"`
	Addresses []Address          `json:"addresses,omitempty"`

	Handshake Attempt       `json:"handshake,omitzero"` // verified as this machine trusts
	Trust     Trust         `json:"trust,omitempty"`
	Chain     []Certificate `json:"chain,omitempty"` // as the server sent it
}

// An Address is one A or AAAA record and what answers there.
type Address struct {
	IP   secret.Name `json:"ip"`
	Dial Attempt     `json:"dial"`
}

// Trust is what verification of a certificate chain came to.
type Trust string

const (
	Trusted     Trust = "trusted"
	Expired     Trust = "expired"
	NotYetValid Trust = "not yet valid"
	WrongName   Trust = "wrong name"
	UnknownCA   Trust = "unknown authority"
	NoTLS       Trust = "no TLS" // the port speaks something else, or refuses the handshake
)

// A Certificate is what people need of one.
type Certificate struct {
	Subject   secret.Text   `json:"subject"`
	Issuer    secret.Text   `json:"issuer"`
	NotBefore time.Time     `json:"notBefore"`
	NotAfter  time.Time     `json:"notAfter"`
	Names     []secret.Name `json:"names,omitempty"`
	CA        bool          `json:"ca,omitempty"`
}

// Tried lists the exchanges in the order of their making.
func (n NetworkPath) Tried() []Attempt {
	as := []Attempt{n.Lookup}
	for _, a := range n.Addresses {
		as = append(as, a.Dial)
	}
	return made(append(as, n.Handshake)...)
}

// A DiscoveryDoc is the provider's metadata, decoded member by member: what is
// missing or of the wrong type has its own Why and the rest stays known.
type DiscoveryDoc struct {
	Setting Known[secret.URI] `json:"setting"` // the issuer URL that it was looked up by
	Try     Attempt           `json:"try,omitzero"`
	Others  []Attempt         `json:"others,omitempty"` // where it was looked for first
	Object  Known[bool]       `json:"object"`           // the body is a JSON object

	Issuer                Known[secret.URI] `json:"issuer"`
	AuthorizationEndpoint Known[secret.URI] `json:"authorization_endpoint"`
	TokenEndpoint         Known[secret.URI] `json:"token_endpoint"`
	UserinfoEndpoint      Known[secret.URI] `json:"userinfo_endpoint"`
	JWKSURI               Known[secret.URI] `json:"jwks_uri"`
	EndSessionEndpoint    Known[secret.URI] `json:"end_session_endpoint"`

	IDTokenAlgs    List `json:"id_token_signing_alg_values_supported"`
	PKCEMethods    List `json:"code_challenge_methods_supported"`
	AuthMethods    List `json:"token_endpoint_auth_methods_supported"`
	ScopesOffered  List `json:"scopes_supported"`
	ResponseTypes  List `json:"response_types_supported"`
	ClaimsOffered  List `json:"claims_supported"`
	GrantsOffered  List `json:"grant_types_supported"`
	SubjectTypes   List `json:"subject_types_supported"`
	UserinfoAlgs   List `json:"userinfo_signing_alg_values_supported"`
	ResponseModes  List `json:"response_modes_supported"`
	PromptsOffered List `json:"prompt_values_supported"`
}

// Tried lists the exchanges in the order of their making.
func (d DiscoveryDoc) Tried() []Attempt { return made(append(d.Others, d.Try)...) }

// A KeySet is what stands at jwks_uri.
type KeySet struct {
	Try  Attempt      `json:"try,omitzero"`
	From []Provenance `json:"from,omitempty"` // who says that these are the provider's keys
	Read Known[bool]  `json:"read"`           // the body is an object with an array "keys"
	Keys []Key        `json:"keys,omitempty"`
}

// A Key is one member of the set; Unusable says why go-jose cannot use it.
type Key struct {
	ID       secret.Name `json:"kid,omitempty"`
	Type     secret.Name `json:"kty,omitempty"`
	Alg      secret.Name `json:"alg,omitempty"`
	Use      secret.Name `json:"use,omitempty"`
	Curve    secret.Name `json:"crv,omitempty"`
	Bits     int         `json:"bits,omitempty"` // of an RSA modulus
	Private  bool        `json:"private,omitempty"`
	Unusable secret.Text `json:"unusable,omitzero"`
}

// Tried lists the exchanges in the order of their making.
func (k KeySet) Tried() []Attempt { return made(k.Try) }
