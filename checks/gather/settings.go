package gather

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

// settings is what is known of Immich's settings: what the API shows to the
// holder of the key, before what the flags say.
var settings = &Source[facts.SettingsDoc]{
	Gives: facts.Settings,
	After: []facts.Kind{facts.Target},
	Waits: []facts.Kind{facts.Server},
	Sends: settingsSends,
	Learn: func(ctx context.Context, w *wire.Wire, f *facts.Facts) facts.Fact[facts.SettingsDoc] {
		t := f.Target.Get()
		s := t.Settings
		if s.Read.Why = notRead(w, f); s.Read.Why != (facts.Why{}) {
			return facts.Is(unread(s))
		}
		release := releaseOf(f)
		w = toImmich(w, f)
		s.Read.Why = facts.Why{Reason: facts.Absent, Detail: secret.Textf("this release has no settings to read")}
		for _, d := range immich.Doors {
			if immich.Plain(release) != "" && immich.Before(release, d.From) {
				continue
			}
			a, body := w.Do(ctx, wire.Request{URL: t.Server + secret.URI(d.Path), Private: true,
				Header: http.Header{"Accept": {"application/json"}, "X-Api-Key": {t.APIKey.Reveal()}}})
			from := a.From(facts.ByImmich)
			r := facts.SettingsRead{Immich: a, Message: member(decode(body), "message", from, asText)}
			if doc := only200(a, body); decode(doc["oauth"]) != nil {
				r.Message.Why = facts.Why{}
				s.Reads = append(s.Reads, r)
				return facts.Is(readSettings(s, doc, from))
			}
			s.Reads = append(s.Reads, r)
			s.Read.Why = facts.Why{Reason: facts.Absent, Detail: secret.Textf("Immich does not show them (%s)", a.Exchange)}
			if a.Answer != facts.Answered {
				s.Read.Why = facts.Why{Reason: facts.Unanswered, Detail: secret.Textf("%s", a.Exchange)}
			}
			if !a.OK(http.StatusForbidden) && !a.OK(http.StatusNotFound) {
				break // the other door does not differ in what is wrong
			}
		}
		return facts.Is(unread(s))
	},
}

func settingsSends(t facts.TargetSpec) (all []Send) {
	if t.APIKey.IsZero() || strings.HasPrefix(string(t.Server), "http:") && !private(string(t.Server)) {
		return nil // over plain http a key goes to this machine alone
	}
	for i, d := range immich.Doors {
		s := Send{ID: fmt.Sprintf("settings.%d", i+1), Method: "GET", URL: string(t.Server) + d.Path, To: ToImmich, Why: "Immich's OAuth settings, with the API key"}
		if i > 0 {
			s.If = "the key may not read the address before, and the release has this one, from " + d.From
		}
		all = append(all, s)
	}
	return all
}

// notRead says why Immich is not asked for its settings; zero if it is.
func notRead(w *wire.Wire, f *facts.Facts) (why facts.Why) {
	t := f.Target.Get()
	if t.APIKey.IsZero() {
		return facts.Why{Reason: facts.NotAsked, Detail: secret.Textf("only administrators are told: give --api-key-file")}
	}
	if why = f.Why(facts.Server); why != (facts.Why{}) {
		return why
	}
	if v := f.Server.Get().Version; !v.Is() {
		return v.Why // it is not Immich that answers
	}
	if refused := w.Confidential(t.Server); !refused.IsZero() {
		return facts.Why{Reason: facts.NotAsked, Detail: secret.Textf("the API key was not sent to %s: %s", t.Server, refused)}
	}
	return why
}

// unread is s without what only Immich could tell, and why.
func unread(s facts.SettingsDoc) facts.SettingsDoc {
	for _, part := range parts(&s) {
		part(nil, "", facts.Provenance{}, s.Read.Why)
	}
	if !s.SecretShape.Is() {
		s.SecretShape.Why = s.Read.Why
	}
	return s
}

// readSettings takes from the document what the table in know/immich lists.
func readSettings(s facts.SettingsDoc, doc object, from facts.Provenance) facts.SettingsDoc {
	s.Read = facts.Says(true, from)
	for key, part := range parts(&s) {
		block, name, _ := strings.Cut(key, ".")
		part(decode(doc[block]), name, from, facts.Why{})
	}
	secretOf := member(decode(doc["oauth"]), "clientSecret", from, secret.New)
	switch {
	case secretOf.Is():
		s.ClientSecret = secretOf.Get()
		s.SecretShape = facts.Says(s.ClientSecret.Shape(), from)
	case !s.SecretShape.Is():
		s.SecretShape.Why = secretOf.Why
	}
	return s
}

// A reader fills one part of the settings from member name of o, before what
// the part says already; or with why, if there is one.
type reader func(o object, name string, from facts.Provenance, why facts.Why)

func reads[T any, K comparable](at *facts.Known[K], as func(T) K) reader {
	return func(o object, name string, from facts.Provenance, why facts.Why) {
		given := at.Claims
		read := member(o, name, from, as)
		if why != (facts.Why{}) {
			read.Why = why
		}
		if *at = facts.Settle(append(read.Claims, given...)...); !at.Is() {
			at.Why = read.Why
		}
	}
}

// parts is every part of s by its key, but for the client secret.
func parts(s *facts.SettingsDoc) map[string]reader {
	return map[string]reader{
		"oauth.enabled":                 reads(&s.Enabled, asBool),
		"oauth.issuerUrl":               reads(&s.IssuerURL, asURI),
		"oauth.clientId":                reads(&s.ClientID, asName),
		"oauth.scope":                   reads(&s.Scope, asName),
		"oauth.buttonText":              reads(&s.ButtonText, asText),
		"oauth.autoRegister":            reads(&s.AutoRegister, asBool),
		"oauth.autoLaunch":              reads(&s.AutoLaunch, asBool),
		"oauth.mobileOverrideEnabled":   reads(&s.MobileOverrideEnabled, asBool),
		"oauth.mobileRedirectUri":       reads(&s.MobileRedirectURI, asURI),
		"oauth.storageLabelClaim":       reads(&s.StorageLabelClaim, asName),
		"oauth.signingAlgorithm":        reads(&s.SigningAlgorithm, asName),
		"oauth.defaultStorageQuota":     reads(&s.DefaultStorageQuota, asNumber),
		"oauth.storageQuotaClaim":       reads(&s.StorageQuotaClaim, asName),
		"oauth.profileSigningAlgorithm": reads(&s.ProfileSigningAlgorithm, asName),
		"oauth.tokenEndpointAuthMethod": reads(&s.TokenEndpointAuthMethod, asName),
		"oauth.timeout":                 reads(&s.Timeout, asInt),
		"oauth.roleClaim":               reads(&s.RoleClaim, asName),
		"oauth.allowInsecureRequests":   reads(&s.AllowInsecureRequests, asBool),
		"oauth.prompt":                  reads(&s.Prompt, asName),
		"oauth.endSessionEndpoint":      reads(&s.EndSessionEndpoint, asURI),
		"oauth.accountManagementUrl":    reads(&s.AccountManagementURL, asURI),
		"passwordLogin.enabled":         reads(&s.PasswordLogin, asBool),
		"server.externalDomain":         reads(&s.ExternalDomain, asURI),
	}
}
