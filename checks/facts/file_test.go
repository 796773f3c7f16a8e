package facts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"immich-oidc-doctor/checks/secret"
)

// learnt is facts with something in each kind of place.
func learnt() *Facts {
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	ask := Attempt{Exchange: "server.version.1", Method: "GET", URL: "https://photos.example/api/server/version?a=1&b=<2>", Answer: Answered, Status: 200,
		Body: secret.Textf("{}"), At: at, Date: at.Add(time.Millisecond), Times: Times{Total: 20 * time.Millisecond}, Sent: secret.New("a credential")}
	f := &Facts{
		Clock:   Is(at),
		Target:  Is(TargetSpec{Given: "https://photos.example", Server: "https://photos.example", Origins: []secret.Name{"https://photos.example"}}),
		Server:  Is(ServerInfo{Ask: ask, Version: Says[secret.Name]("v2.7.5", ask.From(ByImmich)), OAuth: NotKnown[bool](Absent, secret.Textf("no member oauth"))}),
		Keys:    Not[KeySet](NoTime, secret.Text{}),
		Network: Is(NetworkPath{Secure: true, Handshake: ask, Trust: WrongName, Chain: []Certificate{{Subject: secret.Textf("CN=x"), NotAfter: at}}}),
	}
	sealed := secret.Seal(*f)
	return &sealed
}

func encoded(t *testing.T, f *Facts) string {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(&b, f, "immich-oidc-doctor v9.9.9"); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFactsComeBackFromTheirFile(t *testing.T) {
	t.Parallel()
	file := encoded(t, learnt())
	back, err := Decode(strings.NewReader(file))
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	if again := encoded(t, back); again != file {
		t.Errorf("want %s\ngot %s", file, again)
	}
	if why := back.Why(Keys); why.Reason != NoTime {
		t.Errorf("keys: %s", why)
	}
	if why := back.Why(Redirects); why.Reason != NotAsked {
		t.Errorf("redirects: %s", why)
	}
	if !strings.HasPrefix(file, "{\n  \"schema\": 1,\n  \"tool\": \"immich-oidc-doctor v9.9.9\",\n  \"clock\": {") {
		t.Errorf("it does not begin with its version: %.120s", file)
	}
}

func TestFactsOfNothingAreRefused(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"schema": 1}`: "the facts are damaged: target: it is missing, so nothing was asked about",
		`{"schema": 1, "target": {"value": {"server": "https://h"}}, "authorize": {"value": {"tries": []}}}`: "the facts are damaged: authorize.value.tries: it is empty",
		`{"schema": 1, "target": {"value": {"server": "https://h"}}, "doors": {"value": {}}}`:                "the facts are damaged: doors.value.all: it is empty",
	} {
		if _, err := Decode(strings.NewReader(in)); err == nil || err.Error() != want {
			t.Errorf("%s: want %s, got %v", in, want, err)
		}
	}
}

func TestAFactThatAFileLacksWasNotAskedFor(t *testing.T) {
	t.Parallel()
	f, err := Decode(strings.NewReader(`{"schema": 1, "target": {"value": {"server": "https://h"}}, "server": {"why": {"reason": "no time left"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if f.Why(Server).Reason != NoTime || f.Why(Discovery).Reason != NotAsked {
		t.Errorf("server %s, discovery %s", f.Why(Server), f.Why(Discovery))
	}
}

func TestDecodeSaysWhatIsWrongAndWhere(t *testing.T) {
	t.Parallel()
	whole := encoded(t, learnt())
	edit := func(old, new string) string {
		if !strings.Contains(whole, old) {
			t.Fatalf("no %s", old)
		}
		return strings.Replace(whole, old, new, 1)
	}
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "", "not facts in JSON: it ends too early, at byte 0"},
		{"half of it", whole[:len(whole)/2], fmt.Sprintf("not facts in JSON: it ends too early, at byte %d", len(whole)/2)},
		{"no JSON", "{\n  oops", "not facts in JSON: line 2, column 3 (byte 5): invalid character 'o' looking for beginning of object key string"},
		{"a list", "[]", "not facts of immich-oidc-doctor: no JSON object"},
		{"another document", `{"openapi": "3.0"}`, "not facts of immich-oidc-doctor: they have no number as schema"},
		{"a version in quotes", `{"schema": "1"}`, "not facts of immich-oidc-doctor: they have no number as schema"},
		{"a later version", `{"schema": 2, "tool": "immich-oidc-doctor v2.0.0", "novelty": 1}`, "schema: the facts have version 2, this program reads version 1; read them with immich-oidc-doctor v2.0.0"},
		{"a later version of nobody", `{"schema": 2}`, "schema: the facts have version 2, this program reads version 1; read them with the program that wrote them"},
		{"two documents", whole + whole, fmt.Sprintf("the facts are damaged: something follows after them, at byte %d", len(whole)+1)},
		{"a wrong type", edit(`"status": 200`, `"status": "200"`), "the facts are damaged: server.value.ask.status: got a string, want a whole number"},
		{"no list", `{"schema": 1, "target": {"value": {"origins": 7}}}`, "the facts are damaged: target.value.origins: got a number, want a list"},
		{"an unknown answer", edit(`"answer": "answered"`, `"answer": "refusd"`), "the facts are damaged: server.value.ask.answer: got a word that is none of ours, want one of answered, dns, refused, reset, tls, timeout, too-big, malformed, not-dialled"},
		{"an unknown trust", edit(`"trust": "wrong name"`, `"trust": "some"`), "the facts are damaged: network.value.trust: got a word that is none of ours, want one of trusted, expired, not yet valid, wrong name, unknown authority, incomplete chain, no TLS, old protocol"},
		{"an unknown vantage", edit(`"vantage": "seen by Immich"`, `"vantage": "seen in a dream"`), "the facts are damaged: server.value.version.claims[0].from.vantage: not what this program would have written"},
		{"no time", edit(`"clock": {
    "value": "2026-11-21T12:00:00Z"`, `"clock": {
    "value": "noon"`), "the facts are damaged: clock: not a time in the form 2006-01-02T15:04:05Z07:00"},
		{"an unknown fact", edit(`"clock":`, `"weather": {}, "clock":`), "the facts are damaged: weather: no such fact"},
		{"an unknown member", edit(`"ask": {`, `"ask": {"colour": "red",`), "the facts are damaged: server.value.ask.colour: not what this program would have written"},
		{"a value and a reason", edit(`"keys": {`, `"keys": {"value": {"keys": [{"kid": "1"}]},`), "the facts are damaged: keys.why.reason: not what this program would have written"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if _, err := Decode(strings.NewReader(c.in)); err == nil || err.Error() != c.want {
				t.Errorf("want %s\n got %v", c.want, err)
			}
		})
	}
}

// What says nothing may stand there or not.
func TestDecodeTakesWhatSaysNothing(t *testing.T) {
	t.Parallel()
	whole := encoded(t, learnt())
	in := strings.Replace(whole, `"status": 200`, `"cookies": [], "location": "", "contentType": null, "status": 200`, 1)
	in = strings.Replace(in, `"secure": true`, `"secure": true, "addresses": [], "lookup": {"status": 0}`, 1)
	f, err := Decode(strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	if again := encoded(t, f); again != whole {
		t.Errorf("want %s\ngot %s", whole, again)
	}
}

// Each constant of a closed vocabulary is in its list.
func TestVocabulariesAreComplete(t *testing.T) {
	t.Parallel()
	names := map[string]reflect.Type{"Answer": reflect.TypeFor[Answer](), "Reason": reflect.TypeFor[Reason](), "Trust": reflect.TypeFor[Trust]()}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || len(v.Values) != 1 {
				return true
			}
			typ, ok := v.Type.(*ast.Ident)
			lit, isLit := v.Values[0].(*ast.BasicLit)
			if !ok || !isLit || names[typ.Name] == nil {
				return true
			}
			word, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			counts[typ.Name]++
			if json.Unmarshal([]byte(lit.Value), reflect.New(names[typ.Name]).Interface()) != nil {
				t.Errorf("%s: %q is not in its vocabulary", typ.Name, word)
			}
			return true
		})
	}
	for name, typ := range names {
		if counts[name] != len(vocabularies[typ]) {
			t.Errorf("%s: %d constants, %d words", name, counts[name], len(vocabularies[typ]))
		}
	}
}

func FuzzDecodedFactsAreWrittenAsTheyWere(f *testing.F) {
	var b bytes.Buffer
	if err := Encode(&b, learnt(), "a tool"); err != nil {
		f.Fatal(err)
	}
	f.Add(b.String())
	f.Add(`{"schema": 1, "clock": {"value": "2026-11-21T12:00:00+01:00"}}`)
	f.Fuzz(func(t *testing.T, in string) {
		once, err := Decode(strings.NewReader(in))
		if err != nil {
			return
		}
		file := encoded(t, once)
		twice, err := Decode(strings.NewReader(file))
		if err != nil || encoded(t, twice) != file {
			t.Errorf("%v\n%s", err, file)
		}
	})
}
