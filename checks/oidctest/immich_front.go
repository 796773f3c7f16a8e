package oidctest

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// A front is the listening side of an Immich.
type front struct {
	ca       sync.Once
	root     authority
	listener net.Listener
	server   *http.Server
	base     string

	mu      sync.Mutex
	closed  bool
	running sync.WaitGroup
}

// authority signs the certificate. Making it fails only if the machine has no
// randomness.
func (f *front) authority() authority {
	f.ca.Do(func() {
		root, err := newAuthority("oidctest Immich CA", authority{})
		if err != nil {
			panic(err)
		}
		f.root = root
	})
	return f.root
}

func (f *front) start(m *Immich) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("starting the Immich stand-in: %w", err)
	}
	host := m.Host
	if host == "" {
		host = "127.0.0.1"
	}
	f.listener, f.base = l, "http://"+net.JoinHostPort(host, fmt.Sprint(l.Addr().(*net.TCPAddr).Port))
	if m.TLS {
		leaf, err := signCert(leafTemplate(host), f.authority())
		if err != nil {
			l.Close()
			return fmt.Errorf("making the certificate of the Immich stand-in: %w", err)
		}
		f.base = "https" + f.base[len("http"):]
		chain := tls.Certificate{Certificate: [][]byte{leaf.cert.Raw}, PrivateKey: leaf.key}
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{chain}, NextProtos: []string{"http/1.1"}})
	}
	f.server = &http.Server{
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { f.serve(m, w, r) }),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	f.running.Go(func() { _ = f.server.Serve(l) })
	return nil
}

// serve reads the whole request first, so that the server watches the
// connection and a handler that waits for an issuer learns when the browser
// leaves, or Immich is closed.
func (f *front) serve(m *Immich, w http.ResponseWriter, r *http.Request) {
	if !f.enter() {
		return
	}
	defer f.running.Done()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(m.ctx, cancel)()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return
	}
	m.serve(w, r.WithContext(ctx), body)
}

// enter admits a request unless Immich is closed.
func (f *front) enter() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	f.running.Add(1)
	return true
}

func (f *front) close() {
	f.mu.Lock()
	closed := f.closed
	f.closed = true
	f.mu.Unlock()
	if closed || f.server == nil {
		return
	}
	_ = f.server.Close()
	f.running.Wait()
}

func (f *front) addr() string {
	if f.listener == nil {
		return ""
	}
	return f.listener.Addr().String()
}

// HTTP is a client for this Immich: it trusts CAs, reaches Immich by any host
// name, and reports redirects without following them.
func (m *Immich) HTTP() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: m.CAs()},
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, m.Addr())
			},
			DisableKeepAlives: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
