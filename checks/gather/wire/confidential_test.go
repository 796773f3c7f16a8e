package wire

import (
	"net/netip"
	"testing"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

func TestACredentialGoesOnlyWhereNobodyReadsAlong(t *testing.T) {
	away, here := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("::1")
	moved := map[string][]netip.Addr{"localhost": {away}, "127.0.0.1": {away}, "photos.test": {here}, "half.test": {here, away}}
	for _, c := range []struct {
		url    secret.URI
		config Config
		want   string
	}{
		{"https://photos.example", Config{}, ""},
		{"https://photos.example", Config{SkipVerify: true}, "certificates are not verified (--skip-verify-ssl)"},
		{"http://photos.example", Config{}, "it is not https"},
		{"http://192.168.1.2:2283", Config{}, "it is not https"},
		{"http://127.0.0.1:2283", Config{SkipVerify: true}, ""},
		{"http://[::1]:2283", Config{}, ""},
		{"http://[::ffff:127.0.0.1]", Config{}, ""},
		{"http://Localhost:2283", Config{}, ""},
		{"http://localhost:2283", Config{Resolve: moved}, "it is not https"},
		{"http://127.0.0.1:2283", Config{Resolve: moved}, "it is not https"},
		{"http://photos.test", Config{Resolve: moved}, ""},
		{"http://half.test", Config{Resolve: moved}, "it is not https"},
		{"http://localhost.example", Config{}, "it is not https"},
		{"http://", Config{}, "it is no address"},
	} {
		if got := New(c.config).Confidential(c.url).String(); got != c.want {
			t.Errorf("%s %+v: want %q, got %q", c.url, c.config, c.want, got)
		}
	}
}

func TestOfAPrivateAnswerNoExcerptIsKept(t *testing.T) {
	srv := odd(t)
	for path, want := range map[string]bool{"/gzip": false, "/away": true} {
		a, body := New(Config{}).Do(t.Context(), Request{URL: secret.URI(srv.URL + path), Private: true})
		if a.Answer != facts.Answered || (secret.Seal(a).Body.String() != "") != want || string(body) == "" {
			t.Errorf("%s: got %q, body %q", path, secret.Seal(a).Body, body)
		}
	}
}
