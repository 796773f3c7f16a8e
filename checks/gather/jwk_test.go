package gather

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"strings"
	"testing"
	"time"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// with is a copy of a key with some members replaced; nil removes one.
func with(k map[string]any, changes ...any) map[string]any {
	k = maps.Clone(k)
	for i := 0; i < len(changes); i += 2 {
		if name := changes[i].(string); changes[i+1] == nil {
			delete(k, name)
		} else {
			k[name] = changes[i+1]
		}
	}
	return k
}

func certified(t *testing.T, public, private any, until time.Time) string {
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "signing"}, NotBefore: until.Add(-time.Hour), NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, c, c, public, private)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(der)
}

func TestWhatIsReadOfAKey(t *testing.T) {
	t.Parallel()
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	e := shortX(t)
	point, err := e.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	x, y := point[1:33], point[33:]
	ed, edSecret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	until := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	rk := map[string]any{"kty": "RSA", "n": b64(r.N.Bytes()), "e": "AQAB"}
	ek := map[string]any{"kty": "EC", "crv": "P-256", "x": b64(x), "y": b64(y)}
	dk := map[string]any{"kty": "OKP", "crv": "Ed25519", "x": b64(ed)}
	for _, c := range []struct {
		name string
		key  any
		want string // bits, private, odd, certificate, why not
	}{
		{"RSA", rk, "2048 false []"},
		{"RSA with leading zeros", with(rk, "n", b64(append([]byte{0, 0}, r.N.Bytes()...))), "2048 false []"},
		{"RSA in the other alphabet", with(rk, "n", base64.StdEncoding.EncodeToString(r.N.Bytes())), "2048 false []"},
		{"RSA without e", with(rk, "e", nil), "0 false []: it has no e"},
		{"RSA with its secret half", with(rk, "d", b64(r.D.Bytes())), "2048 true []"},
		{"RSA that others certify", with(rk, "x5c", []string{certified(t, &e.PublicKey, e, until)}), "2048 false [] other 2030-01-01"},
		{"RSA that is certified", with(rk, "x5c", []string{certified(t, &r.PublicKey, r, until)}), "2048 false [] 2030-01-01"},
		{"RSA with something in place of a certificate", with(rk, "x5c", []string{"???"}), "2048 false [] unreadable"},
		{"EC", ek, "0 false []"},
		{"EC with coordinates that lost their zeros", with(ek, "x", b64(x[1:])), "0 false []"},
		{"EC off the curve", with(ek, "y", b64(x)), "0 false []: its parameters do not fit together"},
		{"EC with coordinates of another curve", with(ek, "crv", "P-384"), "0 false []: its parameters do not fit together"},
		{"EC with coordinates that are too long", with(ek, "x", b64(append([]byte{1}, x...))), "0 false []: its x has not the length of the curve"},
		{"EC on a curve of nobody", with(ek, "crv", "P-257"), "0 false []: its curve P-257 is not known"},
		{"EC on a curve that go-jose has not", with(ek, "crv", "secp256k1"), "0 false []"},
		{"EC that is certified", with(ek, "x5c", []string{certified(t, &e.PublicKey, e, until)}), "0 false [] 2030-01-01"},
		{"OKP", dk, "0 false []"},
		{"OKP that is certified", with(dk, "x5c", []string{certified(t, ed, edSecret, until)}), "0 false [] 2030-01-01"},
		{"OKP that is too short", with(dk, "x", "AAAA"), "0 false []: its x has not the length of the curve"},
		{"a shared secret", map[string]any{"kty": "oct", "k": "c2VjcmV0"}, "0 true []: it is a shared secret, not a public key"},
		{"a type of the future", map[string]any{"kty": "AKP"}, "0 false []: its type AKP is not known"},
		{"no type", map[string]any{"kid": "a"}, "0 false []: its type  is not known"},
		{"members of other types", with(rk, "kid", 7, "alg", json.RawMessage("null"), "use", []string{"sig"}), "2048 false [kid alg use]"},
		{"no object", "text", "0 false []: it is a string, not an object"},
	} {
		raw, err := json.Marshal(c.key)
		if err != nil {
			t.Fatal(err)
		}
		if got := said(readKey(raw)); got != c.want {
			t.Errorf("%s: want %s, got %s", c.name, c.want, got)
		}
	}
}

// shortX is a key whose first coordinate begins with a zero.
func shortX(t *testing.T) *ecdsa.PrivateKey {
	for {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := k.PublicKey.Bytes(); err == nil && b[1] == 0 {
			return k
		}
	}
}

func said(k facts.Key) string {
	s := fmt.Sprint(k.Bits, k.Private, k.Odd)
	if k.Cert.Unreadable {
		s += " unreadable"
	}
	if k.Cert.Other {
		s += " other"
	}
	if !k.Cert.NotAfter.IsZero() {
		s += " " + k.Cert.NotAfter.Format(time.DateOnly)
	}
	if why := secret.Seal(k).Unusable; !why.IsZero() {
		s += ": " + why.String()
	}
	return s
}

func TestASetOfKeys(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"keys":[]}`: "read 0", `{}`: "read 0", `{"keys":[1,{},null]}`: "read 3", "\ufeff" + `{"keys":[{}]}`: "read 1",
		`{"keys":{}}`: "no", `{"keys":null}`: "no", `[]`: "no", `<html>`: "no", ``: "no",
		`{"keys":[` + strings.Repeat("{},", 99) + `{}]}`: "read 50",
	} {
		set := readKeys(facts.Attempt{Exchange: "keys.1", Answer: facts.Answered, Status: 200}, []byte(body), facts.Written)
		got := "no"
		if set.Read.Is() {
			got = fmt.Sprint("read ", len(set.Keys))
		}
		if got != want {
			t.Errorf("%.40s: want %s, got %s", body, want, got)
		}
	}
	if set := readKeys(facts.Attempt{Exchange: "keys.1", Answer: facts.Answered, Status: 404}, []byte(`{"keys":[]}`), facts.Default); set.Read.Is() || set.From[0].Vantage != facts.Default {
		t.Errorf("got %+v", set)
	}
}

func FuzzKeys(f *testing.F) {
	for _, s := range []string{`{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}`, `{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}`,
		`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA","x5c":["AA"]},7]}`, `{"keys":[{"kty":"oct","k":"secret-key"}]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		set := readKeys(facts.Attempt{Exchange: "keys.1", Answer: facts.Answered, Status: 200}, body, facts.Written)
		if len(set.Keys) > maxKeys {
			t.Errorf("%d keys", len(set.Keys))
		}
		for _, k := range set.Keys {
			if len(k.ID)+len(k.Type)+len(k.Alg)+len(k.Use)+len(k.Curve) > 5*110 || k.NoObject && k.Unusable.IsZero() {
				t.Errorf("%+v", k)
			}
		}
		if _, err := json.Marshal(secret.Seal(set)); err != nil {
			t.Error(err)
		}
	})
}
