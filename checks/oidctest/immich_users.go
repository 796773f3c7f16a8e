package oidctest

import (
	"net/http"
	"strings"
)

// userBody is a user as the API shows it.
func (c *call) userBody(u *user) ordered {
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	r := c.m.r
	created, updated := u.created.UTC().Format(jsTime), u.updated.UTC().Format(jsTime)
	out := ordered{{"id", u.id}, {"email", u.Email}}
	if r.since("v1.86.0") {
		out = append(out, field{"name", u.Name})
	} else {
		first, last, _ := strings.Cut(u.Name, " ")
		out = append(out, field{"firstName", first}, field{"lastName", last})
	}
	out = append(out, field{"profileImagePath", ""})
	if r.since("v1.90.0") {
		out = append(out, field{"avatarColor", "purple"})
	}
	if r.since("v1.118.0") {
		out = append(out, field{"profileChangedAt", created})
	}
	if r.since("v1.55.0") {
		out = append(out, field{"storageLabel", u.label})
	}
	out = append(out, field{"shouldChangePassword", true}, field{"isAdmin", u.Admin}, field{"createdAt", created},
		field{"deletedAt", nil}, field{"updatedAt", updated})
	if r.since("v1.40.0") {
		out = append(out, field{"oauthId", u.OAuthID})
	}
	if r.since("v1.98.0") {
		out = append(out, field{"quotaSizeInBytes", u.quota}, field{"quotaUsageInBytes", 0})
	}
	if r.since("v1.101.0") {
		out = append(out, field{"status", "active"})
	}
	if r.since("v1.110.0") {
		out = append(out, field{"license", nil})
	}
	return out
}

func (c *call) me() (*reply, error) {
	who, err := c.caller("user.read", "v1.137.0")
	if err != nil {
		return nil, err
	}
	return &reply{body: c.userBody(who.user)}, nil
}

func (c *call) createUser() (*reply, error) {
	if _, err := c.admin("adminUser.create", "v1.137.0"); err != nil {
		return nil, err
	}
	in, err := c.decode()
	if err != nil {
		return nil, err
	}
	if err := c.requireStrings(in, "email", "name", "password"); err != nil {
		return nil, err
	}
	c.m.mu.Lock()
	if c.m.byEmail(in["email"].(string)) != nil {
		c.m.mu.Unlock()
		if c.m.r.since("v3.0.0") {
			return nil, badRequest("Email is not available")
		}
		return nil, badRequest("User exists")
	}
	u := c.m.add(Account{Email: in["email"].(string), Name: in["name"].(string), Password: in["password"].(string)})
	c.m.mu.Unlock()
	return &reply{body: c.userBody(u)}, nil
}

func (c *call) listUsers() (*reply, error) {
	if _, err := c.admin("adminUser.read", "v1.137.0"); err != nil {
		return nil, err
	}
	c.m.mu.Lock()
	users := append([]*user(nil), c.m.store.users...)
	c.m.mu.Unlock()
	out := make([]ordered, len(users))
	for i, u := range users {
		out[i] = c.userBody(u)
	}
	return &reply{body: out}, nil
}

// link gives the caller the sub of an identity. Of the app's redirect URI the
// newer releases take no notice here.
func (c *call) link() (*reply, error) {
	who, err := c.caller("", "")
	if err != nil {
		return nil, err
	}
	in, err := c.decode()
	if err != nil {
		return nil, err
	}
	if err := c.requireStrings(in, "url"); err != nil {
		return nil, err
	}
	if text := disabledLink.at(c.m.r); text != "" && !c.set.Enabled {
		return nil, badRequest(text)
	}
	identity, err := c.finish(in, linkOverride)
	if err != nil {
		return nil, err
	}
	sub := text(identity.claims["sub"])
	c.m.mu.Lock()
	other := c.m.bySub(sub)
	taken := other != nil && other != who.user
	if !taken {
		who.user.OAuthID, who.user.updated = sub, c.m.Now()
		if who.session != nil {
			who.session.sub, who.session.sid = sub, identity.sid
			if c.m.r.since("v3.1.0") {
				who.session.idToken = identity.idToken
			}
		}
	}
	c.m.mu.Unlock()
	if taken {
		c.log("WARN", "AuthService", "OAuth link account failed: sub is already linked to another user ("+other.Email+").")
		return nil, badRequest("This OAuth account has already been linked to another user.")
	}
	return &reply{status: linkStatus.at(c.m.r), body: c.userBody(who.user)}, nil
}

func (c *call) unlink() (*reply, error) {
	who, err := c.caller("", "")
	if err != nil {
		return nil, err
	}
	c.m.mu.Lock()
	who.user.OAuthID, who.user.updated = "", c.m.Now()
	c.m.mu.Unlock()
	return &reply{status: unlinkStatus.at(c.m.r), body: c.userBody(who.user)}, nil
}

// unlinkAll is for a change of provider.
func (c *call) unlinkAll() (*reply, error) {
	if _, err := c.admin("adminAuth.unlinkAll", "v1.138.0"); err != nil {
		return nil, err
	}
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	for _, u := range c.m.store.users {
		u.OAuthID = ""
	}
	return &reply{status: http.StatusNoContent}, nil
}
