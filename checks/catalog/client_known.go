package catalog

import (
	"regexp"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

var clientKnown = &checks.Check{
	ID: "client/known", Title: "the provider knows the client ID", Since: "v0.1.0",
	Doc: `Immich names itself to the provider by the client ID in its settings. If the provider has no such client, or it was deleted
or switched off, people see an error page of the provider as soon as they press the login button, and Immich never hears of it.

**Mend it**: copy the client ID from the provider into Immich, without blanks; or create the client there anew.`,
	Cites:    []cite.Citation{cite.RFC("6749", "4.1.2.1")},
	Symptoms: []string{"invalid_client", "client is invalid", "Client not found", "Invalid client_id provided", "The OAuth client was not found"},
	Severity: checks.Error,
	Breaks:   checks.Logins("authorize"),
	After:    []string{"discovery/immich"},
	Needs:    []facts.Kind{facts.Redirects, facts.Authorize, facts.Server},
	Run: func(f *facts.Facts) checks.Outcome {
		why := facts.Why{Reason: facts.NotAsked}
		for _, t := range f.Redirects.Get().Tries {
			p := t.Provider
			from := p.From(facts.ByProvider)
			switch {
			case t.Back: // whatever it says there: to a client that it does not know it would not go back
				return passed(secret.Textf("the provider answers its request (%s)", p.Exchange), existing(f, checks.Logins("authorize")), from)
			case refusesClient(said(t)):
				return checks.Failed(unknownClient(f, from, got(p)))
			case p.Answer == facts.Answered:
				why = facts.Why{Reason: facts.Absent, Detail: secret.Textf("not visible from outside: the provider answers %s", got(p))}
			case p.Made():
				why = facts.Why{Reason: facts.Unanswered, Detail: got(p)}
			default:
				why = t.Why
			}
		}
		return skipped(why)
	},
}

// switchedOff finds the words by which providers refuse a client that is there.
var switchedOff = regexp.MustCompile(`(?i)\bclient( [^ .<]{1,60})? is (invalid|disabled|inactive|not enabled)`)

// refusesClient reports whether a page refuses the client and not a redirect URI of it.
func refusesClient(page string) bool {
	return aboutClient.MatchString(page) || switchedOff.MatchString(page) && !refusesRedirect.MatchString(page)
}

func unknownClient(f *facts.Facts, from facts.Provenance, got secret.Text) checks.Finding {
	id := secret.Text{}
	for _, t := range f.Authorize.Get().Tries {
		facts.If(t.ClientID, func(n secret.Name) { id = secret.Textf(" %s", n) })
	}
	return checks.Finding{
		Evidence: seen(from), Breaks: existing(f, checks.Logins("authorize")), Got: got,
		Message: secret.Textf("the provider refuses the client%s", id), Want: secret.Textf("a client of that ID, switched on"),
		Fix: []checks.Remedy{{Do: secret.Textf("enter the client ID that the provider has, or create the client there"), Where: oauthSettings("clientId")}},
	}
}
