package oidctest

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/go-jose/go-jose/v4"
)

// signingKeys are made once per process: an RSA key takes longer than a test.
var signingKeys = sync.OnceValues(func() (map[string]jose.JSONWebKey, error) {
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	e256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	e384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		return nil, err
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	return map[string]jose.JSONWebKey{
		// No alg on the RSA key: it serves RS256 and PS256 alike.
		"RSA":   {Key: r, KeyID: "oidctest-rsa", Use: "sig"},
		"ES256": {Key: e256, KeyID: "oidctest-es256", Use: "sig", Algorithm: "ES256"},
		"ES384": {Key: e384, KeyID: "oidctest-es384", Use: "sig", Algorithm: "ES384"},
		"EdDSA": {Key: ed, KeyID: "oidctest-eddsa", Use: "sig", Algorithm: "EdDSA"},
	}, nil
})

// signingKey is the key for an asymmetric algorithm of RFC 7518 3.1.
func signingKey(alg string) (jose.JSONWebKey, error) {
	keys, err := signingKeys()
	if err != nil {
		return jose.JSONWebKey{}, err
	}
	name := alg
	if strings.HasPrefix(alg, "RS") || strings.HasPrefix(alg, "PS") {
		name = "RSA"
	}
	key, ok := keys[name]
	if !ok {
		return key, fmt.Errorf("no key for %q", alg)
	}
	return key, nil
}

// keys is the key set of RFC 7517 5 at jwks_uri.
func (p *Provider) keys() *Answer {
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	for _, alg := range p.publishedAlgs() {
		key, err := signingKey(alg)
		if err != nil {
			return p.refuseJSON(refusal{status: http.StatusInternalServerError, code: "server_error", cause: err.Error()})
		}
		public := key.Public()
		if !slices.ContainsFunc(set.Keys, func(k jose.JSONWebKey) bool { return k.KeyID == public.KeyID }) {
			set.Keys = append(set.Keys, public)
		}
	}
	a := answerJSON(http.StatusOK, set)
	a.Header.Set("Content-Type", "application/jwk-set+json; charset=utf-8")
	return a
}

// publishedAlgs are the algorithms whose keys are in the key set.
func (p *Provider) publishedAlgs() []string {
	if p.KeyAlgs != nil {
		return p.KeyAlgs
	}
	algs := []string{"RS256", "ES256"}
	for _, c := range p.Clients {
		for _, alg := range []string{c.SignAlg, c.UserinfoAlg} {
			if _, err := signingKey(alg); err == nil && !slices.Contains(algs, alg) {
				algs = append(algs, alg)
			}
		}
	}
	return algs
}

// jwt signs claims for a client. HS* take its secret, OpenID Connect Core 10.1.
func (p *Provider) jwt(c *Client, alg string, claims, header map[string]any) (string, error) {
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	if alg == "none" {
		return p.unsigned(payload, header)
	}
	key := jose.SigningKey{Algorithm: jose.SignatureAlgorithm(alg), Key: []byte(c.Secret)}
	if !strings.HasPrefix(alg, "HS") {
		if key.Key, err = signingKey(alg); err != nil {
			return "", err
		}
	}
	signer, err := jose.NewSigner(key, nil)
	if err != nil {
		return "", fmt.Errorf("signing with %s: %w", alg, err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("signing with %s: %w", alg, err)
	}
	text, err := signed.CompactSerialize()
	if err != nil || len(header) == 0 {
		return text, err
	}
	return p.withHeader(text, header)
}

// unsigned is the JWS of RFC 7515 appendix A.5.
func (p *Provider) unsigned(payload []byte, header map[string]any) (string, error) {
	return p.withHeader("e30."+base64.RawURLEncoding.EncodeToString(payload)+".",
		p.replaced(map[string]any{"alg": "none"}, header))
}

// withHeader replaces header members and leaves the signature alone, which is
// then no longer that of the token.
func (p *Provider) withHeader(token string, with map[string]any) (string, error) {
	head, rest, _ := strings.Cut(token, ".")
	plain, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		return "", err
	}
	members := map[string]any{}
	if err := json.Unmarshal(plain, &members); err != nil {
		return "", err
	}
	if plain, err = json.Marshal(p.replaced(members, with)); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(plain) + "." + rest, nil
}

// encrypted wraps a token as OpenID Connect Core 16.14 describes, for a key that
// the client is as little likely to have as any: the provider's own.
func encrypted(token string) (string, error) {
	key, err := signingKey("RS256")
	if err != nil {
		return "", err
	}
	opts := (&jose.EncrypterOptions{}).WithContentType("JWT")
	e, err := jose.NewEncrypter(jose.A256GCM, jose.Recipient{Algorithm: jose.RSA_OAEP, Key: key.Public().Key}, opts)
	if err != nil {
		return "", err
	}
	sealed, err := e.Encrypt([]byte(token))
	if err != nil {
		return "", err
	}
	return sealed.CompactSerialize()
}
