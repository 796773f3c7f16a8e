package oidctest

import (
	"net/http"
	"strings"
)

// login is with a password.
func (c *call) login() (*reply, error) {
	in, err := c.decode()
	if err != nil {
		return nil, err
	}
	if err := c.requireStrings(in, "email", "password"); err != nil {
		return nil, err
	}
	if c.m.r.since("v1.41.0") && !c.set.PasswordLogin {
		return nil, refuse(http.StatusUnauthorized, "Password login has been disabled")
	}
	c.m.mu.Lock()
	u := c.m.byEmail(strings.ToLower(in["email"].(string)))
	right := u != nil && u.Password != "" && u.Password == in["password"].(string)
	token := ""
	if right {
		token = c.m.open(u, nil)
	}
	c.m.mu.Unlock()
	if !right {
		status := http.StatusUnauthorized
		if !c.m.r.since("v1.41.0") {
			status = http.StatusBadRequest
		}
		return nil, refuse(status, "Incorrect email or password")
	}
	return &reply{body: c.loginBody(u, token), cookies: c.sessionCookies(token, "password")}, nil
}

// logout ends the session first and asks the issuer where to go afterwards: if
// the issuer does not answer, the session is gone and the answer an error.
func (c *call) logout() (*reply, error) {
	who, err := c.caller("", "")
	if err != nil {
		return nil, err
	}
	idToken := ""
	c.m.mu.Lock()
	if who.session != nil {
		idToken = who.session.idToken
		delete(c.m.store.sessions, who.token)
	}
	c.m.mu.Unlock()
	target := loginPage.at(c.m.r)
	if c.cookie(typeCookie) == "oauth" && c.set.Enabled && c.m.r.since("v1.38.0") {
		if target, err = c.endSession(target, idToken); err != nil {
			return nil, err
		}
	}
	out := &reply{status: logoutStatus.at(c.m.r), body: ordered{{"successful", true}, {"redirectUri", target}}}
	for _, name := range []string{accessCookie, typeCookie, signedInCookie} {
		out.cookies = append(out.cookies, clearCookie(name))
	}
	return out, nil
}

// endSession is the provider's page for it: the setting, or else what discovery
// finds, or else Immich's own.
func (c *call) endSession(fallback, idToken string) (string, error) {
	target := ""
	if c.m.r.since("v3.0.0") {
		target = c.set.EndSessionEndpoint
	}
	if target == "" {
		rp, err := c.discover()
		if err != nil {
			return "", err
		}
		if target = rp.provider().text("end_session_endpoint"); target == "" {
			return fallback, nil
		}
	}
	if !c.m.r.since("v3.1.0") {
		return target, nil
	}
	u, ok := parseWebURL(target)
	if !ok {
		return "", newError("TypeError", "Invalid URL")
	}
	if idToken != "" {
		u.query, u.hasQuery = writeParams(append(parseParams(u.query), param{"id_token_hint", idToken})), true
	}
	return u.href(), nil
}

func (c *call) validateToken() (*reply, error) {
	if _, err := c.caller("", ""); err != nil {
		return nil, err
	}
	return &reply{status: validateStatus.at(c.m.r), body: ordered{{"authStatus", true}}}, nil
}

func (c *call) authStatus() (*reply, error) {
	who, err := c.caller("", "")
	if err != nil {
		return nil, err
	}
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	return &reply{body: ordered{{"pinCode", false}, {"password", who.user.Password != ""}, {"isElevated", false}}}, nil
}

// sessions lists those of the caller.
func (c *call) sessions() (*reply, error) {
	who, err := c.caller("session.read", "v1.113.0")
	if err != nil {
		return nil, err
	}
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	out := []ordered{}
	for token, s := range c.m.store.sessions {
		if s.user != who.user {
			continue
		}
		created := s.created.UTC().Format(jsTime)
		one := ordered{{"id", s.id}, {"createdAt", created}, {"updatedAt", created}, {"current", token == who.token}}
		if c.m.r.since("v2.6.0") {
			one = append(one, field{"appVersion", nil})
		}
		one = append(one, field{"deviceOS", ""}, field{"deviceType", ""})
		if c.m.r.since("v1.140.0") {
			one = append(one, field{"isPendingSyncReset", false})
		}
		out = append(out, one)
	}
	return &reply{body: out}, nil
}
