package catalog_test

import (
	"flag"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/catalog"
	"immich-oidc-doctor/checks/checktest"
	"immich-oidc-doctor/checks/facts"
)

var update = flag.Bool("update", false, "write what the checks say now into their cases; read it before you commit it")

const casesDir = "../../testdata/checks"

func healthy(t *testing.T) checktest.Base {
	t.Helper()
	b, err := checktest.ReadBase(filepath.Join(casesDir, "healthy.json"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryCheckByItsCases(t *testing.T) {
	t.Parallel()
	base := healthy(t)
	for _, c := range catalog.All() {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			file, err := checktest.Read(casesDir, c.ID)
			if err != nil {
				t.Fatal(err)
			}
			s := newSeen()
			for _, from := range file.Cases {
				answers, err := base.Ask(c, from)
				if err != nil {
					t.Fatal(err)
				}
				s.add(t, from.Name, answers)
				switch got := checktest.Text(answers); {
				case *update:
					from.Want = got
				case from.Want != got:
					t.Errorf("%s: (-want +got; if that is right, go test ./checks/catalog -update writes it)\n%s", from.Name, cmp.Diff(from.Want, got))
				}
			}
			if *update {
				if err := file.Write(); err != nil {
					t.Fatal(err)
				}
			}
			s.judge(t, c)
		})
	}
}

// seen is what the cases of one check show.
type seen struct {
	statuses map[checks.Status]bool
	turns    map[[2]string]bool // neighbouring releases with differing outcomes
	facts    []*facts.Facts
}

func newSeen() *seen {
	return &seen{statuses: map[checks.Status]bool{}, turns: map[[2]string]bool{}}
}

func (s *seen) add(t *testing.T, name string, answers []checktest.Answer) {
	for i, a := range answers {
		if a.Result.Status == checks.Broken {
			t.Errorf("%s: %s", name, a.Result.Why)
		}
		s.statuses[a.Result.Status] = true
		s.facts = append(s.facts, a.Facts)
		if i == 0 {
			continue
		}
		if last := answers[i-1]; checktest.Outcome(last.Result) == checktest.Outcome(a.Result) {
			t.Errorf("%s: %s and %s have the same outcome: name one of them", name, last.Release, a.Release)
		} else {
			s.turns[[2]string{last.Release, a.Release}] = true
		}
	}
}

// judge holds a file against what every check must show.
func (s *seen) judge(t *testing.T, c *checks.Check) {
	for _, status := range []checks.Status{checks.Pass, checks.Fail} {
		if !s.statuses[status] {
			t.Errorf("no case has the outcome %s: add one to testdata/checks/%s.txtar", status, c.ID)
		}
	}
	for _, first := range turns(t, c) {
		if last := lastBefore[first]; last == "" {
			t.Errorf("the answer may change at %s: add the last release before it to lastBefore in checks/catalog/declarations_test.go", first)
		} else if !s.turns[[2]string{last, first}] {
			t.Errorf("no case shows how the outcome changes from %s to %s: add one with \"release\": [%[1]q, %[2]q]", last, first)
		}
	}
	if err := checktest.Tight(c, s.facts...); err != nil {
		t.Error(err)
	}
}

func TestTheHealthySetUpRaisesNoAlarm(t *testing.T) {
	t.Parallel()
	base := healthy(t)
	for _, known := range []string{`{}`, `{"issuer": "inferred"}`, `{"issuer": "guessed"}`, `{"issuer": "unknown"}`, `{"administrator": true}`} {
		f, err := base.Facts([]byte(known), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range checks.Run(catalog.All(), f, f.Origins.Get().Main()) {
			ofSettings := strings.HasPrefix(r.ID, "settings/") || r.ID == "client/secret" // what only administrators are told
			switch r.Status {
			case checks.Pass:
			case checks.Skip:
				if !strings.Contains(known, "unknown") && (!ofSettings || strings.Contains(known, "administrator") || r.Why.Reason != facts.NotAsked) {
					t.Errorf("%s: %s: %s", known, r.ID, checktest.Outcome(r))
				}
			default:
				if r.Status != checks.NA || !ofSettings && r.ID != "network/endpoints" {
					t.Errorf("%s: %s: %s", known, r.ID, checktest.Outcome(r))
				}
			}
		}
	}
}
