package oidctest

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A walker is a browser as far as a login needs one: it keeps cookies, follows
// redirects within the provider and fills forms.
type walker struct {
	t    *testing.T
	p    *Provider
	c    *http.Client
	at   string
	page received
}

func walkFrom(t *testing.T, p *Provider, from string) *walker {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := p.HTTP()
	c.Jar = jar
	w := &walker{t: t, p: p, c: c}
	w.open(from)
	return w
}

func (w *walker) open(to string) {
	w.t.Helper()
	r, err := http.NewRequest(http.MethodGet, to, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.follow(to, r)
}

// submit sends the page's form with its hidden fields and these.
func (w *walker) submit(pairs ...string) {
	w.t.Helper()
	form := url.Values{}
	for _, hidden := range regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`).FindAllStringSubmatch(w.page.body, -1) {
		form.Set(hidden[1], hidden[2])
	}
	action := w.attribute(`<form[^>]* action="([^"]+)"`)
	r, err := http.NewRequest(http.MethodPost, action, strings.NewReader(changed(form, pairs).Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w.follow(action, r)
}

// attribute reads a URL from the page, as seen from the page.
func (w *walker) attribute(pattern string) string {
	w.t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(w.page.body)
	if found == nil {
		w.t.Fatalf("no %s at %s: %d %s", pattern, w.at, w.page.status, w.page.body)
	}
	base, err := url.Parse(w.at)
	if err != nil {
		w.t.Fatal(err)
	}
	to, err := base.Parse(found[1])
	if err != nil {
		w.t.Fatal(err)
	}
	return to.String()
}

// follow stops at a page, or where a redirect leaves the provider.
func (w *walker) follow(at string, r *http.Request) {
	w.t.Helper()
	for {
		w.at, w.page = at, sendBy(w.t, w.c, r)
		to := w.page.header.Get("Location")
		if to == "" {
			return
		}
		base, err := url.Parse(at)
		if err != nil {
			w.t.Fatal(err)
		}
		next, err := base.Parse(to)
		if err != nil {
			w.t.Fatal(err)
		}
		if at = next.String(); !strings.HasPrefix(at, w.p.URL()) {
			w.at = at
			return
		}
		if r, err = http.NewRequest(http.MethodGet, at, nil); err != nil {
			w.t.Fatal(err)
		}
	}
}

// shows fails unless the page has all of this.
func (w *walker) shows(texts ...string) {
	w.t.Helper()
	for _, text := range texts {
		if !strings.Contains(w.page.body, text) {
			w.t.Fatalf("want %q at %s, got %d %s", text, w.at, w.page.status, w.page.body)
		}
	}
}

// arrives fails unless the browser was sent to the redirect URI with this.
func (w *walker) arrives(name, want string) {
	w.t.Helper()
	u, err := url.Parse(w.at)
	if err != nil || !strings.HasPrefix(w.at, webLogin+"?") {
		w.t.Fatalf("want to be back, at %s: %d %s", w.at, w.page.status, w.page.body)
	}
	got := u.Query().Get(name)
	if got == "" || want != "" && got != want {
		w.t.Errorf("want %s=%s, got %s", name, want, w.at)
	}
}

func TestAPersonLogsInAndConsents(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", "/op"} {
		p := startProvider(t, func(p *Provider) { p.Path = path; p.Clients[0].Consent = true })
		start := p.URL() + AuthorizePath + "?" + asking("login_hint", "al<i>ce").Encode()
		w := walkFrom(t, p, start)
		w.shows("<title>Sign-in</title>", `name="prompt" value="login"`, `name="login"`, `name="password"`, "al&lt;i&gt;ce", `class="login-submit"`)
		w.submit("login", "alice", "password", "wrong")
		w.shows(`role="alert"`, "Incorrect username or password.")
		w.submit("login", "alice", "password", "alice-password")
		w.shows(`name="prompt" value="consent"`, "openid email profile")
		w.open(start + "&prompt=none")
		w.arrives("error", "consent_required")
		w.open(start)
		w.submit()
		w.arrives("code", "")
		w.open(start)
		w.arrives("code", "") // session and consent are remembered
		w.open(start + "&prompt=none")
		w.arrives("code", "")
		w.open(start + "&prompt=consent")
		w.shows(`name="prompt" value="consent"`)
		w.open(start + "&prompt=login")
		w.shows(`name="prompt" value="login"`)
		w.open(start + "&max_age=0")
		w.shows(`name="prompt" value="login"`)
		w.submit("login", "alice", "password", "alice-password")
		w.arrives("code", "")
	}
}

func TestALoginEndsInARefusal(t *testing.T) {
	t.Parallel()
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	p := startProvider(t, func(p *Provider) {
		for _, name := range []string{"denied", "locked", "second"} {
			p.Users = append(p.Users, NewUser(name))
		}
		p.User("denied").Denied = true
		p.User("locked").Locked = true
		p.User("second").TOTP = secret
	})
	start := p.URL() + AuthorizePath + "?" + asking().Encode()
	log := func(name string) *walker {
		w := walkFrom(t, p, start)
		w.submit("login", name, "password", name+"-password")
		return w
	}
	log("nobody").shows("Incorrect username or password.")
	log("locked").shows("This account is locked.")
	log("denied").arrives("error", "access_denied")
	w := log("second")
	w.shows(`name="prompt" value="totp"`, `name="totp"`)
	w.submit("totp", "not a code")
	w.shows("The one-time password might be wrong.")
	w.submit("totp", totp(secret, time.Now().Unix()/totpStep))
	w.arrives("code", "")
	w = walkFrom(t, p, start)
	w.open(w.attribute(`href="([^"]+/abort)"`))
	w.arrives("error_description", "End-User aborted interaction")
}

func TestAnInteractionBelongsToItsBrowser(t *testing.T) {
	t.Parallel()
	p := startProvider(t, nil)
	w := walkFrom(t, p, p.URL()+AuthorizePath+"?"+asking().Encode())
	mine := w.at
	w.open(strings.Replace(mine, "/interaction/", "/auth/", 1))
	w.shows(`name="login"`) // nothing was done yet
	thief := walkFrom(t, p, mine)
	thief.shows("oops! something went wrong", "interaction session not found")
	thief.open(strings.Replace(mine, "/interaction/", "/auth/", 1))
	thief.shows("authorization request has expired")
	w.submit("login", "alice", "password", "alice-password")
	w.arrives("code", "")
	w.open(mine)
	w.shows("interaction session not found") // as after the Back button
}

func TestAProviderMayLookAtTheClientOnlyAfterTheLogin(t *testing.T) {
	t.Parallel()
	p := startProvider(t, func(p *Provider) { p.LateChecks, p.IgnorePromptNone = true, true })
	for _, change := range [][]string{{}, {"client_id", "nobody"}, {"redirect_uri", "https://evil.example/"}, {"prompt", "none"}} {
		w := walkFrom(t, p, p.URL()+AuthorizePath+"?"+asking(change...).Encode())
		w.shows(`name="login"`)
		w.submit("login", "alice", "password", "alice-password")
		if len(change) == 0 || change[0] == "prompt" {
			w.arrives("code", "")
			continue
		}
		w.shows("oops! something went wrong")
	}
}

func TestAutoApproveTakesTheHint(t *testing.T) {
	t.Parallel()
	p := startProvider(t, func(p *Provider) { p.AutoApprove = true })
	for hint, want := range map[string]string{"": "alice", "alice": "alice", "bob": "bob"} {
		tokens := postTo(t, p, TokenPath, redemption(p, codeFor(t, p, "login_hint", hint)), nil)
		if got := claimsOf(t, p, tokens.member("id_token"), "RS256")["sub"]; got != want {
			t.Errorf("hint %q: want %s, got %v", hint, want, got)
		}
	}
	a := getAt(t, p, AuthorizePath+"?"+asking("prompt", "none").Encode())
	if got := a.query().Get("error"); got != "login_required" {
		t.Errorf("want no login behind the user's back, got %s", a.header.Get("Location"))
	}
}

func TestLogoutAsksFirst(t *testing.T) {
	t.Parallel()
	const home = "https://photos.example.test/?a=b"
	p := startProvider(t, func(p *Provider) { p.AutoApprove = true; p.Clients[0].PostLogoutRedirects = []string{home} })
	start := p.URL() + AuthorizePath + "?" + asking().Encode()
	silent := start + "&prompt=none"
	token := postTo(t, p, TokenPath, redemption(p, codeFor(t, p)), nil).member("id_token")
	end := p.URL() + LogoutPath
	w := walkFrom(t, p, start)
	for _, test := range []struct{ query, want string }{
		{"?id_token_hint=bogus", "could not decode id_token_hint"},
		{"?id_token_hint=a.b.c", "could not decode id_token_hint"},
		{"?client_id=nobody", "client is invalid"},
		{"?client_id=other&id_token_hint=" + token, "client_id does not match"},
		{"?post_logout_redirect_uri=" + url.QueryEscape(home), "post_logout_redirect_uri not registered"},
		{"?client_id=immich&post_logout_redirect_uri=" + url.QueryEscape(home+"/"), "post_logout_redirect_uri not registered"},
	} {
		w.open(end + test.query)
		w.shows("oops! something went wrong", test.want)
	}
	w.open(end + "?id_token_hint=" + token)
	w.shows("<title>Logout Request</title>", `id="op.logoutForm"`, `name="logout" value="yes"`)
	w.submit("logout", "no")
	w.open(silent)
	w.arrives("code", "")
	w.open(end)
	w.submit("logout", "yes")
	w.shows("<title>Sign-out Success</title>")
	w.open(silent)
	w.arrives("error", "login_required")
	w.open(end + "?state=s&id_token_hint=" + token + "&post_logout_redirect_uri=" + url.QueryEscape(home))
	w.submit("logout", "yes")
	if want := home + "&state=s"; w.at != want {
		t.Errorf("want %s, got %s", want, w.at)
	}
	if a := postTo(t, p, LogoutPath+"/confirm", url.Values{"logout": {"yes"}}, nil); a.status != http.StatusBadRequest {
		t.Errorf("want 400 for a form of somebody else, got %d", a.status)
	}
}
