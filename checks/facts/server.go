package facts

import "immich-oidc-doctor/checks/secret"

// ServerInfo is what Immich tells everybody about itself. The paths of releases
// before 1.107 are asked when the newer ones are not there.
type ServerInfo struct {
	Ask      Attempt   `json:"ask"`      // the version; whether Immich answers at all
	Features Attempt   `json:"features"` // GET …/features
	Config   Attempt   `json:"config"`   // GET …/config
	Others   []Attempt `json:"others,omitempty"`

	Version        Known[secret.Name] `json:"version"` // "v2.7.5", "v3.0.0-rc.1"
	OAuth          Known[bool]        `json:"oauth"`
	AutoLaunch     Known[bool]        `json:"oauthAutoLaunch"`
	PasswordLogin  Known[bool]        `json:"passwordLogin"`
	ConfigFile     Known[bool]        `json:"configFile"`
	Maintenance    Known[bool]        `json:"maintenanceMode"`
	ButtonText     Known[secret.Text] `json:"oauthButtonText"`
	ExternalDomain Known[secret.URI]  `json:"externalDomain"`
	Initialized    Known[bool]        `json:"isInitialized"` // an administrator account exists; from 1.82
}

// Tried lists the exchanges in the order of their making.
func (s ServerInfo) Tried() []Attempt {
	return made(append([]Attempt{s.Ask, s.Features, s.Config}, s.Others...)...)
}

// made keeps the attempts that were made.
func made(as ...Attempt) (was []Attempt) {
	for _, a := range as {
		if a.Made() {
			was = append(was, a)
		}
	}
	return was
}
