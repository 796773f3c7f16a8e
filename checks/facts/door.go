package facts

import "immich-oidc-doctor/checks/secret"

// A DoorList is the addresses by which people come to Immich, each with what
// answers at the paths that a login needs and that no other source asks.
type DoorList struct {
	All []Door `json:"all,omitempty"`
}

// A Door is one address: an origin, or the address that was given where no
// origin is known.
type Door struct {
	Origin  secret.Name `json:"origin,omitempty"` // empty: nobody knows that people come this way
	Address secret.URI  `json:"address"`          // scheme and host

	WellKnown Attempt           `json:"wellKnown,omitzero"` // GET /.well-known/immich, which the app asks first
	API       Known[secret.URI] `json:"api"`                // where that answer says that the API is
	Me        Attempt           `json:"me,omitzero"`        // GET /api/users/me, logged in as nobody: Immich itself refuses
	Page      Attempt           `json:"page,omitzero"`      // GET /auth/login, where the provider sends people back to
	Home      Attempt           `json:"home,omitzero"`      // GET /, asked if Page leads elsewhere
	Authorize Attempt           `json:"authorize,omitzero"` // POST of a web login; not made where fact authorize has it
}

// Tried lists the exchanges in the order of their making.
func (l DoorList) Tried() (as []Attempt) {
	for _, d := range l.All {
		as = append(as, d.WellKnown, d.Me, d.Page, d.Home, d.Authorize)
	}
	return made(as...)
}

// An EndpointLog is the provider's answers to requests that Immich makes with a
// code or a token, made without either: whether the endpoints themselves answer.
type EndpointLog struct {
	Token    EndpointTry `json:"token"`
	Userinfo EndpointTry `json:"userinfo"`

	EndSession EndpointTry `json:"endSession,omitzero"` // GET of the logout page, nobody being logged in
}

// An EndpointTry is one of them.
type EndpointTry struct {
	Try  Attempt      `json:"try,omitzero"`
	From []Provenance `json:"from,omitempty"` // who says that this is the provider's endpoint
	JSON bool         `json:"json,omitempty"` // the body is a JSON object, as the specification wants
	Why  Why          `json:"why,omitzero"`   // when it was not asked
}

// Tried lists the exchanges in the order of their making.
func (l EndpointLog) Tried() []Attempt { return made(l.Token.Try, l.Userinfo.Try, l.EndSession.Try) }
