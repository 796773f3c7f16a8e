package immich

import "immich-oidc-doctor/checks/cite"

// A SettingType is what JSON has for a setting.
type SettingType string

// What there is.
const (
	Text   SettingType = "string"
	Switch SettingType = "boolean"
	Number SettingType = "number"
)

// A Setting is one key of the system settings that a login depends on. No key
// was ever renamed or taken away.
type Setting struct {
	Key     string // its path in the document: "oauth.issuerUrl"
	From    string // the first release that has it
	Type    SettingType
	Default string // as JSON
	Cite    cite.Citation
}

var (
	configOf2 = cite.Immich("v2.7.5", "server/src/config.ts")
	configOf3 = cite.Immich("v3.0.0", "server/src/config.ts")
)

// Settings is every one that is read, and nothing else of the document is.
// Before 1.38 there were environment variables in their place.
var Settings = []Setting{
	{"oauth.enabled", "v1.38.0", Switch, `false`, configOf2},
	{"oauth.issuerUrl", "v1.38.0", Text, `""`, configOf2},
	{"oauth.clientId", "v1.38.0", Text, `""`, configOf2},
	{"oauth.clientSecret", "v1.38.0", Text, `""`, configOf2},
	{"oauth.scope", "v1.38.0", Text, `"openid email profile"`, configOf2},
	{"oauth.buttonText", "v1.38.0", Text, `"Login with OAuth"`, configOf2},
	{"oauth.autoRegister", "v1.38.0", Switch, `true`, configOf2},
	{"oauth.autoLaunch", "v1.41.0", Switch, `false`, configOf2},
	{"oauth.mobileOverrideEnabled", "v1.41.0", Switch, `false`, configOf2},
	{"oauth.mobileRedirectUri", "v1.41.0", Text, `""`, configOf2},
	{"oauth.storageLabelClaim", "v1.68.0", Text, `"preferred_username"`, configOf2},
	{"oauth.signingAlgorithm", "v1.95.0", Text, `"RS256"`, configOf2},
	{"oauth.defaultStorageQuota", "v1.98.0", Number, `null`, configOf2}, // 0 before ZeroQuotaIsZero
	{"oauth.storageQuotaClaim", "v1.98.0", Text, `"immich_quota"`, configOf2},
	{"oauth.profileSigningAlgorithm", "v1.109.0", Text, `"none"`, configOf2},
	{"oauth.tokenEndpointAuthMethod", "v1.133.0", Text, `"client_secret_post"`, configOf2},
	{"oauth.timeout", "v1.133.0", Number, `30000`, configOf2},
	{"oauth.roleClaim", "v1.136.0", Text, `"immich_role"`, configOf2},
	{"oauth.allowInsecureRequests", "v3.0.0", Switch, `false`, configOf3},
	{"oauth.prompt", "v3.0.0", Text, `""`, configOf3},
	{"oauth.endSessionEndpoint", "v3.0.0", Text, `""`, configOf3},
	{"oauth.accountManagementUrl", "v3.2.0", Text, `""`, cite.Immich("v3.2.0", "server/src/dtos/config.dto.ts")},
	{"passwordLogin.enabled", "v1.41.0", Switch, `true`, configOf2},
	{"server.externalDomain", "v1.92.0", Text, `""`, configOf2},
}

// A Door is an endpoint that shows the settings to an administrator.
type Door struct {
	From       string // the first release that has it
	Path       string
	Permission string // that an API key needs, where KeyPermissions
	Cite       cite.Citation
}

// Doors are tried in this order; the second has a permission of its own.
var Doors = []Door{
	{"v1.38.0", "/api/system-config", "systemConfig.read", cite.Immich("v2.7.5", "server/src/controllers/system-config.controller.ts")},
	{"v3.2.0", "/api/admin/config", "adminConfig.read", cite.Immich("v3.2.0", "server/src/controllers/config-admin.controller.ts")},
}

// TimeoutIsSeconds is the first release with the setting timeout, which is
// called milliseconds and handed to the client as seconds.
const TimeoutIsSeconds = "v1.133.0"

// TimerOverflows is the longest time limit in seconds that Node can keep: with
// a longer one its timer overflows and fires at once.
const TimerOverflows = (1<<31 - 1) / 1000

// ZeroQuotaIsZero is the first release that takes a quota of 0 for no room at
// all; before, it was no limit.
const ZeroQuotaIsZero = "v1.135.0"

// Algorithms are the names that an ID token's header may carry (RFC 7518, RFC
// 8037); Immich compares letter for letter.
var Algorithms = []string{
	"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "ES256K",
	"EdDSA", "Ed25519", "Ed448", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87", "HS256", "HS384", "HS512", "none",
}

// BlockedPorts are those to which fetch connects for nobody (WHATWG Fetch,
// "port blocking"); Immich then says "fetch failed". Since openid-client 6.
var BlockedPorts = []int{
	0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113,
	115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556,
	563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667,
	6668, 6669, 6679, 6697, 10080,
}
