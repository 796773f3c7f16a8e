package oidctest

import (
	"crypto/rand"
	"net/http"
	"strings"
	"time"
)

// The steps that a user may have to do; the names are oidc-provider's prompts.
const (
	stepLogin   = "login"
	stepTOTP    = "totp"
	stepConsent = "consent"
)

// An interaction is one such step: a page at /interaction/UID, then back to the
// authorization endpoint at /auth/UID.
type interaction struct {
	req     *authRequest
	step    string
	session *session // that of a user who is asked for consent
	user    *User    // who gave the right password
	done    bool
	aborted bool
}

const (
	interactionCookie = "_interaction"
	resumeCookie      = "_interaction_resume"
)

// ask sends the browser to a page of its own, bound to it by a cookie.
func (p *Provider) ask(req *authRequest, s *session, step string) *Answer {
	uid := rand.Text()
	p.state.interactions[uid] = &interaction{req: req, step: step, session: s}
	a := seeOther(strings.TrimRight(p.Path, "/") + "/interaction/" + uid)
	p.setCookie(a, interactionCookie, uid, "/interaction/"+uid)
	p.setCookie(a, resumeCookie, uid, AuthorizePath+"/"+uid)
	return a
}

// interact is the page of a step, and what its form sends.
func (p *Provider) interact(r *http.Request, path string) *Answer {
	uid, aborts := strings.CutSuffix(path, "/abort")
	i := p.state.interactions[uid]
	if c, err := r.Cookie(interactionCookie); i == nil || err != nil || c.Value != uid {
		return p.refusePage(r, refusal{code: "invalid_request", says: "interaction session not found"})
	}
	on := seeOther(p.URL() + AuthorizePath + "/" + uid)
	switch {
	case aborts:
		i.done, i.aborted = true, true
		return on
	case r.Method != http.MethodPost:
		return i.page(uid, p.Path, "")
	case r.PostForm.Get("prompt") != i.step:
		return p.refusePage(r, refusal{code: "invalid_request", says: "the form is not that of this step"})
	}
	if complaint := p.submitted(i, r); complaint != "" {
		return i.page(uid, p.Path, complaint)
	}
	if !i.done {
		return seeOther(strings.TrimRight(p.Path, "/") + "/interaction/" + uid)
	}
	return on
}

// submitted judges a form. It returns what the page shall say if it is wrong.
func (p *Provider) submitted(i *interaction, r *http.Request) string {
	switch i.step {
	case stepLogin:
		u := p.User(r.PostForm.Get("login"))
		if u == nil || u.Password != r.PostForm.Get("password") {
			return "Incorrect username or password."
		}
		if u.Locked {
			return "This account is locked."
		}
		i.user = u
		if u.TOTP != "" {
			i.step = stepTOTP
			return ""
		}
	case stepTOTP:
		if !totpAccepts(i.user.TOTP, r.PostForm.Get("totp"), time.Now()) {
			return "The one-time password might be wrong."
		}
	}
	i.done = true
	return ""
}

// page shows the step.
func (i *interaction) page(uid, path, complaint string) *Answer {
	at := strings.TrimRight(path, "/") + "/interaction/" + uid
	client := i.req.params.Get("client_id")
	return page(http.StatusOK, i.step, map[string]any{
		"Action": at, "Abort": at + "/abort", "Hint": i.req.params.Get("login_hint"),
		"Complaint": complaint, "Client": client, "Scope": strings.Join(i.req.scope, " "),
	})
}

// resume takes up the request after a step.
func (p *Provider) resume(r *http.Request, uid string) *Answer {
	i := p.state.interactions[uid]
	if c, err := r.Cookie(resumeCookie); i == nil || err != nil || c.Value != uid {
		return p.refusePage(r, refusal{code: "invalid_request", says: "authorization request has expired"})
	}
	if !i.done {
		return seeOther(strings.TrimRight(p.Path, "/") + "/interaction/" + uid)
	}
	delete(p.state.interactions, uid)
	if i.aborted {
		return p.refuseBack(r, i.req, refusal{code: "access_denied", says: "End-User aborted interaction"})
	}
	cookies := &Answer{Header: http.Header{}}
	s := i.session
	if i.step == stepConsent {
		i.req.agreed = true
		if i.req.client != nil {
			p.state.consents[consentOf(s.user, i.req.client)] = true
		}
	} else {
		s = p.logIn(i.user, cookies)
		i.req.fresh = true
	}
	a := p.proceed(r, i.req, s)
	for _, c := range cookies.Header["Set-Cookie"] {
		a.Header.Add("Set-Cookie", c)
	}
	return a
}
