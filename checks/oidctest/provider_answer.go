package oidctest

import (
	"encoding/json"
	"net/http"
)

// An Answer is what an endpoint is about to say.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte

	hang    bool
	endless bool
	cause   string
}

// A Raw is JSON that is written as it stands.
type Raw string

// Null sets a member to null where a nil value would remove it.
const Null Raw = "null"

// MarshalJSON gives the text itself.
func (r Raw) MarshalJSON() ([]byte, error) { return []byte(r), nil }

// Hang, as an Alter, never answers: the request ends when the client leaves or
// the provider is closed.
func Hang(a *Answer) { a.hang = true }

// Endless, as an Alter, sends the body and then spaces until the client leaves or
// the provider is closed.
func Endless(a *Answer) { a.endless = true }

// Say makes an Alter that replaces the whole answer.
func Say(status int, contentType, body string) func(*Answer) {
	return func(a *Answer) {
		*a = Answer{Status: status, Header: http.Header{}, Body: []byte(body)}
		if contentType != "" {
			a.Header.Set("Content-Type", contentType)
		}
	}
}

// Redirect makes an Alter that sends the client elsewhere, as a proxy with its
// own login does.
func Redirect(status int, location string) func(*Answer) {
	return func(a *Answer) {
		Say(status, "text/html; charset=utf-8", "")(a)
		a.Header.Set("Location", location)
	}
}

// write sends the answer. It returns early when the request ends.
func (a *Answer) write(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	if a.hang {
		<-ctx.Done()
		panic(http.ErrAbortHandler) // or the server would answer 200 with nothing
	}
	for name, values := range a.Header {
		for _, v := range values {
			w.Header().Add(name, v)
		}
	}
	if a.Status != 0 {
		w.WriteHeader(a.Status)
	}
	w.Write(a.Body)
	if !a.endless || r.Method == http.MethodHead {
		return
	}
	spaces := make([]byte, 4096)
	for i := range spaces {
		spaces[i] = ' '
	}
	for ctx.Err() == nil {
		if _, err := w.Write(spaces); err != nil {
			break
		}
	}
	panic(http.ErrAbortHandler) // or the server would send an end
}

// answerJSON answers with v. That fails only if a knob put something into it that
// is not JSON; the test shall see that at once. Broken JSON is made with Alter.
func answerJSON(status int, v any) *Answer {
	body, err := json.Marshal(v)
	if err != nil {
		return &Answer{Status: http.StatusInternalServerError, Header: http.Header{}, Body: []byte(err.Error()), cause: err.Error()}
	}
	return &Answer{
		Status: status,
		Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		Body:   body,
	}
}

// noStore marks what must not be cached, RFC 6749 5.1.
func (a *Answer) noStore() *Answer {
	a.Header.Set("Cache-Control", "no-store")
	return a
}

// replaced applies a knob: nil removes a member, all else sets it.
func (p *Provider) replaced(members, with map[string]any) map[string]any {
	for name, v := range with {
		switch v := v.(type) {
		case nil:
			delete(members, name)
		case string:
			members[name] = p.fill(v)
		default:
			members[name] = v
		}
	}
	return members
}

// A refusal is an OAuth error before it is known where it goes: a page, a
// redirect or a JSON body.
type refusal struct {
	status int    // zero means 400
	code   string // error
	says   string // error_description
	cause  string // for the log and for Explain
}

// description is what the client is told.
func (p *Provider) description(r refusal) string {
	if !p.Explain || r.cause == "" {
		return r.says
	}
	if r.says == "" {
		return r.cause
	}
	return r.says + ". " + r.cause
}

// refuseJSON is the error response of RFC 6749 5.2.
func (p *Provider) refuseJSON(r refusal) *Answer {
	body := map[string]any{"error": r.code}
	if text := p.description(r); text != "" {
		body["error_description"] = text
	}
	status := r.status
	if status == 0 {
		status = http.StatusBadRequest
	}
	a := answerJSON(status, body).noStore()
	a.cause = r.cause
	if a.cause == "" {
		a.cause = r.says
	}
	return a
}
