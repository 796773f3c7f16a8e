//go:build e2e && linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"

	"immich-oidc-doctor/checks/know/immich"
)

// A browser keeps cookies, follows redirects and fills in forms. It stops where
// a redirect leads to its home.
type browser struct{ c *http.Client }

// A person is who signs in, where the provider does not bring its own.
var person = struct{ Login, Name, Email, Password string }{"e2e", "End To End", "e2e@example.test", "a password that only the end-to-end tests know"}

type dialer func(ctx context.Context, network, addr string) (net.Conn, error)

func newBrowser(dial dialer, home string) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // it has no options that could be wrong
	}
	return &browser{&http.Client{
		Jar:       trustingJar{jar},
		Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}, // so that no provider waits for us when it ends
		CheckRedirect: func(r *http.Request, _ []*http.Request) error {
			if home != "" && strings.HasPrefix(r.URL.String(), home) {
				return http.ErrUseLastResponse
			}
			return nil
		},
	}}
}

// A trustingJar sends cookies for https alone to this machine over http too, as
// browsers do.
type trustingJar struct{ http.CookieJar }

func (j trustingJar) SetCookies(u *url.URL, all []*http.Cookie) {
	for _, c := range all {
		c.Secure = false
	}
	j.CookieJar.SetCookies(u, all)
}

// A page is where the browser is.
type page struct {
	at       *url.URL
	status   int
	body     string
	location string // home, with what the provider says
}

func (b *browser) open(ctx context.Context, at string) (page, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return page{}, err
	}
	return b.load(r)
}

func (b *browser) load(r *http.Request) (page, error) {
	answer, err := b.c.Do(r)
	if err != nil {
		return page{}, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	return page{answer.Request.URL, answer.StatusCode, string(body), answer.Header.Get("Location")}, err
}

var (
	formRE   = regexp.MustCompile(`(?s)<form\b.*?</form>`)
	inputRE  = regexp.MustCompile(`(?s)<input\b[^>]*>`)
	nameRE   = regexp.MustCompile(`\bname="([^"]*)"`)
	actionRE = regexp.MustCompile(`<form\b[^>]*\baction="([^"]+)"`)
	valueRE  = regexp.MustCompile(`\bvalue="([^"]*)"`)
)

// submit sends the form of p that holds mark, filled in, to where that says;
// without a word, to where p is.
func (b *browser) submit(ctx context.Context, p page, mark string, with url.Values) (page, error) {
	for _, form := range formRE.FindAllString(p.body, -1) {
		if !strings.Contains(form, mark) {
			continue
		}
		values := url.Values{}
		for _, input := range inputRE.FindAllString(form, -1) {
			name, value := nameRE.FindStringSubmatch(input), valueRE.FindStringSubmatch(input)
			if name != nil && value != nil && !strings.Contains(input, `type="checkbox"`) {
				values.Set(name[1], html.UnescapeString(value[1]))
			}
		}
		for name, value := range with {
			values[name] = value
		}
		to := p.at
		if action := actionRE.FindStringSubmatch(form); action != nil {
			var err error
			if to, err = p.at.Parse(html.UnescapeString(action[1])); err != nil {
				return page{}, err
			}
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), strings.NewReader(values.Encode()))
		if err != nil {
			return page{}, err
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return b.load(r)
	}
	return page{}, p.refusal()
}

var (
	aside = regexp.MustCompile(`(?s)<!--.*?-->|<(script|style|head)\b.*?</(script|style|head)>|<[^>]*>`)
	space = regexp.MustCompile(`\s+`)
)

// refusal is what p says to people.
func (p page) refusal() error {
	text := strings.TrimSpace(space.ReplaceAllString(html.UnescapeString(aside.ReplaceAllString(p.body, " ")), " "))
	return fmt.Errorf("HTTP %d: %.200s", p.status, text)
}

// Where a login ends, if it does not work.
const (
	works     = "works"
	discovery = "discovery" // Immich does not start it
	authorize = "authorize" // the provider refuses it, on a page of its own
	callback  = "callback"  // the provider sends the person back with an error
	later     = "later"     // Immich refuses what the provider sends the person back with
)

// logIn logs a person in, as a browser and Immich's web page do or as the phone
// app does, and says where that ended and what was said then.
func (w *world) logIn(ctx context.Context, redirect string) (ends, said string) {
	b, before := newBrowser(w.provider.dial, redirect), len(w.immich.Log())
	started, answer, err := b.send(ctx, http.MethodPost, w.immich.URL()+immich.AuthorizePath.At(w.release).Value, map[string]string{"redirectUri": redirect})
	if err != nil || started != http.StatusCreated {
		return discovery, fmt.Sprintf("HTTP %d %s %v", started, answer, err)
	}
	var at struct{ URL string }
	if err := json.Unmarshal([]byte(answer), &at); err != nil {
		return discovery, answer
	}
	back, err := w.provider.signIn(ctx, b, at.URL)
	if err != nil {
		return authorize, err.Error()
	}
	u, err := url.Parse(back)
	if err != nil || !u.Query().Has("code") {
		return callback, back
	}
	finished, answer, err := b.send(ctx, http.MethodPost, w.immich.URL()+"/api/oauth/callback", map[string]string{"url": back})
	if err != nil || finished != http.StatusCreated {
		return later, fmt.Sprintf("HTTP %d %s %v\n%s", finished, answer, err, strings.Join(w.immich.Log()[before:], "\n"))
	}
	return works, answer
}

// send asks an API with body in JSON.
func (b *browser) send(ctx context.Context, method, at string, body any) (status int, answer string, err error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return 0, "", err
	}
	r, err := http.NewRequestWithContext(ctx, method, at, bytes.NewReader(raw))
	if err != nil {
		return 0, "", err
	}
	r.Header.Set("Content-Type", "application/json")
	return do(b.c, r)
}
