package catalog

import (
	"strings"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/front"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var settingsAPIKey = &checks.Check{
	ID: "settings/api-key", Title: "the API key may read Immich's settings", Since: "v0.1.0",
	Doc: `Immich shows its OAuth settings to administrators only. With an API key of an administrator this tool reads them, and what
would be assumed is known: the issuer URL, the algorithms, the shape of the client secret. A key that Immich does not know,
that belongs to somebody else, or that lacks the permission breaks no login: it only leaves these things unknown.

From 1.113 a key has permissions. The settings need ` + "`systemConfig.read`" + `; from 3.2 they stand at a second address too, which needs
` + "`adminConfig.read`" + `. One of the two is enough. The key is sent to Immich alone, and only over verified https or on one machine.

**Mend it**: as an administrator open Account Settings > API Keys and make a key with that permission.`,
	Cites: []cite.Citation{cite.Immich("v2.7.5", "server/src/controllers/system-config.controller.ts"), cite.Immich("v3.2.0", "server/src/controllers/config-admin.controller.ts")},
	Symptoms: []string{"Invalid API key", "Missing required permission: systemConfig.read", "Missing required permission: adminConfig.read",
		"Authentication required", "Forbidden"},
	Severity: checks.Warning,
	After:    []string{"server/answers"},
	Needs:    []facts.Kind{facts.Server, facts.Settings},
	Run:      runSettingsAPIKey,
}

func runSettingsAPIKey(f *facts.Facts) checks.Outcome {
	s := f.Settings.Get()
	switch {
	case s.Read.Is():
		return checks.Passed(secret.Textf("Immich shows them"), s.Read.From()...)
	case len(s.Reads) == 0:
		return skipped(s.Read.Why)
	}
	r := s.Reads[len(s.Reads)-1]
	a := r.Immich
	if a.Answer != facts.Answered {
		return skipped(facts.Why{Reason: facts.Unanswered, Detail: got(a)})
	}
	fd := checks.Finding{Want: secret.Textf("HTTP 200 with the settings"), Got: got(a)}
	for _, r := range s.Reads {
		fd.From = append(fd.From, r.Immich.From(facts.ByImmich))
	}
	if r.Message.Is() {
		fd.Got = secret.Textf("%s: %s", got(a), r.Message.Get())
	}
	fd.Message, fd.Fix = keyRefused(f, s)
	return checks.Failed(fd)
}

// keyRefused says why Immich does not show its settings, and what to do.
func keyRefused(f *facts.Facts, s facts.SettingsDoc) (secret.Text, []checks.Remedy) {
	last := s.Reads[len(s.Reads)-1]
	a, said := last.Immich, ""
	if last.Message.Is() {
		said = last.Message.Get().String()
	}
	keys := secret.Textf("Immich: Account Settings > API Keys, as an administrator")
	make := secret.Textf("make a key and give that one")
	permissions := permissionsOf(f, s)
	if permissions != "" {
		make = secret.Textf("make a key with the permission %s and give that one", permissions)
	}
	who, known := inFront(a)
	switch {
	case a.Status == 401 && strings.Contains(said, "Authentication required"):
		return secret.Textf("the API key does not arrive at Immich"), []checks.Remedy{{Do: secret.Textf("let the proxy pass the header x-api-key, or give an address of Immich behind it")}}
	case a.Status == 401 && last.Message.Is():
		return secret.Textf("Immich does not know this API key"), []checks.Remedy{{Do: make, Where: keys}}
	case a.Status == 403 && strings.Contains(said, "ermission") && permissions != "":
		return secret.Textf("the API key lacks the permission %s", permissions), []checks.Remedy{{Do: make, Where: keys}}
	case a.Status == 403 && last.Message.Is():
		return secret.Textf("the API key is not an administrator's"), []checks.Remedy{{Do: make, Where: keys}}
	case known:
		return secret.Textf("%s answers in the place of Immich's settings", secret.Name(who.Name)), []checks.Remedy{{Do: secret.Textf("%s", secret.Name(who.Mend)), Where: secret.Textf("for /api/ on this host")}}
	case front.LooksLikeHTML(a.Body.String()):
		return secret.Textf("a web page answers in the place of Immich's settings"), []checks.Remedy{{Do: secret.Textf("see that the proxy passes /api to Immich")}}
	}
	return secret.Textf("Immich does not show its settings"), []checks.Remedy{{Do: secret.Textf("see the log of immich-server for this request")}}
}

// permissionsOf names the permissions that the addresses asked for need; "" if
// the release knows none.
func permissionsOf(f *facts.Facts, s facts.SettingsDoc) (all secret.Name) {
	if !immich.KeyPermissions.At(rules(f)).Value {
		return ""
	}
	for _, r := range s.Reads {
		for _, d := range immich.Doors {
			if !strings.HasSuffix(string(r.Immich.URL), d.Path) {
				continue
			}
			if all != "" {
				all += " or "
			}
			all += secret.Name(d.Permission)
		}
	}
	return all
}
