package oidctest_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"immich-oidc-doctor/checks/oidctest"
)

// bend changes the discovery document on its way out.
func bend(f func(*oidctest.Answer)) func(*oidctest.Immich, *oidctest.Provider) {
	return func(_ *oidctest.Immich, p *oidctest.Provider) {
		p.Alter = map[string]func(*oidctest.Answer){oidctest.DiscoveryPath: f}
	}
}

func withMetadata(name string, value any) func(*oidctest.Immich, *oidctest.Provider) {
	return func(_ *oidctest.Immich, p *oidctest.Provider) { p.Metadata = map[string]any{name: value} }
}

// withIssuer replaces the issuer in the settings; {url} stands for the provider.
func withIssuer(issuer string) func(*oidctest.Immich, *oidctest.Provider) {
	return func(m *oidctest.Immich, p *oidctest.Provider) {
		m.OAuth.IssuerURL = strings.NewReplacer("{url}", p.URL(), "{host}", strings.TrimPrefix(p.URL(), "http://")).Replace(issuer)
	}
}

func withTimeout(seconds int) func(*oidctest.Immich, *oidctest.Provider) {
	return func(m *oidctest.Immich, _ *oidctest.Provider) { m.OAuth.Timeout = seconds }
}

func hanging(seconds int) func(*oidctest.Immich, *oidctest.Provider) {
	return func(m *oidctest.Immich, p *oidctest.Provider) {
		m.OAuth.Timeout, m.Patience = seconds, 50*time.Millisecond
		p.Alter = map[string]func(*oidctest.Answer){oidctest.DiscoveryPath: oidctest.Hang}
	}
}

func byteOrderMark(a *oidctest.Answer) { a.Body = append([]byte("\ufeff"), a.Body...) }

// discoveryFaults are what the two generations of the client make of the same
// issuer. Empty means that a login begins.
var discoveryFaults = []struct {
	name    string
	set     func(*oidctest.Immich, *oidctest.Provider)
	v5, v6  string // v1.131.3 and v2.7.5
	v3      string // v3.1.0, where it is not as v2.7.5
	v3unset bool   // v3.1.0 without allowInsecureRequests
}{
	{name: "nothing is wrong"},
	{name: "blanks around the issuer", set: withIssuer("  {url} ")},
	{name: "no URL", set: withIssuer("not a url"),
		v5: "TypeError: only valid absolute URLs can be requested", v6: "TypeError: Invalid URL"},
	{name: "no issuer", set: withIssuer(""),
		v5: "TypeError: Cannot read properties of null (reading 'includes')", v6: "TypeError: Invalid URL"},
	{name: "a host and a port", set: withIssuer("localhost:9000"),
		v5: "TypeError: Cannot read properties of null (reading 'includes')",
		v6: "ClientError: only requests to HTTP or HTTPS are allowed"},
	{name: "http", v3unset: true, v3: "ClientError: only requests to HTTPS are allowed"},
	{name: "http, with the whole URL", set: withIssuer("{url}/.well-known/openid-configuration"), v3unset: true,
		v3: "OperationProcessingError: only requests to HTTPS are allowed"},
	{name: "credentials in the URL", set: withIssuer("http://user:pass@{host}"),
		v6: "TypeError: Request cannot be constructed from a URL that includes credentials: http://user:pass@"},
	{name: "no client ID", set: func(m *oidctest.Immich, _ *oidctest.Provider) { m.OAuth.ClientID = "" },
		v5: "TypeError: client_id is required", v6: `TypeError: "clientId" must be a non-empty string`},
	{name: "a redirect", set: bend(oidctest.Redirect(301, "/elsewhere")),
		v5: "OPError: expected 200 OK, got: 301 Moved Permanently", v6: "ClientError: unexpected HTTP response status code"},
	{name: "status 201", set: bend(func(a *oidctest.Answer) { a.Status = 201 }),
		v5: "OPError: expected 200 OK, got: 201 Created", v6: "ClientError: unexpected HTTP response status code"},
	{name: "an OAuth error", set: bend(oidctest.Say(400, "application/json", `{"error":"invalid_request","error_description":"no"}`)),
		v5: "OPError: invalid_request (no)", v6: "ClientError: unexpected HTTP response status code"},
	{name: "HTML", set: bend(oidctest.Say(200, "text/html", "<!doctype html><title>Welcome</title>")),
		v5: `SyntaxError: Unexpected token '<', "<!doctype "... is not valid JSON`, v6: "ClientError: unexpected response content-type"},
	{name: "bad JSON", set: bend(oidctest.Say(200, "application/json", `{"issuer":`)),
		v5: "SyntaxError: Unexpected end of JSON input", v6: "ClientError: parsing error occured"},
	{name: "JSON called HTML", set: bend(func(a *oidctest.Answer) { a.Header.Set("Content-Type", "text/html") })},
	{name: "a byte order mark", set: bend(byteOrderMark), v5: "SyntaxError: Unexpected token"},
	{name: "another issuer", set: withMetadata("issuer", "https://other.example.test"),
		v6: "ClientError: discovered metadata issuer does not match the expected issuer"},
	{name: "another issuer, with the whole URL", set: func(m *oidctest.Immich, p *oidctest.Provider) {
		withMetadata("issuer", "https://other.example.test")(m, p)
		withIssuer("{url}/.well-known/openid-configuration")(m, p)
	}},
	{name: "an issuer that is no URL", set: withMetadata("issuer", "nonsense"), v6: "TypeError: Invalid URL"},
	{name: "a document without issuer", set: withMetadata("issuer", nil), v6: "ClientError: invalid response encountered"},
	{name: "a slash after the host", set: withIssuer("{url}/")},
	{name: "a blocked port", set: withIssuer("http://localhost:6667"),
		v5: "Error: connect ECONNREFUSED", v6: "TypeError: fetch failed"},
	{name: "silence, for a long setting", set: hanging(30000),
		v5: "RPError: outgoing request timed out after 30000ms", v6: "TypeError: fetch failed"},
	{name: "silence, for a short setting", set: hanging(2),
		v5: "RPError: outgoing request timed out after 30000ms", v6: "ClientError: operation timed out"},
	{name: "a setting that overflows the timer", set: withTimeout(3000000), v6: "ClientError: operation timed out"},
	{name: "a setting beyond the timer", set: withTimeout(5000000),
		v6: `RangeError: The value of "delay" is out of range. It must be >= 0 && <= 4294967295. Received 5_000_000_000`},
}

func TestDiscoveryFailsInTheWordsOfTheRelease(t *testing.T) {
	t.Parallel()
	for _, fault := range discoveryFaults {
		for release, want := range map[string]string{"v1.131.3": fault.v5, "v2.7.5": fault.v6, "v3.1.0": fault.v6} {
			if release == "v3.1.0" && fault.v3 != "" {
				want = fault.v3
			}
			t.Run(fault.name+" "+release, func(t *testing.T) {
				t.Parallel()
				m, p := pair(t, release)
				p.Do(func() {
					m.Do(func() {
						m.Dial = refuseNames
						m.OAuth.AllowInsecureRequests = !fault.v3unset
						if fault.set != nil {
							fault.set(m, p)
						}
					})
				})
				got := send(t, "POST", m.URL()+"/api/oauth/authorize", `{"redirectUri":"http://x/auth/login"}`)
				if want == "" && got.status == http.StatusCreated {
					return
				}
				text, ok := strings.CutPrefix(got.message(), "Error in OAuth discovery: ")
				if got.status != 500 || !ok || want == "" || !strings.HasPrefix(text, want) {
					t.Errorf("want %q, got %d %s", want, got.status, got.body)
				}
				if log := strings.Join(m.Log(), "\n"); !strings.Contains(log, "Error in OAuth discovery: "+text) {
					t.Errorf("want the same in the log, got\n%s", log)
				}
			})
		}
	}
}

// refuseNames reaches loopback by address only, so that nothing asks a resolver.
func refuseNames(ctx context.Context, network, addr string) (net.Conn, error) {
	if !strings.HasPrefix(addr, "127.") {
		return nil, &net.OpError{Op: "dial", Err: net.UnknownNetworkError("refused")}
	}
	return new(net.Dialer).DialContext(ctx, network, addr)
}

func TestCertificatesFailAsInOpenSSL(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind oidctest.CertKind
		want string
		code string // in the log from v3.2.0 on
	}{
		"good":                 {oidctest.CertGood, "", ""},
		"expired":              {oidctest.CertExpired, "certificate has expired", "CERT_HAS_EXPIRED"},
		"for another name":     {oidctest.CertWrongName, "Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the cert's list: ", "ERR_TLS_CERT_ALTNAME_INVALID"},
		"of an unknown CA":     {oidctest.CertUnknownCA, "unable to get local issuer certificate", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"},
		"without intermediate": {oidctest.CertMissingIntermediate, "unable to verify the first certificate", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"},
		"self-signed":          {oidctest.CertSelfSigned, "self-signed certificate", "DEPTH_ZERO_SELF_SIGNED_CERT"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := oidctest.NewProvider()
			p.Cert = test.kind
			if err := p.Start(); err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			for _, release := range []string{"v1.131.3", "v3.1.0", "v3.3.1"} {
				m := oidctest.NewImmich(release)
				m.Roots = p.CAs()
				m.OAuth.Enabled, m.OAuth.IssuerURL, m.OAuth.ClientID = true, p.URL(), "immich"
				if err := m.Start(); err != nil {
					t.Fatal(err)
				}
				defer m.Close()
				want := "Error in OAuth discovery: TypeError: fetch failed"
				if release == "v1.131.3" {
					want = "Error in OAuth discovery: Error: " + test.want
				}
				got := send(t, "POST", m.URL()+"/api/oauth/authorize", `{"redirectUri":"http://x/auth/login"}`)
				if test.want == "" && got.status == 201 {
					continue
				}
				if test.want == "" || got.message() != want {
					t.Errorf("%s: want %q, got %d %s", release, want, got.status, got.body)
				}
				shown := strings.Contains(strings.Join(m.Log(), "\n"), "code: '"+test.code+"'")
				if shown != (release == "v3.3.1") {
					t.Errorf("%s: want the code in the log from v3.2.0 on only, got\n%s", release, strings.Join(m.Log(), "\n"))
				}
			}
		})
	}
}
