package facts

import (
	"time"

	"immich-oidc-doctor/checks/secret"
)

// A KeySet is what stands at jwks_uri.
type KeySet struct {
	Try  Attempt      `json:"try,omitzero"`
	From []Provenance `json:"from,omitempty"` // who says that these are the provider's keys
	Read Known[bool]  `json:"read"`           // the body is an object with an array "keys"
	Form Form         `json:"form,omitzero"`
	Keys []Key        `json:"keys,omitempty"`
}

// A Key is one member of the set, by what is public of it. Unusable says why
// no client can make a key of it.
type Key struct {
	ID       secret.Name   `json:"kid,omitempty"`
	Type     secret.Name   `json:"kty,omitempty"`
	Alg      secret.Name   `json:"alg,omitempty"`
	Use      secret.Name   `json:"use,omitempty"`
	Curve    secret.Name   `json:"crv,omitempty"`
	Ops      []secret.Name `json:"key_ops,omitempty"`
	Bits     int           `json:"bits,omitempty"` // of an RSA modulus
	Private  bool          `json:"private,omitempty"`
	Unusable secret.Text   `json:"unusable,omitzero"`

	NoObject bool          `json:"noObject,omitempty"` // it is no JSON object
	Untyped  bool          `json:"untyped,omitempty"`  // it has no member kty, not even null
	Odd      []secret.Name `json:"odd,omitempty"`      // members that should be strings and are not

	Cert KeyCert `json:"x5c,omitzero"`
}

// A KeyCert is the first certificate of a key's chain (x5c); zero if there is none.
type KeyCert struct {
	There      bool      `json:"there,omitempty"`
	Unreadable bool      `json:"unreadable,omitempty"`
	Other      bool      `json:"other,omitempty"` // it is for another key
	NotAfter   time.Time `json:"notAfter,omitzero"`
}

// Tried lists the exchanges in the order of their making.
func (k KeySet) Tried() []Attempt { return made(k.Try) }
