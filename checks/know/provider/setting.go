package provider

import "strings"

// A Kind is something that every provider is told somewhere.
type Kind string

const (
	Redirects Kind = "redirect URIs"
	Secret    Kind = "client secret"
	Method    Kind = "authentication method"
	Signing   Kind = "signing algorithm"
	PKCE      Kind = "PKCE"
	Scopes    Kind = "scopes"
	Public    Kind = "public address"
	Logout    Kind = "logout"
	Nonce     Kind = "nonce"
)

// Kinds lists every kind with the words for it where a product's own are not known.
var Kinds = []struct {
	Kind    Kind
	Generic string
}{
	{Redirects, "the redirect URIs of the client"},
	{Secret, "the secret of the client"},
	{Method, "how the client authenticates at the token endpoint"},
	{Signing, "the algorithm or the key that ID tokens are signed with"},
	{PKCE, "whether the client must use PKCE"},
	{Scopes, "the scopes that the client may ask for"},
	{Public, "the public address of the provider, and what its proxy passes on"},
	{Logout, "the logout of the client"},
	{Nonce, "whether the client must send a nonce"},
}

// A Setting is where one thing is changed, in the product's own words.
type Setting struct {
	Where string
	// Snippet is what to paste there, with %s where the value stands. Empty: the value itself.
	Snippet string
	// None says, in place of Where, that there is no such setting, and what holds.
	None     string
	Evidence Evidence
}

// Paste is the snippet with the value in it. A snippet without a place for one
// is a whole command.
func (s Setting) Paste(value string) string { return strings.Replace(s.Snippet, "%s", value, 1) }

// At returns where p changes k, with the evidence that it rests on; the generic
// words for it, and Unchecked, where nothing is known.
func (p Provider) At(k Kind) Setting {
	if s, ok := p.Settings[k]; ok {
		s.Evidence = p.rests(s.Evidence)
		return s
	}
	for _, g := range Kinds {
		if g.Kind == k {
			return Setting{Where: g.Generic, Evidence: Unchecked}
		}
	}
	return Setting{Evidence: Unchecked}
}
