package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var settingsGiven = &checks.Check{
	ID: "settings/given", Title: "Immich runs with the settings that you gave", Since: "v0.1.0",
	Doc: `What a flag says of Immich's settings, and what Immich itself says, should be the same. If they differ, somebody looks at one
set-up and Immich runs with another: a configuration file that is not the one in use (` + "`IMMICH_CONFIG_FILE`" + `), a container that was
not recreated after a change, another instance behind the address. Whoever mends the wrong one mends nothing.

This tool believes Immich and judges by what it runs with.

**Mend it**: change the settings where Immich has them, and restart immich-server if they stand in a file.`,
	Cites:    []cite.Citation{cite.Immich("v2.7.5", "server/src/utils/config.ts")},
	Symptoms: []string{"a change of the settings has no effect", "Cannot update configuration while IMMICH_CONFIG_FILE is in use"},
	Severity: checks.Warning,
	After:    []string{"server/answers"},
	Needs:    []facts.Kind{facts.Settings, facts.Discovery, facts.Authorize},
	Run: func(f *facts.Facts) (o checks.Outcome) {
		s := f.Settings.Get()
		if d := f.Discovery.Get(); d.Foreign.Made() {
			o.Findings = append(o.Findings, otherIssuer(f, d))
		} else {
			compare(&o, s.Read, "issuerUrl", s.IssuerURL)
		}
		compare(&o, s.Read, "signingAlgorithm", s.SigningAlgorithm)
		if o.Cells == nil && o.Findings == nil {
			return notApplicable(secret.Textf("no flag says anything of the settings"))
		}
		return o
	},
}

// otherIssuer is the finding that the issuer that was given is not Immich's:
// people are sent to an endpoint that its document does not name.
func otherIssuer(f *facts.Facts, d facts.DiscoveryDoc) checks.Finding {
	fd := checks.Finding{
		Subject: checks.Subject{What: secret.Textf("issuerUrl")}, Got: got(d.Foreign),
		Evidence: seen(f.Authorize.Get().Tries[0].Immich.From(facts.ByImmich), d.Foreign.From(facts.Here)),
		Message:  secret.Textf("the issuer that was given is not the one that Immich uses, and nothing is judged by it"),
		Fix:      []checks.Remedy{{Do: secret.Textf("give the issuer URL that stands in Immich's settings, or none"), Where: oauthSettings("issuerUrl")}},
	}
	for _, t := range f.Authorize.Get().Tries {
		facts.If(t.Endpoint, func(u secret.URI) { fd.Want = secret.Textf("a document that names %s", u) })
	}
	return fd
}

// sameIssuer reports whether two spellings lead Immich to one issuer.
func sameIssuer(a, b secret.Shown) bool {
	x, y := secret.Textf("%s", a).String(), secret.Textf("%s", b).String()
	return immich.SameIssuer(x, y) || immich.SameIssuer(y, x)
}

// compare adds what is to be said of one setting that a flag gives.
func compare[T interface {
	comparable
	secret.Shown
}](o *checks.Outcome, read facts.Known[bool], key secret.Name, k facts.Known[T]) {
	about := checks.Subject{What: secret.Textf("%s", key)}
	others := k.Against()
	switch {
	case !k.Is() || len(k.Claims) == 1 && read.Is():
		return
	case !read.Is():
		o.Cells = append(o.Cells, checks.Cell{Subject: about, Status: checks.Skip, Why: read.Why})
		return
	case len(others) == 0 || key == "issuerUrl" && sameIssuer(others[0].Value, k.Get()):
		o.Cells = append(o.Cells, checks.Cell{Subject: about, Status: checks.Pass, Evidence: seen(k.From()...), Saw: secret.Textf("%s", k.Get())})
		return
	}
	other := others[0]
	o.Findings = append(o.Findings, checks.Finding{
		Subject: about, Evidence: seen(k.From()...),
		Message: secret.Textf("%s is not what Immich runs with: its %s is another", other.From.Ref, key),
		Want:    secret.Textf("%s (%s)", other.Value, other.From.Ref), Got: secret.Textf("%s (%s)", k.Get(), k.From()[0].Ref),
		Fix: []checks.Remedy{{Do: secret.Textf("give what Immich runs with; or, if it should be the other, change it where Immich has its settings"), Where: oauthSettings(string(key))}},
	})
}
