package provider

import (
	"regexp"
	"slices"
	"testing"
)

func TestEveryProductCanBeAsked(t *testing.T) {
	t.Parallel()
	for _, p := range Table {
		m := p.Authorize
		order := m.Order()
		for i, a := range order {
			if !slices.Contains([]Ask{Plain, None, Type}, a) || slices.Contains(order[:i], a) {
				t.Errorf("%s: asks %v", p.Name, order)
			}
		}
		if len(order) == 0 || m.Hops < 0 || m.Hops > 5 || m.Hops > 0 && len(order) > 1 { // else the budget is gone after two redirect URIs
			t.Errorf("%s: asks %v, with %d redirects", p.Name, order, m.Hops)
		}
		if _, err := regexp.Compile(m.LoginForm); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
	}
}

// Only what somebody has looked at is a reason not to look.
func TestWhoHidesTheRedirectURIs(t *testing.T) {
	t.Parallel()
	for _, p := range Table {
		if want := p.Name == lemonLDAP.Name; p.HidesRedirects() != want {
			t.Errorf("%s: want %v", p.Name, want)
		}
	}
	if (Provider{Evidence: Unchecked, Proofs: Proofs{Redirect: Proof{Can: No}}}).HidesRedirects() {
		t.Error("a hypothesis is a reason not to look")
	}
}
