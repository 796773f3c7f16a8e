package main

import (
	"encoding/base64"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"immich-oidc-doctor/checks/oidctest"
	"immich-oidc-doctor/report"
)

func headerFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "headers.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestALineThatIsNoHeaderIsNamedByItsNumberAndNotShown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, says string }{
		{"no colon", "A: b\n" + canary + "\n", "line 2 "},
		{"no value", canary + ":\n", "line 1 "},
		{"a blank in the name", "# x\n\nmy " + canary + ": y\n", "line 3 "},
		{"a control character", "A: b\x01" + canary, "line 1 "},
		{"a header of the request itself", "Host: " + canary, "line 1 "},
		{"too much", "A: " + strings.Repeat("b", maxHeaderFile), "too large"},
	} {
		r := doctor(t, "check", "https://photos.example", "--header-file", headerFile(t, c.text))
		leaks(t, c.name, r.stdout+r.stderr)
		if r.code != exitUsage || !strings.Contains(r.stderr, c.says) || r.stdout != "" {
			t.Errorf("%s: exit %d, %s", c.name, r.code, r.stderr)
		}
	}
}

func TestSecretsAreNotSentWhereOthersMayReadThem(t *testing.T) {
	t.Parallel()
	file := headerFile(t, "A: "+canary)
	for _, c := range []struct {
		says string
		args []string
	}{
		{"cannot read that file", []string{"https://photos.example", "--header-file", "CF-Access-Client-Secret: " + canary}},
		{"http address", []string{"http://photos.example", "--header-file", file}},
		{"http address", []string{"https://photos.example", "--origin", "http://photos.lan", "--header-file", file}},
		{"--skip-verify-ssl", []string{"https://photos.example", "--skip-verify-ssl", "--header-file", file}},
	} {
		r := doctor(t, append([]string{"check"}, c.args...)...)
		leaks(t, c.says, r.stdout+r.stderr)
		if r.code != exitUsage || !strings.Contains(r.stderr, c.says) {
			t.Errorf("want %q, got exit %d, %s", c.says, r.code, r.stderr)
		}
	}
}

// A guard that lets the token through: with the header file all is well, and
// nobody but Immich sees what stands in it.
func TestTheHeaderFileGoesToImmichAlone(t *testing.T) {
	t.Parallel()
	basic := base64.StdEncoding.EncodeToString([]byte("doctor:" + canary))
	var mu sync.Mutex
	elsewhere := 0
	fault := oidctest.Fault{Set: func(s *oidctest.Setup) {
		s.Immich.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("X-Token") == canary && r.Header.Get("Authorization") == "Basic "+basic {
				return false
			}
			http.Redirect(w, r, "https://team.cloudflareaccess.com/cdn-cgi/access/login/photos", http.StatusFound)
			return true
		}
		s.Provider.Intercept = func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("X-Token") != "" || strings.Contains(r.Header.Get("Authorization"), basic) {
				mu.Lock()
				defer mu.Unlock()
				elsewhere++
			}
			return false
		}
	}}
	s, err := fault.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, s.Provider.CAPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	file := headerFile(t, "\ufeff# for Immich\r\nX-Token: "+canary+"\r\n\r\nAuthorization: Basic "+basic+"\r\n")
	without := doctor(t, "check", s.Immich.URL(), "--ca-file", ca, "--format", "json").document(t)
	if len(without.RootCauses) == 0 || without.RootCauses[0] != "server/answers" {
		t.Errorf("without the token: %v", without.RootCauses)
	}
	for _, f := range report.Formats {
		r := doctor(t, "check", s.Immich.URL(), "--ca-file", ca, "--format", f.Name, "--header-file", file)
		leaks(t, f.Name, r.stdout+r.stderr)
		if strings.Contains(r.stdout+r.stderr, basic) {
			t.Errorf("%s shows the header", f.Name)
		}
		if r.code != 0 {
			t.Errorf("%s: exit %d\n%s%s", f.Name, r.code, r.stdout, r.stderr)
		}
	}
	if elsewhere > 0 {
		t.Errorf("the provider saw the headers %d times", elsewhere)
	}
}

// What a guard shows again of a value is masked, whole or in part.
func TestAnEchoedHeaderIsMasked(t *testing.T) {
	t.Parallel()
	basic := base64.StdEncoding.EncodeToString([]byte("doctor:" + canary))
	s, err := oidctest.Fault{Set: func(s *oidctest.Setup) {
		s.Immich.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
			w.WriteHeader(http.StatusForbidden)
			_, cookie, _ := strings.Cut(r.Header.Get("Cookie"), "=")
			io.WriteString(w, "forbidden: "+r.Header.Get("X-Token")+" "+cookie+" "+strings.TrimPrefix(r.Header.Get("Authorization"), "Basic ")+" "+canary)
			return true
		}
	}}.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	file := headerFile(t, "X-Token: "+canary+"\nCookie: CF_Authorization="+canary+"\nAuthorization: Basic "+basic+"\n")
	learnt := doctor(t, "facts", s.Immich.URL(), "--header-file", file)
	leaks(t, "facts.json", learnt.stdout+learnt.stderr)
	if !strings.Contains(learnt.stdout, "forbidden: [redacted] [redacted] [redacted] [redacted]") || strings.Contains(learnt.stdout, basic) {
		t.Errorf("facts.json: exit %d\n%s%s", learnt.code, learnt.stdout, learnt.stderr)
	}
	for _, f := range report.Formats {
		r := doctor(t, "check", s.Immich.URL(), "--format", f.Name, "--header-file", file)
		leaks(t, f.Name, r.stdout+r.stderr)
		if strings.Contains(r.stdout+r.stderr, basic) {
			t.Errorf("%s shows the header", f.Name)
		}
	}
}

// Each address that people use has redirect URIs and cookies of its own.
func TestEachOriginHasACellOfItsOwn(t *testing.T) {
	t.Parallel()
	s, err := oidctest.Fault{}.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, s.Provider.CAPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	second := strings.Replace(s.Immich.URL(), "127.0.0.1", "pictures.lan", 1)
	r := doctor(t, "check", s.Immich.URL(), "--ca-file", ca, "--resolve", "pictures.lan:127.0.0.1", "--format", "json", "--origin", s.Immich.URL(), "--origin", second)
	d := r.document(t)
	if len(d.RootCauses) != 1 || d.RootCauses[0] != "redirect/registered" {
		t.Fatalf("root causes %v\n%s", d.RootCauses, r.stdout)
	}
	origins := map[string]int{}
	for _, res := range d.Results {
		for _, c := range res.Cells {
			if res.ID == "redirect/registered" || res.ID == "cookie/state" || res.ID == "server/app" {
				origins[c.Origin]++
			}
		}
	}
	if origins[s.Immich.URL()] != 6 || origins[second] != 6 {
		t.Errorf("cells: %v", origins)
	}
}
