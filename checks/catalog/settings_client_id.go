package catalog

import (
	"strings"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var settingsClientID = &checks.Check{
	ID: "settings/client-id", Title: "a client ID is set, without blanks around it", Since: "v0.1.0",
	Doc: `The client ID is the name by which the provider knows Immich. If it is empty no login starts: from 1.132 Immich says
` + "`\"clientId\" must be a non-empty string`" + `, before that ` + "`client_id is required`" + `. A blank before or behind it, picked up when it was copied,
is sent as it stands, and the provider does not know such a client.

**Mend it**: copy the client ID from the provider into Immich's OAuth settings.`,
	Cites:    []cite.Citation{cite.RFC("6749", "2.2"), cite.OAuth4WebAPI("v3.8.6", "src/index.ts"), cite.OpenIDClient("v5.7.1", "lib/client.js")},
	Symptoms: []string{`"clientId" must be a non-empty string`, "client_id is required", "invalid_client", "Unknown client"},
	Severity: checks.Error,
	Breaks:   checks.Every("discovery"),
	After:    []string{"server/answers", "oauth/enabled"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize, facts.Settings},
	Run:      runSettingsClientID,
}

func runSettingsClientID(f *facts.Facts) checks.Outcome {
	steps := existing(f, checks.Every("discovery"))
	id := f.Settings.Get().ClientID
	for _, t := range f.Authorize.Get().Tries {
		if t.ClientID.Is() { // the one that it really sends
			id = t.ClientID
		}
	}
	fd := checks.Finding{
		Breaks: steps, Want: secret.Textf("the client ID that the provider knows"),
		Fix: []checks.Remedy{{Do: secret.Textf("enter the client ID that the provider knows"), Where: oauthSettings("clientId")}},
	}
	r, is := refused(f)
	switch {
	case is && r.cause == immich.NoClientID:
		fd.Evidence, fd.Got = seen(r.from), secret.Textf("%s (%s)", r.message, r.from.Ref)
		fd.Message = secret.Textf("the client ID in Immich's settings is empty")
	case id.Is() && id.Get() == "":
		fd.Evidence, fd.Got = seen(id.From()...), secret.Textf("%q (%s)", id.Get(), id.From()[0].Ref)
		fd.Message = secret.Textf("the client ID in Immich's settings is empty")
	case id.Is() && strings.TrimSpace(string(id.Get())) != string(id.Get()):
		fd.Severity, fd.Breaks = checks.Warning, []checks.At{}
		fd.Evidence, fd.Got = seen(id.From()...), secret.Textf("%q (%s)", id.Get(), id.From()[0].Ref)
		fd.Message = secret.Textf("the client ID in Immich's settings has a blank before or behind it; the provider will not know it so")
	case id.Is():
		return passed(secret.Textf("%s", id.Get()), steps, id.From()...)
	default:
		from, ok := past(f, stageSetting)
		if !ok {
			return skipped(id.Why)
		}
		return passed(secret.Textf("Immich has one"), steps, from)
	}
	return checks.Failed(fd)
}
