package immich

import "immich-oidc-doctor/checks/cite"

// A Client is the OpenID client library inside a release.
type Client int

// The two libraries differ in nearly every rule.
const (
	OpenIDClient5 Client = 5
	OpenIDClient6 Client = 6
)

// A PKCEUse is what a release does about PKCE.
type PKCEUse string

const (
	PKCENever     PKCEUse = "never"             // no parameter, no verifier
	PKCEUnhinged  PKCEUse = "challenge always"  // a challenge always, the verifier only if S256 is advertised
	PKCEBlank     PKCEUse = "blank if not"      // both if S256 is advertised, else empty parameters
	PKCEIfOffered PKCEUse = "if S256 is listed" // both if S256 is advertised, else nothing
)

const repository = "server/src/repositories/oauth.repository.ts"

// Library is the client library. Until 1.131.3 it is openid-client 5.
var Library = Table[Client]{
	{To: "v1.132.0", Value: OpenIDClient5, Cite: cite.Immich("v1.131.3", "server/package.json")},
	{From: "v1.132.0", Value: OpenIDClient6, Cite: cite.Immich("v1.132.0", "server/package.json")},
}

// ComparesIssuer says whether discovery compares the document's issuer with
// the setting issuerUrl.
var ComparesIssuer = Table[bool]{
	{To: "v1.132.0", Value: false, Cite: cite.OpenIDClient("v5.7.1", "lib/issuer.js")},
	{From: "v1.132.0", Value: true, Cite: cite.OAuth4WebAPI("v3.8.6", "src/index.ts")},
}

// RefusesHTTP says whether http is refused unless allowInsecureRequests is on.
var RefusesHTTP = Table[bool]{
	{To: "v3.0.0", Value: false, Cite: cite.Immich("v2.7.5", repository)},
	{From: "v3.0.0", Value: true, Cite: cite.Immich("v3.0.0", repository)},
}

// ReadsKeysAtLogin says whether a login fetches jwks_uri and verifies the ID
// token's signature. From 1.132 only the algorithm's name is compared.
var ReadsKeysAtLogin = Table[bool]{
	{To: "v1.132.0", Value: true, Cite: cite.OpenIDClient("v5.7.1", "lib/client.js")},
	{From: "v1.132.0", Value: false, Cite: cite.OAuth4WebAPI("v3.8.6", "src/index.ts")},
}

// BackChannel says whether the release takes back-channel logout, for which it
// verifies signatures with the provider's keys.
var BackChannel = Table[bool]{
	{To: "v3.0.0", Value: false, Cite: cite.Immich("v2.7.5", "server/src/controllers/oauth.controller.ts")},
	{From: "v3.0.0", Value: true, Cite: cite.Immich("v3.0.0", "server/src/controllers/oauth.controller.ts")},
}

// UserinfoUnlessEmail says whether userinfo is skipped when the ID token holds
// an e-mail address.
var UserinfoUnlessEmail = Table[bool]{
	{To: "v2.6.0", Value: false, Cite: cite.Immich("v2.5.6", repository)},
	{From: "v2.6.0", Value: true, Cite: cite.Immich("v2.6.0", repository)},
}

// PKCE is what is sent of PKCE.
var PKCE = Table[PKCEUse]{
	{To: "v1.132.0", Value: PKCENever, Cite: cite.Immich("v1.131.3", repository)},
	{From: "v1.132.0", To: "v1.135.0", Value: PKCEUnhinged, Cite: cite.Immich("v1.132.0", repository)},
	{From: "v1.135.0", To: "v1.143.0", Value: PKCEBlank, Cite: cite.Immich("v1.135.0", repository)},
	{From: "v1.143.0", Value: PKCEIfOffered, Cite: cite.Immich("v1.143.0", repository)},
}

// AppRedirect is the redirect URI that the phone app of the same release sends.
var AppRedirect = Table[string]{
	{To: "v1.113.0", Value: "app.immich:/", Cite: cite.Immich("v1.112.1", "mobile/lib/services/oauth.service.dart")},
	{From: "v1.113.0", Value: "app.immich:///oauth-callback", Cite: cite.Immich("v1.113.0", "mobile/lib/services/oauth.service.dart")},
}

// OverrideApplied says whether authorize applies the mobile redirect override.
var OverrideApplied = Table[bool]{
	{To: "v1.41.0", Value: false, Cite: cite.Immich("v1.40.0", "server/apps/immich/src/api-v1/oauth/oauth.service.ts")},
	{From: "v1.41.0", To: "v1.118.0", Value: true, Cite: cite.Immich("v1.117.0", "server/src/services/auth.service.ts")},
	{From: "v1.118.0", To: "v1.118.1", Value: false, Cite: cite.Immich("v1.118.0", "server/src/services/auth.service.ts")},
	{From: "v1.118.1", Value: true, Cite: cite.Immich("v1.118.1", "server/src/services/auth.service.ts")},
}

// MobileOverride is since when there is a mobile redirect override.
const MobileOverride = "v1.41.0"

// FollowsList says whether the provider's list decides which algorithm an ID
// token must have: HS256 where that stands first, else RS256. From 1.95 the
// setting signingAlgorithm decides.
var FollowsList = Table[bool]{
	{To: "v1.95.0", Value: true, Cite: cite.Immich("v1.94.1", "server/src/domain/auth/auth.service.ts")},
	{From: "v1.95.0", Value: false, Cite: cite.Immich("v1.95.0", "server/src/domain/system-config/system-config.core.ts")},
}

// DefaultAlgorithm is what signingAlgorithm is when nobody set it.
var DefaultAlgorithm = Table[string]{
	{To: "v1.95.0", Value: "RS256", Cite: cite.Immich("v1.94.1", "server/src/domain/auth/auth.service.ts")},
	{From: "v1.95.0", Value: "RS256", Cite: cite.Immich("v1.95.0", "server/src/domain/system-config/system-config.core.ts")},
}

// Leeway is how many seconds the clocks may differ beyond an ID token's life.
var Leeway = Table[int]{
	{To: "v1.132.0", Value: 0, Cite: cite.OpenIDClient("v5.7.1", "lib/client.js")},
	{From: "v1.132.0", Value: 30, Cite: cite.OAuth4WebAPI("v3.8.6", "src/index.ts")},
}

// AuthorizePath is where a login is started.
var AuthorizePath = Table[string]{
	{To: "v1.77.0", Value: "/api/oauth/config", Cite: cite.Immich("v1.76.1", "server/src/immich/controllers/oauth.controller.ts")},
	{From: "v1.77.0", Value: "/api/oauth/authorize", Cite: cite.Immich("v1.77.0", "server/src/immich/controllers/oauth.controller.ts")},
}

// KeyPermissions says whether an API key has permissions of its own.
var KeyPermissions = Table[bool]{
	{To: "v1.113.0", Value: false, Cite: cite.Immich("v1.112.1", "server/src/services/auth.service.ts")},
	{From: "v1.113.0", Value: true, Cite: cite.Immich("v1.113.0", "server/src/services/auth.service.ts")},
}

// PublicClient says whether the client secret may be empty.
var PublicClient = Table[bool]{
	{To: "v1.133.0", Value: false, Cite: cite.Immich("v1.132.3", "server/src/dtos/system-config.dto.ts")},
	{From: "v1.133.0", Value: true, Cite: cite.Immich("v1.133.0", repository)},
}

// RoleMakesAdmin says whether a first login through OAuth may become the
// administrator: if the claim that roleClaim names says admin. All others are
// refused while there is none.
var RoleMakesAdmin = Table[bool]{
	{To: "v1.136.0", Value: false, Cite: cite.Immich("v1.135.3", "server/src/services/auth.service.ts")},
	{From: "v1.136.0", Value: true, Cite: cite.Immich("v1.136.0", "server/src/services/auth.service.ts")},
}

// MePath is what the app asks, with its session, as soon as it is logged in.
var MePath = Table[string]{
	{To: "v1.106.0", Value: "/api/user/me", Cite: cite.Immich("v1.105.1", "server/src/controllers/user.controller.ts")},
	{From: "v1.106.0", Value: "/api/users/me", Cite: cite.Immich("v1.106.0", "server/src/controllers/user.controller.ts")},
}

// StateInCookie says whether a login begun in the browser needs the cookies
// immich_oauth_state and immich_oauth_code_verifier, which authorize sets, when
// it comes back. Before 1.132 nothing is kept.
var StateInCookie = Table[bool]{
	{To: "v1.132.0", Value: false, Cite: cite.Immich("v1.131.3", "server/src/controllers/oauth.controller.ts")},
	{From: "v1.132.0", Value: true, Cite: cite.Immich("v1.132.0", "server/src/controllers/oauth.controller.ts")},
}

// Trusts says whose X-Forwarded-Proto Immich believes, and so whether it knows
// that it is behind https and sets its cookies Secure.
var Trusts = Table[string]{
	{To: "v1.51.2", Value: "nobody's", Cite: cite.Immich("v1.51.1", "server/apps/immich/src/main.ts")},
	{From: "v1.51.2", To: "v1.110.0", Value: "that of loopback, link-local and private addresses", Cite: cite.Immich("v1.51.2", "server/apps/immich/src/main.ts")},
	{From: "v1.110.0", To: "v1.124.0", Value: "that of loopback, link-local and private addresses, and of IMMICH_TRUSTED_PROXIES besides", Cite: cite.Immich("v1.110.0", "server/src/workers/api.ts")},
	{From: "v1.124.0", Value: "that of loopback, link-local and private addresses; where IMMICH_TRUSTED_PROXIES is set, that of loopback and of those alone", Cite: cite.Immich("v1.124.0", "server/src/workers/api.ts")},
}

// WellKnown is since when the app asks /.well-known/immich where the API is.
const WellKnown = "v1.43.0"

// LinkingSince is since when an account can be linked (/user-settings).
const LinkingSince = "v1.40.0"
