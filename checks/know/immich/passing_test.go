package immich

import "testing"

func TestWhatMayPassByItself(t *testing.T) {
	t.Parallel()
	const before = "Error in OAuth discovery: "
	for _, c := range []struct {
		release, message string
		want             bool
	}{
		{"v1.118.2", before + "Error: getaddrinfo ENOTFOUND auth.example", true},
		{"v1.118.2", before + "Error: connect ECONNREFUSED 10.0.0.1:9091", true},
		{"v1.118.2", before + "Error: socket hang up", true},
		{"v1.118.2", before + "RPError: outgoing request timed out after 3500ms", true},
		{"v1.118.2", before + "OPError: expected 200 OK, got: 502 Bad Gateway", true},
		{"v1.118.2", before + "OPError: expected 200 OK, got: 503 Service Unavailable", true},
		{"v1.118.2", before + "OPError: expected 200 OK, got: 404 Not Found", false},
		{"v1.118.2", before + "OPError: expected 200 OK, got: 5", false},
		{"v1.118.2", before + "Error: self-signed certificate", false},
		{"v1.118.2", before + "Error: certificate has expired", false},
		{"v2.7.5", before + "TypeError: fetch failed", true},
		{"v2.7.5", before + "ClientError: operation timed out", true},
		{"v2.7.5", before + "ClientError: unexpected HTTP response status code", false},
		{"v2.7.5", before + "ClientError: discovered metadata issuer does not match the expected issuer", false},
		{"v3.1.0", before + "ClientError: only requests to HTTPS are allowed", false},
		{"v3.1.0", "OAuth is not enabled", false},
		{"v3.1.0", "Failed to start oauth", false},
		{"v3.1.0", "something else", false},
	} {
		cause, detail := Decode(c.release, c.message)
		if got := cause.MayPass(detail); got != c.want {
			t.Errorf("%s: %s (%s): want %v", c.release, c.message, cause, c.want)
		}
	}
}
