package facts

import "immich-oidc-doctor/checks/secret"

// SettingsDoc is what is known of Immich's system settings, by flags or by the
// administrators' API. It is an allow-list: of the block oauth every member, of
// two other blocks one, and nothing else of the document.
type SettingsDoc struct {
	Reads []SettingsRead `json:"reads,omitempty"` // in the order in which Immich was asked
	Read  Known[bool]    `json:"read"`            // Immich showed them; or why not

	Enabled                 Known[bool]        `json:"enabled"`
	IssuerURL               Known[secret.URI]  `json:"issuerUrl"`
	ClientID                Known[secret.Name] `json:"clientId"`
	Scope                   Known[secret.Name] `json:"scope"`
	ButtonText              Known[secret.Text] `json:"buttonText"`
	AutoRegister            Known[bool]        `json:"autoRegister"`
	AutoLaunch              Known[bool]        `json:"autoLaunch"`
	MobileOverrideEnabled   Known[bool]        `json:"mobileOverrideEnabled"`
	MobileRedirectURI       Known[secret.URI]  `json:"mobileRedirectUri"`
	StorageLabelClaim       Known[secret.Name] `json:"storageLabelClaim"`
	SigningAlgorithm        Known[secret.Name] `json:"signingAlgorithm"`
	DefaultStorageQuota     Known[float64]     `json:"defaultStorageQuota"` // GiB
	StorageQuotaClaim       Known[secret.Name] `json:"storageQuotaClaim"`
	ProfileSigningAlgorithm Known[secret.Name] `json:"profileSigningAlgorithm"`
	TokenEndpointAuthMethod Known[secret.Name] `json:"tokenEndpointAuthMethod"`
	Timeout                 Known[int]         `json:"timeout"`
	RoleClaim               Known[secret.Name] `json:"roleClaim"`
	AllowInsecureRequests   Known[bool]        `json:"allowInsecureRequests"`
	Prompt                  Known[secret.Name] `json:"prompt"`
	EndSessionEndpoint      Known[secret.URI]  `json:"endSessionEndpoint"`
	AccountManagementURL    Known[secret.URI]  `json:"accountManagementUrl"`

	ClientSecret secret.Value        `json:"clientSecret,omitzero"`
	SecretShape  Known[secret.Shape] `json:"clientSecretShape"` // what a check may know of it

	PasswordLogin  Known[bool]       `json:"passwordLogin"`  // passwordLogin.enabled
	ExternalDomain Known[secret.URI] `json:"externalDomain"` // server.externalDomain
}

// A SettingsRead is one request for the settings, made with the API key.
type SettingsRead struct {
	Immich  Attempt            `json:"immich"`  // its body is kept only of a refusal
	Message Known[secret.Text] `json:"message"` // of a refusal, as Immich words it
}

// Tried lists the exchanges in the order of their making.
func (s SettingsDoc) Tried() (as []Attempt) {
	for _, r := range s.Reads {
		as = append(as, r.Immich)
	}
	return made(as...)
}
