package provider

import "regexp"

// A Reply is what a product means by an answer of its token endpoint to
// credentials with a code that it never handed out.
type Reply struct {
	Status int    // zero: any
	Error  string // the OAuth error; "-" for none, empty for any
	Like   string // a pattern of the description, or of the body where there is none; empty: any
	Means  Meaning

	// Blurred says that a redirect URI that is not registered is refused in the same
	// words, whatever the secret. A refresh has none.
	Blurred bool

	Evidence Evidence // empty: the row's
}

// asSpecified are the answers that RFC 6749 5.2 wants, of a product that is known
// to look at the client first and to keep to it.
func asSpecified(e Evidence) []Reply {
	return []Reply{{Error: "invalid_grant", Means: SecretAccepted, Evidence: e}, {Error: "invalid_client", Means: ClientRefused, Evidence: e}}
}

// A Meaning is what an answer says of the credentials.
type Meaning string

const (
	Open            Meaning = ""                // nothing
	SecretAccepted  Meaning = "secret accepted" // the client, its secret and the way of showing it
	ClientRefused   Meaning = "client refused"  // unknown, or a wrong secret, or the wrong way of showing it
	SecretRefused   Meaning = "secret refused"  // the client is there and the secret is not its own
	ClientUnknown   Meaning = "client unknown"
	MethodRefused   Meaning = "method refused"       // the client is there and must show its secret in another way; the secret may be right or not
	RedirectRefused Meaning = "redirect URI refused" // by name: the secret was accepted
	CodeFirst       Meaning = "code looked at first" // of the credentials it says nothing
)

// An Answer is what the token endpoint answered.
type Answer struct {
	Status      int
	Error       string // the OAuth error code, empty if there is none
	Description string // error_description, or the body where there is none
}

// Reading is what an answer means.
type Reading struct {
	Means   Meaning
	Blurred bool // or the redirect URI is not registered
	// Evidence is what that rests on: a row of the product, or Unchecked where only
	// the specification speaks (RFC 6749 5.2), which some products do not keep to.
	Evidence Evidence
}

// fositeMethod is how the products made with fosite refuse a way of showing the
// secret: they alone name both.
var fositeMethod = regexp.MustCompile(`(?i)(supports|configured to only support) .{0,40}method '[a-z_]+'`)

// Reads tells what p means by an answer. The zero Provider has none but the
// specification's words.
func (p Provider) Reads(a Answer) Reading {
	if fositeMethod.MatchString(a.Description) {
		return Reading{Means: MethodRefused, Evidence: Live}
	}
	for _, r := range p.Replies {
		if (r.Status == 0 || r.Status == a.Status) && (r.Error == "" || r.Error == a.Error || r.Error == "-" && a.Error == "") &&
			(r.Like == "" || pattern(r.Like).MatchString(a.Description)) {
			return Reading{r.Means, r.Blurred, p.rests(r.Evidence)}
		}
	}
	switch {
	case a.Error == "invalid_grant":
		return Reading{Means: SecretAccepted, Evidence: Unchecked}
	case a.Error == "invalid_client":
		return Reading{Means: ClientRefused, Evidence: Unchecked}
	}
	return Reading{}
}
