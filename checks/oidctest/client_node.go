package oidctest

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// A node is the network side of Node, which both generations of the client
// stand on: what it trusts, how long it waits, what it calls a failure.
type node struct {
	m         *Immich
	transport *http.Transport
}

func newNode(m *Immich) *node {
	n := &node{m: m}
	n.transport = &http.Transport{
		DialContext:        n.dial,
		TLSClientConfig:    &tls.Config{RootCAs: m.Roots, Time: m.Now},
		DisableCompression: true, // the clients say themselves what they take
		DisableKeepAlives:  true,
		ForceAttemptHTTP2:  false,
	}
	return n
}

func (n *node) close() { n.transport.CloseIdleConnections() }

// errSlowConnect marks a connection that did not come about in time.
var errSlowConnect = errors.New("connect timeout")

func (n *node) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	n.m.mu.Lock()
	dial := n.m.Dial
	n.m.mu.Unlock()
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	limited, cancel := context.WithTimeoutCause(ctx, n.patience(connectLimit), errSlowConnect)
	defer cancel()
	conn, err := dial(limited, network, addr)
	if err != nil && context.Cause(limited) == errSlowConnect {
		return nil, errSlowConnect
	}
	return conn, err
}

// patience is a limit of the client, or the shorter one of the test.
func (n *node) patience(limit time.Duration) time.Duration {
	n.m.mu.Lock()
	defer n.m.mu.Unlock()
	if p := n.m.Patience; p > 0 && p < limit {
		return p
	}
	return limit
}

// An outgoing request of a client.
type outgoing struct {
	method string
	url    string
	header []param
	body   string
	limit  time.Duration
}

// An incoming answer, with its whole body.
type incoming struct {
	url    string
	status int
	header http.Header
	body   string
}

// errSlow marks an answer that did not come in time.
var errSlow = errors.New("no answer in time")

// do sends a request and reads the answer. It follows no redirect. The error is
// that of net/http; the generations of the client name it differently.
func (n *node) do(ctx context.Context, o outgoing) (*incoming, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, n.patience(o.limit), errSlow)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, o.method, o.url, strings.NewReader(o.body))
	if err != nil {
		return nil, err
	}
	for _, h := range o.header {
		req.Header.Set(h.name, h.value)
	}
	res, err := n.transport.RoundTrip(req)
	if err != nil {
		if context.Cause(ctx) == errSlow {
			return nil, errSlow
		}
		return nil, err
	}
	defer res.Body.Close()
	body, err := readBody(res)
	if context.Cause(ctx) == errSlow {
		return nil, errSlow
	}
	if err != nil {
		return nil, err
	}
	return &incoming{url: o.url, status: res.StatusCode, header: res.Header, body: body}, nil
}

// maxAnswer is more than any document of an issuer has.
const maxAnswer = 8 << 20

// readBody decodes what the newer client asks for; the older one asks for
// nothing and gets to see what came.
func readBody(res *http.Response) (string, error) {
	var r io.Reader = res.Body
	if strings.Contains(res.Request.Header.Get("Accept-Encoding"), "gzip") {
		switch res.Header.Get("Content-Encoding") {
		case "gzip":
			z, err := gzip.NewReader(r)
			if err != nil { // the answer is there, and its body cannot be read as JSON
				return "", nil
			}
			r = z
		case "deflate":
			r = flate.NewReader(r)
		}
	}
	body, err := io.ReadAll(io.LimitReader(r, maxAnswer))
	if len(body) == maxAnswer { // Node reads on until somebody gives up
		<-res.Request.Context().Done()
		return "", res.Request.Context().Err()
	}
	return string(body), err
}

// statusLine is status and phrase: "404 Not Found".
func (i *incoming) statusLine() string {
	phrase := http.StatusText(i.status)
	switch i.status { // where Node's list differs
	case http.StatusTeapot:
		phrase = "I'm a Teapot"
	case http.StatusRequestEntityTooLarge:
		phrase = "Payload Too Large"
	}
	return itoa(i.status) + " " + phrase
}

// mediaType is the content type without parameters.
func (i *incoming) mediaType() string {
	kind, _, _ := strings.Cut(i.header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(kind))
}
