package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A probed is one recorded request to a provider and its answer: see
// testdata/recordings/README.md.
type probed struct {
	Of, Probe, Kind, At, Shown string
	Truth                      struct{ Client, Redirect, Secret, Method *bool } // nil: not known
	Sent                       map[string]string
	Status                     int
	Header                     map[string]string
	Body                       string
	Hops                       []hop
}

// A hop is the answer to whoever follows a Location.
type hop struct {
	Status         int
	Location, Body string
}

// recordedProbes is every recorded answer, by provider.
var recordedProbes = sync.OnceValue(func() map[string][]probed {
	all := map[string][]probed{}
	for _, name := range []string{"providers.jsonl", "authelia.jsonl"} {
		b, err := os.ReadFile(filepath.Join("..", "..", "testdata", "recordings", name))
		if err != nil {
			panic(err)
		}
		for d := json.NewDecoder(bytes.NewReader(b)); d.More(); {
			var p probed
			if err := d.Decode(&p); err != nil {
				panic(err)
			}
			all[p.Of] = append(all[p.Of], p)
		}
	}
	return all
})

// A player is a provider that answers what was recorded of one, as it would
// answer if it knew this client and nothing else.
type player struct {
	of                 string
	id, secret, method string // of its one client; no method: it takes post and basic
	redirects          []string
	needsPKCE          bool

	pinned *probed // answers every request of its kind, but for the controls
	holds  string  // the secret of Immich, which a pinned answer is about

	srv     *httptest.Server
	mu      sync.Mutex
	ahead   map[string]func(http.ResponseWriter) // by what follows the host: where its redirects led
	asked   []string                             // what the tool sent
	missing []string                             // for which no answer was recorded
}

func (p *player) start(t *testing.T) *player {
	p.ahead = map[string]func(http.ResponseWriter){}
	p.srv = httptest.NewServer(p)
	t.Cleanup(p.srv.Close)
	return p
}

func (p *player) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.ParseForm()
	p.mu.Lock()
	defer p.mu.Unlock()
	if strings.HasPrefix(r.UserAgent(), "immich-oidc-doctor") {
		p.asked = append(p.asked, r.Method+" "+r.URL.Path)
	}
	if answer := p.ahead[r.URL.RequestURI()]; answer != nil {
		answer(w)
		return
	}
	got := p.choose(r)
	if got == nil {
		p.missing = append(p.missing, r.Method+" "+r.URL.RequestURI())
		http.NotFound(w, r)
		return
	}
	p.play(w, *got, r.Form)
}

// play answers what was recorded, about this request in place of that.
func (p *player) play(w http.ResponseWriter, q probed, form url.Values) {
	var pairs []string
	for _, pair := range [][2]string{
		{q.Sent["redirect_uri"], form.Get("redirect_uri")}, {q.Sent["state"], form.Get("state")}, {q.At, p.srv.URL},
	} {
		for n, was, is := 0, pair[0], pair[1]; n < 3 && pair[0] != "" && pair[1] != ""; n++ {
			pairs = append(pairs, was, is)
			was, is = url.QueryEscape(was), url.QueryEscape(is)
		}
	}
	moved := strings.NewReplacer(pairs...).Replace
	if q.Kind == "keys" {
		q.Body = withKeyMaterial(q.Body)
	}
	for name, value := range q.Header {
		w.Header().Set(name, moved(value))
	}
	p.lead(q, q.Header["Location"], 0, moved)
	w.WriteHeader(q.Status)
	io.WriteString(w, moved(q.Body))
}

// lead has the n-th hop of q wait where a Location leads.
func (p *player) lead(q probed, location string, n int, moved func(string) string) {
	to, err := url.Parse(moved(location))
	if location == "" || err != nil || n == len(q.Hops) {
		return
	}
	h := q.Hops[n]
	p.ahead[to.RequestURI()] = func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if h.Location != "" {
			w.Header().Set("Location", moved(h.Location))
		}
		p.lead(q, h.Location, n+1, moved)
		w.WriteHeader(cmp.Or(h.Status, http.StatusOK))
		io.WriteString(w, moved(h.Body))
	}
}

// withKeyMaterial has numbers, of the keys recorded of Authelia, in the keys of
// which none was recorded.
func withKeyMaterial(body string) string {
	type key = map[string]any
	var set, whole struct {
		Keys []key `json:"keys"`
	}
	of := recordedProbes()["authelia-4.38.0-pre"]
	i := slices.IndexFunc(of, func(q probed) bool { return q.Kind == "keys" })
	json.Unmarshal([]byte(of[i].Body), &whole)
	json.Unmarshal([]byte(body), &set)
	for _, k := range set.Keys {
		for _, from := range whole.Keys {
			for _, number := range []string{"n", "e", "x", "y"} {
				if k["kty"] == from["kty"] && k[number] == nil && from[number] != nil {
					k[number] = from[number]
				}
			}
		}
	}
	b, _ := json.Marshal(set)
	return string(b)
}
