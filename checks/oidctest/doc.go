// Package oidctest serves the two ends of a login on loopback: an OpenID
// provider and a stand-in for Immich, for tests and for the demo. As with
// net/http/httptest, what it starts is real: sockets, certificates, signed
// tokens, pages with forms.
//
// # The provider
//
// A [Provider] does what its knobs say and nothing else; it has no list of
// faults. Most knobs replace one thing: a member of the discovery document
// (Metadata), a claim (IDToken, UserinfoClaims), a member of the token response
// (TokenResponse), a parameter of the authorization response (AuthResponse), the
// published keys (KeyAlgs), the certificate (Cert). What they do not reach, two
// hooks do: Alter edits an answer after it was made, Intercept answers itself.
//
//	p := oidctest.NewProvider()
//	p.AutoApprove = true
//	if err := p.Start(); err != nil { … }
//	defer p.Close()
//	client := p.HTTP() // trusts p, reaches it by any name, follows no redirect
//
// Where the standards leave room it answers as npm's oidc-provider 9 does: the
// same paths, statuses, error texts and order of parameters. That was recorded
// from the real one.
//
// A [Style] makes it answer as another product does to somebody who is not
// logged in, as far as that is known, or as none should.
//
// # The other opinion
//
// The package imports nothing of this module. It was written from the standards
// and from recordings, so that a misreading has to be made twice to go
// unnoticed.
package oidctest
