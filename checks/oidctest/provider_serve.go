package oidctest

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The paths of the endpoints, without Provider.Path: those of oidc-provider.
const (
	DiscoveryPath = "/.well-known/openid-configuration"
	KeysPath      = "/jwks"
	AuthorizePath = "/auth"
	PARPath       = "/request"
	TokenPath     = "/token"
	UserinfoPath  = "/me"
	LogoutPath    = "/session/end"
)

// maxBody is as much of a request as the provider reads.
const maxBody = 1 << 20

// Start listens on a free loopback port and serves until Close, after which it
// cannot be started again.
func (p *Provider) Start() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("starting the provider: %w", err)
	}
	// Here, not at the first token: making keys may take longer than a client waits.
	if _, err := signingKeys(); err != nil {
		l.Close()
		return fmt.Errorf("making the provider's keys: %w", err)
	}
	p.listener, p.done = l, make(chan struct{})
	p.state = newFlowState()
	p.server = &http.Server{
		Handler:           http.HandlerFunc(p.serve),
		ReadHeaderTimeout: 10 * time.Second,
		// A client that distrusts the certificate is what many tests are about.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	if p.TLS {
		chain, err := p.chain()
		if err != nil {
			l.Close()
			return fmt.Errorf("making the provider's certificate: %w", err)
		}
		c := &tls.Config{Certificates: []tls.Certificate{chain}, NextProtos: []string{"http/1.1"}, MaxVersion: p.MaxTLS}
		if p.MaxTLS != 0 {
			c.MinVersion = tls.VersionTLS10
		}
		l = tls.NewListener(l, c)
	}
	go p.server.Serve(l)
	return nil
}

// Close ends every request, also one that hangs, and waits for the handlers.
func (p *Provider) Close() {
	p.mu.Lock()
	if p.server == nil || p.closed {
		p.mu.Unlock()
		return
	}
	p.closed = true
	close(p.done)
	p.mu.Unlock()
	p.server.Close()
	p.running.Wait()
}

// HTTP is a client for this provider: it trusts CAs, reaches the provider by any
// host name, and reports redirects without following them.
func (p *Provider) HTTP() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: p.CAs()},
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, p.Addr())
			},
			DisableKeepAlives: true, // nothing is left running when the test ends
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// enter admits a request unless the provider is closed.
func (p *Provider) enter() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.running.Add(1)
	return true
}

// serve is the way of every request: record, intercept, answer, alter, write.
// The answer is made under the lock and written without it.
func (p *Provider) serve(w http.ResponseWriter, r *http.Request) {
	if !p.enter() {
		return
	}
	defer p.running.Done()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	go func() {
		select {
		case <-p.done:
			cancel()
		case <-ctx.Done():
		}
	}()
	r = r.WithContext(ctx)
	// The form is read before anything else, so that the server can watch the
	// connection and a handler that hangs learns when the client leaves.
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	malformed := r.ParseForm()
	io.Copy(io.Discard, r.Body)

	path, inside := p.place(r.URL.Path)
	p.mu.Lock()
	intercept := p.Intercept
	skew := p.ClockSkew
	p.asked = append(p.asked, newRequest(path, r))
	nth := len(p.asked) - 1
	p.mu.Unlock()
	if skew != 0 {
		w.Header().Set("Date", time.Now().Add(skew).UTC().Format(http.TimeFormat))
	}
	if inside && intercept != nil {
		relative := r.Clone(ctx)
		relative.URL.Path, relative.URL.RawPath = path, ""
		if intercept(w, relative) {
			return
		}
	}
	p.mu.Lock()
	a := p.answer(path, inside, malformed, r)
	if alter := p.Alter[path]; inside && alter != nil {
		alter(a)
	}
	if !a.hang {
		p.asked[nth].Status, p.asked[nth].Cause = a.Status, a.cause
	}
	p.mu.Unlock()
	a.write(w, r)
}

// inside cuts the issuer's path off the path of a request.
func (p *Provider) inside(path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, strings.TrimRight(p.Path, "/"))
	if !ok || !strings.HasPrefix(rest, "/") {
		return path, false
	}
	return rest, true
}

// newRequest notes the names of what came, never the values.
func newRequest(path string, r *http.Request) Request {
	auth, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return Request{
		Method: r.Method,
		Path:   path,
		Query:  slices.Sorted(maps.Keys(r.URL.Query())),
		Form:   slices.Sorted(maps.Keys(r.PostForm)),
		Auth:   auth,
	}
}

// answer finds the endpoint. It runs with the provider locked.
func (p *Provider) answer(path string, inside bool, malformed error, r *http.Request) *Answer {
	if !inside {
		return notFound()
	}
	if malformed != nil {
		return p.refuseJSON(refusal{code: "invalid_request", says: "failed to parse the request body", cause: malformed.Error()})
	}
	if a := p.inStyle(path, r); a != nil {
		return a
	}
	get := r.Method == http.MethodGet || r.Method == http.MethodHead
	post := r.Method == http.MethodPost
	uid, under := strings.CutPrefix(path, "/interaction/")
	resumed, resumes := strings.CutPrefix(path, AuthorizePath+"/")
	switch {
	case path == DiscoveryPath && get:
		return p.discovery()
	case path == KeysPath && get:
		return p.keys()
	case path == AuthorizePath && (get || post):
		return p.authorize(r)
	case resumes && get:
		return p.resume(r, resumed)
	case under && (get || post):
		return p.interact(r, uid)
	case path == PARPath && post && p.PAR:
		return p.push(r)
	case path == TokenPath && post:
		return p.token(r)
	case path == UserinfoPath && (get || post):
		return p.userinfo(r)
	case path == LogoutPath && (get || post):
		return p.logout(r)
	case path == LogoutPath+"/confirm" && post:
		return p.confirmLogout(r)
	case path == LogoutPath+"/success" && get:
		return page(http.StatusOK, pageDone, nil)
	}
	return notFound()
}

func notFound() *Answer {
	return &Answer{
		Status: http.StatusNotFound,
		Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}},
		Body:   []byte("Not Found"),
	}
}
