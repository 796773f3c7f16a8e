package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

// way says for people how an answer comes back.
var way = map[secret.Name]secret.Name{"fragment": "the fragment (behind #)", "form_post": "a form that posts itself"}

var callbackQuery = &checks.Check{
	ID: "callback/query", Title: "the provider sends its answer in the query of the redirect URI", Since: "v0.1.0",
	Doc: `Immich's web page looks for ` + "`code=`" + ` or ` + "`error=`" + ` in the query of its address, and the app does likewise. Immich asks for no response
mode, so a provider must use the query. One that is set to answer in the fragment (behind ` + "`#`" + `), by a form that posts itself
or in a signed response brings people back to a login page that shows nothing, not even an error.

**Mend it**: set the client's response mode at the provider to ` + "`query`" + `, or to none so that the default holds.`,
	Cites:    []cite.Citation{cite.RFC("6749", "4.1.2"), cite.MultipleResponseTypes("2.1"), cite.OIDCDiscovery("3"), cite.Immich("v2.7.5", "web/src/routes/auth/login/+page.svelte")},
	Symptoms: []string{"after the login the plain login page comes back, without an error"},
	Severity: checks.Error,
	Breaks:   checks.Logins("callback"),
	After:    []string{"discovery/immich", "authorize/parameters"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize, facts.Discovery},
	Uses:     []facts.Kind{facts.Redirects},
	Run: func(f *facts.Facts) checks.Outcome {
		f.Authorize.Get().Tries[0].URL.Get()
		steps := existing(f, checks.Logins("callback"))
		fd := checks.Finding{
			Breaks: steps, Want: secret.Textf("an answer in the query"),
			Fix: []checks.Remedy{{Do: secret.Textf("set the response mode of the client to query"), Where: secret.Textf("the client at the provider")}},
		}
		for _, t := range facts.Or(f, f.Redirects, facts.RedirectLog{}).Tries {
			from := t.Provider.From(facts.ByProvider)
			switch {
			case !t.Back, t.Asked == facts.AskedType: // another response type may have another way
				continue
			case t.Mode == "":
				return passed(secret.Textf("it does"), steps, from)
			}
			// An error comes back the way that a code does.
			fd.Evidence = checks.Evidence{From: []facts.Provenance{from}, Grade: checks.Implied}
			fd.Message, fd.Got = secret.Textf("the provider answers by %s, where Immich does not look", way[t.Mode]), got(t.Provider)
			return checks.Failed(fd)
		}
		modes := f.Discovery.Get().ResponseModes
		switch {
		case !modes.Is() && modes.Why.Reason != facts.Absent:
			return skipped(modes.Why)
		case modes.Is() && !modes.Has("query"):
			fd.Severity, fd.Evidence = checks.Warning, checks.Evidence{From: []facts.Provenance{modes.From}, Grade: checks.Implied}
			fd.Message = secret.Textf("the provider does not list the response mode query, the only one that Immich understands")
			fd.Got = secret.Textf("%s", names(modes.Values, ", "))
			return checks.Failed(fd)
		}
		return passed(secret.Textf("the document says nothing against it"), steps, f.Discovery.Get().Object.From()...)
	},
}
