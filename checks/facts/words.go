package facts

import (
	"encoding/json"
	"reflect"
	"slices"
)

// vocabularies are the words of each type that has only so many. A word that
// is none of them is refused where it is read: a verdict must not rest on it.
var vocabularies = map[reflect.Type][]string{
	reflect.TypeFor[Answer](): words(Answered, DNS, Refused, Reset, TLS, Timeout, TooBig, Malformed, NotDialled),
	reflect.TypeFor[Reason](): words(NotAsked, NoTime, Cancelled, Panicked, Unanswered, Absent, Hidden, undeclared),
	reflect.TypeFor[Trust]():  words(Trusted, Expired, NotYetValid, WrongName, UnknownCA, Incomplete, NoTLS, OldProtocol),
}

func words[T ~string](ws ...T) (all []string) {
	for _, w := range ws {
		all = append(all, string(w))
	}
	return all
}

func (a *Answer) UnmarshalText(b []byte) error { return read(a, b) }
func (r *Reason) UnmarshalText(b []byte) error { return read(r, b) }
func (t *Trust) UnmarshalText(b []byte) error  { return read(t, b) }

// read takes a word of T's vocabulary, or none. The error is one that
// encoding/json completes with the place.
func read[T ~string](to *T, b []byte) error {
	t := reflect.TypeFor[T]()
	if len(b) > 0 && !slices.Contains(vocabularies[t], string(b)) {
		return &json.UnmarshalTypeError{Value: "word that is none of ours", Type: t}
	}
	*to = T(b)
	return nil
}
