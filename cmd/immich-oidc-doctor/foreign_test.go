package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"immich-oidc-doctor/checks/oidctest"
)

// An issuer that the user gives and that is not Immich's convicts nobody: what
// Immich shows outranks it.
func TestAnotherProvidersIssuerIsNotBelieved(t *testing.T) {
	t.Parallel()
	s := oidctest.NewSetup("")
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	other := oidctest.NewProvider()
	other.KeyAlgs = []string{"ES256"}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	cas := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(cas, append(s.Provider.CAPEM(), other.CAPEM()...), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, issuer := range []string{other.URL(), "https://auth.invalid", closedPort(t), s.Provider.URL() + "/nowhere"} {
		r := doctor(t, "check", s.Immich.URL(), "--ca-file", cas, "--issuer", issuer, "--signing-algorithm", "RS256", "--format", "json")
		d := r.document(t)
		if r.code != 0 || len(d.RootCauses) > 0 || strings.Contains(r.stdout, "but Immich") {
			t.Errorf("%s: exit %d, %v", issuer, r.code, d.RootCauses)
		}
		if got := alarms(d); len(got) != 1 || got[0] != "settings/given" {
			t.Errorf("%s: want the warning that it is another, got %v", issuer, got)
		}
	}
}

// The external domain is for the links that Immich hands out. Where it is the
// address of another service, a working login must not be convicted for it.
func TestTheExternalDomainIsNotWherePeopleLogIn(t *testing.T) {
	t.Parallel()
	s := oidctest.NewSetup("")
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(s.Immich.URL(), "http://"), ":")
	here := "http://photos.example.test:" + port
	s.Immich.Do(func() { s.Immich.OAuth.ExternalDomain = "https://share.example.test" })
	s.Provider.Do(func() {
		c := s.Provider.Client("immich")
		c.Redirects = append(c.Redirects, here+"/auth/login", here+"/user-settings")
	})
	cas := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(cas, s.Provider.CAPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	r := doctor(t, "check", here, "--resolve", "photos.example.test:127.0.0.1", "--ca-file", cas, "--format", "json")
	if d := r.document(t); r.code != 0 || len(failed(d)) > 0 || !strings.HasPrefix(steps(d, "web"), "discovery ok, authorize ok") {
		t.Errorf("exit %d, %v, %s", r.code, alarms(d), steps(d, "web"))
	}
	if !strings.Contains(r.stdout, "not those of https://share.example.test") {
		t.Error("nothing says that the external domain was not looked at")
	}
}
