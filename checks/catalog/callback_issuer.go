package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

var callbackIssuer = &checks.Check{
	ID: "callback/issuer", Title: "the provider's answer names the issuer of its document", Since: "v0.1.0",
	Doc: `With its answer a provider may say who it is (` + "`iss`" + `). If it does, Immich compares that with the ` + "`issuer`" + ` of the discovery document,
character by character, in every release; if the document promises it and the answer lacks it, Immich refuses that too.
They differ where a provider makes its own address from the request in one place and from its configuration in another: a
slash at the end, http behind a proxy, an internal host name. Discovery works, people log in, and Immich says "Failed to
finish oauth".

**Mend it**: give the provider one public address, and let its proxy pass ` + "`X-Forwarded-Proto`" + ` and ` + "`-Host`" + ` on every path.`,
	Cites:    []cite.Citation{cite.RFC("9207", "2.4"), cite.OAuth4WebAPI("v3.8.6", "src/index.ts"), cite.OpenIDClient("v5.7.1", "lib/client.js")},
	Symptoms: []string{`unexpected "iss" (issuer) response parameter value`, `response parameter "iss" (issuer) missing`, "iss mismatch, expected", "iss missing from the response"},
	Severity: checks.Error,
	Breaks:   checks.Logins("callback"),
	After:    []string{"discovery/immich", "discovery/document"},
	Needs:    []facts.Kind{facts.Server, facts.Discovery, facts.Redirects},
	Run: func(f *facts.Facts) checks.Outcome {
		d := f.Discovery.Get()
		named, base := d.Issuer.Get(), d.Issuer.From()
		steps := existing(f, checks.Logins("callback"))
		promised := d.IssParameter.Is() && d.IssParameter.Get()
		why := secret.Textf("the provider sends nobody back before a login")
		for _, t := range f.Redirects.Get().Tries {
			if !t.Back {
				continue
			}
			if t.Asked == facts.AskedType && t.Issuer == "" { // so early an error may lack what a code has
				why = secret.Textf("an answer to a response type that nobody has says nothing of others (%s)", t.Provider.Exchange)
				continue
			}
			from := append(base, t.Provider.From(facts.ByProvider))
			switch {
			case t.Issuer == named:
				return passed(secret.Textf("%s", named), steps, from...)
			case t.Issuer == "" && !promised:
				return passed(secret.Textf("it names none, and the document promises none"), steps, from...)
			}
			fd := checks.Finding{
				Breaks: steps, Evidence: seen(from...), Want: secret.Textf("iss=%s", named), Got: secret.Textf("iss=%s (%s)", t.Issuer, t.Provider.Exchange),
				Message: secret.Textf("the provider's answer names another issuer than its document, and Immich refuses it"),
				Fix:     []checks.Remedy{{Do: secret.Textf("give the provider one public address, and let its proxy pass X-Forwarded-Proto and X-Forwarded-Host on every path"), Where: secret.Textf("the provider and its proxy")}},
			}
			if t.Issuer == "" { // an answer with a code may have what one with an error lacks
				fd.Severity, fd.Grade = checks.Warning, checks.Implied
				fd.Message = secret.Textf("the document promises iss in every answer, and this one lacks it; if the answer with the code does too, Immich refuses it")
				fd.Got = secret.Textf("no iss (%s)", t.Provider.Exchange)
			}
			return checks.Failed(fd)
		}
		return skipped(facts.Why{Reason: facts.Hidden, Detail: why})
	},
}
