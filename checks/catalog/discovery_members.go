package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

var discoveryMembers = &checks.Check{
	ID: "discovery/members", Title: "each member of the discovery document stands in it once", Since: "v0.1.0",
	Doc: `A discovery document that is put together by hand or by a template can hold a member twice, with two values. Immich takes the
last one; another program may take the first, so that the same provider works for one and not for the other, and an edit
of the first changes nothing.

**Mend it**: remove the one that is not meant.`,
	Cites:    []cite.Citation{cite.RFC("8259", "4"), cite.OIDCDiscovery("4.2")},
	Symptoms: []string{"a change of the provider's document has no effect"},
	Severity: checks.Note,
	After:    []string{"discovery/document"},
	Needs:    []facts.Kind{facts.Discovery},
	Run: func(f *facts.Facts) checks.Outcome {
		d := f.Discovery.Get()
		d.Object.Get()
		if len(d.Form.Twice) == 0 {
			return checks.Passed(got(d.Try), d.Object.From()...)
		}
		return checks.Failed(checks.Finding{
			Evidence: seen(d.Object.From()...),
			Message:  secret.Textf("the discovery document holds members twice, with several values; Immich takes the last"),
			Want:     secret.Textf("each once"), Got: secret.Textf("%s (%s)", names(d.Form.Twice, ", "), d.Try.Exchange),
			Fix: []checks.Remedy{{Do: secret.Textf("remove the one that is not meant"), Where: secret.Textf("%s", d.Try.URL)}},
		})
	},
}
