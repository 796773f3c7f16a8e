package oidctest

import (
	"math"
	"strconv"
	"strings"
)

// admit makes an identity a session: the user who has its sub, or else the one
// who has its email address, or else a new one. Whether the provider verified
// the address is not asked.
func (c *call) admit(who *identity) (*reply, error) {
	sub := text(who.claims["sub"])
	email, failure := c.email(who.claims)
	if failure != nil {
		return nil, failure
	}
	c.log("DEBUG", "AuthService", "Logging in with OAuth: "+string(plainJSON(who.claims)))
	u, err := c.known(sub, email)
	if err != nil {
		return nil, err
	}
	if u == nil {
		if u, err = c.newcomer(who.claims, sub, email); err != nil {
			return nil, err
		}
	} else if c.m.r.since("v3.1.0") {
		c.reconsiderRole(u, who.claims)
	}
	c.m.mu.Lock()
	token := c.m.open(u, who)
	c.m.mu.Unlock()
	return &reply{body: c.loginBody(u, token), cookies: append(c.spentCookies(), c.sessionCookies(token, "oauth")...)}, nil
}

// spentCookies takes back what a login that succeeds does not need any more.
func (c *call) spentCookies() []string {
	if pkceRule.at(c.m.r) == pkceNever {
		return nil
	}
	return []string{clearCookie(stateCookie), clearCookie(verifierCookie)}
}

// email is the address in the claims, tidied from v3.0.0 on.
func (c *call) email(claims map[string]any) (string, *jsError) {
	v := claims["email"]
	s, ok := v.(string)
	if !c.m.r.since("v3.0.0") {
		return s, nil
	}
	if !ok && truthy(v) {
		return "", newError("TypeError", "profile.email.trim is not a function")
	}
	return strings.ToLower(strings.TrimSpace(s)), nil
}

// known finds the user of an identity, and links the one with the same email
// address.
func (c *call) known(sub, email string) (*user, error) {
	m := c.m
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.r.since("v1.38.0") {
		if u := m.bySub(sub); u != nil {
			return u, nil
		}
	}
	if email == "" {
		return nil, nil
	}
	u := m.byEmail(email)
	if u == nil {
		return nil, nil
	}
	if u.OAuthID != "" && u.OAuthID != sub && m.r.since("v1.106.0") {
		return nil, badRequest(linkedElsewhere.at(m.r))
	}
	u.OAuthID = sub
	return u, nil
}

// linkedElsewhere is said of an email address whose user has another sub.
var linkedElsewhere = rule[string]{
	{"v1.106.0", "User exists"},
	{"v1.107.0", "User already exists, but is linked to another account."},
	{"v3.0.0", "OAuth authentication failed"},
}

// newcomer registers a user, if that is allowed.
func (c *call) newcomer(claims map[string]any, sub, email string) (*user, error) {
	named := sub + "/" + email
	switch {
	case !c.m.r.since("v1.109.0"):
		named = email + "/" + sub
	case email == "":
		named = sub + "/(no email)"
	}
	if !c.set.AutoRegister {
		c.log("WARN", "AuthService", c.unregistered(named, email))
		if c.m.r.since("v3.0.0") {
			return nil, badRequest("OAuth authentication failed")
		}
		return nil, badRequest("User does not exist and auto registering is disabled.")
	}
	if email == "" && c.m.r.since("v1.109.0") {
		return nil, badRequest("OAuth profile does not have an email address")
	}
	c.log("LOG", "AuthService", "Registering new user: "+named)
	admin := c.m.r.since("v1.136.0") && claims[c.set.RoleClaim] == "admin"
	if c.m.r.since("v3.1.0") {
		if role := roleOf(claims[c.set.RoleClaim]); role != "" {
			admin = role == "admin"
		}
	}
	if !admin && !c.m.hasAdmin() {
		return nil, badRequest("The first registered account must the administrator.") // sic
	}
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	u := c.m.add(Account{Email: email, Name: c.nameOf(claims, email), OAuthID: sub, Admin: admin})
	if label, ok := claims[c.set.StorageLabelClaim].(string); ok && c.m.r.since("v1.68.0") {
		u.label = label
	}
	if c.m.r.since("v1.98.0") {
		u.quota = c.quotaOf(claims[c.set.StorageQuotaClaim])
	}
	return u, nil
}

// unregistered is the warning in the log where registering is off.
func (c *call) unregistered(named, email string) string {
	const hint = "To enable set OAuth Auto Register to true in admin settings."
	switch {
	case c.m.r.since("v3.0.0"):
		return "Unable to register " + named + ". User does not exist and auto registering is disabled. " + hint
	case c.m.r.since("v1.109.0"):
		return "Unable to register " + named + ". " + hint
	case c.m.r.since("v1.38.0"):
		return "Unable to register " + email + ". " + hint
	}
	return "Unable to register " + email + ". To enable auto registering, set OAUTH_AUTO_REGISTER=true."
}

// nameOf is the name of a new user.
func (c *call) nameOf(claims map[string]any, email string) string {
	given, family := claimText(claims, "given_name"), claimText(claims, "family_name")
	full := strings.TrimSpace(given + " " + family)
	name, has := claims["name"].(string)
	switch {
	case !c.m.r.since("v1.86.0"):
		return full
	case !c.m.r.since("v2.6.1"):
		if has {
			return name
		}
		return full
	}
	for _, candidate := range []string{name, full, claimText(claims, "preferred_username")} {
		if candidate != "" {
			return candidate
		}
	}
	return email
}

func claimText(claims map[string]any, name string) string {
	s, _ := claims[name].(string)
	return s
}

// quotaOf is the quota of a new user in bytes, from a claim in GiB. Zero meant
// no limit until v1.134.
func (c *call) quotaOf(claim any) any {
	gib := math.NaN()
	if set := c.set.DefaultStorageQuota; set != nil {
		gib = float64(*set)
	}
	switch v := claim.(type) {
	case float64:
		if v >= 0 {
			gib = v
		}
	case string:
		if n, err := strconv.ParseFloat(v, 64); err == nil && n >= 0 && c.m.r.since("v1.121.0") {
			gib = n
		}
	}
	if math.IsNaN(gib) || gib == 0 && !c.m.r.since("v1.135.0") {
		return nil
	}
	return int64(gib * (1 << 30))
}

// roleOf is the role in a claim, which may be a list.
func roleOf(claim any) string {
	values, isList := claim.([]any)
	if !isList {
		values = []any{claim}
	}
	role := ""
	for _, v := range values {
		if v == "admin" || v == "user" && role == "" {
			role = v.(string)
		}
	}
	return role
}

// reconsiderRole follows the role claim at every login. A claim that is absent
// changes nothing; "user" makes an administrator a user.
func (c *call) reconsiderRole(u *user, claims map[string]any) {
	role := roleOf(claims[c.set.RoleClaim])
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	if role != "" {
		u.Admin = role == "admin"
	}
}

// loginBody is the answer to a login.
func (c *call) loginBody(u *user, token string) ordered {
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	out := ordered{{"accessToken", token}, {"userId", u.id}, {"userEmail", u.Email}}
	if c.m.r.since("v1.86.0") {
		out = append(out, field{"name", u.Name})
	} else {
		first, last, _ := strings.Cut(u.Name, " ")
		out = append(out, field{"firstName", first}, field{"lastName", last})
	}
	out = append(out, field{"isAdmin", u.Admin}, field{"profileImagePath", ""}, field{"shouldChangePassword", true})
	if c.m.r.since("v1.135.0") {
		out = append(out, field{"isOnboarded", false})
	}
	return out
}
