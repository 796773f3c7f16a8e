package oidctest

import (
	"crypto/rand"
	"maps"
	"net/http"
	"net/url"
	"strings"
)

// requestURI is the form that RFC 9126 2.2 suggests.
const requestURI = "urn:ietf:params:oauth:request_uri:"

// push is the pushed authorization request endpoint, RFC 9126 2. One request
// tells a client whether its ID, secret and redirect URI are right.
func (p *Provider) push(r *http.Request) *Answer {
	c, refused := p.authenticate(r)
	if refused != nil {
		return refused
	}
	params := maps.Clone(r.PostForm)
	params.Del("client_secret")
	params.Set("client_id", c.ID)
	uri := requestURI + rand.Text()
	params.Set("request_uri", uri) // as check is told that this one was pushed
	req := newAuthRequest(params)
	for _, check := range []func(*authRequest) *refusal{p.checkClient, p.checkKind, p.checkScope, checkPrompt, p.checkPKCE} {
		if why := check(req); why != nil {
			if why.code == "invalid_redirect_uri" {
				why.code = "invalid_request" // RFC 9126 2.3 has no error of its own for it
			}
			return p.refuseJSON(*why)
		}
	}
	p.state.requests[uri] = params
	return answerJSON(http.StatusCreated, map[string]any{"expires_in": 60, "request_uri": uri}).noStore()
}

// pushed takes a request that was pushed by this client, once (RFC 9126 4).
func (p *Provider) pushed(uri, client string) (url.Values, *refusal) {
	if !strings.HasPrefix(uri, requestURI) || !p.PAR {
		return nil, &refusal{code: "request_uri_not_supported"}
	}
	params := p.state.requests[uri]
	if params == nil || params.Get("client_id") != client {
		return nil, &refusal{code: "invalid_request_uri", says: "request_uri is invalid, expired, or was already used"}
	}
	delete(p.state.requests, uri)
	return params, nil
}
