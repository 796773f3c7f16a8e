package oidctest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// What a new Immich is set up with.
const (
	AdminEmail    = "admin@example.test"
	AdminPassword = "oidctestPasswordOfTheAdministrator"
	AdminKey      = "oidctestKeyOfTheAdministrator0123456789"
)

// An Account is a user of Immich.
type Account struct {
	Email    string
	Name     string
	Password string // empty: cannot log in with one
	OAuthID  string // sub of the linked user of the provider; empty: not linked
	Admin    bool
}

// An APIKey acts for a user.
type APIKey struct {
	Secret      string
	Email       string   // of the user
	Permissions []string // "all", "systemConfig.read", …; releases before v1.113.0 do not look at them
}

// A store is what Immich has in its database.
type store struct {
	users    []*user
	sessions map[string]*login
}

type user struct {
	Account
	id      string
	label   any // storage label, or nil
	quota   any // bytes, or nil
	created time.Time
	updated time.Time
}

// A login is a session, opened with a password or by OAuth.
type login struct {
	id      string
	user    *user
	created time.Time
	sub     string // by OAuth, as whom
	sid     string
	idToken string
}

func newStore() store { return store{sessions: map[string]*login{}} }

// register adds an account that a test set up.
func (m *Immich) register(a Account) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byEmail(a.Email) != nil {
		return fmt.Errorf("immich stand-in: two accounts with the email address %s", a.Email)
	}
	m.add(a)
	return nil
}

// add, byEmail and bySub are called with the lock held.
func (m *Immich) add(a Account) *user {
	now := m.Now()
	u := &user{Account: a, id: m.uuid(), created: now, updated: now}
	m.store.users = append(m.store.users, u)
	return u
}

func (m *Immich) byEmail(email string) *user {
	return m.find(func(u *user) bool { return u.Email == email })
}

func (m *Immich) bySub(sub string) *user {
	return m.find(func(u *user) bool { return u.OAuthID == sub && sub != "" })
}

func (m *Immich) find(is func(*user) bool) *user {
	if i := slices.IndexFunc(m.store.users, is); i >= 0 {
		return m.store.users[i]
	}
	return nil
}

// hasAdmin is whether the first account was made.
func (m *Immich) hasAdmin() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.find(func(u *user) bool { return u.Admin }) != nil
}

// open starts a session and returns its token. It is called with the lock held.
func (m *Immich) open(u *user, who *identity) string {
	s := &login{id: m.uuid(), user: u, created: m.Now()}
	if who != nil {
		s.sub, s.sid = u.OAuthID, who.sid
		if m.r.since("v3.1.0") {
			s.idToken = who.idToken
		}
	}
	token := m.token(32)
	m.store.sessions[token] = s
	return token
}

// Known lists the accounts as they are now, with who registered meanwhile.
func (m *Immich) Known() []Account {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]Account, len(m.store.users))
	for i, u := range m.store.users {
		out[i] = u.Account
	}
	return out
}

// A principal is who a request comes from.
type principal struct {
	user    *user
	session *login // nil with an API key
	token   string
}

// caller says who calls, or why nobody may. Of an API key the permission is
// asked for from a release on.
func (c *call) caller(permission, since string) (*principal, error) {
	m := c.m
	m.mu.Lock()
	defer m.mu.Unlock()
	if token := c.sessionToken(); token != "" {
		s := m.store.sessions[token]
		if s == nil {
			return nil, refuse(http.StatusUnauthorized, "Invalid user token")
		}
		return &principal{user: s.user, session: s, token: token}, nil
	}
	secret := c.r.Header.Get("X-Api-Key")
	if secret == "" {
		return nil, refuse(http.StatusUnauthorized, "Authentication required")
	}
	i := slices.IndexFunc(m.APIKeys, func(k APIKey) bool { return k.Secret == secret })
	if i < 0 {
		return nil, refuse(http.StatusUnauthorized, "Invalid API key")
	}
	u := m.byEmail(m.APIKeys[i].Email)
	if u == nil {
		return nil, refuse(http.StatusUnauthorized, "Invalid API key")
	}
	held := m.APIKeys[i].Permissions
	if permission != "" && m.r.since(since) && !slices.Contains(held, "all") && !slices.Contains(held, permission) {
		return nil, refuse(http.StatusForbidden, "Missing required permission: "+permission)
	}
	return &principal{user: u}, nil
}

// admin is a caller who may administer.
func (c *call) admin(permission, since string) (*principal, error) {
	p, err := c.caller(permission, since)
	if err != nil {
		return nil, err
	}
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	if !p.user.Admin {
		return nil, refuse(http.StatusForbidden, "Forbidden")
	}
	return p, nil
}

// sessionToken is the token of the request, in the order in which Immich looks.
func (c *call) sessionToken() string {
	h := c.r.Header
	for _, token := range []string{h.Get("X-Immich-User-Token"), h.Get("X-Immich-Session-Token"), c.r.URL.Query().Get("sessionKey")} {
		if token != "" {
			return token
		}
	}
	if kind, token, _ := strings.Cut(h.Get("Authorization"), " "); strings.EqualFold(kind, "Bearer") && token != "" {
		return token
	}
	return c.cookie(accessCookie)
}
