package immich

import (
	"encoding/base64"
	"strings"

	"immich-oidc-doctor/checks/cite"
)

// The ways of saying at the token endpoint which client one is (OpenID Connect
// Core 9) that Immich has.
const (
	AuthBasic = "client_secret_basic"
	AuthPost  = "client_secret_post"
	AuthNone  = "none"
)

// AuthMethod is the way in which a release says which client it is. secret says
// whether one is set; lists, nil where there is no list, whether the provider
// lists a way; setting is tokenEndpointAuthMethod, empty where it is not known.
func AuthMethod(release string, secret bool, lists func(method string) bool, setting string) string {
	rule := Authenticates.At(release).Value
	switch {
	case !secret && PublicClient.At(release).Value:
		return AuthNone
	case rule == AuthBySetting && setting != "":
		return setting
	case rule == AuthByList && (lists == nil || lists(AuthBasic) || !lists(AuthPost)):
		return AuthBasic
	}
	return AuthPost
}

// BasicKeeps is which characters, beside letters and digits, stand in a Basic
// header as they are. A space is a plus, every other one is percent-encoded:
// what a provider that decodes nothing takes for another secret.
var BasicKeeps = Table[string]{
	{To: "v1.132.0", Value: "-_.!~*'()", Cite: cite.OpenIDClient("v5.7.1", "lib/helpers/client.js")},
	{From: "v1.132.0", Value: "", Cite: cite.OAuth4WebAPI("v3.8.6", "src/index.ts")},
}

// FormType is the content type of a token request.
var FormType = Table[string]{
	{To: "v1.132.0", Value: "application/x-www-form-urlencoded", Cite: cite.OpenIDClient("v5.7.1", "lib/helpers/request.js")},
	{From: "v1.132.0", Value: "application/x-www-form-urlencoded;charset=UTF-8", Cite: cite.OAuth4WebAPI("v3.8.6", "src/index.ts")},
}

// Basic is what a release writes into a Basic header for a client and its
// secret: the pair as it is joined, and the header's value.
func Basic(release, id, secret string) (pair, header string) {
	keeps := BasicKeeps.At(release).Value
	pair = encoded(id, keeps) + ":" + encoded(secret, keeps)
	return pair, "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))
}

// Spelt is a secret as a release spells it within a Basic header.
func Spelt(release, secret string) string { return encoded(secret, BasicKeeps.At(release).Value) }

// encoded is s as a form writes it (RFC 6749, Appendix B), but for what stays.
func encoded(s, keeps string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case c == ' ':
			b.WriteByte('+')
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', strings.IndexByte(keeps, c) >= 0:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}

// SendsVerifier says whether a release sends the verifier of the challenge that
// its authorization request carries: not always (see PKCEUnhinged).
func SendsVerifier(release string, challenged, listed bool) bool {
	return challenged && (listed || PKCE.At(release).Value != PKCEUnhinged)
}
