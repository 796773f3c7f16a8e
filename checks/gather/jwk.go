package gather

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

// readKey keeps what is public of one member of a key set, and says whether a
// key can be made of it.
func readKey(raw json.RawMessage) (k facts.Key) {
	o := decode(raw)
	if k.NoObject = o == nil; k.NoObject {
		k.Unusable = secret.Textf("it is %s, not an object", secret.Name(kind(raw)))
		return k
	}
	_, typed := o["kty"]
	k.Untyped = !typed
	for _, m := range []struct {
		name string
		at   *secret.Name
	}{{"kid", &k.ID}, {"kty", &k.Type}, {"alg", &k.Alg}, {"use", &k.Use}, {"crv", &k.Curve}} {
		v, there := o[m.name]
		s, ok := text(v)
		if *m.at = short(s); there && !ok {
			k.Odd = append(k.Odd, secret.Name(m.name))
		}
	}
	k.Ops = list(o, "key_ops", facts.Provenance{}).Values
	for _, name := range []string{"d", "k"} { // every private or symmetric key has one of them
		if v, ok := text(o[name]); ok && v != "" {
			k.Private = true
		}
	}
	public, why := publicKey(o, k)
	k.Unusable = why
	if r, ok := public.(*rsa.PublicKey); ok {
		k.Bits = r.N.BitLen()
	}
	k.Cert = readCert(o, public)
	return k
}

// sizes is how many bytes each coordinate of a curve has. Those without a true
// are beyond go-jose, and Node takes them.
var sizes = map[secret.Name]struct {
	bytes int
	known bool
}{
	"P-256": {32, true}, "P-384": {48, true}, "P-521": {66, true}, "Ed25519": {32, true},
	"secp256k1": {32, false}, "Ed448": {57, false}, "X25519": {32, false}, "X448": {56, false},
}

// publicKey makes a key of the members that matter, as liberally as Node does:
// it takes either alphabet of base64, padding, and numbers that lost or gained
// leading zeros, which RFC 7518 forbids and some providers write.
func publicKey(o object, k facts.Key) (key any, why secret.Text) {
	plain := map[string]string{"kty": string(k.Type)}
	size := sizes[k.Curve]
	var want []string
	switch {
	case k.Type == "RSA":
		want = []string{"n", "e"}
	case k.Type == "EC" && size.bytes > 0:
		want = []string{"x", "y"}
	case k.Type == "OKP" && size.bytes > 0:
		want = []string{"x"}
	case k.Type == "EC" || k.Type == "OKP":
		return nil, secret.Textf("its curve %s is not known", k.Curve)
	case k.Type == "oct":
		return nil, secret.Textf("it is a shared secret, not a public key")
	default:
		return nil, secret.Textf("its type %s is not known", k.Type)
	}
	if k.Type != "RSA" {
		plain["crv"] = string(k.Curve)
	}
	for _, name := range want {
		s, ok := text(o[name])
		b := octets(s)
		if !ok || len(b) == 0 {
			return nil, secret.Textf("it has no %s", secret.Name(name))
		}
		if b = trimmed(b, k.Type, size.bytes); k.Type != "RSA" && len(b) != size.bytes {
			return nil, secret.Textf("its %s has not the length of the curve", secret.Name(name))
		}
		plain[name] = base64.RawURLEncoding.EncodeToString(b)
	}
	if k.Type != "RSA" && !size.known {
		return nil, secret.Text{}
	}
	var jwk jose.JSONWebKey
	text, _ := json.Marshal(plain)
	if err := jwk.UnmarshalJSON(text); err != nil || !jwk.Valid() {
		return nil, secret.Textf("its parameters do not fit together")
	}
	return jwk.Key, secret.Text{}
}

// octets decodes base64 of either alphabet, with or without padding.
func octets(s string) []byte {
	s = strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(s), "=")
	b, _ := base64.RawURLEncoding.DecodeString(s)
	return b
}

// trimmed is a number of a key in its proper length.
func trimmed(b []byte, kty secret.Name, size int) []byte {
	if kty == "OKP" { // not a number
		return b
	}
	for len(b) > 1 && b[0] == 0 {
		b = b[1:]
	}
	if kty == "EC" && len(b) < size {
		b = append(make([]byte, size-len(b)), b...)
	}
	return b
}

// readCert reads the first certificate of x5c, which is that of the key
// (RFC 7517 4.7).
func readCert(o object, key any) (c facts.KeyCert) {
	var chain []string
	if json.Unmarshal(o["x5c"], &chain) != nil || len(chain) == 0 {
		return c
	}
	c.There = true
	der, err := base64.StdEncoding.DecodeString(chain[0])
	if err != nil {
		c.Unreadable = true
		return c
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		c.Unreadable = true
		return c
	}
	c.NotAfter = cert.NotAfter.UTC()
	switch p := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		k, same := key.(*rsa.PublicKey)
		c.Other = key != nil && (!same || !p.Equal(k))
	case *ecdsa.PublicKey:
		k, same := key.(*ecdsa.PublicKey)
		c.Other = key != nil && (!same || !p.Equal(k))
	case ed25519.PublicKey:
		k, same := key.(ed25519.PublicKey)
		c.Other = key != nil && (!same || !p.Equal(k))
	}
	return c
}
