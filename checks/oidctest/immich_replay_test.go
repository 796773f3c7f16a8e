package oidctest

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// notReplayed are the recorded exchanges that no Immich answered.
var notReplayed = map[string]string{
	"1.15": "the provider's logout page",
	"18.4": "the provider's logout form; that it then tells Immich is done by the test",
}

// unlikeRecording are scenarios whose requests to the provider are not all in
// the recording.
var unlikeRecording = map[string]string{
	"v1.118.2 1b": "the provider's log stops in the middle of a line",
	"v1.112.1 1b": "the provider's log stops in the middle of a line",
	"v1.118.2 5c": "recorded apart from the rest, without the provider's log",
	"v3.1.0 5c":   "recorded apart from the rest, without the provider's log",
	"v3.1.0 18":   "the key set had been fetched, and cached, before the recording began",
}

// TestStandInAnswersAsRecorded replays what four releases were asked and wants
// the same answers, the same log and the same requests to the provider.
func TestStandInAnswersAsRecorded(t *testing.T) {
	t.Parallel()
	for _, release := range []string{"v1.112.1", "v1.118.2", "v2.7.5", "v3.1.0"} {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			newReplay(t, release).run()
		})
	}
}

// A record is a line of a recording.
type record struct {
	Kind    string
	ID      string
	Release string
	Base    string
	Title   string
	Method  string
	URL     string
	Header  http.Header
	Body    string
	Changes map[string]any
	Status  int
	Answer  string
	Next    string
	Log     []string
	Port    int
	Agent   string
	Scheme  string
	Form    []string

	AnswerHeader http.Header `json:"answer_header"`
}

func readRecording(t *testing.T, release string) []record {
	t.Helper()
	f, err := os.Open("testdata/recordings/immich-" + release + ".jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []record
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		r.Header, r.AnswerHeader = canonical(r.Header), canonical(r.AnswerHeader)
		out = append(out, r)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// A replay is one recording on its way through the stand-in.
type replay struct {
	*testing.T
	*world
	records []record

	live     map[string]string // recorded values of this login and their live ones
	start    string            // the last authorization URL
	back     string            // where its login led
	session  string            // a session opened by the test, not yet named
	replayed int
	asked    []record // in this scenario, as recorded
	scenario record
}

func newReplay(t *testing.T, release string) *replay {
	records := readRecording(t, release)
	return &replay{T: t, world: newWorld(t, release, records[0].Base), records: records, live: map[string]string{}}
}

func (r *replay) run() {
	total := 0
	for _, rec := range r.records {
		if rec.Kind == "http" || rec.Kind == "settings" {
			total++
		}
		switch rec.Kind {
		case "scenario":
			r.endScenario()
			r.scenario = rec
		case "settings":
			r.change(rec)
		case "idp":
			r.browse(rec)
		case "asked":
			r.asked = append(r.asked, rec)
		case "http":
			r.exchange(rec)
		}
	}
	r.endScenario()
	r.Logf("%s: replayed %d of %d exchanges", r.records[0].Release, r.replayed, total)
}

// change applies a change of the oauth block, counted from its default.
func (r *replay) change(rec record) {
	doc := decodeMembers(r.T, r.send("GET", r.base+"/api/system-config", nil, http.Header{"X-Api-Key": {AdminKey}}).body)
	oauth := doc["oauth"].(map[string]any)
	for name, value := range r.defaults() {
		oauth[name] = value
	}
	for name, value := range rec.Changes {
		oauth[name] = value
	}
	got := r.send("PUT", r.base+"/api/system-config", plainJSON(doc),
		http.Header{"X-Api-Key": {AdminKey}, "Content-Type": {"application/json"}})
	r.replayed++
	if got.status != rec.Status {
		r.Errorf("%s: want status %d of PUT %v, got %d %.300s", rec.ID, rec.Status, rec.Changes, got.status, got.body)
	}
	if rec.Answer != "" {
		r.sameBody(rec, got.body)
	}
	r.m.Do(func() { r.m.Patience = 1500 * time.Millisecond })
}

// browse goes to the provider where the recorded browser did, which is one step
// here and several there.
func (r *replay) browse(rec record) {
	if hint := queryOf(rec.URL).Get("login_hint"); hint != "" {
		r.back = r.approve(r.start, hint)
	}
	if code := queryOf(rec.Next).Get("code"); code != "" {
		r.learn(code, queryOf(r.back).Get("code"))
	}
}

func (r *replay) exchange(rec record) {
	if _, ok := notReplayed[rec.ID]; ok {
		if rec.ID == "18.4" {
			r.session = r.accessToken("alice")
			r.backchannel("alice")
		}
		return
	}
	r.makeUp(rec)
	before := len(r.m.Log())
	header := http.Header{}
	for name, values := range rec.Header {
		for _, v := range values {
			header.Add(name, r.translate(v))
		}
	}
	got := r.send(rec.Method, r.translate(rec.URL), []byte(r.translate(rec.Body)), header)
	r.replayed++
	r.learnFrom(rec, got)
	if got.status != rec.Status {
		r.Errorf("%s: want status %d, got %d %.300s\n%s", rec.ID, rec.Status, got.status, got.body, strings.Join(r.m.Log()[before:], "\n"))
		return
	}
	r.sameHeaders(rec, got)
	if strings.HasPrefix(rec.Answer, "{") || strings.HasPrefix(rec.Answer, "[") {
		r.sameBody(rec, got.body)
	} else if want := r.translate(rec.Answer); want != string(got.body) {
		r.Errorf("%s: want body %q, got %q", rec.ID, want, got.body)
	}
	want, have := entries(rec.Log, r.translate), entries(r.m.Log()[before:], strings.Clone)
	if !slices.Equal(want, have) {
		r.Errorf("%s: want log\n%s\ngot\n%s", rec.ID, strings.Join(want, "\n"), strings.Join(have, "\n"))
	}
}

// makeUp does what was done before a recorded request but not recorded: logins
// whose code or session the request carries.
func (r *replay) makeUp(rec record) {
	if key := rec.Header.Get("x-api-key"); key != "" {
		r.learn(key, AdminKey)
	}
	cookies := map[string]string{}
	for part := range strings.SplitSeq(rec.Header.Get("cookie"), "; ") {
		name, value, _ := strings.Cut(part, "=")
		cookies[name] = value
	}
	token := cookies[accessCookie]
	if bearer, ok := strings.CutPrefix(rec.Header.Get("authorization"), "Bearer "); ok {
		token = bearer
	}
	if token != "" && r.live[token] == "" {
		if r.session == "" {
			r.session = r.accessToken("alice")
		}
		r.learn(token, r.session)
		r.session = ""
	}
	var in struct{ URL string }
	_ = json.Unmarshal([]byte(rec.Body), &in)
	was := queryOf(in.URL)
	begunBefore := isRandom(was.Get("state")) || was.Has("error")
	if !begunBefore || r.live[was.Get("state")] != "" || r.live[was.Get("code")] != "" {
		return
	}
	home, _, _ := strings.Cut(in.URL, "?")
	begun, back := r.begin(home, "alice")
	is := queryOf(back)
	r.learn(was.Get("code"), is.Get("code"))
	r.learn(was.Get("state"), is.Get("state"))
	if v := cookies[verifierCookie]; strings.Trim(v, "A") != "" { // one of 11c is wrong on purpose
		r.learn(v, begun.cookie(verifierCookie))
	}
	if rec.ID == "1b.3" { // whose code was used before
		r.send("POST", r.base+"/api/oauth/callback", plainJSON(map[string]string{"url": back}),
			http.Header{"Content-Type": {"application/json"}, "Cookie": {begun.cookies()}})
	}
}

// learn remembers the live value that stands for a recorded one.
func (r *replay) learn(recorded, live string) {
	if isRandom(recorded) && live != "" && recorded != live {
		r.live[recorded] = live
	}
}

// isRandom tells a value that differs each time from one like "x".
func isRandom(s string) bool { return len(s) >= 20 }

// learnFrom pairs what an answer handed out.
func (r *replay) learnFrom(rec record, got answer) {
	recorded := answer{header: http.Header{"Set-Cookie": rec.AnswerHeader["Set-Cookie"]}}
	for _, name := range []string{stateCookie, verifierCookie, accessCookie} {
		r.learn(recorded.cookie(name), got.cookie(name))
	}
	var was, is struct{ URL, AccessToken string }
	_, _ = json.Unmarshal([]byte(rec.Answer), &was), json.Unmarshal(got.body, &is)
	r.learn(was.AccessToken, is.AccessToken)
	if was.URL != "" {
		r.start = is.URL
		for _, name := range []string{"state", "code_challenge"} {
			r.learn(queryOf(was.URL).Get(name), queryOf(is.URL).Get(name))
		}
	}
}

func (r *replay) translate(s string) string {
	for recorded, live := range r.live {
		s = strings.ReplaceAll(s, recorded, live)
	}
	return s
}

func (r *replay) endScenario() {
	want, got := r.asked, r.requests()
	r.asked = nil
	if _, ok := unlikeRecording[r.records[0].Release+" "+r.scenario.ID]; ok {
		return
	}
	if r.records[0].Release != "" {
		r.sameRequests(want, got)
	}
}
