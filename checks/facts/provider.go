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

	Handshake    Attempt       `json:"handshake,omitzero"`    // verified as this machine trusts
	Trust        Trust         `json:"trust,omitempty"`       // what that came to
	ImmichTrust  Trust         `json:"immichTrust,omitempty"` // by Mozilla's list, which Node brings, and --immich-ca-file
	ImmichDetail secret.Text   `json:"immichDetail,omitzero"` // why not
	Protocol     secret.Name   `json:"protocol,omitempty"`    // "TLS 1.3"
	Chain        []Certificate `json:"chain,omitempty"`       // as the server sent it
}

// An Address is one A or AAAA record and what answers there.
type Address struct {
	IP      secret.Name `json:"ip"`
	Dial    Attempt     `json:"dial"`
	NoRoute bool        `json:"noRoute,omitempty"` // this machine has no way to addresses of that kind
}

// A HostList is the way to the hosts, other than that of the issuer, that the
// document names for what Immich calls.
type HostList struct {
	Hosts []EndpointHost `json:"hosts,omitempty"`
}

// An EndpointHost is one of them.
type EndpointHost struct {
	Endpoints []secret.Name `json:"endpoints"`       // token_endpoint, userinfo_endpoint, jwks_uri
	Local     bool          `json:"local,omitempty"` // a name or an address that only some machines have
	Path      NetworkPath   `json:"path"`
}

// Tried lists the exchanges in the order of their making.
func (l HostList) Tried() (as []Attempt) {
	for _, h := range l.Hosts {
		as = append(as, h.Path.Tried()...)
	}
	return as
}

// Trust is what verification of a certificate chain came to.
type Trust string

const (
	Trusted     Trust = "trusted"
	Expired     Trust = "expired"
	NotYetValid Trust = "not yet valid"
	WrongName   Trust = "wrong name"
	UnknownCA   Trust = "unknown authority"
	Incomplete  Trust = "incomplete chain" // the server keeps back the certificate that issued its own
	NoTLS       Trust = "no TLS"           // the port speaks something else, or refuses the handshake
	OldProtocol Trust = "old protocol"     // older than TLS 1.2
)

// A Certificate is what people need of one.
type Certificate struct {
	Subject   secret.Text   `json:"subject"`
	Issuer    secret.Text   `json:"issuer"`
	NotBefore time.Time     `json:"notBefore"`
	NotAfter  time.Time     `json:"notAfter"`
	Names     []secret.Name `json:"names,omitempty"`
	CA        bool          `json:"ca,omitempty"`
	IssuerAt  secret.URI    `json:"issuerAt,omitempty"` // where the certificate of its issuer can be fetched
}

// Tried lists the exchanges in the order of their making.
func (n NetworkPath) Tried() []Attempt {
	as := []Attempt{n.Lookup}
	for _, a := range n.Addresses {
		as = append(as, a.Dial)
	}
	return made(append(as, n.Handshake)...)
}
