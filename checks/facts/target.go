package facts

import "immich-oidc-doctor/checks/secret"

// A TargetSpec is what the user asked about, on the command line or in our
// configuration file.
type TargetSpec struct {
	Given   secret.URI    `json:"given"`             // as typed
	Server  secret.URI    `json:"server"`            // where Immich answers: scheme and host, no path, no slash at the end
	Origins []secret.Name `json:"origins,omitempty"` // --origin: where people open Immich, scheme and host

	Settings SettingsDoc        `json:"settings"`          // what flags say of Immich's settings
	APIKey   secret.Value       `json:"apiKey,omitzero"`   // for Immich alone
	Headers  []Header           `json:"headers,omitempty"` // --header-file: to send with each request, for Immich alone
	CAFile   secret.Name        `json:"caFile,omitempty"`
	Trusted  []secret.Name      `json:"trusted,omitempty"` // --trust-endpoint: hosts that may be shown the client secret
	ImmichCA Known[secret.Name] `json:"immichCA"`          // --immich-ca-file: what the container trusts beside Node's list
}

// A Header is one line of the header file. Parts are what of its value may come
// back by itself: a cookie's value, a password within a Basic value.
type Header struct {
	Name  secret.Name    `json:"name"`
	Value secret.Value   `json:"value"`
	Parts []secret.Value `json:"parts,omitempty"`
}

// An OriginList is where people open Immich, the first being the one that the
// journeys are folded for; Why says why there is none.
type OriginList struct {
	All []Origin `json:"all,omitempty"`
	Why Why      `json:"why,omitzero"`
}

// An Origin is scheme and host ("https://photos.example.com") and who says so.
type Origin struct {
	Name secret.Name `json:"name"`
	From Provenance  `json:"from"`
}

// Main is the first origin, "" if none is known.
func (l OriginList) Main() secret.Name {
	if len(l.All) == 0 {
		return ""
	}
	return l.All[0].Name
}
