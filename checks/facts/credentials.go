package facts

import "immich-oidc-doctor/checks/secret"

// A CredentialLog is what the provider answers to Immich's own client ID and
// secret, shown in the way of this release with a code or a token that was never
// handed out: it can refuse nothing but those, and says which.
type CredentialLog struct {
	Method   secret.Name  `json:"method,omitempty"`   // how the secret is shown: client_secret_basic, client_secret_post, none
	Endpoint secret.URI   `json:"endpoint,omitempty"` // the token endpoint
	Redirect secret.URI   `json:"redirect,omitempty"` // the redirect URI of the web login, as the token request has it
	Spelt    secret.Value `json:"spelt,omitzero"`     // the secret as a Basic header spells it, so that Seal masks that too

	Token   CredentialTry `json:"token,omitzero"`   // grant authorization_code, with Redirect
	Refresh CredentialTry `json:"refresh,omitzero"` // grant refresh_token, where a redirect URI would blur the answer
	Pushed  CredentialTry `json:"pushed,omitzero"`  // Immich's authorization request, pushed (RFC 9126)
	Control CredentialTry `json:"control,omitzero"` // Token once more with a secret that is not the client's; sent if all before leaves it open

	Ended Why `json:"ended,omitzero"` // why no more was asked, when the provider wants fewer requests
}

// A CredentialTry is one request with credentials.
type CredentialTry struct {
	Try         Attempt     `json:"try,omitzero"`
	JSON        bool        `json:"json,omitempty"` // the body is a JSON object
	Error       secret.Name `json:"error,omitempty"`
	Description secret.Text `json:"description,omitzero"` // error_description, or what the product has in its place
	Why         Why         `json:"why,omitzero"`         // when it was not made
}

// Tried lists the exchanges in the order of their making.
func (l CredentialLog) Tried() []Attempt {
	return made(l.Token.Try, l.Refresh.Try, l.Pushed.Try, l.Control.Try)
}
