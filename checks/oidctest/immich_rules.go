package oidctest

import "time"

// What changed from release to release and is a mere value. A rule says what
// holds from which release on; the functions beside it read better at a call.

// clientGeneration is the major version of the npm package openid-client.
var clientGeneration = rule[int]{{"v1.36.0", 5}, {"v1.132.0", 6}}

// clientVersion stands in the User-Agent.
var clientVersion = rule[string]{
	{"v1.36.0", "openid-client/5.2.1 (https://github.com/panva/node-openid-client)"},
	{"v1.56.1", "openid-client/5.4.2 (https://github.com/panva/node-openid-client)"},
	{"v1.76.0", "openid-client/5.4.3 (https://github.com/panva/node-openid-client)"},
	{"v1.82.0", "openid-client/5.5.0 (https://github.com/panva/node-openid-client)"},
	{"v1.86.0", "openid-client/5.6.1 (https://github.com/panva/node-openid-client)"},
	{"v1.92.0", "openid-client/5.6.2 (https://github.com/panva/node-openid-client)"},
	{"v1.93.0", "openid-client/5.6.4 (https://github.com/panva/node-openid-client)"},
	{"v1.99.0", "openid-client/5.6.5 (https://github.com/panva/node-openid-client)"},
	{"v1.116.0", "openid-client/5.7.0 (https://github.com/panva/node-openid-client)"},
	{"v1.124.0", "openid-client/5.7.1 (https://github.com/panva/node-openid-client)"},
	{"v1.132.0", "openid-client/v6.4.2"},
	{"v1.133.0", "openid-client/v6.5.0"},
	{"v1.136.0", "openid-client/v6.6.2"},
	{"v1.139.0", "openid-client/v6.6.4"},
	{"v1.143.0", "openid-client/v6.8.0"},
	{"v2.1.0", "openid-client/v6.8.1"},
	{"v2.6.0", "openid-client/v6.8.2"},
	{"v3.0.0", "openid-client/v6.8.4"},
	{"v3.2.0", "openid-client/v6.8.7"},
}

// nodeVersion is that of the official image. Two texts depend on it: what Node
// calls bad JSON and what it calls a self-signed certificate.
var nodeVersion = rule[string]{
	{"v1.36.0", "v16.20.2"}, {"v1.56.1", "v18.16.0"}, {"v1.81.0", "v20.8.0"}, {"v1.108.0", "v20.15.1"},
	{"v1.111.0", "v20.16.0"}, {"v1.115.0", "v20.17.0"}, {"v1.118.0", "v20.18.0"}, {"v1.120.0", "v22.11.0"},
	{"v1.123.0", "v22.12.0"}, {"v1.125.0", "v22.13.1"}, {"v1.130.0", "v22.14.0"}, {"v1.136.0", "v22.17.0"},
	{"v1.138.0", "v22.17.1"}, {"v1.139.0", "v22.18.0"}, {"v1.141.0", "v22.19.0"}, {"v2.5.0", "v24.12.0"},
	{"v2.6.3", "v24.14.1"}, {"v3.2.0", "v24.18.0"}, {"v3.2.4", "v24.21.0"},
}

// errorShape is what an error looks like in JSON.
type errorShape int

const (
	nestError       errorShape = iota // statusCode, message, error
	correlatedError                   // message, error, statusCode, correlationId
	messageError                      // message alone
)

var errorShapes = rule[errorShape]{{"v1.36.0", nestError}, {"v1.106.0", correlatedError}, {"v3.0.0", messageError}}

// correlationHeader carries the ID under which the log speaks of a request.
var correlationHeader = rule[string]{{"v1.102.0", "x-immich-cid"}, {"v3.0.0", "X-Correlation-ID"}}

// pkce is when a code challenge is sent and when its verifier.
type pkce int

const (
	pkceNever  pkce = iota
	pkceAlways      // the challenge always, the verifier only if the provider advertises S256
	pkceBlank       // both, or two empty parameters in place of the challenge
	pkceBoth        // both or neither
)

var pkceRule = rule[pkce]{{"v1.36.0", pkceNever}, {"v1.132.0", pkceAlways}, {"v1.135.0", pkceBlank}, {"v1.143.0", pkceBoth}}

// failureText is how a failed call is told to the browser and to the log.
type failureText int

const (
	plainFailure    failureText = iota // 500 "Internal server error"
	unableFailure                      // 500 "Unable to complete OAuth login: …" for the exchange
	namedFailure                       // 500 "Failed to finish oauth", and the same in the log
	unknownFailure                     // the same; the log says "Unknown error: …"
	causeFailure                       // the same; the log has the cause of an invalid response too
	twoFacedFailure                    // the same; the log says "OAuth login failed: …" and then all of the error
	splitFailure                       // the same, without the message in the first line
)

var failureTexts = rule[failureText]{
	{"v1.36.0", plainFailure}, {"v1.77.0", unableFailure}, {"v1.85.0", namedFailure}, {"v1.114.0", unknownFailure},
	{"v1.132.0", causeFailure}, {"v1.133.0", twoFacedFailure}, {"v3.2.0", splitFailure},
}

// clientLogger is the class that the log names for what the client did.
var clientLogger = rule[string]{{"v1.36.0", "AuthService"}, {"v1.118.0", "OAuthRepository"}}

// interceptorLogger is the class that logs what nobody caught.
var interceptorLogger = rule[string]{{"v1.36.0", "ExceptionsHandler"}, {"v1.85.0", "ErrorInterceptor"}}

// appRedirect is the redirect URI of the mobile app, to which mobile-redirect
// leads.
var appRedirect = rule[string]{{"v1.41.0", "app.immich:/"}, {"v1.113.0", "app.immich:///oauth-callback"}}

// override is how a redirect URI of the app is recognised and replaced.
type override int

const (
	noOverride     override = iota
	exactOverride           // exactly app.immich:/
	prefixOverride          // whatever begins so
	regexOverride           // app.immich:/…/oauth-callback, wherever it stands
)

var authorizeOverride = rule[override]{
	{"v1.41.0", exactOverride}, {"v1.55.0", prefixOverride}, {"v1.118.0", noOverride}, {"v1.118.1", prefixOverride},
	{"v1.132.0", regexOverride},
}

var callbackOverride = rule[override]{{"v1.41.0", exactOverride}, {"v1.55.0", prefixOverride}, {"v1.132.0", regexOverride}}

var linkOverride = rule[override]{{"v1.41.0", exactOverride}, {"v1.55.0", prefixOverride}, {"v1.132.0", noOverride}}

// disabledCallback is what a callback says while OAuth is off; empty where it
// does not look.
var disabledCallback = rule[string]{{"v1.36.0", "OAuth2 is not enabled"}, {"v1.118.0", ""}, {"v2.6.1", "OAuth is not enabled"}}

var disabledLink = rule[string]{{"v1.40.0", "OAuth2 is not enabled"}, {"v1.118.0", ""}}

// clientLimit is how long a silent issuer is waited for.
var clientLimit = rule[time.Duration]{
	{"v1.36.0", 3500 * time.Millisecond}, {"v1.40.0", 30 * time.Second}, {"v1.132.0", 300 * time.Second},
}

const connectLimit = 10 * time.Second // of fetch; the older client has one limit for all

// cookieAge is the Max-Age of the session cookies.
var cookieAge = rule[time.Duration]{{"v1.36.0", 7 * 24 * time.Hour}, {"v1.51.0", 400 * 24 * time.Hour}}

// cookieSameSite was Strict for a short while, which no login survived.
var cookieSameSite = rule[string]{{"v1.36.0", "Lax"}, {"v1.43.0", "Strict"}, {"v1.44.0", "Lax"}}

// Statuses that changed.
var (
	linkStatus     = rule[int]{{"v1.40.0", 201}, {"v1.138.0", 200}}
	unlinkStatus   = rule[int]{{"v1.40.0", 201}, {"v1.113.0", 200}}
	logoutStatus   = rule[int]{{"v1.36.0", 201}, {"v1.72.0", 200}}
	validateStatus = rule[int]{{"v1.36.0", 201}, {"v1.72.0", 200}}
)

// loginPage is where a logout leads if the provider has no page for it.
var loginPage = rule[string]{{"v1.36.0", "/auth/login"}, {"v1.41.0", "/auth/login?autoLaunch=0"}}
