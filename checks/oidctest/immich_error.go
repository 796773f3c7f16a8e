package oidctest

import (
	"encoding/json"
	"net/http"
)

// An httpError is an error that Immich throws on purpose, with its status.
type httpError struct {
	status   int
	message  any // a string, or a list of what a validation found (before v3)
	problems []problem
	nameless bool // without the name of the status, as an error with a cause is
}

func (e *httpError) Error() string {
	text, _ := json.Marshal(e.message)
	return string(text)
}

// A problem is one finding of a validation, v3.0.0 and later.
type problem map[string]any

func refuse(status int, message string) *httpError {
	return &httpError{status: status, message: message}
}

func badRequest(message string) *httpError { return refuse(http.StatusBadRequest, message) }

// body is the error in the shape of the release.
func (e *httpError) body(r release, cid string) ordered {
	name := http.StatusText(e.status)
	switch errorShapes.at(r) {
	case messageError:
		out := ordered{{"message", e.message}}
		if e.problems != nil {
			out = append(out, field{"errors", e.problems})
		}
		return out
	case correlatedError:
		out := ordered{{"message", e.message}}
		if !e.nameless {
			out = append(out, field{"error", name})
		}
		return append(out, field{"statusCode", e.status}, field{"correlationId", cid})
	default:
		out := ordered{{"statusCode", e.status}, {"message", e.message}}
		if !e.nameless {
			out = append(out, field{"error", name})
		}
		return out
	}
}

// ordered is a JSON object whose members keep their order.
type ordered []field

type field struct {
	name  string
	value any
}

// MarshalJSON writes the members in order.
func (o ordered) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, f := range o {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, plainJSON(f.name)...)
		out = append(out, ':')
		out = append(out, plainJSON(f.value)...)
	}
	return append(out, '}'), nil
}

// plainJSON is JSON as JavaScript writes it, which leaves <, > and & alone.
func plainJSON(v any) []byte {
	var b jsonBuffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("oidctest: value without JSON: " + err.Error())
	}
	return b[:len(b)-1]
}

type jsonBuffer []byte

func (b *jsonBuffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}
