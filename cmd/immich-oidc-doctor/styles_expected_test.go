package main

import "strings"

// What can be told of a style from outside, by what is known of the product:
// yes where it is so, no where it is not. What cannot be told is not said.
type visible struct {
	uris, client, secret string
	web                  string // the web page's URI, where it is told in another way than the others
	method               bool   // that the secret must be shown in another way
	secretNeedsWeb       bool   // of the secret nothing is told unless the web page's URI is registered
	jointly              bool   // a client that is not there is told from one without that URI only if another URI is registered
}

const (
	told   = "yes no"
	likely = "yes? no?" // it may be told: what it rests on, nobody checked
)

// tellsAll answers everything but the method, as most do.
var tellsAll = visible{uris: told, client: told, secret: told}

// tellsWithoutNone answers everything to a request without prompt.
var tellsWithoutNone = visible{uris: told, client: told, secret: "yes"}

// visibleOf is by style. An answer to wrong credentials that is the same as to
// any other proves nothing at a product that nobody knows: there a right secret
// is told, and a wrong one is not.
var visibleOf = map[string]visible{
	"oidc-provider": tellsAll,
	"authelia-4.37": tellsAll, "authelia-4.38": tellsAll.andMethod(), "authelia-4.39": tellsAll.andMethod(), "hydra": {uris: likely, client: likely, secret: likely},
	"pocket-id": tellsAll, "pocket-id-2.9": {secret: told},
	"keycloak": {uris: told, client: told, secret: likely}, "authentik": tellsAll, "authentik-keeps-first": tellsAll, "zitadel": {uris: told, client: likely, secret: likely}, "rauthy": tellsAll,
	"dex-2.13": tellsAll, "dex-2.45": tellsAll,
	"kanidm":    {uris: told, client: "yes", secret: told, jointly: true},
	"glewlwyd":  {uris: told, client: "yes", secret: told, jointly: true, secretNeedsWeb: true},
	"lemonldap": {secret: told},
	"gitea":     {web: told, client: told, secret: told},
	"gitlab":    {uris: "yes", client: "yes", secret: likely, jointly: true},
	"nextcloud": {uris: likely, client: likely, secret: told},
	"casdoor":   {client: "yes? no"},
	"tsidp":     {uris: told, client: told},
	"google":    {uris: told, client: told, secret: likely},
	"entra":     {uris: likely, client: told},
	"auth0":     {uris: told, client: told, secret: likely},

	"one-page-for-all":                                    {secret: "yes"},
	"one-refusal-for-all-credentials":                     {},
	"code-before-secret":                                  {uris: told, client: told},
	"400-for-all":                                         {},
	"400-that-repeats-the-request":                        {secret: "yes"},
	"error-page-for-all":                                  {secret: "yes"},
	"login-page-that-names-the-redirect":                  {secret: "yes"},
	"login-page-that-names-the-redirect-of-good-requests": {uris: "yes", client: "yes", secret: "yes", jointly: true},
	"scripts-that-never-end":                              {secret: "yes"},
	"goes-back-to-anybody":                                {secret: "yes"},
	"hands-a-code-to-anybody":                             {secret: "yes"},
	"somewhere-else-each-time":                            {secret: "yes"},
	"forbidden-now-and-then":                              {secret: "yes"},
	"forbidden-after-some":                                {secret: "yes"},
	"goes-round-in-circles":                               {secret: "yes"},
	"enough-after-one":                                    {},
	"token-endpoint-that-hangs":                           {uris: told, client: told},
	"page-for-a-token-endpoint":                           {uris: told, client: told},
	"401-login-page-with-help":                            {secret: "yes"},
	"400-possible-causes-for-prompt-none":                 tellsWithoutNone,
	"400-that-blames-the-redirect-for-prompt-none":        tellsWithoutNone,
	"400-that-names-the-redirect-and-not-why":             tellsWithoutNone,
	"403-invalid-client-address":                          tellsWithoutNone,
	"403-unknown-client-for-prompt-none":                  tellsWithoutNone,
	"403-unknown-client-address-for-all":                  {secret: "yes"},
	"403-unknown-client-for-all":                          {secret: "yes"},
	"error-page-for-prompt-none":                          tellsWithoutNone,
	"error-page-that-names-the-redirect-for-prompt-none":  tellsWithoutNone,
	"state-only-once":                                     {secret: "yes"},
	"goes-back-without-state":                             {uris: told, client: told, secret: "yes"},
	"pushed-requests-with-any-redirect":                   {secret: "yes"},
	"path-of-okta-that-goes-back-to-anybody":              {secret: "yes"},
	"another-word-for-a-wrong-secret":                     {uris: told, client: told},
	"secret-only-with-the-right-redirect":                 {uris: told, client: told, secret: "yes", secretNeedsWeb: true},
}

func (v visible) andMethod() visible {
	v.method = true
	return v
}

// trouble is the alarms at a style although provider and Immich fit.
var trouble = map[string][]string{
	"page-for-a-token-endpoint":       {"token/endpoint"},  // no login can succeed there
	"token-endpoint-that-hangs":       {"token/endpoint"},  // nor there
	"enough-after-one":                {"token/endpoint"},  // it asks us, too, for fewer requests
	"one-refusal-for-all-credentials": {"client/secret"},   // a warning that it seems to refuse what it is shown
	"glewlwyd":                        {"authorize/nonce"}, // which ends every login there
}

// expected is the answers that fit, by question; none given: any that is not wrong.
func expected(style, pairing string, truth map[string]bool) map[string]string {
	v, want := visibleOf[style], map[string]string{}
	tells := func(how string, truth bool) string {
		if answer := map[bool]string{true: "yes", false: "no"}[truth]; strings.Contains(how, answer) {
			if strings.Contains(how, answer+"?") {
				answer += " ?"
			}
			return answer
		}
		return "?"
	}
	any := truth["web"] || truth["linking"] || truth["mobile"]
	switch {
	case style == "enough-after-one": // what was asked before that is in no order
	case !truth["client"] && !v.jointly:
		want["web"], want["linking"], want["mobile"] = "?", "?", "?"
	case pairing == "scope refused" || pairing == "PKCE demanded, not sent" || pairing == "patterns for URIs": // may stand in the way
	case v.jointly && !any:
		want["web"], want["linking"], want["mobile"] = "?", "?", "?"
	default:
		for _, journey := range []string{"web", "linking", "mobile"} {
			want[journey] = tells(v.uris, truth[journey])
		}
		if v.web != "" && truth["secret"] {
			want["web"] = tells(v.web, truth["web"])
		}
		if v.uris == "yes" { // that the others are taken may tell
			for _, journey := range []string{"web", "linking", "mobile"} {
				want[journey] = strings.Replace(want[journey], "?", "? no", 1)
			}
		}
		if want["client"] = tells(v.client, truth["client"]); !any || v.client == "" {
			want["client"] = "? yes" // a refusal of a URI may tell, or a secret that is taken
		}
	}
	if !truth["client"] && !v.jointly && style != "enough-after-one" {
		want["client"] = tells(v.client, false)
	}
	switch {
	case !truth["client"]: // the answer is that to a wrong secret
		want["secret"] = "? " + tells(v.secret, false)
	case pairing == "PKCE demanded, not sent":
	case !truth["method"] && v.method, v.secretNeedsWeb && !truth["web"], v.jointly && pairing == "scope refused":
	case !truth["method"]:
		want["secret"] = "?"
	default:
		want["secret"] = tells(v.secret, truth["secret"])
	}
	if !truth["method"] && v.method {
		want["method"] = "no"
	}
	return want
}
