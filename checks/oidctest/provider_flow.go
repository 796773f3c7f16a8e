package oidctest

import (
	"crypto/rand"
	"fmt"
	"html"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// flowState is what the provider remembers between requests.
type flowState struct {
	sessions     map[string]*session
	interactions map[string]*interaction
	codes        map[string]*grant
	tokens       map[string]*grant
	requests     map[string]url.Values // pushed, by request_uri
	consents     map[string]bool       // user and client
	goodbyes     map[string]goodbye    // by the token in the form
}

func newFlowState() flowState {
	return flowState{
		sessions:     map[string]*session{},
		interactions: map[string]*interaction{},
		codes:        map[string]*grant{},
		tokens:       map[string]*grant{},
		requests:     map[string]url.Values{},
		consents:     map[string]bool{},
		goodbyes:     map[string]goodbye{},
	}
}

// A session is a user logged in in one browser.
type session struct {
	user  *User
	sid   string
	since time.Time
}

// A grant is what a code stands for, RFC 6749 4.1.2.
type grant struct {
	client   *Client
	user     *User
	sid      string
	redirect string
	scope    []string
	params   url.Values
	since    time.Time // of the login
	issued   time.Time
	used     bool
}

const sessionCookie = "_session"

// sessionOf finds the session of the browser that asks.
func (p *Provider) sessionOf(r *http.Request) *session {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	return p.state.sessions[c.Value]
}

// logIn starts a session and has the answer tell the browser.
func (p *Provider) logIn(u *User, a *Answer) *session {
	id := rand.Text()
	s := &session{user: u, sid: rand.Text(), since: time.Now()}
	p.state.sessions[id] = s
	p.setCookie(a, sessionCookie, id, "/")
	return s
}

// setCookie sets one that lives as long as the browser.
func (p *Provider) setCookie(a *Answer, name, value, path string) {
	c := http.Cookie{
		Name: name, Value: value, Path: strings.TrimRight(p.Path, "/") + path,
		HttpOnly: true, Secure: p.TLS, SameSite: http.SameSiteLaxMode,
	}
	a.Header.Add("Set-Cookie", c.String())
}

// proceed does the next thing for a request: a page, an error or the code.
func (p *Provider) proceed(r *http.Request, req *authRequest, s *session) *Answer {
	silent := slices.Contains(req.prompt, "none") && !p.IgnorePromptNone
	if p.AutoApprove && !silent {
		return p.approve(r, req)
	}
	want := p.wanted(req, s)
	switch {
	case want == "":
		return p.issueCode(r, req, s)
	case silent && want == stepLogin:
		return p.refuseBack(r, req, refusal{code: "login_required", says: "End-User authentication is required"})
	case silent:
		return p.refuseBack(r, req, refusal{code: "consent_required", says: "End-User consent is required"})
	}
	return p.ask(req, s, want)
}

// wanted is the step that the user still has to do, empty if there is none.
func (p *Provider) wanted(req *authRequest, s *session) string {
	switch {
	case s == nil:
		return stepLogin
	case !req.fresh && (slices.Contains(req.prompt, "login") || tooOld(req, s)):
		return stepLogin
	case req.agreed:
		return ""
	case slices.Contains(req.prompt, "consent"):
		return stepConsent
	case req.client != nil && req.client.Consent && !p.state.consents[consentOf(s.user, req.client)]:
		return stepConsent
	}
	return ""
}

// tooOld is max_age of OpenID Connect Core 3.1.2.1.
func tooOld(req *authRequest, s *session) bool {
	age, err := time.ParseDuration(req.params.Get("max_age") + "s")
	return err == nil && time.Since(s.since) > age
}

func consentOf(u *User, c *Client) string { return u.Name + "\x00" + c.ID }

// approve is the login without pages.
func (p *Provider) approve(r *http.Request, req *authRequest) *Answer {
	hint := req.params.Get("login_hint")
	u := p.User(hint)
	switch {
	case u == nil && hint != "":
		u = NewUser(hint)
	case u == nil && len(p.Users) > 0:
		u = p.Users[0]
	case u == nil:
		return p.refuseBack(r, req, refusal{code: "login_required", says: "End-User authentication is required", cause: "the provider has no user"})
	}
	cookies := &Answer{Header: http.Header{}}
	s := p.logIn(u, cookies)
	a := p.issueCode(r, req, s)
	a.Header["Set-Cookie"] = cookies.Header["Set-Cookie"]
	return a
}

// issueCode ends the authorization with a code.
func (p *Provider) issueCode(r *http.Request, req *authRequest, s *session) *Answer {
	if p.LateChecks {
		if refused := p.check(r, req); refused != nil {
			return refused
		}
	}
	if s.user.Denied {
		return p.refuseBack(r, req, refusal{code: "access_denied", says: "The user was denied access to this client."})
	}
	code := rand.Text()
	p.state.codes[code] = &grant{
		client: req.client, user: s.user, sid: s.sid, redirect: req.redirect, scope: req.scope,
		params: req.params, since: s.since, issued: time.Now(),
	}
	return p.back(req, []responseParam{{"code", code}})
}

// refuseBack is an error by redirect, RFC 6749 4.1.2.1. It never goes to a
// redirect URI that the client has not registered.
func (p *Provider) refuseBack(r *http.Request, req *authRequest, why refusal) *Answer {
	if req.client == nil {
		if refused := p.checkClient(req); refused != nil {
			return p.refusePage(r, *refused)
		}
	}
	says := []responseParam{{"error", why.code}}
	if text := p.description(why); text != "" {
		says = append(says, responseParam{"error_description", text})
	}
	a := p.back(req, says)
	if a.cause = why.cause; a.cause == "" {
		a.cause = why.code + " " + why.says
	}
	return a
}

// A responseParam is one of an ordered query.
type responseParam struct{ Name, Value string }

// back is the authorization response, with iss as RFC 9207 2 has it.
func (p *Provider) back(req *authRequest, says []responseParam) *Answer {
	if state := req.params.Get("state"); state != "" {
		says = append(says, responseParam{"state", state})
	}
	says = p.altered(append(says, responseParam{"iss", p.issuer()}))
	mode := req.params.Get("response_mode")
	if mode == "" {
		mode = p.ResponseMode
	}
	if mode == "form_post" {
		return page(http.StatusOK, pagePost, map[string]any{"Action": template.URL(req.redirect), "Params": says})
	}
	join := "?"
	if mode == "fragment" {
		join = "#"
	} else if strings.Contains(req.redirect, "?") {
		join = "&"
	}
	query := make([]string, len(says))
	for i, s := range says {
		query[i] = s.Name + "=" + url.QueryEscape(s.Value)
	}
	return seeOther(req.redirect + join + strings.Join(query, "&"))
}

// altered applies AuthResponse: in place, and what is new at the end.
func (p *Provider) altered(says []responseParam) []responseParam {
	for _, name := range slices.Sorted(maps.Keys(p.AuthResponse)) {
		v := p.AuthResponse[name]
		i := slices.IndexFunc(says, func(s responseParam) bool { return s.Name == name })
		switch {
		case v == nil && i >= 0:
			says = slices.Delete(says, i, i+1)
		case v == nil:
		case i >= 0:
			says[i].Value = p.fill(fmt.Sprint(v))
		default:
			says = append(says, responseParam{name, p.fill(fmt.Sprint(v))})
		}
	}
	return says
}

// seeOther sends the browser on, with 303 as RFC 9700 4.12 wants after a form.
func seeOther(to string) *Answer {
	return &Answer{
		Status: http.StatusSeeOther,
		Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}, "Location": {to}, "Cache-Control": {"no-store"}},
		Body:   []byte("Redirecting to " + html.EscapeString(to) + "."),
	}
}
