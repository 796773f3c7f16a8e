package catalog

import "immich-oidc-doctor/checks/cite"

// A Statement is one sentence of a specification that shows from outside, and
// the checks that hold a provider to it as far as a login to Immich needs it,
// or why none does. That a specification wants something is no reason for a
// check: what no release of Immich minds breaks no login.
type Statement struct {
	Says   string
	Cite   cite.Citation
	Checks string // IDs, blanks between
	Gap    string // why no check, or what the checks leave out
}

// Why no check holds a provider to a statement.
const (
	nobodyMinds = "no Immich release minds"
	needsLogin  = "needs a login"
	needsSecret = "needs the client's credentials"
	neverAsked  = "Immich never does or asks for it"
)

// Statements is every one that shows to somebody who knows what Immich makes
// public, in the order of the way of a login.
var Statements = []Statement{
	// The discovery document.
	{"the document stands at the issuer and /.well-known/openid-configuration, a slash at the issuer's end removed first", cite.OIDCDiscovery("4.1"), "discovery/document", ""},
	{"it is answered with 200", cite.OIDCDiscovery("4.2"), "discovery/document", ""},
	{"its content type is application/json", cite.OIDCDiscovery("4.2"), "", nobodyMinds + ": a client looks at it only if the body is no JSON"},
	{"it is a JSON object in UTF-8, without a byte order mark", cite.RFC("8259", "8.1"), "discovery/document", "bytes that are no UTF-8 are replaced: " + nobodyMinds},
	{"members stand in it once", cite.RFC("8259", "4"), "discovery/members", ""},
	{"members of several values are lists, those without a value are left out", cite.OIDCDiscovery("4.2"), "pkce/accepted token/auth-method", "of other members: " + nobodyMinds},
	{"members that nobody knows are passed over", cite.OIDCDiscovery("4.2"), "", nobodyMinds},
	{"issuer is the address that the document was found by", cite.OIDCDiscovery("4.3"), "issuer/match", ""},
	{"issuer is the iss of every ID token", cite.OIDCCore("3.1.3.7"), "callback/issuer", "the ID token " + needsLogin},
	{"issuer is an https address", cite.OIDCDiscovery("3"), "issuer/https issuer/match", ""},
	{"issuer has no query and no fragment", cite.OIDCDiscovery("3"), "", nobodyMinds + ", if both sides write it alike"},
	{"authorization_endpoint is there", cite.OIDCDiscovery("3"), "discovery/endpoints discovery/hosts", ""},
	{"token_endpoint is there", cite.OIDCDiscovery("3"), "discovery/endpoints discovery/hosts", ""},
	{"userinfo_endpoint is there", cite.OIDCDiscovery("3"), "discovery/endpoints", ""},
	{"jwks_uri is there", cite.OIDCDiscovery("3"), "discovery/endpoints", "only where a release reads keys"},
	{"every endpoint is https", cite.RFC("6749", "3.1"), "discovery/endpoints", "http is refused from 3.0; before, " + nobodyMinds},
	{"endpoints have no fragment", cite.RFC("6749", "3.1"), "", nobodyMinds + ": browsers and fetch keep it to themselves"},
	{"an endpoint's own query is kept, and no parameter stands twice", cite.RFC("6749", "3.1"), "authorize/parameters", ""},
	{"response_types_supported is there and has code", cite.OIDCDiscovery("3"), "authorize/accepted", "that it is missing: " + nobodyMinds},
	{"response_modes_supported, if there, has query", cite.OIDCDiscovery("3"), "callback/query", ""},
	{"grant_types_supported, if there, has authorization_code", cite.OIDCDiscovery("3"), "authorize/accepted", ""},
	{"subject_types_supported is there, public or pairwise", cite.OIDCDiscovery("3"), "", nobodyMinds + "; that a pairwise sub changes with the client shows at a login"},
	{"id_token_signing_alg_values_supported is there", cite.OIDCDiscovery("3"), "keys/algorithm", "that it is missing: " + nobodyMinds},
	{"id_token_signing_alg_values_supported has RS256", cite.OIDCDiscovery("3"), "keys/algorithm", "only if Immich expects RS256"},
	{"userinfo_signing_alg_values_supported is a list", cite.OIDCDiscovery("3"), "settings/profile-algorithm", "only if Immich expects signed profiles"},
	{"scopes_supported, if there, has openid", cite.OIDCDiscovery("3"), "scope/accepted scope/openid", "that the list lacks it is a note, if the provider does not say better"},
	{"scopes are made of printable characters", cite.RFC("6749", "3.3"), "", nobodyMinds},
	{"token_endpoint_auth_methods_supported is client_secret_basic unless it says otherwise", cite.OIDCDiscovery("3"), "token/auth-method", ""},
	{"token_endpoint_auth_signing_alg_values_supported goes with the methods by JWT", cite.RFC("8414", "2"), "", neverAsked},
	{"code_challenge_methods_supported has S256, or PKCE is not offered", cite.RFC("8414", "2"), "pkce/accepted", ""},
	{"require_pushed_authorization_requests says whether plain requests are refused", cite.RFC("9126", "5"), "authorize/accepted", ""},
	{"require_signed_request_object says whether unsigned requests are refused", cite.RFC("9101", "10.5"), "authorize/accepted", ""},
	{"request_parameter_supported and request_uri_parameter_supported have defaults", cite.OIDCDiscovery("3"), "", neverAsked},
	{"claims_supported is a list", cite.OIDCDiscovery("3"), "discovery/endpoints", "that it is missing: " + nobodyMinds},
	{"claims_parameter_supported says whether claims may be asked for one by one", cite.OIDCDiscovery("3"), "", neverAsked},
	{"registration_endpoint is an https address", cite.OIDCDiscovery("3"), "", neverAsked},
	{"locales are tags of BCP 47", cite.RFC("8414", "2"), "", nobodyMinds},
	{"signed_metadata is a JWS whose values win", cite.RFC("8414", "2.1"), "", nobodyMinds + ": no client reads it"},
	{"authorization_response_iss_parameter_supported is followed by iss in every answer", cite.RFC("9207", "3"), "callback/issuer", ""},
	{"end_session_endpoint is a whole address", cite.RPLogout("2.1"), "logout/provider", "that it is https: " + nobodyMinds},
	{"the end session endpoint answers browsers that bring nothing", cite.RPLogout("2"), "logout/endpoint", ""},
	{"backchannel_logout_supported and backchannel_logout_session_supported are true or false", cite.BackChannelLogout("2.1"), "", nobodyMinds + ": a provider without it sends no notice, and no login or logout breaks"},
	{"TLS by BCP 195, with a certificate that is trusted", cite.OIDCDiscovery("7.1"), "tls/certificate", ""},

	// The key set.
	{"it is an object with a list keys", cite.RFC("7517", "5"), "keys/usable keys/choice", ""},
	{"its media type is application/jwk-set+json or application/json", cite.RFC("7517", "8.5.2"), "", nobodyMinds},
	{"keys of unknown types and members that nobody knows are passed over", cite.RFC("7517", "5"), "keys/choice", ""},
	{"members of a key stand in it once", cite.RFC("7517", "4"), "", nobodyMinds + ": the last counts"},
	{"each key has kty and the parameters of its type", cite.RFC("7518", "6"), "keys/usable keys/choice", ""},
	{"coordinates have their full length, numbers no leading zeros, base64url no padding", cite.RFC("7518", "6.2.1.2"), "", nobodyMinds + ": Node takes them all"},
	{"no private and no symmetric key is shown", cite.OIDCDiscovery("3"), "keys/private keys/choice", ""},
	{"use is there on every key if there are keys for encryption", cite.OIDCDiscovery("3"), "keys/choice", ""},
	{"use and key_ops do not stand together", cite.RFC("7517", "4.3"), "", nobodyMinds},
	{"keys have different kid", cite.RFC("7517", "4.5"), "keys/choice", ""},
	{"a token names its kid if there are several keys", cite.OIDCCore("10.1"), "keys/choice", "what the token names " + needsLogin},
	{"the first certificate of x5c is for the key", cite.RFC("7517", "4.7"), "keys/certificates", "a note: " + nobodyMinds},
	{"RSA keys have 2048 bits or more", cite.RFC("7518", "3.3"), "keys/choice", ""},
	{"ES256 goes with P-256, ES384 with P-384, ES512 with P-521", cite.RFC("7518", "3.4"), "keys/choice keys/algorithm", ""},
	{"the secret for HS256 has 256 bits or more", cite.RFC("7518", "3.2"), "", nobodyMinds + ", and it " + needsSecret},
	{"keys that were in use stay for a while", cite.OIDCCore("10.1.1"), "", nobodyMinds + ": the set is fetched for every login that needs it"},

	// The authorization endpoint, asked as Immich asks it with prompt=none.
	{"parameters that are not known are passed over, valid PKCE among them", cite.RFC("6749", "3.1"), "pkce/accepted authorize/accepted", ""},
	{"the redirect URI is one of those registered, byte for byte", cite.RFC("9700", "2.1"), "redirect/registered", ""},
	{"an unknown client or redirect URI is a page, not a redirect", cite.RFC("6749", "4.1.2.1"), "client/known redirect/registered", ""},
	{"all other errors go back, with error and state", cite.RFC("6749", "4.1.2.1"), "pkce/accepted scope/accepted authorize/accepted", "an error without state breaks a login that is broken already"},
	{"prompt=none without a session goes back with login_required or the like", cite.OIDCCore("3.1.2.6"), "redirect/registered", "one that shows a page instead makes the redirect URI invisible from outside"},
	{"nonce may be left out where the answer brings a code", cite.OIDCCore("3.1.2.1"), "authorize/nonce", ""},
	{"the answer comes in the query if nothing else was asked for", cite.MultipleResponseTypes("2.1"), "callback/query", ""},
	{"iss in the answer is the issuer", cite.RFC("9207", "2.4"), "callback/issuer", ""},
	{"PKCE that is demanded and missing is invalid_request", cite.RFC("7636", "4.4.1"), "pkce/accepted", ""},
	{"a scope that is not allowed is invalid_scope", cite.RFC("6749", "4.1.2.1"), "scope/accepted", ""},
	{"a redirect URI has no fragment; one of a private scheme has its own form", cite.RFC("8252", "7.1"), "redirect/mobile", ""},
	{"error_description has printable characters only", cite.RFC("6749", "4.1.2.1"), "", nobodyMinds},
	{"POST is taken as well as GET", cite.OIDCCore("3.1.2.1"), "", neverAsked},

	// The token endpoint and userinfo, without credentials.
	{"the token endpoint takes POST, and answers JSON", cite.RFC("6749", "3.2"), "token/endpoint", ""},
	{"client authentication that fails is invalid_client, with a challenge if the header was used", cite.RFC("6749", "5.2"), "", needsSecret},
	{"a wrong code is invalid_grant", cite.RFC("6749", "5.2"), "", needsSecret},
	{"userinfo answers 401 with a challenge to a token that is none", cite.OIDCCore("5.3.3"), "userinfo/endpoint", "the status and the challenge: " + nobodyMinds},
}
