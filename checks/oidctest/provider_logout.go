package oidctest

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// A goodbye is a logout that waits for the user to confirm it.
type goodbye struct{ to string }

// logout is the end session endpoint of OpenID Connect RP-Initiated Logout 1.0
// section 2. It asks the user in any case; without a registered
// post_logout_redirect_uri the browser stays here.
func (p *Provider) logout(r *http.Request) *Answer {
	c, refused := p.loggingOut(r)
	if refused != nil {
		return p.refusePage(r, *refused)
	}
	to := r.Form.Get("post_logout_redirect_uri")
	if to != "" {
		if c == nil || !slices.Contains(c.PostLogoutRedirects, to) {
			return p.refusePage(r, refusal{code: "invalid_request", says: "post_logout_redirect_uri not registered"})
		}
		if state := r.Form.Get("state"); state != "" {
			join := "?"
			if strings.Contains(to, "?") {
				join = "&"
			}
			to += join + "state=" + url.QueryEscape(state)
		}
	}
	token := rand.Text()
	p.state.goodbyes[token] = goodbye{to: to}
	return page(http.StatusOK, pageLogout, map[string]any{
		"Host": p.hostPort(), "Token": token,
		"Action": strings.TrimRight(p.Path, "/") + LogoutPath + "/confirm",
	})
}

// loggingOut is the client that sent the user, by the hint or by name. The hint
// may be an expired token; it is not taken as proof of anything.
func (p *Provider) loggingOut(r *http.Request) (*Client, *refusal) {
	id := r.Form.Get("client_id")
	if hint := r.Form.Get("id_token_hint"); hint != "" {
		var claims struct {
			Aud string `json:"aud"`
		}
		parts := strings.Split(hint, ".")
		if len(parts) != 3 {
			return nil, &refusal{code: "invalid_request", says: "could not decode id_token_hint"}
		}
		payload, err := base64.RawURLEncoding.DecodeString(parts[1])
		if err != nil || json.Unmarshal(payload, &claims) != nil {
			return nil, &refusal{code: "invalid_request", says: "could not decode id_token_hint"}
		}
		if id != "" && id != claims.Aud {
			return nil, &refusal{code: "invalid_request", says: "client_id does not match the provided id_token_hint"}
		}
		id = claims.Aud
	}
	if id == "" {
		return nil, nil
	}
	c := p.Client(id)
	if c == nil {
		return nil, &refusal{code: "invalid_client", says: "client is invalid", cause: "client not found"}
	}
	return c, nil
}

// confirmLogout ends the session if that is what the user said.
func (p *Provider) confirmLogout(r *http.Request) *Answer {
	token := r.PostForm.Get("xsrf")
	bye, ok := p.state.goodbyes[token]
	if !ok {
		return p.refusePage(r, refusal{code: "invalid_request", says: "could not find logout details"})
	}
	delete(p.state.goodbyes, token)
	if c, err := r.Cookie(sessionCookie); err == nil && r.PostForm.Get("logout") == "yes" {
		delete(p.state.sessions, c.Value)
	}
	if bye.to != "" {
		return seeOther(bye.to)
	}
	return seeOther(p.URL() + LogoutPath + "/success")
}
