package facts

import (
	"slices"
	"strings"

	"immich-oidc-doctor/checks/secret"
)

// AuthorizeLog is POST /api/oauth/authorize, once for each journey: Immich runs
// discovery and answers the authorization URL, or says why it cannot.
type AuthorizeLog struct {
	Tries []AuthorizeTry `json:"tries"`

	// Override is GET of a mobile redirect override, when Immich's answer names one.
	Override Attempt `json:"override,omitzero"`
}

// An AuthorizeTry is one login started at Immich.
type AuthorizeTry struct {
	Journey  secret.Name        `json:"journey"`          // web, linking, mobile
	Origin   secret.Name        `json:"origin,omitempty"` // empty for mobile, and where no origin is known
	Redirect secret.URI         `json:"redirect"`         // the redirect URI that we asked for
	Immich   Attempt            `json:"immich"`
	Message  Known[secret.Text] `json:"message"`          // of a refusal, as Immich words it
	URL      Known[secret.URI]  `json:"authorizationUrl"` // whole, credentials masked
	Endpoint Known[secret.URI]  `json:"endpoint"`         // without its query

	// What the authorization URL carries.
	RedirectURI   Known[secret.URI]  `json:"redirectUri"`
	ClientID      Known[secret.Name] `json:"clientId"`
	Scope         Known[secret.Name] `json:"scope"`
	CodeChallenge Known[secret.Name] `json:"codeChallenge"` // S256, empty (sent without value), none
	State         secret.Value       `json:"state"`         // Seal masks it wherever pages repeat it

	Twice []secret.Name `json:"twice,omitempty"` // parameters that it carries more than once
}

// Tried lists the exchanges in the order of their making.
func (l AuthorizeLog) Tried() (as []Attempt) {
	for _, t := range l.Tries {
		as = append(as, t.Immich)
	}
	return made(append(as, l.Override)...)
}

// Of returns the try of a journey, ok if it was made.
func (l AuthorizeLog) Of(journey secret.Name) (t AuthorizeTry, ok bool) {
	for _, t := range l.Tries {
		if t.Journey == journey {
			return t, true
		}
	}
	return t, false
}

// RedirectLog is the provider's answer to each authorization URL, asked so that
// nobody is asked to log in.
type RedirectLog struct {
	Tries []RedirectTry `json:"tries"`

	// Control is the request of the web login with a redirect URI that nobody
	// registers: the same host, a path made at random. A provider that answers it
	// as it answers the true one shows nothing. Made after all of Tries, once, in the
	// way that settled the web login, and only if some of them did not go back.
	Control RedirectTry `json:"control,omitzero"`

	// Near is the redirect URIs that people register by mistake in place of one of
	// Tries, of its journey: asked for where that is refused.
	Near []RedirectTry `json:"near,omitempty"`

	Ended Why `json:"ended,omitzero"` // why no more was asked, when the provider wants fewer requests
}

// A RedirectTry is one authorization request to the provider.
type RedirectTry struct {
	Journey  secret.Name `json:"journey,omitempty"`
	Origin   secret.Name `json:"origin,omitempty"`
	Redirect secret.URI  `json:"redirect"`         // the redirect URI that the provider was asked for
	Asked    secret.Name `json:"asked,omitempty"`  // what makes it answer without a login: AskedNone, AskedType; empty: nothing, as Immich asks
	Before   []Attempt   `json:"before,omitempty"` // answers that did not settle it: of pages on the way, of other ways to ask
	Provider Attempt     `json:"provider"`         // the answer that tells most, which the rest is about

	Back        bool         `json:"back"`           // it answered by going to that very URI
	Mode        secret.Name  `json:"mode,omitempty"` // how it brings its answer there, if not in the query: fragment, form_post
	StateEchoed bool         `json:"stateEchoed"`    // with our state
	Error       secret.Name  `json:"error,omitempty"`
	Description secret.Text  `json:"description,omitzero"`
	Issuer      secret.URI   `json:"iss,omitempty"`  // who it says that it is (RFC 9207)
	Code        bool         `json:"code,omitempty"` // it handed out a code unasked; dropped, never exchanged
	Handed      secret.Value `json:"handed"`         // that code, so that Seal masks it everywhere
	Form        bool         `json:"form,omitempty"` // that answer is a page with a form to log in
	Why         Why          `json:"why,omitzero"`   // when it was not asked, or not to the end
}

// What an authorization request carries so that a provider answers it at once.
const (
	AskedNone secret.Name = "prompt=none"
	AskedType secret.Name = "response_type=none_of_ours" // which no provider has
)

// Tried lists the exchanges in the order of their making.
func (l RedirectLog) Tried() (as []Attempt) {
	for _, t := range slices.Concat(l.Tries, []RedirectTry{l.Control}, l.Near) {
		of := append(t.Before[:len(t.Before):len(t.Before)], t.Provider)
		slices.SortStableFunc(of, func(a, b Attempt) int { // at most nine of a try, so that their names sort
			return strings.Compare(string(a.Exchange), string(b.Exchange))
		})
		as = append(as, of...)
	}
	return made(as...)
}
