package catalog

import (
	"slices"
	"strings"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

var authorizeParameters = &checks.Check{
	ID: "authorize/parameters", Title: "the authorization URL carries each parameter once", Since: "v0.1.0",
	Doc: `If the authorization_endpoint of the provider's document has a query of its own, Immich adds its parameters to it. Up to
1.131 it replaces those of the same name; from 1.132 it adds a second one. A request with a parameter twice is one that
providers must refuse, and one that does not may take the wrong ` + "`redirect_uri`" + ` or ` + "`scope`" + `.

**Mend it**: take the query off the authorization_endpoint in the provider's configuration.`,
	Cites:    []cite.Citation{cite.RFC("6749", "3.1"), cite.OpenIDClient("v6.8.4", "src/index.ts")},
	Symptoms: []string{"'redirect_uri' parameter must not be provided twice", "invalid_request"},
	Severity: checks.Error,
	Breaks:   checks.Logins("authorize"),
	After:    []string{"discovery/immich"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize},
	Uses:     []facts.Kind{facts.Redirects},
	Run: func(f *facts.Facts) checks.Outcome {
		t := f.Authorize.Get().Tries[0]
		from := t.URL.From()
		t.URL.Get()
		steps := existing(f, checks.Logins("authorize"))
		if len(t.Twice) == 0 {
			return passed(secret.Textf("%s", t.Endpoint.Get()), steps, from...)
		}
		fd := checks.Finding{
			Severity: checks.Warning, Breaks: steps, Evidence: checks.Evidence{From: from, Grade: checks.Implied},
			Message: secret.Textf("the authorization URL carries parameters twice, which providers refuse: the authorization_endpoint of the provider's document has a query of its own"),
			Want:    secret.Textf("each parameter once"), Got: secret.Textf("%s twice (%s)", names(t.Twice, ", "), from[0].Ref),
			Fix: []checks.Remedy{{Do: secret.Textf("take the query off the authorization_endpoint"), Where: secret.Textf("the provider's configuration")}},
		}
		for _, r := range facts.Or(f, f.Redirects, facts.RedirectLog{}).Tries {
			if refuses(r) && fd.Severity == checks.Warning {
				fd.Severity, fd.Evidence = checks.Error, seen(append(from, r.Provider.From(facts.ByProvider))...)
				fd.Message = secret.Textf("the provider refuses a request with parameters that stand in it twice: the authorization_endpoint of its document has a query of its own")
			}
		}
		return checks.Failed(fd)
	},
}

// refuses reports whether the provider wants nothing of a request: it answers
// an error, and not only that somebody has to log in.
func refuses(t facts.RedirectTry) bool {
	if t.Back {
		return t.Error != "" && !wantsPeople(t.Error)
	}
	return t.Provider.Answer == facts.Answered && t.Provider.Status >= 400 && t.Provider.Status < 500
}

// wantsPeople reports whether an error only says that nobody is logged in, as
// the answer to prompt=none must (OpenID Connect Core 3.1.2.6).
func wantsPeople(code secret.Name) bool {
	return slices.Contains([]secret.Name{"login_required", "interaction_required", "consent_required", "account_selection_required"}, code)
}

// names puts names into one.
func names(ns []secret.Name, between string) secret.Name {
	var s []string
	for _, n := range ns {
		s = append(s, string(n))
	}
	return secret.Name(strings.Join(s, between))
}
