package gather

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

// A probe asks about one redirect URI, request by request, until an answer
// settles it.
type probe struct {
	wire     *wire.Wire
	url      *url.URL // Immich's authorization URL
	redirect string
	state    string
	manner   provider.Manner
	own      bool // state and challenge are ours, not those of Immich's login

	asks []provider.Ask // still to be tried
	ask  provider.Ask   // under way
	next secret.URI     // its next request; empty: there is none
	jar  http.CookieJar
	way  []facts.Attempt   // its answers that led on
	on   facts.RedirectTry // the last of them
	last facts.Attempt     // the last answer of all
	made int               // how many requests were made
	mute bool              // it was refused without a word

	settledBy provider.Ask // the way to ask that try is about
	try       *facts.RedirectTry
}

// newProbe returns the probe of an authorization URL, nil if that is none.
func newProbe(w *wire.Wire, authorization string, try *facts.RedirectTry, m provider.Manner) *probe {
	u, err := url.Parse(authorization)
	if err != nil {
		return nil
	}
	q := u.Query()
	try.Redirect = secret.URI(q.Get("redirect_uri"))
	p := &probe{wire: w, url: u, redirect: q.Get("redirect_uri"), state: q.Get("state"), manner: m, asks: m.Order(), try: try}
	p.begin()
	return p
}

// begin makes the next way to ask the one under way.
func (p *probe) begin() {
	if len(p.asks) == 0 || p.made == mostOfOne {
		return
	}
	p.ask, p.asks, p.way = p.asks[0], p.asks[1:], nil
	p.jar, _ = cookiejar.New(nil) // it never fails
	u := *p.url
	if p.made > 0 { // a provider may refuse a state that it has seen
		u.RawQuery = renewed(u.RawQuery, strconv.Itoa(p.made))
		p.state, p.own = u.Query().Get("state"), true
	}
	switch p.ask {
	case provider.None:
		u.RawQuery = replaced(u.RawQuery, "prompt", "none") // whatever prompt Immich is set to ask for
	case provider.Type:
		u.RawQuery = replaced(u.RawQuery, "response_type", "none_of_ours")
	}
	p.next = secret.URI(u.String())
}

// asked is what the requests of each way to ask carry beyond Immich's own.
var asked = map[provider.Ask]secret.Name{provider.None: facts.AskedNone, provider.Type: facts.AskedType}

// step makes one request and decides what comes of the answer.
func (p *probe) step(ctx context.Context) {
	a, page := p.wire.Do(ctx, wire.Request{URL: p.next, Jar: p.jar, Header: http.Header{"Accept": {"text/html,application/xhtml+xml"}}})
	if p.own {
		a.Sent = secret.New(p.state) // so that it is masked as that of the others
	}
	p.last, p.next, p.made = a, "", p.made+1
	t := p.read(a, page)
	if to := p.onward(t); to != "" {
		p.next, p.on, p.way = to, t, append(p.way, t.Provider)
		return
	}
	p.settle(t)
	switch {
	case t.Back, !settles(a):
		p.asks = nil
	case refuses(a) && !t.Form:
		p.asks, p.mute = nil, p.ask == provider.None && saysNothing(a, page)
	}
	p.begin()
}

// askAgain has the probe ask once more, in another way.
func (p *probe) askAgain(how provider.Ask) {
	p.asks = []provider.Ask{how}
	p.begin()
}

// leave ends the probe before its end.
func (p *probe) leave(why facts.Why) {
	if p.next == "" {
		return
	}
	if p.next = ""; len(p.way) > 0 {
		p.way = p.way[:len(p.way)-1]
		p.settle(p.on)
	}
	p.try.Why = why
}

// settle keeps the answer that tells most of what Immich's own request gets: the
// first, unless a later one goes back, or was asked just as Immich asks. What an
// odd response type gets on a page of the provider is no answer to Immich.
func (p *probe) settle(t facts.RedirectTry) {
	t.Before, t.Asked = p.way, asked[p.ask]
	had := *p.try
	switch later := had.Provider.Made(); {
	case later && !t.Back && !(p.ask == provider.Plain && settles(t.Provider)):
		p.try.Before = slices.Concat(had.Before, t.Before, []facts.Attempt{t.Provider})
		return
	case later:
		t.Before = slices.Concat(had.Before, []facts.Attempt{had.Provider}, t.Before)
	}
	t.Journey, t.Origin, t.Redirect = had.Journey, had.Origin, had.Redirect
	*p.try, p.settledBy = t, p.ask
}

// onward is where an answer leads within the provider's own origin, "" if it
// leads nowhere, or further than this product needs.
func (p *probe) onward(t facts.RedirectTry) secret.URI {
	a := t.Provider
	if t.Back || !settles(a) || refuses(a) || len(p.way) >= p.manner.Hops || p.made == mostOfOne {
		return ""
	}
	from, err := url.Parse(string(a.URL))
	if err != nil || a.Location == "" || a.Status < 300 {
		return ""
	}
	to, err := from.Parse(string(a.Location))
	if err != nil || to.User != nil || originOf(to.String()) != originOf(p.url.String()) || sameURI(to.String(), p.redirect) {
		return ""
	}
	return secret.URI(to.String())
}

// elsewhere is the authorization URL with a redirect URI on the same host that
// nobody can have registered: its path is a hash of the URL, whose state is
// made anew for every login. Its state is another, so that nothing but the
// redirect URI is a reason to refuse it.
func (p *probe) elsewhere() string {
	sum := sha256.Sum256([]byte(p.url.String()))
	path := "/immich-oidc-doctor-" + hex.EncodeToString(sum[:8])
	to := url.URL{Path: path}
	if u, err := url.Parse(p.redirect); err == nil {
		to.Scheme, to.Host = u.Scheme, u.Host
	}
	u := *p.url
	u.RawQuery = replaced(renewed(u.RawQuery, "control"), "redirect_uri", to.String())
	return u.String()
}

// renewed is an authorization request with other values, of the same length, in
// place of those that are made for one login alone.
func renewed(query, salt string) string {
	q, err := url.ParseQuery(query)
	if err != nil {
		return query
	}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		had := q.Get(name)
		if had == "" {
			continue
		}
		var made string
		for n := 0; len(made) < len(had); n++ {
			sum := sha256.Sum256([]byte(strings.Join([]string{had, salt, strconv.Itoa(n)}, "\n")))
			made += base64.RawURLEncoding.EncodeToString(sum[:])
		}
		query = replaced(query, name, made[:len(had)])
	}
	return query
}

// replaced is an authorization request in which one parameter has that value;
// all else stays byte for byte.
func replaced(query, name, value string) string {
	kept := slices.DeleteFunc(strings.Split(query, "&"), func(p string) bool { return p == name || strings.HasPrefix(p, name+"=") })
	return strings.Join(append(kept, name+"="+url.QueryEscape(value)), "&")
}

// refuses reports whether the provider turns a request down: by the status of
// its page, or by going to one that shows an error.
func refuses(a facts.Attempt) bool {
	if a.Status >= 400 && a.Status < 500 {
		return true
	}
	to, err := url.Parse(string(a.Location))
	return err == nil && a.Status >= 300 && (to.Query().Get("error") != "" || to.Query().Get("authError") != "")
}

// markup takes a script that does not end for all of the rest, so that nothing is
// read twice.
var markup = regexp.MustCompile(`(?is)<(script|style)\b.*?(</(script|style)>|$)|<[^>]*>`)

// saysNothing reports whether a page has no text beyond its status, as far as
// it is kept.
func saysNothing(a facts.Attempt, page []byte) bool {
	text := markup.ReplaceAllString(string(page[:min(len(page), wire.Excerpt)]), " ")
	for _, own := range []string{strconv.Itoa(a.Status), http.StatusText(a.Status)} {
		text = strings.ReplaceAll(text, own, " ")
	}
	return strings.TrimSpace(text) == ""
}
