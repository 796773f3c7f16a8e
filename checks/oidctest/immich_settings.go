package oidctest

import (
	"encoding/json"
	"slices"
)

// Settings are the system settings that a login depends on: the oauth block,
// and the last three from other blocks.
type Settings struct {
	Enabled                 bool   `json:"enabled"`
	IssuerURL               string `json:"issuerUrl"`
	ClientID                string `json:"clientId"`
	ClientSecret            string `json:"clientSecret"`
	Scope                   string `json:"scope"`
	ButtonText              string `json:"buttonText"`
	AutoRegister            bool   `json:"autoRegister"`
	AutoLaunch              bool   `json:"autoLaunch"`
	MobileOverrideEnabled   bool   `json:"mobileOverrideEnabled"`
	MobileRedirectURI       string `json:"mobileRedirectUri"`
	StorageLabelClaim       string `json:"storageLabelClaim"`
	SigningAlgorithm        string `json:"signingAlgorithm"`
	DefaultStorageQuota     *int   `json:"defaultStorageQuota"` // GiB; nil means no limit
	StorageQuotaClaim       string `json:"storageQuotaClaim"`
	ProfileSigningAlgorithm string `json:"profileSigningAlgorithm"`
	TokenEndpointAuthMethod string `json:"tokenEndpointAuthMethod"`
	Timeout                 int    `json:"timeout"` // called milliseconds, taken as seconds
	RoleClaim               string `json:"roleClaim"`
	AllowInsecureRequests   bool   `json:"allowInsecureRequests"`
	Prompt                  string `json:"prompt"`
	EndSessionEndpoint      string `json:"endSessionEndpoint"`
	AccountManagementURL    string `json:"accountManagementUrl"`

	PasswordLogin    bool   `json:"-"` // passwordLogin.enabled
	ExternalDomain   string `json:"-"` // server.externalDomain
	LoginPageMessage string `json:"-"` // server.loginPageMessage
}

// settingSince is when each member of the oauth block appeared. None was ever
// renamed or removed. What a release does not have, it neither shows nor takes.
var settingSince = []struct{ name, since string }{
	{"accountManagementUrl", "v3.2.0"},
	{"allowInsecureRequests", "v3.0.0"},
	{"autoLaunch", "v1.41.0"},
	{"autoRegister", "v1.38.0"},
	{"buttonText", "v1.38.0"},
	{"clientId", "v1.38.0"},
	{"clientSecret", "v1.38.0"},
	{"defaultStorageQuota", "v1.98.0"},
	{"enabled", "v1.38.0"},
	{"endSessionEndpoint", "v3.0.0"},
	{"issuerUrl", "v1.38.0"},
	{"mobileOverrideEnabled", "v1.41.0"},
	{"mobileRedirectUri", "v1.41.0"},
	{"profileSigningAlgorithm", "v1.109.0"},
	{"prompt", "v3.0.0"},
	{"roleClaim", "v1.136.0"},
	{"scope", "v1.38.0"},
	{"signingAlgorithm", "v1.95.0"},
	{"storageLabelClaim", "v1.68.0"},
	{"storageQuotaClaim", "v1.98.0"},
	{"timeout", "v1.133.0"},
	{"tokenEndpointAuthMethod", "v1.133.0"},
}

// DefaultSettings are those of a new installation of a release. Members that
// the release does not have are as it behaves: a signing algorithm of RS256,
// requests over http allowed.
func DefaultSettings(tag string) Settings {
	r, _, err := parseRelease(tag)
	if err != nil {
		r = newestRelease
	}
	s := Settings{
		Scope:                   "openid email profile",
		ButtonText:              "Login with OAuth",
		AutoRegister:            true,
		StorageLabelClaim:       "preferred_username",
		SigningAlgorithm:        "RS256",
		StorageQuotaClaim:       "immich_quota",
		ProfileSigningAlgorithm: "none",
		TokenEndpointAuthMethod: "client_secret_post",
		Timeout:                 30000,
		RoleClaim:               "immich_role",
		PasswordLogin:           true,
	}
	if !r.since("v1.135.0") {
		s.DefaultStorageQuota = new(int)
	}
	return s
}

// block is the oauth block as the release shows it.
func (s Settings) block(r release) ordered {
	members := map[string]any{}
	raw, err := json.Marshal(s)
	if err != nil {
		panic("oidctest: settings without JSON: " + err.Error())
	}
	if err := json.Unmarshal(raw, &members); err != nil {
		panic("oidctest: settings without JSON: " + err.Error())
	}
	var out ordered
	for _, key := range settingSince {
		if r.since(key.since) {
			out = append(out, field{key.name, members[key.name]})
		}
	}
	return out
}

// document is the whole of the system settings, as far as they are known here:
// the blocks around oauth, with the password of a mail server, which a reader of
// settings must not lose.
func (s Settings) document(r release) ordered {
	server := ordered{{"externalDomain", s.ExternalDomain}, {"loginPageMessage", s.LoginPageMessage}}
	if r.since("v1.122.0") {
		server = append(server, field{"publicUsers", true})
	}
	out := ordered{
		{"logging", ordered{{"enabled", true}, {"level", "log"}}},
		{"newVersionCheck", ordered{{"enabled", true}}},
	}
	if r.since("v1.106.0") {
		transport := ordered{{"ignoreCert", false}, {"host", "mail.example.test"}, {"port", 587},
			{"username", "immich"}, {"password", "oidctestPasswordOfTheMailServer"}}
		smtp := ordered{{"enabled", false}, {"from", ""}, {"replyTo", ""}, {"transport", transport}}
		out = append(out, field{"notifications", ordered{{"smtp", smtp}}})
	}
	out = append(out, field{"oauth", s.block(r)}, field{"passwordLogin", ordered{{"enabled", s.PasswordLogin}}})
	if r.since("v1.92.0") {
		out = append(out, field{"server", server})
	}
	return append(out, field{"trash", ordered{{"enabled", true}, {"days", 30}}})
}

// blankable names the strings that may be empty. Of the others an empty one is
// not stored, so that the default comes back.
var blankable = []string{"issuerUrl", "clientId", "clientSecret", "mobileRedirectUri", "prompt",
	"endSessionEndpoint", "accountManagementUrl"}

// with is the settings after a change of the oauth block; members that the
// release does not have are passed over.
func (s Settings) with(r release, members map[string]any) (Settings, error) {
	defaults := map[string]any{}
	raw, err := json.Marshal(DefaultSettings(string(r)))
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(raw, &defaults); err != nil {
		return s, err
	}
	known := map[string]any{}
	for _, key := range settingSince {
		value, given := members[key.name]
		if !given || !r.since(key.since) {
			continue
		}
		if value == "" && !slices.Contains(blankable, key.name) {
			value = defaults[key.name]
		}
		known[key.name] = value
	}
	if raw, err = json.Marshal(known); err != nil {
		return s, err
	}
	err = json.Unmarshal(raw, &s)
	return s, err
}
