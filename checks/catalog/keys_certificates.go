package catalog

import (
	"time"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

var keysCertificates = &checks.Check{
	ID: "keys/certificates", Title: "the certificates in the key set belong to their keys and are valid", Since: "v0.1.0",
	Doc: `A key may carry a certificate (` + "`x5c`" + `). No release of Immich reads it, so nothing breaks there. Other programs do, and one that
is for another key is the mark of a key that was replaced by half: what the provider signs with then is anybody's guess.

**Mend it**: give the provider a matching pair of key and certificate, or renew the certificate.`,
	Cites:    []cite.Citation{cite.RFC("7517", "4.7"), cite.OIDCDiscovery("3")},
	Symptoms: []string{"another program refuses the same provider's tokens"},
	Severity: checks.Note,
	After:    []string{"discovery/endpoints"},
	Needs:    []facts.Kind{facts.Clock, facts.Keys},
	Run: func(f *facts.Facts) (o checks.Outcome) {
		k, now := f.Keys.Get(), f.Clock.Get()
		k.Read.Get()
		for _, key := range k.Keys {
			if !key.Cert.There {
				continue
			}
			about := checks.Subject{What: secret.Textf("key %s", key.ID)}
			fd := checks.Finding{
				Subject: about, Evidence: seen(k.From...), Want: secret.Textf("a valid certificate for this key"), Got: secret.Textf("%s", k.Try.Exchange),
				Fix: []checks.Remedy{{Do: secret.Textf("give the provider a matching pair of key and certificate; Immich itself does not mind"), Where: secret.Textf("%s", k.Try.URL)}},
			}
			switch {
			case key.Cert.Unreadable:
				fd.Message = secret.Textf("the key's certificate cannot be read")
			case key.Cert.Other:
				fd.Message = secret.Textf("the key's certificate is for another key")
			case key.Cert.NotAfter.Before(now):
				fd.Message = secret.Textf("the key's certificate ran out on %s", secret.Name(key.Cert.NotAfter.Format(time.DateOnly)))
			default:
				o.Cells = append(o.Cells, checks.Cell{Subject: about, Status: checks.Pass, Evidence: seen(k.From...), Saw: secret.Textf("valid until %s", secret.Name(key.Cert.NotAfter.Format(time.DateOnly)))})
				continue
			}
			o.Findings = append(o.Findings, fd)
		}
		if len(o.Cells)+len(o.Findings) == 0 {
			return checks.Passed(secret.Textf("no key carries one"), k.From...)
		}
		return o
	},
}
