package main

import (
	"bytes"
	"crypto/x509"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"immich-oidc-doctor/checks/oidctest"
	"immich-oidc-doctor/report"
)

// a file that holds s.
func fileOf(t *testing.T, s string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "credential")
	if err := os.WriteFile(name, []byte(s), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// with runs the tool with standard input and an environment.
func with(t *testing.T, stdin string, environ []string, args ...string) ran {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), args, strings.NewReader(stdin), &stdout, &stderr, environ)
	return ran{code, stdout.String(), stderr.String()}
}

// The API key comes from a file, from standard input, from the environment; the
// client secret with the settings that it opens. Servers repeat both in every
// spelling, and neither comes out again.
func TestNeitherTheAPIKeyNorTheClientSecretComesOut(t *testing.T) {
	t.Parallel()
	const clientSecret = canary + "/client"
	for name, echo := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"as it should be": nil,
		"refused": func(w http.ResponseWriter, r *http.Request) bool {
			key := r.Header.Get("X-Api-Key")
			if key == "" {
				return false
			}
			w.Header().Set("Location", "/login?key="+url.QueryEscape(key))
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w, `{"message":"`+strings.Join(spelt(key)[:8], " ")+`"}`)
			return true
		},
		"a page in its place": func(w http.ResponseWriter, r *http.Request) bool {
			key := r.Header.Get("X-Api-Key")
			if key != "" {
				w.Header().Set("Content-Type", "text/html")
				io.WriteString(w, "<title>"+strings.Join(spelt(key)[:8], " ")+"</title>")
			}
			return key != ""
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := oidctest.NewSetup("")
			s.Immich.APIKeys = []oidctest.APIKey{{Secret: canary, Email: oidctest.AdminEmail, Permissions: []string{"all"}}}
			s.Immich.OAuth.ClientSecret = clientSecret
			s.Immich.Intercept = echo
			if err := s.Start(); err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			refusals := "see " + strings.Join(append(spelt(clientSecret)[:8], spelt(canary)[:8]...), " ")
			s.Provider.Do(func() {
				s.Provider.Alter = map[string]func(*oidctest.Answer){oidctest.KeysPath: oidctest.Say(400, "text/plain", refusals)}
			})
			ca := fileOf(t, string(s.Provider.CAPEM()))
			saved := filepath.Join(t.TempDir(), "facts.json")
			key := fileOf(t, canary+"\n")
			for _, args := range [][]string{
				{"facts", s.Immich.URL(), "--ca-file", ca, "--api-key-file", key}, {"facts", s.Immich.URL(), "--ca-file", ca, "--api-key-file", key, "--output", saved},
				{"check", "--from", saved}, {"check", s.Immich.URL(), "--api-key-file", key, "--dry-run"},
			} {
				r := doctor(t, args...)
				leaks(t, strings.Join(args[:1], " "), r.stdout+r.stderr)
				if r.stdout+r.stderr == "" && args[0] == "check" {
					t.Errorf("%v says nothing", args)
				}
			}
			if b, err := os.ReadFile(saved); err != nil || !strings.Contains(string(b), `"apiKey": "[redacted]"`) {
				t.Errorf("the facts do not say that there was a key (%v)", err)
			} else {
				leaks(t, "facts.json", string(b))
			}
			for i, give := range []func(format string) ran{
				func(f string) ran {
					return with(t, "", nil, "check", s.Immich.URL(), "--ca-file", ca, "--format", f, "--api-key-file", fileOf(t, canary+"\n"))
				},
				func(f string) ran {
					return with(t, canary+"\r\n", nil, "check", s.Immich.URL(), "--ca-file", ca, "--format", f, "--api-key-file", "-")
				},
				func(f string) ran {
					return with(t, "", []string{"IMMICH_OIDC_DOCTOR_API_KEY=" + canary}, "check", s.Immich.URL(), "--ca-file", ca, "--format", f)
				},
			} {
				for _, f := range report.Formats {
					r := give(f.Name)
					leaks(t, f.Name, r.stdout+r.stderr)
					if !strings.Contains(r.stdout, "settings") {
						t.Errorf("way %d, %s: exit %d, %s", i, f.Name, r.code, r.stderr)
					}
					if f.Name != "json" {
						continue
					}
					for _, x := range r.document(t).Exchanges {
						if x.ID == "settings.1" && (x.Status == 200) != (name != "refused") {
							t.Errorf("way %d: the key was not sent as it should be: %+v", i, x)
						}
					}
				}
			}
		})
	}
}

// Of a client secret every byte counts but for the newline that editors put
// behind it; the provider is shown it and nobody else.
func TestTheClientSecretIsShownToTheProviderAlone(t *testing.T) {
	t.Parallel()
	s := oidctest.NewSetup("")
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const itsSecret = canary + " client"
	s.Provider.Do(func() { s.Provider.Client("immich").Secret = itsSecret })
	ca := fileOf(t, string(s.Provider.CAPEM()))
	for _, c := range []struct {
		name, stdin, file string
		environ           []string
		status            int // of the token request
	}{
		{"a file", "", fileOf(t, itsSecret+"\n"), nil, 400},
		{"a file from Windows", "", fileOf(t, itsSecret+"\r\n"), nil, 400},
		{"a blank behind it", "", fileOf(t, itsSecret+" \n"), nil, 401},
		{"standard input", itsSecret, "-", nil, 400},
		{"the environment", "", "", []string{"IMMICH_OIDC_DOCTOR_CLIENT_SECRET=" + itsSecret}, 400},
	} {
		args := []string{"check", s.Immich.URL(), "--ca-file", ca}
		if c.file != "" {
			args = append(args, "--client-secret-file", c.file)
		}
		for _, f := range report.Formats {
			r := with(t, c.stdin, c.environ, append(args, "--format", f.Name)...)
			leaks(t, c.name, r.stdout+r.stderr)
			if f.Name != "json" {
				continue
			}
			status := 0
			for _, x := range r.document(t).Exchanges {
				if x.ID == "credentials.token.1" {
					status = x.Status
				}
			}
			if status != c.status {
				t.Errorf("%s: want %d, got %d: %s", c.name, c.status, status, r.stderr)
			}
		}
		if r := with(t, c.stdin, c.environ, append(args, "--dry-run")...); !strings.Contains(r.stdout, "credentials.token.1") {
			t.Errorf("%s: the plan does not say so: %s", c.name, r.stdout)
		} else {
			leaks(t, c.name, r.stdout+r.stderr)
		}
		r := with(t, c.stdin, c.environ, append(append([]string{"facts"}, args[1:]...), "--output", "-")...)
		leaks(t, c.name, r.stdout+r.stderr)
	}
	for _, r := range s.Provider.Requests() {
		if slices.Contains(r.Form, "client_secret") && r.Path != oidctest.TokenPath {
			t.Errorf("the secret went to %s", r.Path)
		}
	}
}

func TestACredentialTypedForAFileIsRefusedAndNotRepeated(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, file, stdin, says string }{
		{"the key itself", canary, "", "no such file"},
		{"a key as long as no name", canary + strings.Repeat("x", 400), "", "no such file"},
		{"a folder", t.TempDir(), "", "is a directory"},
		{"an empty file", fileOf(t, " \n"), "", "is empty"},
		{"several lines", fileOf(t, canary+"\n"+canary), "", "not a credential on one line"},
		{"nothing on standard input", "-", "", "is empty"},
		{"an endless one", "-", strings.Repeat(canary, 2000), "not a credential on one line"},
	} {
		r := with(t, c.stdin, nil, "check", "https://photos.example", "--api-key-file", c.file)
		leaks(t, c.name, r.stdout+r.stderr)
		if r.code != exitUsage || !strings.Contains(r.stderr, c.says) || r.stdout != "" {
			t.Errorf("%s: exit %d, %s", c.name, r.code, r.stderr)
		}
	}
	for _, c := range []struct{ name, file, stdin, says string }{
		{"the secret itself", canary, "", "no such file"},
		{"an empty file", fileOf(t, "\n"), "", "is empty"},
		{"several lines", fileOf(t, canary+"\n"+canary+"\n"), "", "not a credential on one line"},
		{"two newlines", fileOf(t, canary+"\n\n"), "", "not a credential on one line"},
		{"nothing on standard input", "-", "", "is empty"},
	} {
		r := with(t, c.stdin, nil, "check", "https://photos.example", "--client-secret-file", c.file)
		leaks(t, c.name, r.stdout+r.stderr)
		if r.code != exitUsage || !strings.Contains(r.stderr, "--client-secret-file: ") || !strings.Contains(r.stderr, c.says) || r.stdout != "" {
			t.Errorf("%s: exit %d, %s", c.name, r.code, r.stderr)
		}
	}
	for _, args := range [][]string{
		{"--client-secret-file", "-", "--api-key-file", "-"}, {"--client-secret-file", "-", "--header-file", "-"}, {"--trust-endpoint", "https://" + canary}, {"--trust-endpoint", "a/" + canary},
	} {
		r := with(t, canary, nil, append([]string{"check", "https://photos.example"}, args...)...)
		if leaks(t, args[0], r.stdout+r.stderr); r.code != exitUsage {
			t.Errorf("%v: exit %d, %s", args, r.code, r.stderr)
		}
	}
	r := with(t, "", []string{"IMMICH_OIDC_DOCTOR_API_KEY_FILE=" + canary}, "check", "https://photos.example")
	if leaks(t, "a file in the environment", r.stderr); r.code != exitUsage {
		t.Errorf("exit %d, %s", r.code, r.stderr)
	}
}

// What Immich's container trusts is a file of the user's, and decides.
func TestTheFileOfWhatImmichTrustsDecides(t *testing.T) {
	t.Parallel()
	s := oidctest.NewSetup("v1.80.0") // which does not say why it fails
	s.Immich.Roots = x509.NewCertPool()
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ours, other := fileOf(t, string(s.Provider.CAPEM())), fileOf(t, string(oidctest.NewProvider().CAPEM()))
	for _, c := range []struct {
		args             []string
		status, severity string
	}{
		{nil, "fail", "warning"}, // assumed: Mozilla's list stands in
		{[]string{"--immich-ca-file", other}, "fail", "error"},
		{[]string{"--immich-ca-file", ours}, "pass", ""},
	} {
		args := append([]string{"check", s.Immich.URL(), "--ca-file", ours, "--issuer", s.Provider.URL(), "--format", "json"}, c.args...)
		for _, r := range doctor(t, args...).document(t).Results {
			if r.ID == "tls/certificate" && (r.Status.String() != c.status || r.Severity != c.severity) {
				t.Errorf("%v: want %s %s, got %s %s", c.args, c.status, c.severity, r.Status, r.Severity)
			}
		}
	}
	for _, content := range []string{"no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"} {
		r := doctor(t, "check", s.Immich.URL(), "--immich-ca-file", fileOf(t, content))
		if r.code != exitUsage || !strings.Contains(r.stderr, "--immich-ca-file: ") {
			t.Errorf("%q: exit %d, %s", content, r.code, r.stderr)
		}
	}
}
