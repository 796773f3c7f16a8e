package facts

import (
	"slices"
	"time"

	"immich-oidc-doctor/checks/secret"
)

// An Answer is how one attempt ended.
type Answer string

const (
	Answered  Answer = "answered"
	DNS       Answer = "dns"
	Refused   Answer = "refused"
	Reset     Answer = "reset"
	TLS       Answer = "tls"
	Timeout   Answer = "timeout"
	TooBig    Answer = "too-big"
	Malformed Answer = "malformed"

	NotDialled Answer = "not-dialled" // a link-local address, or one of a cloud for its metadata: we do not go there
)

// Reached reports whether something was there at all, right or wrong.
func (a Answer) Reached() bool { return a == Answered || a == TLS || a == TooBig || a == Malformed }

// An Attempt is one exchange that was tried. Exchange is stable: "server.1" is
// the first request of the source that gives server, whatever ran beside it.
// The zero Attempt was not made.
type Attempt struct {
	Exchange    secret.Name `json:"exchange"`
	Method      secret.Name `json:"method,omitempty"` // GET, POST; LOOKUP, DIAL and HANDSHAKE below HTTP
	URL         secret.URI  `json:"url"`
	Answer      Answer      `json:"answer"`
	Status      int         `json:"status,omitempty"`
	Location    secret.URI  `json:"location,omitempty"`
	ContentType secret.Name `json:"contentType,omitempty"` // without parameters, lower case
	Encoding    secret.Name `json:"encoding,omitempty"`    // the Content-Encoding, which nobody asked for
	Server      secret.Text `json:"server,omitzero"`       // the Server header: which hop answered
	Challenge   secret.Text `json:"challenge,omitzero"`    // the WWW-Authenticate header
	RetryAfter  secret.Text `json:"retryAfter,omitzero"`   // the Retry-After header
	Cookies     []Cookie    `json:"cookies,omitempty"`     // what Set-Cookie set, without values
	Body        secret.Text `json:"body,omitzero"`         // the beginning, as text
	Detail      secret.Text `json:"detail,omitzero"`       // the error in words, when there was no answer

	Date  time.Time `json:"date,omitzero"` // the server's clock (Date header)
	At    time.Time `json:"at,omitzero"`   // ours when the answer's head arrived
	Times Times     `json:"times,omitzero"`

	// Sent is what the request carried and no other fact holds: a composed
	// Basic value, a state. Seal knows a secret because it stands in a fact.
	Sent secret.Value `json:"sent,omitzero"`
}

// Times are the phases of one attempt; a phase that did not happen is zero.
type Times struct {
	Lookup    time.Duration `json:"lookup,omitempty"`
	Connect   time.Duration `json:"connect,omitempty"`
	TLS       time.Duration `json:"tls,omitempty"`
	FirstByte time.Duration `json:"firstByte,omitempty"` // from the request written to the first byte of the answer
	Total     time.Duration `json:"total,omitempty"`
}

// A Cookie is what a Set-Cookie header said, but for the value.
type Cookie struct {
	Name     secret.Name `json:"name"`
	Path     secret.Name `json:"path,omitempty"`
	Domain   secret.Name `json:"domain,omitempty"`
	SameSite secret.Name `json:"sameSite,omitempty"`
	Secure   bool        `json:"secure,omitempty"`
	HTTPOnly bool        `json:"httpOnly,omitempty"`
}

// MayPass reports whether a may end otherwise later, with nothing changed: there
// was nothing, or a gateway said that there is nothing behind it. 521 to 524 and
// 530 are Cloudflare's for that.
func (a Attempt) MayPass() bool {
	switch a.Answer {
	case DNS, Refused, Reset, Timeout:
		return true
	case Answered:
		return slices.Contains([]int{502, 503, 504, 521, 522, 523, 524, 530}, a.Status)
	}
	return false
}

// WantsFewer reports whether the other side asks for fewer requests, RFC 6585 4
// and RFC 9110 10.2.3.
func (a Attempt) WantsFewer() bool {
	return a.Status == 429 || a.Status == 503 && !a.RetryAfter.IsZero()
}

// Made reports whether a was tried at all.
func (a Attempt) Made() bool { return a.Exchange != "" }

// OK reports whether a was answered with that status.
func (a Attempt) OK(status int) bool { return a.Answer == Answered && a.Status == status }

// From returns a as seen from v.
func (a Attempt) From(v Vantage) Provenance { return Provenance{v, a.Exchange} }
