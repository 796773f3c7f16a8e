package oidctest

import (
	"context"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
)

// inPlace answers every request below prefix with a page in Immich's place.
func inPlace(status int, location, body string, prefixes ...string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(r.URL.Path, p) }) {
			return false
		}
		if location != "" {
			w.Header().Set("Location", location)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		w.Write([]byte(body))
		return true
	}
}

func alter(path string, f func(*Answer)) func(*Setup) {
	return func(s *Setup) { s.Provider.Alter = map[string]func(*Answer){path: f} }
}

// proxied puts a proxy between the browser and an Immich of that name.
func proxied(host string, tls bool, by Proxy) func(*Setup) {
	return func(s *Setup) { s.Immich.Host, s.Immich.TLS, s.Immich.Behind = host, tls, by }
}

// intercepted answers a request to a path of the provider in its place.
func intercepted(status int, location, body string, path string) func(*Setup) {
	return func(s *Setup) { s.Provider.Intercept = inPlace(status, location, body, path) }
}

// noSuchName is how a container dials that asks another resolver.
func noSuchName(_ context.Context, _, addr string) (net.Conn, error) {
	host, _, _ := net.SplitHostPort(addr)
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// refusing is how a container dials that a firewall keeps in.
func refusing(_ context.Context, network, _ string) (net.Conn, error) {
	return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.EHOSTUNREACH}
}

// withoutSigningKey is how Authentik does without one.
func withoutSigningKey(s *Setup) {
	s.Provider.Client(clientID).SignAlg = "HS256"
	saysOf("id_token_signing_alg_values_supported", []string{"HS256"})(s)
	alter(KeysPath, Say(200, "application/json", "{}"))(s)
}

func saysOf(name string, value any) func(*Setup) {
	return func(s *Setup) { s.Provider.Metadata = map[string]any{name: value} }
}

// withoutRedirect takes from the client every redirect URI that ends so.
func withoutRedirect(end string) func(*Setup) {
	return func(s *Setup) {
		s.Provider.Do(func() {
			c := s.Provider.Client(clientID)
			c.Redirects = slices.DeleteFunc(c.Redirects, func(u string) bool { return strings.HasSuffix(u, end) })
		})
	}
}

// dressed makes a provider answer in the style of that name.
func dressed(style string) func(*Setup) {
	return func(s *Setup) {
		Styles[slices.IndexFunc(Styles, func(of Style) bool { return of.Name == style })].Dress(s)
	}
}
