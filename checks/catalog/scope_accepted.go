package catalog

import (
	"slices"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

var scopeAccepted = &checks.Check{
	ID: "scope/accepted", Title: "the provider accepts the scopes that Immich asks for", Since: "v0.1.0",
	Doc: `A provider may ignore a scope that it does not know, and most do. Authelia, Keycloak and Dex refuse the whole request instead,
also if the provider knows the scope and this client may not have it. People are then sent back to Immich with
` + "`error=invalid_scope`" + `, and Immich says "Failed to finish oauth".

**Mend it**: take the scope out of Immich's settings, or give it to the client at the provider.`,
	Cites:    []cite.Citation{cite.RFC("6749", "4.1.2.1"), cite.OIDCCore("3.1.2.1"), cite.OIDCDiscovery("3")},
	Symptoms: []string{"invalid_scope", "requested scope is not allowed", "Unrecognized scope(s)", "Failed to finish oauth"},
	Severity: checks.Error,
	Breaks:   checks.Logins("callback"),
	After:    []string{"discovery/immich", "authorize/parameters"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize, facts.Discovery},
	Uses:     []facts.Kind{facts.Redirects},
	Run: func(f *facts.Facts) checks.Outcome {
		t := f.Authorize.Get().Tries[0]
		t.URL.Get()
		asked, from := scopesOf(t)
		steps := existing(f, checks.Logins("callback"))
		var unlisted []secret.Name
		offered := f.Discovery.Get().ScopesOffered
		for _, s := range asked {
			if offered.Is() && !offered.Has(s) {
				unlisted = append(unlisted, s)
			}
		}
		fix := checks.Remedy{Do: secret.Textf("take the scopes out that the provider does not give this client"), Where: oauthSettings("scope")}
		fixes := []checks.Remedy{fix}
		give := checks.Remedy{Do: secret.Textf("or give them to the client at the provider")}
		if inDialect(f, provider.Scopes, secret.Text{}, &give) {
			fixes = append(fixes, give)
		}
		if o := scopeAnswered(facts.Or(f, f.Redirects, facts.RedirectLog{}), asked, unlisted, steps, fixes); o != nil {
			return *o
		}
		switch {
		case len(unlisted) > 0:
			return checks.Failed(checks.Finding{
				Severity: checks.Note, Evidence: checks.Evidence{From: []facts.Provenance{from, offered.From}, Grade: checks.Implied}, Fix: fixes,
				Message: secret.Textf("the provider does not list every scope that Immich asks for; strict providers then refuse the login"),
				Want:    secret.Textf("scopes of the list"), Got: secret.Textf("%s", names(unlisted, " ")),
			})
		case !offered.Is():
			return skipped(offered.Why)
		}
		return passed(secret.Textf("they are listed"), steps, from, offered.From)
	},
}

// scopeAnswered is what the provider's answers to Immich's requests say of the
// scopes, nil if nothing: it looks at them before it asks who logs in.
func scopeAnswered(l facts.RedirectLog, asked, unlisted []secret.Name, steps []checks.At, fix []checks.Remedy) *checks.Outcome {
	for _, t := range l.Tries {
		from := t.Provider.From(facts.ByProvider)
		switch {
		case t.Back && t.Error == "invalid_scope":
			fd := checks.Finding{
				Evidence: seen(from), Breaks: steps, Fix: fix,
				Message: secret.Textf("the provider refuses the scopes that Immich asks for: %s", t.Description),
				Want:    secret.Textf("the scopes accepted"), Got: secret.Textf("invalid_scope for %s (%s)", names(asked, " "), from.Ref),
			}
			if rest := slices.DeleteFunc(slices.Clone(asked), func(s secret.Name) bool { return slices.Contains(unlisted, s) }); len(unlisted) > 0 {
				fd.Fix[0].Snippet = secret.Textf("%s", names(rest, " "))
			}
			o := checks.Failed(fd)
			return &o
		case t.Back && (wantsPeople(t.Error) || t.Code):
			o := passed(secret.Textf("the provider has nothing against %s", names(asked, " ")), steps, from)
			return &o
		}
	}
	return nil
}
