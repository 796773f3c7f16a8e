package oidctest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// approve follows an authorization URL until the provider is left, and says
// where to.
func (w *world) approve(start, hint string) string {
	next := start + "&login_hint=" + hint
	for range 5 {
		a := w.send("GET", next, nil, nil)
		if next = a.header.Get("Location"); next == "" {
			return "" // it shows a page, as the recorded one did
		}
		if strings.Contains(next, "code=") || !strings.HasPrefix(next, "http") {
			return next
		}
	}
	w.t.Fatalf("no way out of %s", start)
	return ""
}

// begin is the first half of a login that was not recorded.
func (w *world) begin(home, hint string) (begun answer, back string) {
	begun = w.send("POST", w.base+"/api/oauth/authorize", plainJSON(map[string]string{"redirectUri": home}),
		http.Header{"Content-Type": {"application/json"}})
	start, _ := decodeMembers(w.t, begun.body)["url"].(string)
	return begun, w.approve(start, hint)
}

// accessToken opens a session by OAuth, whatever Immich is set to.
func (w *world) accessToken(name string) string {
	var was Settings
	w.m.Do(func() { was = w.m.OAuth; w.set(w.m) })
	begun, back := w.begin(w.base+"/auth/login", name)
	end := w.send("POST", w.base+"/api/oauth/callback", plainJSON(map[string]string{"url": back}),
		http.Header{"Content-Type": {"application/json"}, "Cookie": {begun.cookies()}})
	w.m.Do(func() { w.m.OAuth = was })
	if end.status != http.StatusCreated {
		w.t.Fatalf("a login that was not recorded: %d %s", end.status, end.body)
	}
	return end.cookie(accessCookie)
}

// backchannel tells Immich of a logout, as the provider does.
func (w *world) backchannel(sub string) {
	p := w.clients["9400"]
	token, err := p.jwt(p.Client("immich"), "RS256", map[string]any{
		"iss": "http://127.0.0.1:9400", "aud": "immich", "iat": time.Now().Unix(), "jti": "1", "sub": sub,
		"events": map[string]any{logoutEvent: map[string]any{}},
	}, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.send("POST", w.base+"/api/oauth/backchannel-logout", []byte("logout_token="+token),
		http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
}

func decodeMembers(t *testing.T, body []byte) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(body, &out); err != nil {
		t.Fatalf("want a JSON object, got %.200s", body)
	}
	return out
}

var expires = regexp.MustCompile(`Expires=\w+, \d\d \w+ 20[2-9]\d \d\d:\d\d:\d\d GMT`)

// sameHeaders compares the headers that speak: cookies with all attributes and
// in order, location, content type, and under which name the correlation ID is.
func (r *replay) sameHeaders(rec record, got answer) {
	recorded := rec.AnswerHeader
	for _, name := range []string{"Set-Cookie", "Location", "Content-Type"} {
		want, have := slices.Clone(recorded[name]), slices.Clone(got.header[name])
		for i := range want {
			want[i] = r.translate(want[i])
		}
		for _, list := range [][]string{want, have} {
			for i := range list {
				list[i] = expires.ReplaceAllString(list[i], "Expires=…")
			}
		}
		if !slices.Equal(want, have) {
			r.Errorf("%s: %s:\nwant %q\ngot  %q", rec.ID, name, want, have)
		}
	}
	for _, name := range []string{"X-Immich-Cid", "X-Correlation-Id"} {
		if was, is := len(recorded[name]), len(got.header[name]); was != is {
			r.Errorf("%s: want header %s %d times, got %d", rec.ID, name, was, is)
		}
	}
}

// volatileMembers differ from run to run; only their presence is compared.
var volatileMembers = []string{"id", "userId", "createdAt", "updatedAt", "profileChangedAt", "avatarColor", "correlationId"}

var idTokenHint = regexp.MustCompile(`id_token_hint=[^&"]+`)

// sameBody compares JSON bodies: the same members everywhere, and the same
// values but for the volatile ones.
func (r *replay) sameBody(rec record, body []byte) {
	plain := func(s string) string {
		return volatile.ReplaceAllString(idTokenHint.ReplaceAllString(s, "id_token_hint=…"), "…")
	}
	want, have := steady(r.T, plain(r.translate(rec.Answer))), steady(r.T, plain(string(body)))
	if !reflect.DeepEqual(want, have) {
		r.Errorf("%s: body:\nwant %s\ngot  %s", rec.ID, plainJSON(want), plainJSON(have))
	}
}

func steady(t *testing.T, body string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("want JSON, got %.200s", body)
	}
	settle(v)
	return v
}

func settle(v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if slices.Contains(volatileMembers, name) {
				v[name] = "…"
				continue
			}
			settle(member)
		}
	case []any:
		for _, member := range v {
			settle(member)
		}
	}
}

// sameRequests compares what the provider was asked by Immich in a scenario:
// path, client authentication, parameters, user agent, in order.
func (r *replay) sameRequests(want []record, got []seenRequest) {
	var wanted, had []string
	for _, w := range want {
		if w.Agent == "" && w.Kind == "asked" && slices.Contains([]int{9403, 9405, 9406, 9407}, w.Port) {
			w.Agent = clientVersion.at(r.release) // these providers log none
		}
		wanted = append(wanted, fmt.Sprintf("%d %s %s %s %s %v", w.Port, w.Method, w.URL, w.Agent, w.Scheme, w.Form))
	}
	for _, g := range got {
		had = append(had, fmt.Sprintf("%s %s %s %s %s %v", g.port, g.method, g.path, g.agent, g.scheme, g.form))
	}
	if !slices.Equal(wanted, had) {
		r.Errorf("%s: want Immich to ask the provider\n%s\ngot\n%s", r.scenario.ID, strings.Join(wanted, "\n"), strings.Join(had, "\n"))
	}
}

func sortedKeys(m map[string][]string) []string { return slices.Sorted(maps.Keys(m)) }

var (
	entryHead   = regexp.MustCompile(`^\[Nest\] \d+  - \d\d/\d\d/\d{4}, \d+:\d\d:\d\d [AP]M`)
	correlation = regexp.MustCompile(`~[0-9a-z]{8}\]`)
	volatile    = regexp.MustCompile(`\b\d{10}\b|EPROTO [0-9A-F]+:|\b[sk]id: '[^']+'`)
	frame       = regexp.MustCompile(`^\s+at .*~[0-9a-z]{8}\] |^\s*(at |\.\.\. ).*`)
	headers     = regexp.MustCompile(`(?s)headers: Headers \{.*?\n +\}`)
)

// entries are log entries without what differs each time: stacks, headers of
// answers, IDs, times. What stands inside an entry is sorted, since the members
// of a printed object come in the order in which a provider sent them.
func entries(lines []string, translate func(string) string) []string {
	var out []string
	var inside []string
	end := func() {
		slices.Sort(inside)
		out, inside = append(out, inside...), nil
	}
	text := headers.ReplaceAllString(translate(strings.Join(lines, "\n")), "headers: …")
	for line := range strings.SplitSeq(text, "\n") {
		head := entryHead.FindString(line)
		line = strings.TrimSpace(frame.ReplaceAllString(correlation.ReplaceAllString(line[len(head):], "~ID]"), ""))
		line = strings.TrimSuffix(volatile.ReplaceAllString(line, "…"), ",")
		switch {
		case head != "":
			end()
			out = append(out, line)
		case line != "":
			inside = append(inside, line)
		}
	}
	end()
	return out
}
