package gather

import (
	"net/http"
	"slices"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
)

// toImmich returns w, which sends the headers of the header file to Immich: to
// the address that the user gave, and to the origins that the user named. What
// a server says of itself is no reason to send it a secret.
func toImmich(w *wire.Wire, f *facts.Facts) *wire.Wire {
	t := f.Target.Get()
	if len(t.Headers) == 0 {
		return w
	}
	h := http.Header{}
	for _, line := range t.Headers {
		h.Add(string(line.Name), line.Value.Reveal())
	}
	origins := []string{string(t.Server)}
	for _, o := range t.Origins {
		origins = append(origins, string(o))
	}
	return w.Carrying(h, slices.Compact(origins)...)
}
