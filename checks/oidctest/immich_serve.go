package oidctest

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// A call is one request under way.
type call struct {
	m      *Immich
	r      *http.Request
	body   []byte
	cid    string   // under which the log speaks of it; empty before v1.102.0
	set    Settings // as they were when it came
	secure bool     // came by https, as far as Immich can tell
	behind Proxy

	words    string // what a failure of it is called: "finish oauth"
	exchange string // the operation that a caught failure spoils, before v1.85.0
}

// A reply is an answer that is no error. The body is JSON unless text is set.
type reply struct {
	status   int // 0 means the usual one of the method
	body     any
	kind     string // content type of text
	text     string
	location string
	cookies  []string
}

// serve answers one request.
func (m *Immich) serve(w http.ResponseWriter, r *http.Request, body []byte) {
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	m.mu.Lock()
	intercept, behind, set, maintenance := m.Intercept, m.Behind, m.OAuth, m.Maintenance
	m.mu.Unlock()
	if behind.ForwardedProto != "" {
		r.Header.Set("X-Forwarded-Proto", behind.ForwardedProto)
	}
	if intercept != nil && intercept(w, r) {
		return
	}
	c := &call{m: m, r: r, body: body, set: set, secure: m.isSecure(r, behind), behind: behind}
	h := w.Header()
	h.Set("X-Powered-By", "Express")
	if name := correlationHeader.at(m.r); name != "" && isAPI(r.URL.Path) {
		c.cid = m.correlationID()
		h[name] = []string{c.cid} // in this case, which Set would change
	}
	answer, err := c.answer(maintenance)
	if r.Context().Err() != nil {
		return // nobody is there any more
	}
	if err != nil {
		answer = c.failed(err)
	}
	c.write(w, answer)
}

// isSecure is what Express calls request.secure. The peer is on loopback, which
// is trusted in every release that trusts anyone.
func (m *Immich) isSecure(r *http.Request, behind Proxy) bool {
	if m.TLS && !behind.Plain {
		return true
	}
	if behind.Untrusted || !m.r.since("v1.51.2") {
		return false
	}
	proto, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Proto"), ",")
	return strings.TrimSpace(proto) == "https"
}

func isAPI(path string) bool { return path == "/api" || strings.HasPrefix(path, "/api/") }

// answer finds the route and runs it.
func (c *call) answer(maintenance bool) (*reply, error) {
	path := c.r.URL.Path
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	method := c.r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	closed := maintenance && c.m.r.since("v2.3.0")
	for _, route := range routes {
		if route.method == method && route.path == path && route.in.has(c.m.r) && (!closed || route.alwaysOpen) {
			c.words = route.words
			answer, err := route.serve(c)
			if err == nil && answer.status == 0 {
				answer.status = http.StatusOK
				if method == http.MethodPost {
					answer.status = http.StatusCreated
				}
			}
			return answer, err
		}
	}
	// Of paths under .well-known the web application was seen to answer on
	// v1.118.2 and not on v2.7.5; when that changed is not known.
	strange := strings.HasPrefix(path, "/.well-known/") && c.m.r.since("v2.7.5")
	if isAPI(path) || method != http.MethodGet || strange {
		return nil, refuse(http.StatusNotFound, fmt.Sprintf("Cannot %s %s", c.r.Method, c.r.URL.RequestURI()))
	}
	return &reply{status: http.StatusOK, kind: "text/html; charset=utf-8", text: webPage}, nil
}

// webPage is all there is of the web application: its shell.
const webPage = `<!doctype html>
<html>
  <head>
    <meta charset="utf-8" />
    <title>Immich</title>
  </head>
  <body data-sveltekit-preload-data="hover"><div id="stencil"></div></body>
</html>
`

// failed is the answer to an error, which it logs if nobody expected it.
func (c *call) failed(err error) *reply {
	switch e := err.(type) {
	case *httpError:
		if c.m.r.since("v1.114.0") {
			c.log("DEBUG", "GlobalExceptionFilter", fmt.Sprintf("HttpException(%d): %s", e.status, plainJSON(e.body(c.m.r, c.cid))))
		}
		return &reply{status: e.status, body: e.body(c.m.r, c.cid)}
	case *jsError:
		text, nameless := c.uncaughtText(e)
		c.logUncaught(e, text)
		e500 := &httpError{status: http.StatusInternalServerError, message: text, nameless: nameless}
		return &reply{status: e500.status, body: e500.body(c.m.r, c.cid)}
	}
	panic("oidctest: an error of no kind: " + err.Error())
}

// uncaughtText is what the browser is told of an error that is none of its
// business.
func (c *call) uncaughtText(e *jsError) (text string, nameless bool) {
	switch failureTexts.at(c.m.r) {
	case plainFailure:
		return "Internal server error", true
	case unableFailure:
		if c.exchange != "" {
			return c.exchange + ": " + e.Error(), false
		}
		return "Internal server error", true
	}
	return "Failed to " + c.words, false
}

func (c *call) write(w http.ResponseWriter, a *reply) {
	h := w.Header()
	for _, cookie := range a.cookies {
		if c.behind.Cookies != nil {
			cookie = c.behind.Cookies(cookie)
		}
		if cookie != "" {
			h.Add("Set-Cookie", cookie)
		}
	}
	var body []byte
	switch {
	case a.location != "":
		h["Location"] = []string{a.location}
		h.Set("Content-Type", "text/plain; charset=utf-8")
		body = []byte(http.StatusText(a.status) + ". Redirecting to " + a.location)
	case a.kind != "":
		h.Set("Content-Type", a.kind)
		body = []byte(a.text)
	case a.body != nil:
		h.Set("Content-Type", "application/json; charset=utf-8")
		body = plainJSON(a.body)
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(body)
}

// decode reads a JSON or form body into the members of an object.
func (c *call) decode() (map[string]any, error) {
	kind, _, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	out := map[string]any{}
	switch kind {
	case "application/json":
		if len(c.body) == 0 {
			return out, nil
		}
		var v any
		if err := json.Unmarshal(c.body, &v); err != nil {
			return nil, badRequest(badJSON(string(c.body), err, c.m.r))
		}
		if members, ok := v.(map[string]any); ok {
			return members, nil
		}
	case "application/x-www-form-urlencoded":
		form, _ := url.ParseQuery(string(c.body))
		for name, values := range form {
			out[name] = values[0]
		}
	}
	return out, nil
}

// random is n random bytes.
func (m *Immich) random(n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(m.Random, b); err != nil {
		panic("oidctest: no randomness: " + err.Error())
	}
	return b
}

// correlationID is eight characters, as Immich makes them.
func (m *Immich) correlationID() string {
	const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"
	id := m.random(8)
	for i, b := range id {
		id[i] = alphabet[int(b)%len(alphabet)]
	}
	return string(id)
}

// token is a secret of n bytes, as for a session or a state.
func (m *Immich) token(n int) string { return base64.RawURLEncoding.EncodeToString(m.random(n)) }

// uuid is a version 4 UUID.
func (m *Immich) uuid() string {
	b := m.random(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	s := hex.EncodeToString(b)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}
