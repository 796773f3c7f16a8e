package oidctest

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const recordedSecret = "immich-secret-of-the-recording"

// A world is the recorded machine: Immich and the providers, on the ports of
// the recording. Nothing listens on those; connections are led elsewhere.
type world struct {
	t       *testing.T
	m       *Immich
	base    string
	release release
	where   map[string]string // recorded port → live address
	mu      sync.Mutex
	seen    []seenRequest
	clients map[string]*Provider
}

// A seenRequest is one of Immich to a provider.
type seenRequest struct {
	port, method, path, agent, scheme string
	form                              []string
}

func newWorld(t *testing.T, tag, base string) *world {
	w := &world{t: t, base: base, where: map[string]string{}, clients: map[string]*Provider{}}
	w.release, _, _ = parseRelease(tag)
	w.provider("9400", func(p *Provider) {})
	w.provider("9401", func(p *Provider) { inIDToken(p, false) })
	w.provider("9402", func(p *Provider) {
		p.Path, p.Issuer = "/application/o/immich", "http://127.0.0.1:9402/application/o/immich/"
	})
	w.provider("9403", func(p *Provider) { p.Alter = map[string]func(*Answer){DiscoveryPath: Hang} })
	w.provider("9404", func(p *Provider) { p.PKCEMethods = []string{} })
	w.provider("9405", bent(Say(200, "text/html", "<!doctype html><title>Welcome</title>")))
	w.provider("9406", bent(Redirect(302, "https://sso.example.test/login")))
	w.provider("9407", bent(Say(502, "text/html", "<h1>502 Bad Gateway</h1>")))
	w.provider("9443", func(p *Provider) { p.TLS, p.Cert = true, CertSelfSigned })
	w.provider("9500", func(p *Provider) { p.ClockSkew = 10 * time.Minute })
	w.provider("9501", func(p *Provider) { p.ClockSkew = -2 * time.Hour })
	w.m = NewImmich(tag)
	w.m.Dial = w.dial
	w.m.Patience = 1500 * time.Millisecond
	w.m.Accounts = append(w.m.Accounts, Account{Email: "linker@example.test", Name: "Linker", Password: "linker-pass-1"})
	w.set(w.m)
	if err := w.m.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.m.Close)
	w.where[base[strings.LastIndexByte(base, ':')+1:]] = w.m.Addr()
	return w
}

func bent(f func(*Answer)) func(*Provider) {
	return func(p *Provider) { p.Alter = map[string]func(*Answer){DiscoveryPath: f} }
}

func inIDToken(p *Provider, is bool) {
	for _, c := range p.Clients {
		c.ClaimsInIDToken = is
	}
}

// provider starts one of the recorded providers, with the recorded clients and
// users.
func (w *world) provider(port string, set func(*Provider)) {
	p := NewProvider()
	p.TLS, p.AutoApprove, p.Issuer = false, true, "http://127.0.0.1:"+port
	web := []string{w.base + "/auth/login", w.base + "/user-settings", w.base + "/api/oauth/mobile-redirect"}
	p.Clients = []*Client{
		{ID: "immich", Redirects: web},
		{ID: "immich-mobile", Redirects: []string{"app.immich:///oauth-callback", "app.immich:/"}},
		{ID: "strict-basic", Redirects: web, AuthMethods: []string{"client_secret_basic"}},
		{ID: "strict-post", Redirects: web, AuthMethods: []string{"client_secret_post"}},
		{ID: "immich-public", Redirects: web, Public: true},
		{ID: "immich-noredir", Redirects: []string{"http://elsewhere.example.test/"}},
		{ID: "immich-es256", Redirects: web, SignAlg: "ES256"},
		{ID: "immich-uinfojwt", Redirects: web, UserinfoAlg: "RS256"},
	}
	for _, c := range p.Clients {
		if !c.Public {
			c.Secret = recordedSecret
		}
	}
	inIDToken(p, true)
	p.Scopes["profile"] = append(p.Scopes["profile"], "immich_role", "immich_quota")
	for _, name := range []string{"alice", "mob", "dave", "frank", "bob", "unverified", "role", "quota", "linked-sub", "no-email"} {
		p.Users = append(p.Users, NewUser(name))
	}
	delete(p.User("no-email").Claims, "email")
	p.User("unverified").Claims["email_verified"] = false
	p.User("role").Claims["immich_role"] = "admin"
	p.User("quota").Claims["immich_quota"] = 5
	other := NewUser("other~frank")
	other.Sub, other.Claims["email"] = "other", "frank@example.test"
	p.Users = append(p.Users, other)
	set(p)
	p.Intercept = func(_ http.ResponseWriter, r *http.Request) bool {
		w.see(port, r)
		p.Do(func() { p.Metadata = endpointsAt("http://" + r.Host + p.Path) })
		return false
	}
	if err := p.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(p.Close)
	w.where[port], w.clients[port] = p.Addr(), p
}

// endpointsAt are those of the recorded provider, which named them by the host
// that it was asked as.
func endpointsAt(base string) map[string]any {
	return map[string]any{
		"authorization_endpoint": base + AuthorizePath, "token_endpoint": base + TokenPath,
		"userinfo_endpoint": base + UserinfoPath, "jwks_uri": base + KeysPath, "end_session_endpoint": base + LogoutPath,
	}
}

// see notes a request that no browser sent.
func (w *world) see(port string, r *http.Request) {
	agent := r.UserAgent()
	if strings.HasPrefix(agent, "Go-http-client") {
		return
	}
	scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	s := seenRequest{port: port, method: r.Method, path: r.URL.Path, agent: agent, scheme: scheme}
	s.form = sortedKeys(r.PostForm)
	if port == "9402" {
		s.path = "/application/o/immich" + s.path
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, s)
}

// requests are those seen since last asked.
func (w *world) requests() []seenRequest {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.seen
	w.seen = nil
	return out
}

// defaults are the settings of the recorded server.
func (w *world) defaults() map[string]any {
	out := map[string]any{"enabled": true, "issuerUrl": "http://127.0.0.1:9400", "clientId": "immich", "clientSecret": recordedSecret}
	s := DefaultSettings(string(w.release))
	for _, f := range s.block(w.release) {
		if _, set := out[f.name]; !set {
			out[f.name] = f.value
		}
	}
	if w.release.since("v3.0.0") {
		out["allowInsecureRequests"] = true
	}
	return out
}

func (w *world) set(m *Immich) {
	s, err := DefaultSettings(m.Release).with(w.release, w.defaults())
	if err != nil {
		w.t.Fatal(err)
	}
	m.OAuth = s
}

// dial leads recorded ports to live ones.
func (w *world) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	host, port, _ := net.SplitHostPort(addr)
	if strings.HasSuffix(host, ".invalid") {
		return nil, &net.OpError{Op: "dial", Net: network, Err: &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}}
	}
	if live := w.where[port]; live != "" {
		return new(net.Dialer).DialContext(ctx, network, live)
	}
	n, _ := strconv.Atoi(port)
	return nil, &net.OpError{Op: "dial", Net: network, Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: n}, Err: syscall.ECONNREFUSED}
}

// An answer is one of Immich or of a provider.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// cookie is the value of a cookie that the answer sets.
func (a answer) cookie(name string) string {
	for _, c := range a.header["Set-Cookie"] {
		if value, ok := strings.CutPrefix(c, name+"="); ok {
			value, _, _ = strings.Cut(value, ";")
			return value
		}
	}
	return ""
}

func (a answer) cookies() string {
	return stateCookie + "=" + a.cookie(stateCookie) + "; " + verifierCookie + "=" + a.cookie(verifierCookie)
}

func (w *world) send(method, target string, body []byte, header http.Header) answer {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, target, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	maps.Copy(req.Header, header)
	tr := &http.Transport{DialContext: w.dial, DisableKeepAlives: true}
	res, err := tr.RoundTrip(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{status: res.StatusCode, header: res.Header, body: raw}
}

// canonical are headers as they are looked up; the recording keeps their case.
func canonical(h http.Header) http.Header {
	out := http.Header{}
	for name, values := range h {
		for _, v := range values {
			out.Add(name, v)
		}
	}
	return out
}

func queryOf(s string) url.Values {
	_, query, _ := strings.Cut(s, "?")
	values, _ := url.ParseQuery(query)
	return values
}
