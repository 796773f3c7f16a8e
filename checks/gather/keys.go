package gather

import (
	"context"
	"encoding/json"
	"net/http"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/secret"
)

// maxKeys is as many keys of a set as are read: no provider has more.
const maxKeys = 50

// keys fetches the key set that discovery names.
var keys = &Source[facts.KeySet]{
	Gives: facts.Keys,
	After: []facts.Kind{facts.Discovery},
	Sends: func(facts.TargetSpec) []Send {
		return []Send{{ID: "keys.1", Method: "GET", URL: "{jwks_uri}", To: ToProvider, Why: "the keys that it signs with"}}
	},
	Learn: func(ctx context.Context, w *wire.Wire, f *facts.Facts) facts.Fact[facts.KeySet] {
		d := f.Discovery.Get()
		a, body := w.Get(ctx, d.JWKSURI.Get())
		return facts.Is(readKeys(a, body, d.JWKSURI.From()[0].Vantage))
	},
}

// readKeys decodes a key set, seen at least as badly as the address of it.
func readKeys(a facts.Attempt, body []byte, by facts.Vantage) facts.KeySet {
	set := facts.KeySet{Try: a, From: []facts.Provenance{a.From(min(facts.Here, by))}}
	set.Read.Why = facts.Why{Reason: facts.Absent, Detail: secret.Textf("there is no key set (%s)", a.Exchange)}
	if a.Answer != facts.Answered {
		set.Read.Why = facts.Why{Reason: facts.Unanswered, Detail: secret.Textf("%s", a.Exchange)}
	}
	var o object
	if a.OK(http.StatusOK) {
		o, set.Form = readForm(body)
	}
	var raw []json.RawMessage
	_, there := o["keys"]
	if o == nil || there && (json.Unmarshal(o["keys"], &raw) != nil || raw == nil) {
		return set
	}
	set.Read = facts.Says(true, set.From[0]) // Authentik without a signing key answers {}: read, and empty
	for _, k := range raw[:min(len(raw), maxKeys)] {
		set.Keys = append(set.Keys, readKey(k))
	}
	return set
}
