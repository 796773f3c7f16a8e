package oidctest

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// An authRequest is an authorization request under way, RFC 6749 4.1.1.
type authRequest struct {
	client   *Client // nil until check found it
	params   url.Values
	redirect string
	scope    []string
	prompt   []string

	fresh  bool // the user logged in for this very request
	agreed bool // and consented
}

// authorize is the authorization endpoint, OpenID Connect Core 3.1.2.
func (p *Provider) authorize(r *http.Request) *Answer {
	for _, name := range slices.Sorted(maps.Keys(r.Form)) {
		// RFC 6749 3.1: no parameter more than once.
		if len(r.Form[name]) > 1 {
			return p.refusePage(r, refusal{code: "invalid_request", says: fmt.Sprintf("'%s' parameter must not be provided twice", name)})
		}
	}
	req := newAuthRequest(r.Form)
	if uri := req.params.Get("request_uri"); uri != "" {
		pushed, refused := p.pushed(uri, req.params.Get("client_id"))
		if refused != nil {
			return p.refuseBack(r, req, *refused)
		}
		req = newAuthRequest(pushed)
		req.params.Set("request_uri", uri)
	}
	if !p.LateChecks {
		if refused := p.check(r, req); refused != nil {
			return refused
		}
	}
	return p.proceed(r, req, p.sessionOf(r))
}

func newAuthRequest(params url.Values) *authRequest {
	return &authRequest{
		params:   params,
		redirect: params.Get("redirect_uri"),
		scope:    strings.Fields(params.Get("scope")),
		prompt:   strings.Fields(params.Get("prompt")),
	}
}

// check tells whether the request is one that the provider serves.
func (p *Provider) check(r *http.Request, req *authRequest) *Answer {
	if refused := p.checkClient(req); refused != nil {
		return p.refusePage(r, *refused)
	}
	for _, check := range []func(*authRequest) *refusal{p.checkKind, p.checkScope, p.checkNonce, checkPrompt, p.checkPKCE} {
		if refused := check(req); refused != nil {
			return p.refuseBack(r, req, *refused)
		}
	}
	return nil
}

// checkClient is for what must not be answered by a redirect: RFC 6749 4.1.2.1
// and 10.15. The redirect URI is compared as RFC 3986 6.2.1 does, byte for byte.
func (p *Provider) checkClient(req *authRequest) *refusal {
	id := req.params.Get("client_id")
	if id == "" {
		return &refusal{code: "invalid_request", says: "missing required parameter 'client_id'"}
	}
	if req.client = p.Client(id); req.client == nil {
		return &refusal{code: "invalid_client", says: "client is invalid", cause: "client not found"}
	}
	if req.redirect == "" {
		return &refusal{code: "invalid_request", says: "missing required parameter 'redirect_uri'"}
	}
	if !slices.Contains(req.client.Redirects, req.redirect) {
		return &refusal{code: "invalid_redirect_uri", says: "redirect_uri did not match any of the client's registered redirect_uris"}
	}
	return nil
}

// checkKind looks at what is asked for and how it shall come back.
func (p *Provider) checkKind(req *authRequest) *refusal {
	switch kind := req.params.Get("response_type"); {
	case req.params.Get("request") != "":
		return &refusal{code: "request_not_supported"}
	case kind == "":
		return &refusal{code: "invalid_request", says: "missing required parameter 'response_type'"}
	case kind != "code":
		return &refusal{code: "unsupported_response_type", says: "unsupported response_type requested"}
	}
	switch req.params.Get("response_mode") {
	case "", "query", "fragment", "form_post":
	default:
		return &refusal{code: "unsupported_response_mode", says: "unsupported response_mode requested"}
	}
	if req.client.RequirePAR && req.params.Get("request_uri") == "" {
		return &refusal{code: "invalid_request", says: "Pushed Authorization Request must be used"}
	}
	return nil
}

// checkScope: a scope that the provider does not know is ignored, as OpenID
// Connect Core 3.1.2.1 wants; one that the client may not have is an error.
func (p *Provider) checkScope(req *authRequest) *refusal {
	if req.params.Get("nonce") != "" && !slices.Contains(req.scope, "openid") {
		return &refusal{code: "invalid_request", says: "openid scope must be requested when using the nonce parameter"}
	}
	var known []string
	for _, s := range req.scope {
		if allowed := req.client.Scopes; allowed != nil && !slices.Contains(allowed, s) {
			return &refusal{code: "invalid_scope", says: "requested scope is not allowed", cause: fmt.Sprintf("The OAuth 2.0 Client is not allowed to request scope '%s'.", s)}
		}
		if _, ok := p.Scopes[s]; ok {
			known = append(known, s)
		}
	}
	req.scope = known
	return nil
}

// checkNonce: OpenID Connect Core 3.1.2.1 lets it be left out; some want it.
func (p *Provider) checkNonce(req *authRequest) *refusal {
	if p.RequireNonce && req.params.Get("nonce") == "" && slices.Contains(req.scope, "openid") {
		return &refusal{code: "invalid_request", says: "nonce required"}
	}
	return nil
}

// checkPrompt is OpenID Connect Core 3.1.2.1: none stands alone.
func checkPrompt(req *authRequest) *refusal {
	for _, v := range req.prompt {
		if !slices.Contains([]string{"none", "login", "consent"}, v) {
			return &refusal{code: "invalid_request", says: "unsupported prompt value requested"}
		}
	}
	if len(req.prompt) > 1 && slices.Contains(req.prompt, "none") {
		return &refusal{code: "invalid_request", says: "prompt none must only be used alone"}
	}
	return nil
}

// pkceMethods are the code challenge methods that the provider knows.
func (p *Provider) pkceMethods() []string {
	if p.PKCEMethods == nil {
		return []string{"S256"}
	}
	return p.PKCEMethods
}

// checkPKCE is RFC 7636 4.3 and 4.4.1.
func (p *Provider) checkPKCE(req *authRequest) *refusal {
	methods := p.pkceMethods()
	challenge, method := req.params.Get("code_challenge"), req.params.Get("code_challenge_method")
	bad := func(says string) *refusal { return &refusal{code: "invalid_request", says: says} }
	switch {
	case len(methods) == 0:
		return nil
	case p.RefuseBlankPKCE && req.params.Has("code_challenge") && challenge == "":
		return bad("code_challenge must not be empty")
	case challenge == "" && method != "":
		return bad("code_challenge must be provided with code_challenge_method")
	case challenge == "" && req.client.RequirePKCE:
		return bad("Authorization Server policy requires PKCE to be used for this request")
	case challenge == "":
		return nil
	case method == "" && !slices.Contains(methods, "plain"):
		return bad("plain code_challenge_method fallback disabled, code_challenge_method must be provided")
	case method != "" && !slices.Contains(methods, method):
		return bad("not supported value of code_challenge_method")
	case !verifierShape.MatchString(challenge):
		return bad("code_challenge must be a string with a minimum length of 43 characters")
	}
	return nil
}
