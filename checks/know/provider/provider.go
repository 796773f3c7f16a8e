// Package provider is what is known of OpenID providers: how to recognise one
// and how surely, what its issuer looks like, where its users change what, and
// which of its answers prove something. Each product is one value in a table;
// what nobody has checked says so, so that nothing is built on it unnoticed.
package provider

import "immich-oidc-doctor/checks/cite"

// Evidence is what a row, or a part of it, rests on.
type Evidence string

const (
	Live          Evidence = "live"          // seen on a running server
	Source        Evidence = "source"        // read in the product's source
	Documentation Evidence = "documentation" // said by its makers or its users in writing
	Unchecked     Evidence = "unchecked"     // a hypothesis
)

// A Provider is one product.
type Provider struct {
	Name string

	// BuiltOn is the name of the row whose program this one is made of, and by
	// which it may be known where nothing tells the two apart.
	BuiltOn string

	// Evidence is that of each part of the row that has none of its own.
	Evidence Evidence
	Cite     cite.Citation

	// Shapes recognise it. None: nothing tells it from what it is built on.
	Shapes []Shape
	// Answers are marks of its answers outside the document: of a header by its
	// name, of a body by "body".
	Answers []Mark

	// Issuer is the pattern of a whole issuer; IssuerUnique says that no other
	// product is known to write one so. Issuers are examples.
	Issuer       string
	IssuerUnique bool
	Issuers      []string

	// Signs is the algorithm of its ID tokens unless somebody changed it.
	// Empty: it depends, or is not known.
	Signs string
	PKCE  Rule
	// SilentPKCE says that it does PKCE and does not list it.
	SilentPKCE bool

	// NoAppURI says why a client with a secret cannot have the app's redirect
	// URI, whose scheme is its own. Empty: it can, or it is not known.
	NoAppURI Fact

	// WantsNonce says how it refuses a request for the scope openid without a
	// nonce, where no request without a login shows that. Empty: it does not, or
	// it is not known.
	WantsNonce Fact

	Settings map[Kind]Setting
	Proofs   Proofs
	Quirks   []Quirk

	// Authorize is how to ask its authorization endpoint without a login.
	Authorize Manner
	// Replies are what its token endpoint means by its answers, the first that
	// fits. None: what the specification says.
	Replies []Reply
	// Refresh says that it looks at the secret, and at no redirect URI, before it
	// refuses a refresh with a made-up token.
	Refresh bool
	// RedirectFirst says that the token endpoint looks at the redirect URI before
	// the code: who is told of the code alone has one that is registered.
	RedirectFirst bool
	// PushedRegistered says that the endpoint for pushed requests (RFC 9126) takes none
	// whose redirect URI is not the client's. RFC 9126 2.4 lets it take others.
	PushedRegistered bool
	// TokenHosts are hosts other than the issuer's that its clients show their
	// secret to.
	TokenHosts []string
	// DecodesBasic says that it undoes the encoding of RFC 6749 2.3.1 in a Basic
	// header. False: it does not, or it is not known.
	DecodesBasic bool
	// SlowsDown says that it punishes a wrong secret, so that none is shown to it.
	SlowsDown bool
}

// A Shape is one way in which a product writes its authorization endpoint.
type Shape struct {
	// Host is the host's name, or with a dot before it the end of one. Empty: any.
	Host string
	// Path is the pattern of the endpoint's path.
	Path string
	// Issuer is the issuer's path, or the whole issuer, as an expansion of Path's
	// groups. Empty: the endpoint does not name it.
	Issuer string
	// Shared says that several issuers have this one endpoint, so that the issuer
	// found by it is a guess.
	Shared bool
	// Alone says that no other product is known to have the shape. Any other
	// shape names its product only if the document shows every mark of Confirm.
	Alone   bool
	Confirm []Mark
	// Example is an endpoint of the shape.
	Example  string
	Evidence Evidence
}

// A Mark is a pattern that one value of a member has.
type Mark struct{ Member, Like string }

// A Rule is what a product demands of PKCE.
type Rule string

const (
	PKCEUnknown  Rule = ""
	PKCEOptional Rule = "optional"
	PKCEByClient Rule = "demanded if the client or the provider is set so"
	PKCEDefault  Rule = "demanded unless the client is set otherwise"
)

// A Fact is a sentence about a product and what it rests on.
type Fact struct {
	Text     string
	Evidence Evidence
}

// A Quirk is what surprises people, in releases from From to before To where
// they are known.
type Quirk struct {
	From, To string
	Text     string
	Evidence Evidence
}

// Proofs are what answers of the provider prove to somebody outside.
type Proofs struct {
	Redirect, Client, Secret, Method Proof
}

// A Proof says whether something can be seen from outside, and by what.
type Proof struct {
	Can      Can
	By       string // what shows it, or why nothing does
	Evidence Evidence
}

// Can is whether something can be seen from outside.
type Can string

const (
	NotKnown  Can = ""
	Yes       Can = "yes"
	Sometimes Can = "sometimes"
	No        Can = "no"
)

// Table is every product, those with the more telling shapes first.
var Table = []Provider{
	keycloak, authelia, authentik, pocketID, zitadel, kanidm, rauthy, hydra,
	panva, logto, voidAuth, dex, glewlwyd, lemonLDAP, gitea, casdoor, gitLab,
	nextcloud, synology, tsidp,
	google, entra, okta, auth0, cloudflare, fusionAuth, pingOne,
}

// Proven is a proof of the row's, with the evidence that it rests on.
func (p Provider) Proven(proof Proof) Proof {
	proof.Evidence = p.rests(proof.Evidence)
	return proof
}

// rests is e, or the row's evidence where e is empty.
func (p Provider) rests(e Evidence) Evidence {
	if e == "" {
		return p.Evidence
	}
	return e
}
