package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"immich-oidc-doctor/checks"
)

// A truth is what a recorded scenario was: see testdata/recordings/README.md.
type truth struct {
	Scenario, Title, Release, Journey string
	BreaksAt                          string `json:"breaks_at"`
	Cause                             string
	Mixed                             bool
	Page                              *struct {
		Status int
		Text   string
	}
}

// An answer is one recorded exchange with Immich.
type answer struct {
	Kind, ID, Method, URL, Body, Answer string
	Status                              int
	AnswerHeader                        http.Header `json:"answer_header"`
}

func lines[T any](t *testing.T, name string) (all []T) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		var v T
		if err := json.Unmarshal(s.Bytes(), &v); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, v)
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// causes is the check that names what broke, where it shows from outside:
// for v1.x, whose messages name the network's fault, and for what came later.
var causes = map[string][2]string{
	"0": {"oauth/enabled", "oauth/enabled"}, "2b": {"redirect/registered", "redirect/registered"}, "4b": {"client/known", "client/known"},
	"5": {"network/reachable", "discovery/immich"}, "5b": {"network/resolves", "discovery/immich"}, "5c": {"network/reachable", "discovery/immich"},
	"5d": {"", "network/reachable"}, "6": {"", "issuer/https"}, "6b": {"tls/certificate", "discovery/immich"}, "6c": {"tls/certificate", "discovery/immich"},
	"7": {"discovery/document", "discovery/document"}, "7b": {"", "issuer/match"}, "7g": {"", "issuer/match"},
	"7i": {"discovery/document", "discovery/document"}, "7k": {"discovery/document", "discovery/document"}, "7l": {"discovery/document", "discovery/document"},
	"7m": {"discovery/document", "discovery/document"}, "8": {"redirect/registered", "redirect/registered"},
}

// foreseen is the check that, where it says so, tells from outside what broke
// behind the login page.
var foreseen = map[string]string{"10d": "scope/openid"}

// Four real releases: release, OAuth state, the refusal of a login, and the
// step that breaks are read as they were, in every scenario that shows outside.
func TestRecordingsOfRealServersAreReadRight(t *testing.T) {
	t.Parallel()
	recorded := map[string]map[string][]answer{}
	right, all := 0, 0
	for _, tr := range lines[truth](t, filepath.Join("..", "..", "testdata", "recordings", "truth.jsonl")) {
		if tr.Mixed { // a login that works beside a logout that does not
			continue
		}
		if recorded[tr.Release] == nil {
			recorded[tr.Release] = scenarios(t, tr.Release)
		}
		try := pick(recorded[tr.Release][tr.Scenario], tr.Journey)
		if try == nil {
			continue // no login was started in it
		}
		all++
		if err := readRight(t, tr, *try, recorded[tr.Release]); err != nil {
			t.Errorf("%s %s (%s): %v", tr.Release, tr.Scenario, tr.Title, err)
			continue
		}
		right++
	}
	t.Logf("read right: %d of %d scenarios", right, all)
	if all < 200 {
		t.Errorf("only %d scenarios were found", all)
	}
}

func scenarios(t *testing.T, release string) map[string][]answer {
	by, id := map[string][]answer{}, ""
	for _, a := range lines[answer](t, filepath.Join("..", "..", "checks", "oidctest", "testdata", "recordings", "immich-"+release+".jsonl")) {
		if a.Kind == "scenario" {
			id = a.ID
		}
		if a.Kind == "http" {
			by[id] = append(by[id], a)
		}
	}
	return by
}

// pick is the first login that was started in that journey.
func pick(as []answer, journey string) *answer {
	for _, a := range as {
		if a.Method == http.MethodPost && strings.HasSuffix(a.URL, "/api/oauth/authorize") && strings.Contains(a.Body, "redirectUri") &&
			(journey != "mobile" || strings.Contains(a.Body, "app.immich")) {
			return &a
		}
	}
	return nil
}

// readRight plays the scenario to the tool and compares.
func readRight(t *testing.T, tr truth, login answer, of map[string][]answer) error {
	op := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !r.URL.Query().Has("redirect_uri"):
			http.NotFound(w, r) // its documents were not recorded
		case tr.Page != nil && (tr.Journey != "mobile" || strings.HasPrefix(r.URL.Query().Get("redirect_uri"), "app.immich")):
			w.WriteHeader(tr.Page.Status)
			io.WriteString(w, tr.Page.Text)
		default:
			http.Redirect(w, r, "/interaction/1", http.StatusSeeOther)
		}
	}))
	defer op.Close()
	immich := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		var v [3]int
		fmt.Sscanf(tr.Release, "v%d.%d.%d", &v[0], &v[1], &v[2])
		switch {
		case r.URL.Path == "/api/server/version":
			fmt.Fprintf(w, `{"major":%d,"minor":%d,"patch":%d}`, v[0], v[1], v[2])
		case r.Method == http.MethodPost && r.URL.Path == "/api/oauth/authorize":
			for _, c := range login.AnswerHeader["Set-Cookie"] {
				w.Header().Add("Set-Cookie", c)
			}
			w.WriteHeader(login.Status)
			io.WriteString(w, moved(login.Answer, op.URL))
		case r.URL.Path == "/.well-known/immich": // of this and the next two nothing was recorded
			io.WriteString(w, `{"api":{"endpoint":"/api"}}`)
		case strings.HasSuffix(r.URL.Path, "/me"):
			w.WriteHeader(http.StatusUnauthorized)
			io.WriteString(w, `{"message":"Authentication required"}`)
		case r.URL.Path == "/auth/login":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			io.WriteString(w, "<!doctype html><title>Immich</title>")
		default:
			from := "1"
			if tr.Scenario == "0" {
				from = "0"
			}
			i := slices.IndexFunc(slices.Concat(of[from], of["0"]), func(a answer) bool { return a.Method == http.MethodGet && strings.HasSuffix(a.URL, r.URL.Path) })
			if i < 0 {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			io.WriteString(w, slices.Concat(of[from], of["0"])[i].Answer)
		}
	}))
	defer immich.Close()
	d := doctor(t, "check", immich.URL, "--origin", immich.URL, "--format", "json").document(t)
	if want := map[bool]string{true: "off", false: "on"}[tr.Scenario == "0"]; d.Immich.Release != tr.Release || d.Immich.OAuth != want {
		return fmt.Errorf("release %s, OAuth %s", d.Immich.Release, d.Immich.OAuth)
	}
	journey := tr.Journey
	if journey != "mobile" {
		journey = "web"
	}
	return compare(tr, journey, steps(d, journey), d.RootCauses)
}

func compare(tr truth, journey, got string, roots []string) error {
	if tr.BreaksAt != "discovery" && tr.BreaksAt != "authorize" {
		if foreseen[tr.Scenario] != "" && len(roots) == 1 { // then at the step where it broke, and for that reason
			if step := strings.ReplaceAll(tr.BreaksAt, "_", "-"); roots[0] != foreseen[tr.Scenario] || !strings.Contains(got, step+" breaks") {
				return fmt.Errorf("want %s to break by %s, got %s: %v", step, foreseen[tr.Scenario], got, roots)
			}
			return nil
		}
		if !strings.HasPrefix(got, "discovery ok") || strings.Contains(got, string(checks.Breaks)) || len(roots) > 0 {
			return fmt.Errorf("want no break up to authorize, got %s: %v", got, roots)
		}
		return nil
	}
	if !strings.Contains(got, tr.BreaksAt+" breaks") {
		return fmt.Errorf("want %s of %s to break, got %s: %v", tr.BreaksAt, journey, got, roots)
	}
	want := causes[tr.Scenario][1]
	if strings.HasPrefix(tr.Release, "v1.") {
		want = causes[tr.Scenario][0]
	}
	if len(roots) == 0 || roots[0] != want {
		return fmt.Errorf("want %s first, got %v", want, roots)
	}
	return nil
}

// moved has the recorded provider's address replaced.
func moved(s, to string) string {
	return strings.NewReplacer("http://127.0.0.1:9400", to, "http%3A%2F%2F127.0.0.1%3A9400", strings.NewReplacer(":", "%3A", "/", "%2F").Replace(to)).Replace(s)
}
