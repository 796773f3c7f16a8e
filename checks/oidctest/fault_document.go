package oidctest

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"sync"
	"time"
)

// altered edits the body of an answer.
func altered(path string, edit func(body []byte) []byte) func(*Setup) {
	return alter(path, func(a *Answer) { a.Body = edit(a.Body) })
}

// compressed is what a proxy sends that compresses whatever it is asked.
func compressed(a *Answer) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(a.Body) // a bytes.Buffer takes everything
	z.Close()
	a.Header.Set("Content-Encoding", "gzip")
	a.Body = b.Bytes()
}

func withBOM(body []byte) []byte { return append([]byte("\ufeff"), body...) }

// keySetOf edits the members of the key set.
func keySetOf(edit func(keys []any) []any) func(*Setup) {
	return altered(KeysPath, func(body []byte) []byte {
		var set map[string]any
		if json.Unmarshal(body, &set) != nil {
			return body
		}
		set["keys"] = edit(set["keys"].([]any))
		return plainJSON(set)
	})
}

// onEach sets a member of each key; nil removes it.
func onEach(name string, value any) func([]any) []any {
	return func(keys []any) []any {
		for _, k := range keys {
			if k := k.(map[string]any); value == nil {
				delete(k, name)
			} else {
				k[name] = value
			}
		}
		return keys
	}
}

// A spare is what faults of key sets need: made once, as it takes time.
var spare = sync.OnceValues(func() (keys struct{ other, weak, cert string }, err error) {
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return keys, err
	}
	weak := new(big.Int).SetBit(big.NewInt(12345), 1023, 1) // nobody signs with it
	cert, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "another key"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}, &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "another key"}}, &other.PublicKey, other)
	keys.other, keys.weak = base64.RawURLEncoding.EncodeToString(other.N.Bytes()), base64.RawURLEncoding.EncodeToString(weak.Bytes())
	keys.cert = base64.StdEncoding.EncodeToString(cert)
	return keys, err
})

// documentFaults are those of the discovery document and of the key set.
var documentFaults = []Fault{
	{Name: "discovery-bom", Title: "the discovery document begins with a byte order mark", Release: "v1.118.2", GiveIssuer: true, Trips: "discovery/document",
		Set: altered(DiscoveryPath, withBOM)},
	{Name: "discovery-gzip", Title: "a proxy compresses the discovery document unasked", Release: "v1.118.2", GiveIssuer: true, Trips: "discovery/document",
		Set: alter(DiscoveryPath, compressed)},
	{Name: "discovery-list", Title: "discovery answers a list in place of an object", GiveIssuer: true, Trips: "discovery/document",
		Set: altered(DiscoveryPath, func(b []byte) []byte { return append(append([]byte("["), b...), ']') })},
	{Name: "discovery-trailing", Title: "something stands behind the discovery document", GiveIssuer: true, Trips: "discovery/document",
		Set: altered(DiscoveryPath, func(b []byte) []byte { return append(b, "<!-- 12 ms -->"...) })},
	{Name: "no-issuer", Title: "the discovery document names no issuer", GiveIssuer: true, Trips: "discovery/document",
		Set: saysOf("issuer", nil)},
	{Name: "issuer-no-url", Title: "the issuer that the discovery document names is no address", GiveIssuer: true, Trips: "issuer/match",
		Set: saysOf("issuer", "auth")},
	{Name: "duplicate-member", Title: "the discovery document holds a member twice", Warns: "discovery/members",
		Set: altered(DiscoveryPath, func(b []byte) []byte {
			return append([]byte(`{"token_endpoint":"https://old.example.test/token",`), b[1:]...)
		})},
	{Name: "credentials-in-endpoint", Title: "the token endpoint's address holds a password", Trips: "discovery/endpoints",
		Set: saysOf("token_endpoint", "https://immich:secret@{host}"+TokenPath)},
	{Name: "blocked-endpoint-port", Title: "the token endpoint is at a port that Node refuses to open", Trips: "discovery/endpoints",
		Set: saysOf("token_endpoint", "https://127.0.0.1:6667"+TokenPath)},
	{Name: "keys-without-id", Title: "the provider publishes two RSA keys without key IDs", Release: "v1.118.2", GiveAlgorithm: "RS256", Trips: "keys/choice",
		Set: keySetOf(func(keys []any) []any {
			extra, _ := spare()
			return onEach("kid", nil)(append(keys, map[string]any{"kty": "RSA", "e": "AQAB", "n": extra.other, "use": "sig"}))
		})},
	{Name: "key-without-type", Title: "one member of the key set has no type", Release: "v1.118.2", GiveAlgorithm: "RS256", Trips: "keys/choice",
		Set: keySetOf(func(keys []any) []any { return append(keys, map[string]any{"kid": "draft"}) })},
	{Name: "weak-key", Title: "the provider's RSA key has 1024 bits", Release: "v1.118.2", GiveAlgorithm: "RS256", Trips: "keys/choice",
		Set: keySetOf(func(keys []any) []any {
			extra, _ := spare()
			return []any{map[string]any{"kty": "RSA", "kid": "old", "e": "AQAB", "n": extra.weak, "use": "sig"}}
		})},
	{Name: "keys-bom", Title: "the key set begins with a byte order mark", Release: "v1.118.2", GiveAlgorithm: "RS256", Trips: "keys/choice",
		Set: altered(KeysPath, withBOM)},
	{Name: "leaked-key", Title: "the key set shows the secret half of a key", GiveAlgorithm: "RS256", Warns: "keys/private",
		Set: keySetOf(func(keys []any) []any {
			return append(keys, map[string]any{"kty": "oct", "kid": "shared", "k": "c2VjcmV0LXRoYXQtbm9ib2R5LW1heS1zZWU"})
		})},
	{Name: "foreign-certificate", Title: "the certificate of a key is for another key", Warns: "keys/certificates",
		Set: keySetOf(func(keys []any) []any {
			extra, _ := spare()
			return onEach("x5c", []string{extra.cert})(keys)
		})},
	{Name: "post-unlisted", Title: "the provider takes the client secret in the header only", Warns: "token/auth-method",
		Set: func(s *Setup) {
			saysOf("token_endpoint_auth_methods_supported", []string{methodBasic})(s)
			s.Provider.Client(clientID).AuthMethods = []string{methodBasic}
		}},
	{Name: "no-logout-page", Title: "the provider names no logout page", Warns: "logout/provider",
		Set: saysOf("end_session_endpoint", nil)},
	{Name: "relative-logout-page", Title: "the provider's logout page is no whole address", Release: "v2.7.5", Trips: "logout/provider",
		Set: saysOf("end_session_endpoint", LogoutPath)},
	{Name: "logout-page-gone", Title: "nothing is at the provider's logout page", Release: "v2.7.5", Seen: Probe, Trips: "logout/endpoint",
		Set: saysOf("end_session_endpoint", "{url}/logout-of-old")},
	{Name: "logout-page-not-routed", Title: "the proxy reaches nothing behind the provider's logout page", Seen: Probe, Warns: "logout/endpoint",
		Set: intercepted(502, "", "<h1>502 Bad Gateway</h1>", LogoutPath)},
}

// answerFaults are those of the provider's answers to Immich's request.
var answerFaults = []Fault{
	{Name: "endpoint-with-query", Title: "the authorization endpoint has a query of its own", Seen: Probe, Trips: "authorize/parameters",
		Set: saysOf("authorization_endpoint", "{url}"+AuthorizePath+"?scope=openid")},
	{Name: "scope-refused", Title: "the client may not have the scope profile", Seen: Probe, Trips: "scope/accepted",
		Set: func(s *Setup) { s.Provider.Client(clientID).Scopes = []string{"openid", "email"} }},
	{Name: "par-required", Title: "the provider demands pushed authorization requests", Seen: Probe, Trips: "authorize/accepted",
		Set: func(s *Setup) { s.Provider.Client(clientID).RequirePAR = true }},
	{Name: "nonce-required", Title: "the provider demands a nonce", Seen: Probe, Trips: "authorize/nonce",
		Set: func(s *Setup) { s.Provider.RequireNonce = true }},
	{Name: "answer-in-fragment", Title: "the provider answers in the fragment", Seen: Probe, Trips: "callback/query",
		Set: func(s *Setup) { s.Provider.ResponseMode = "fragment" }},
	{Name: "answer-by-form", Title: "the provider answers by a form that posts itself", Seen: Probe, Trips: "callback/query",
		Set: func(s *Setup) { s.Provider.ResponseMode = "form_post" }},
	{Name: "other-iss", Title: "the provider's answers name another issuer than its document", Seen: Probe, Trips: "callback/issuer",
		Set: func(s *Setup) { s.Provider.AuthResponse = map[string]any{"iss": "http://{host}"} }},
	{Name: "no-iss", Title: "the provider promises iss and does not send it", Seen: Probe, Warns: "callback/issuer",
		Set: func(s *Setup) { s.Provider.AuthResponse = map[string]any{"iss": nil} }},
	{Name: "no-openid-scope", Title: "Immich does not ask for the scope openid", Release: "v1.118.2", Trips: "scope/openid",
		Set: func(s *Setup) { s.Immich.OAuth.Scope = "email profile" }},
}
