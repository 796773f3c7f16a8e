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
