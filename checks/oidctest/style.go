package oidctest

import (
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// A Style is the way in which a product answers requests that nobody is logged
// in for: where its endpoints are, what its document says, and what becomes of
// an authorization request and of credentials, given what is true of them. A
// provider of a style shows a login page and logs nobody in.
type Style struct {
	Name    string // of the way to answer: "dex-2.13"
	Product string // what people call what answers so; empty for what nobody makes

	Host  string            // where the product is at one host
	Path  string            // of the issuer
	Slash bool              // the issuer ends in a slash
	At    map[string]string // paths on its host by those of here; the rest stay below the issuer
	Says  map[string]any    // members of its document to replace, as Provider.Metadata

	Wildcards  bool // a redirect URI that ends in a star is every one that begins so
	KeepsFirst bool // a client without redirect URIs takes the first that it is asked with

	Authorize AuthorizeStyle
	Token     TokenStyle
	Pushed    Told // what a pushed request with an unregistered redirect URI gets; nil: nothing can be pushed
	Userinfo  Told // what a token that it never handed out gets; nil: as oidc-provider
	Else      Told // all other pages; nil: a login page
}

// An AuthorizeStyle is the authorization endpoint, in the order in which it
// looks at a request. What is nil is not looked at. Without Login the endpoint
// is that of oidc-provider.
type AuthorizeStyle struct {
	First    Told // before all else; it may answer nil to go on
	Client   Told // to a client that is not there
	Redirect Told // to a redirect URI that is not the client's
	Type     Told // to a response type that it does not have
	Scope    Told // to a scope that the client may not ask for
	PKCE     Told // to a client that must use PKCE and does not
	None     Told // to prompt=none
	Login    Told // to all others
}

// A TokenStyle is the token endpoint asked with a code that it never handed
// out. Without Code it is that of oidc-provider.
type TokenStyle struct {
	Nobody    Told // to a request that names no client; nil: as to Client
	Client    Told // to a client that is not there; nil: as to Secret
	Method    Told // to another way of showing the secret than the client's; nil: all are taken
	Secret    Told // to a wrong secret
	Redirect  Told // to a redirect URI that is not the client's; nil: not looked at
	Code      Told // to all others
	Refresh   Told // the same of a refresh token; nil: as to Code
	CodeFirst bool // the code is looked at before the secret
}

// Told answers a request.
type Told func(Asked) *Answer

// Asked is a request to a style, and what is true of it.
type Asked struct {
	Form       url.Values
	Header     http.Header
	Client     *Client // nil: there is none of that ID
	ID         string  // that it names
	Redirect   string  // the redirect URI
	Registered bool    // and it is the client's

	path     string
	provider *Provider
}

// Dress makes a pair, before its start, one whose provider answers in the style.
func (s Style) Dress(pair *Setup) {
	p := pair.Provider
	p.Style, p.Path, p.Host, p.PAR = &s, s.Path, s.Host, s.Pushed != nil || s.Authorize.Login == nil
	if s.Host != "" {
		pair.Immich.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, p.Addr())
		}
	}
}

// where is the path of an endpoint on the provider's host.
func (p *Provider) where(endpoint string) string {
	if p.Style != nil && p.Style.At[endpoint] != "" {
		return p.Style.At[endpoint]
	}
	return strings.TrimRight(p.Path, "/") + endpoint
}

// place finds the endpoint at a path on the provider's host.
func (p *Provider) place(path string) (endpoint string, ours bool) {
	if p.Style == nil {
		return p.inside(path)
	}
	for _, endpoint := range []string{DiscoveryPath, KeysPath, AuthorizePath, PARPath, TokenPath, UserinfoPath, LogoutPath} {
		if path == p.where(endpoint) {
			return endpoint, true
		}
	}
	if p.Style.Authorize.Login == nil {
		return p.inside(path)
	}
	return elsewhere, true
}

// elsewhere stands for the paths of a style that are no endpoint.
const elsewhere = "/elsewhere"

// inStyle answers as the style does, nil where that is as oidc-provider does.
func (p *Provider) inStyle(endpoint string, r *http.Request) *Answer {
	s := p.Style
	if s == nil {
		return nil
	}
	a := p.asking(r)
	switch {
	case endpoint == AuthorizePath && s.Authorize.Login != nil:
		return s.Authorize.answer(a)
	case endpoint == TokenPath && s.Token.Code != nil && r.Method == http.MethodPost:
		return s.Token.answer(a, r)
	case endpoint == PARPath && s.Pushed != nil && r.Method == http.MethodPost:
		return s.push(a, r)
	case endpoint == UserinfoPath && s.Userinfo != nil:
		return s.Userinfo(a)
	case endpoint != elsewhere:
		return nil
	case strings.Contains(r.URL.Path, "/.well-known/"):
		return notFound()
	case s.Else != nil:
		return s.Else(a)
	}
	return signInPage(a)
}

// asking reads a request. Who shows credentials in the header is not named yet.
func (p *Provider) asking(r *http.Request) Asked {
	a := Asked{Form: r.Form, Redirect: r.Form.Get("redirect_uri"), Header: r.Header, path: r.URL.Path, provider: p}
	a.of(r.Form.Get("client_id"))
	return a
}

// of says which client asks.
func (a *Asked) of(id string) {
	a.ID, a.Client, a.Registered = id, a.provider.Client(id), false
	if a.Client == nil {
		return
	}
	style := a.provider.Style
	if style.KeepsFirst && len(a.Client.Redirects) == 0 && a.Redirect != "" {
		a.Client.Redirects = []string{a.Redirect}
	}
	a.Registered = slices.ContainsFunc(a.Client.Redirects, func(uri string) bool {
		start, star := strings.CutSuffix(uri, "*")
		return uri == a.Redirect || style.Wildcards && star && strings.HasPrefix(a.Redirect, start)
	})
}

// answer goes through what the endpoint looks at.
func (s AuthorizeStyle) answer(a Asked) *Answer {
	if s.First != nil {
		if answer := s.First(a); answer != nil {
			return answer
		}
	}
	for _, look := range []struct {
		wrong bool
		told  Told
	}{
		{a.Client == nil, s.Client},
		{!a.Registered, s.Redirect},
		{a.Form.Get("response_type") != "code", s.Type},
		{a.scopeRefused(), s.Scope},
		{a.withoutPKCE(), s.PKCE},
		{a.silent(), s.None},
	} {
		if look.wrong && look.told != nil {
			return look.told(a)
		}
	}
	return s.Login(a)
}

// silent reports whether nobody shall be asked anything.
func (a Asked) silent() bool { return slices.Contains(strings.Fields(a.Form.Get("prompt")), "none") }

// scopeRefused reports whether the client may not ask for one of the scopes.
func (a Asked) scopeRefused() bool {
	return a.Client != nil && a.Client.Scopes != nil && slices.ContainsFunc(strings.Fields(a.Form.Get("scope")), func(scope string) bool {
		return !slices.Contains(a.Client.Scopes, scope)
	})
}

// withoutPKCE reports whether the client must use PKCE and does not.
func (a Asked) withoutPKCE() bool {
	return a.Client != nil && a.Client.RequirePKCE && a.Form.Get("code_challenge") == ""
}

// answer looks at credentials and then, or before, at what they come with.
func (s TokenStyle) answer(a Asked, r *http.Request) *Answer {
	if refused := s.refuses(&a, r); refused != nil {
		return refused
	}
	refresh := a.Form.Get("grant_type") == "refresh_token"
	switch {
	case refresh && s.Refresh != nil:
		return s.Refresh(a)
	case !refresh && !a.Registered && s.Redirect != nil:
		return s.Redirect(a)
	}
	return s.Code(a)
}

// refuses is what wrong credentials get, nil if there is nothing wrong.
func (s TokenStyle) refuses(a *Asked, r *http.Request) *Answer {
	sent, bad := sentCredentials(r)
	a.of(sent.id)
	client := s.Client
	if client == nil {
		client = s.Secret
	}
	switch {
	case bad != nil && s.Nobody != nil:
		return s.Nobody(*a)
	case bad != nil:
		return client(*a)
	case s.CodeFirst && (a.Client != nil || s.Client == nil):
		return s.Code(*a)
	case a.Client == nil:
		return client(*a)
	case s.Method != nil && !slices.Contains(a.Client.methods(), sent.method):
		return s.Method(*a)
	case sent.secret != a.Client.Secret:
		return s.Secret(*a)
	}
	return nil
}

// push is the pushed authorization request endpoint.
func (s *Style) push(a Asked, r *http.Request) *Answer {
	switch refused := s.Token.refuses(&a, r); {
	case refused != nil:
		return refused
	case !a.Registered:
		return s.Pushed(a)
	}
	return answerJSON(http.StatusCreated, map[string]any{"expires_in": 60, "request_uri": requestURI + rand.Text()})
}
