package immich

import (
	"regexp"
	"strings"

	"immich-oidc-doctor/checks/cite"
)

// A Cause is why Immich could not start a login, as far as its message tells.
type Cause string

const (
	Disabled      Cause = "disabled"       // OAuth is switched off
	Maintenance   Cause = "maintenance"    // the server is in maintenance mode
	BadURL        Cause = "bad-url"        // issuerUrl is empty or no URL
	NoClientID    Cause = "no-client-id"   // clientId is empty
	BadTimeout    Cause = "bad-timeout"    // the setting timeout is out of range
	OnlyHTTPS     Cause = "only-https"     // http is refused
	NoName        Cause = "no-name"        // the provider's host does not resolve
	NoConnection  Cause = "no-connection"  // nothing listens there, or it hangs up
	NoAnswer      Cause = "no-answer"      // the provider is silent
	NotTrusted    Cause = "not-trusted"    // TLS fails
	Unreached     Cause = "unreached"      // one of the four above, the release does not say which
	BadStatus     Cause = "bad-status"     // discovery answers another status than 200
	NotJSON       Cause = "not-json"       // discovery answers something that is no JSON
	NotMetadata   Cause = "not-metadata"   // JSON, but no metadata with an issuer
	OtherIssuer   Cause = "other-issuer"   // the document's issuer is not the setting
	BadEndpoint   Cause = "bad-endpoint"   // authorization_endpoint is missing, relative or http
	UnknownReason Cause = "unknown-reason" // the message tells nothing
)

// A Message is one text of Immich's answer to a login that it cannot start.
type Message struct {
	From, To string // releases [From, To)
	Text     string // a regular expression; its first group is the detail worth quoting
	Cause    Cause
	Cite     cite.Citation
}

const discoveryPrefix = "Error in OAuth discovery: "

var (
	v5, v6 = cite.OpenIDClient("v5.7.1", "lib/issuer.js"), cite.OpenIDClient("v6.8.4", "src/index.ts")
	start  = cite.Immich("v2.7.5", "server/src/services/auth.service.ts")
)

// Messages are tried in this order. What follows "Error in OAuth discovery: "
// is openid-client's own; a release has the texts of its library.
var Messages = []Message{
	{Text: `^OAuth2? is not enabled`, Cause: Disabled, Cite: start},
	{Text: `only requests to HTTP or HTTPS are allowed`, Cause: BadURL, From: "v1.132.0", Cite: v6},
	{Text: `only requests to HTTPS are allowed`, Cause: OnlyHTTPS, From: "v3.0.0", Cite: v6},
	{Text: `discovered metadata issuer does not match the expected issuer`, Cause: OtherIssuer, From: "v1.132.0", Cite: v6},
	{Text: `unexpected HTTP response status code`, Cause: BadStatus, From: "v1.132.0", Cite: v6},
	{Text: `unexpected response content-type`, Cause: NotJSON, From: "v1.132.0", Cite: v6},
	{Text: `parsing error occured`, Cause: NotJSON, From: "v1.132.0", Cite: v6},
	{Text: `invalid response encountered`, Cause: NotMetadata, From: "v1.132.0", Cite: v6},
	{Text: `operation timed out`, Cause: NoAnswer, From: "v1.132.0", Cite: v6},
	{Text: `value of "delay" is out of range`, Cause: BadTimeout, From: "v1.132.0", Cite: v6},
	{Text: `"clientId" must be a non-empty string`, Cause: NoClientID, From: "v1.132.0", Cite: v6},
	{Text: `Request cannot be constructed from a URL that includes credentials`, Cause: BadURL, From: "v1.132.0", Cite: v6},
	{Text: `Invalid URL`, Cause: BadURL, Cite: v6},
	{Text: `fetch failed|AggregateError`, Cause: Unreached, Cite: v6},
	{Text: `expected 200 OK, got: (.+)`, Cause: BadStatus, To: "v1.132.0", Cite: v5},
	{Text: `SyntaxError: `, Cause: NotJSON, To: "v1.132.0", Cite: v5},
	{Text: `getaddrinfo \w+ (\S+)`, Cause: NoName, To: "v1.132.0", Cite: v5},
	{Text: `outgoing request timed out`, Cause: NoAnswer, To: "v1.132.0", Cite: v5},
	{Text: `connect ETIMEDOUT (\S+)`, Cause: NoAnswer, To: "v1.132.0", Cite: v5},
	{Text: `connect E\w+ (\S+)|socket hang up|ECONNRESET`, Cause: NoConnection, To: "v1.132.0", Cite: v5},
	{Text: `(self[- ]signed certificate.*|unable to .*(?:certificate|issuer).*|certificate has expired|certificate is not yet valid|Hostname/IP does not match.*|.*SSL routines.*)`, Cause: NotTrusted, To: "v1.132.0", Cite: v5},
	{Text: `only valid absolute URLs can be requested|Cannot read properties of null`, Cause: BadURL, To: "v1.132.0", Cite: v5},
	{Text: `client_id is required`, Cause: NoClientID, To: "v1.132.0", Cite: v5},
	{Text: `OPError: (.+)`, Cause: BadStatus, To: "v1.132.0", Cite: v5},
	{Text: `^Failed to start oauth$`, Cause: BadEndpoint, From: "v1.85.0", Cite: start},
}

var compiled = func() (res []*regexp.Regexp) {
	for _, m := range Messages {
		res = append(res, regexp.MustCompile(m.Text))
	}
	return res
}()

// Decode says what Immich's message means in that release; detail is the part
// worth quoting, if there is one. An unreadable release has all messages.
func Decode(release, message string) (c Cause, detail string) {
	v := Plain(release)
	text := strings.TrimPrefix(message, discoveryPrefix)
	for i, m := range Messages {
		if v != "" && (m.From != "" && Before(v, m.From) || m.To != "" && !Before(v, m.To)) {
			continue
		}
		if g := compiled[i].FindStringSubmatch(text); g != nil {
			if len(g) > 1 {
				detail = g[1]
			}
			return m.Cause, detail
		}
	}
	return UnknownReason, ""
}
