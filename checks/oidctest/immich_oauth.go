package oidctest

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// discover runs discovery; its failure is told to the browser in full from
// v1.84.0 on, and not at all before.
func (c *call) discover() (relyingParty, error) {
	rp, failure := c.m.discover(c.r.Context(), c.set)
	if failure == nil {
		return rp, nil
	}
	if c.r.Context().Err() != nil || !c.m.r.since("v1.84.0") {
		return nil, failure
	}
	c.logDiscovery(failure)
	return nil, &httpError{status: http.StatusInternalServerError, message: "Error in OAuth discovery: " + failure.Error(), nameless: true}
}

// oauthConfig told the web page and the app what to show and where to go, until
// v1.94.1.
func (c *call) oauthConfig() (*reply, error) {
	in, err := c.decode()
	if err != nil {
		return nil, err
	}
	if err := c.requireStrings(in, "redirectUri"); err != nil {
		return nil, err
	}
	var out ordered
	if c.m.r.since("v1.41.0") {
		out = append(out, field{"passwordLoginEnabled", c.set.PasswordLogin})
	}
	if !c.set.Enabled {
		return &reply{body: append(out, field{"enabled", false})}, nil
	}
	rp, err := c.discover()
	if err != nil {
		return nil, err
	}
	target, failure := rp.authorizationURL(authorization{redirectURI: c.replaced(authorizeOverride, in["redirectUri"].(string)), state: c.m.token(32)})
	if failure != nil {
		return nil, failure
	}
	out = append(out, field{"enabled", true}, field{"buttonText", c.set.ButtonText}, field{"url", target})
	if c.m.r.since("v1.41.0") {
		out = append(out, field{"autoLaunch", c.set.AutoLaunch})
	}
	return &reply{body: out}, nil
}

// authorize starts a login. The redirect URI is echoed, never checked.
func (c *call) authorize() (*reply, error) {
	in, err := c.decode()
	if err != nil {
		return nil, err
	}
	if err := c.requireStrings(in, "redirectUri"); err != nil {
		return nil, err
	}
	if !c.set.Enabled {
		return nil, badRequest("OAuth is not enabled")
	}
	rp, err := c.discover()
	if err != nil {
		return nil, err
	}
	a := authorization{redirectURI: c.replaced(authorizeOverride, in["redirectUri"].(string)), state: c.m.token(32)}
	out := &reply{}
	if pkceRule.at(c.m.r) != pkceNever {
		if state, ok := in["state"].(string); ok {
			a.state = state
		}
		verifier := c.m.token(32)
		digest := sha256.Sum256([]byte(verifier))
		a.challenge = base64.RawURLEncoding.EncodeToString(digest[:])
		// An app that brings its own challenge keeps its verifier; Express
		// writes the null that stands in its place as JSON.
		if challenge, ok := in["codeChallenge"].(string); ok && challenge != "" {
			a.challenge, verifier = challenge, "j:null"
		}
		out.cookies = []string{c.setCookie(stateCookie, a.state), c.setCookie(verifierCookie, verifier)}
	}
	target, failure := rp.authorizationURL(a)
	if failure != nil {
		return nil, failure
	}
	out.body = ordered{{"url", target}}
	return out, nil
}

var appCallback = regexp.MustCompile(`app\.immich:/+oauth-callback`)

// replaced puts the mobile override in the place of the app's redirect URI.
func (c *call) replaced(how rule[override], uri string) string {
	if !c.set.MobileOverrideEnabled || c.set.MobileRedirectURI == "" {
		return uri
	}
	switch how.at(c.m.r) {
	case exactOverride:
		if uri == "app.immich:/" {
			return c.set.MobileRedirectURI
		}
	case prefixOverride:
		if strings.HasPrefix(uri, "app.immich:/") {
			return c.set.MobileRedirectURI
		}
	case regexOverride:
		if at := appCallback.FindStringIndex(uri); at != nil {
			return uri[:at[0]] + c.set.MobileRedirectURI + uri[at[1]:]
		}
	}
	return uri
}

// mobileRedirect hands a callback on to the app, whatever it holds.
func (c *call) mobileRedirect() (*reply, error) {
	return &reply{status: http.StatusTemporaryRedirect, location: appRedirect.at(c.m.r) + "?" + c.r.URL.RawQuery}, nil
}

func (c *call) callback() (*reply, error) {
	in, err := c.decode()
	if err != nil {
		return nil, err
	}
	if err := c.requireStrings(in, "url"); err != nil {
		return nil, err
	}
	if text := disabledCallback.at(c.m.r); text != "" && !c.set.Enabled {
		return nil, badRequest(text)
	}
	who, err := c.finish(in, callbackOverride)
	if err != nil {
		return nil, err
	}
	return c.admit(who)
}

// finish runs the second half of a login or a linking.
func (c *call) finish(in map[string]any, how rule[override]) (*identity, error) {
	cb := callback{url: in["url"].(string)}
	if clientGeneration.at(c.m.r) == 5 {
		uri, _, _ := strings.Cut(cb.url, "?")
		cb.redirectURI = c.replaced(how, uri)
	} else {
		var ok bool
		if cb.state, ok = c.sent(in, "state", stateCookie); !ok {
			return nil, badRequest("OAuth state is missing")
		}
		// Wanted even if the provider knows no PKCE.
		if cb.verifier, ok = c.sent(in, "codeVerifier", verifierCookie); !ok {
			return nil, badRequest("OAuth code verifier is missing")
		}
		cb.url = c.replaced(how, cb.url)
	}
	rp, err := c.discover()
	if err != nil {
		return nil, err
	}
	who, failure := rp.finish(c.r.Context(), cb)
	if failure == nil {
		if who.fromIDToken {
			c.log("DEBUG", clientLogger.at(c.m.r), "Using ID token claims instead of userinfo endpoint")
		}
		return who, nil
	}
	if c.r.Context().Err() != nil {
		return nil, failure
	}
	return nil, c.exchangeFailure(failure)
}

// exchangeFailure is what is thrown on for an error of the token or the profile.
func (c *call) exchangeFailure(failure *jsError) *jsError {
	c.logExchange(failure)
	switch failureTexts.at(c.m.r) {
	case unableFailure:
		// The profile is asked for where the error is not caught.
		if !failure.profile {
			c.exchange = "Unable to complete OAuth login"
		}
	case causeFailure:
		if failure.code == "OAUTH_INVALID_RESPONSE" && failure.cause != nil {
			return failure.cause
		}
	case twoFacedFailure, splitFailure:
		return newError("Error", "OAuth login failed")
	}
	return failure
}

// sent is a value that the app puts into the body and the browser into a cookie;
// the body wins.
func (c *call) sent(in map[string]any, member, cookie string) (string, bool) {
	if v, ok := in[member].(string); ok {
		return v, v != ""
	}
	v := c.cookie(cookie)
	return v, v != ""
}

// cookie is the decoded value of a cookie of the request.
func (c *call) cookie(name string) string {
	for _, header := range c.r.Header.Values("Cookie") {
		for part := range strings.SplitSeq(header, ";") {
			key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
			if key != name {
				continue
			}
			if decoded, err := url.PathUnescape(value); err == nil {
				return decoded
			}
			return value
		}
	}
	return ""
}
