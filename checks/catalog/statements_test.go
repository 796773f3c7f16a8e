package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/catalog"
)

func TestEveryStatementHasACheckOrAReason(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	for _, s := range catalog.Statements {
		ids := strings.Fields(s.Checks)
		if s.Says == "" || said[s.Says] || s.Cite.URL == "" || len(ids) == 0 && s.Gap == "" {
			t.Errorf("%q: twice, uncited, or neither a check nor a reason", s.Says)
		}
		said[s.Says] = true
		for _, id := range ids {
			if !slices.ContainsFunc(catalog.All(), func(c *checks.Check) bool { return c.ID == id }) {
				t.Errorf("%q: %s is no check", s.Says, id)
			}
		}
	}
}
