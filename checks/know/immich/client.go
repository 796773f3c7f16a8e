package immich

import "immich-oidc-doctor/checks/cite"

// A ClientAuth is how a release tells the token endpoint which client it is.
type ClientAuth string

const (
	AuthByList    ClientAuth = "by the list"        // client_secret_basic, or client_secret_post if the provider lists that and not the other
	AuthByPost    ClientAuth = "client_secret_post" // whatever the provider lists
	AuthBySetting ClientAuth = "by the setting"     // tokenEndpointAuthMethod: client_secret_post unless changed
)

// Authenticates is how the client authenticates.
var Authenticates = Table[ClientAuth]{
	{To: "v1.132.0", Value: AuthByList, Cite: cite.OpenIDClient("v5.7.1", "lib/client.js")},
	{From: "v1.132.0", To: "v1.133.0", Value: AuthByPost, Cite: cite.Immich("v1.132.0", repository)},
	{From: "v1.133.0", Value: AuthBySetting, Cite: cite.Immich("v1.133.0", repository)},
}

// NeedsIDToken says whether a login fails without an ID token, which a provider
// gives out only for the scope openid. From 1.132 userinfo stands in for it.
var NeedsIDToken = Table[bool]{
	{To: "v1.132.0", Value: true, Cite: cite.OpenIDClient("v5.7.1", "lib/client.js")},
	{From: "v1.132.0", Value: false, Cite: cite.OAuth4WebAPI("v3.8.6", "src/index.ts")},
}

// LogoutSetting says whether there is a setting endSessionEndpoint, which wins
// over the provider's document.
var LogoutSetting = Table[bool]{
	{To: "v3.0.0", Value: false, Cite: cite.Immich("v2.7.5", "server/src/services/auth.service.ts")},
	{From: "v3.0.0", Value: true, Cite: cite.Immich("v3.0.0", "server/src/services/auth.service.ts")},
}

// ParsesLogout says whether a logout parses the address of the provider's
// logout page, to add id_token_hint, and fails where it is not a whole one.
var ParsesLogout = Table[bool]{
	{To: "v3.1.0", Value: false, Cite: cite.Immich("v3.0.0", repository)},
	{From: "v3.1.0", Value: true, Cite: cite.Immich("v3.1.0", repository)},
}
