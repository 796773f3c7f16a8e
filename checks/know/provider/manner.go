package provider

// A Manner is how a product answers authorization requests of somebody who is
// not logged in.
type Manner struct {
	// Asks are what makes it answer at once, in the order to try. None: prompt=none
	// and then, if that shows a login page, a response type that nobody has.
	Asks []Ask
	// Hops is how many redirects within its own origin it makes before it looks at
	// the request.
	Hops int
	// LoginForm is a pattern of the page that it shows only to a good request. What
	// lacks it, where a login page is due, is a refusal.
	LoginForm string
	// KeepsFirst says that a client without redirect URIs takes the first one that
	// it is asked with: the web page's must come first, alone.
	KeepsFirst bool
}

// An Ask is what an authorization request carries beyond Immich's own.
type Ask string

const (
	Plain Ask = "plain"         // nothing
	None  Ask = "prompt=none"   // OpenID Connect Core 3.1.2.1
	Type  Ask = "response_type" // one that no provider has, RFC 6749 4.1.2.1
)

// Order is the ways to ask, the first first.
func (m Manner) Order() []Ask {
	if m.Asks == nil {
		return []Ask{None, Type}
	}
	return m.Asks
}

// ShowsRedirects reports whether answers before a login show which redirect URIs
// are registered, as far as somebody has looked.
func (p Provider) ShowsRedirects() bool {
	proof := p.Proven(p.Proofs.Redirect)
	return (proof.Can == Yes || proof.Can == Sometimes) && proof.Evidence != "" && proof.Evidence != Unchecked
}

// HidesRedirects reports whether nothing shows before a login which redirect
// URIs are registered, as far as somebody has looked.
func (p Provider) HidesRedirects() bool {
	return p.Proofs.Redirect.Can == No && p.rests(p.Proofs.Redirect.Evidence) != Unchecked
}
