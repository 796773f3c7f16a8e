package catalog

import (
	"slices"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

var clientKnown = &checks.Check{
	ID: "client/known", Title: "the provider knows the client ID", Since: "v0.1.0",
	Doc: `Immich names itself to the provider by the client ID in its settings. If the provider has no such client, or it was deleted
or switched off, people see an error page of the provider as soon as they press the login button, and Immich never hears of it. Glewlwyd's is empty,
and the same where the client is there and has none of Immich's redirect URIs: then one of the two is wrong.

**Mend it**: copy the client ID from the provider into Immich, without blanks; or create the client there anew.`,
	Cites:    []cite.Citation{cite.RFC("6749", "4.1.2.1")},
	Symptoms: []string{"invalid_client", "client is invalid", "Client not found", "Invalid client_id provided", "The OAuth client was not found"},
	Severity: checks.Error,
	Breaks:   checks.Logins("authorize"),
	After:    []string{"discovery/immich"},
	YieldsTo: []string{"pkce/accepted"},
	Needs:    []facts.Kind{facts.Redirects, facts.Authorize, facts.Server},
	Uses:     []facts.Kind{facts.Discovery, facts.Credentials},
	Run: func(f *facts.Facts) checks.Outcome {
		l := f.Redirects.Get()
		if o, ok := clientGoesBack(f, l); ok {
			return o
		}
		if fd, ok := clientRefusedInWords(f, l); ok {
			return checks.Failed(fd)
		}
		if o := clientElsewhere(f); o != nil {
			return *o
		}
		for _, t := range l.Tries {
			if grade, ok := takes(f, l, t); ok {
				o := passed(secret.Textf("the provider would have people log in (%s), and refuses the same request with an address that nobody registers (%s)", t.Provider.Exchange, l.Control.Provider.Exchange),
					existing(f, checks.Logins("authorize")), t.Provider.From(facts.ByProvider), l.Control.Provider.From(facts.ByProvider))
				o.Cells[0].Grade = grade
				return o
			}
		}
		if says, answer, ok := refusesAll(f, l); ok {
			return checks.Failed(clientOrRedirects(f, says, answer))
		}
		return skipped(clientUnseen(f, l))
	},
}

// clientGoesBack is that the provider goes back to Immich: to a client that it
// does not know it would not, whatever it says there.
func clientGoesBack(f *facts.Facts, l facts.RedirectLog) (o checks.Outcome, ok bool) {
	for _, t := range l.Tries {
		if t.Back && !goesAnywhere(f, l) {
			o = passed(secret.Textf("the provider answers its request (%s)", t.Provider.Exchange), existing(f, checks.Logins("authorize")), t.Provider.From(facts.ByProvider))
			o.Cells[0].Grade = echoed(t)
			return o, true
		}
	}
	return o, false
}

// clientRefusedInWords is the finding that a page of the provider refuses the
// client.
func clientRefusedInWords(f *facts.Facts, l facts.RedirectLog) (fd checks.Finding, ok bool) {
	for _, t := range l.Tries {
		if grade, refuses := refusesClientWith(f, l, t); refuses {
			fd = unknownClient(f, t.Provider.From(facts.ByProvider), got(t.Provider))
			fd.Grade = grade
			return fd, true
		}
	}
	return fd, false
}

// clientUnseen says why nothing shows whether the client is there.
func clientUnseen(f *facts.Facts, l facts.RedirectLog) facts.Why {
	why := l.Ended
	for _, t := range l.Tries {
		switch p := t.Provider; {
		case t.Back:
			why = facts.Why{Reason: facts.Hidden, Detail: secret.Textf("the provider goes back to an address that nobody registers too (%s)", l.Control.Provider.Exchange)}
		case p.Answer == facts.Answered:
			why = facts.Why{Reason: facts.Hidden, Detail: secret.Textf("the provider answers %s", got(p))}
		case p.Made():
			why = facts.Why{Reason: facts.Unanswered, Detail: got(p)}
		case t.Why != (facts.Why{}):
			why = t.Why
		}
	}
	if why == (facts.Why{}) {
		why.Reason = facts.NotAsked
	}
	return why
}

// clientElsewhere is what the endpoints that take Immich's own credentials say
// of the client, nil if nothing.
func clientElsewhere(f *facts.Facts) (o *checks.Outcome) {
	steps := existing(f, checks.Logins("authorize"))
	facts.If(f.Credentials, func(c facts.CredentialLog) {
		if c.Pushed.Try.OK(201) && c.Pushed.JSON {
			passes := passed(secret.Textf("the provider takes a pushed request of it (%s)", c.Pushed.Try.Exchange), steps, c.Pushed.Try.From(facts.ByProvider))
			o = &passes
		}
		for _, t := range []facts.CredentialTry{c.Token, c.Refresh} {
			r := meaning(f, t)
			switch from := t.Try.From(facts.ByProvider); {
			case o != nil:
			case r.Means == provider.ClientUnknown:
				fd := unknownClient(f, from, secret.Textf("%s: %s", got(t.Try), t.Description))
				fd.Grade = resting(r.Evidence)
				fails := checks.Failed(fd)
				o = &fails
			case r.Evidence != provider.Unchecked && slices.Contains([]provider.Meaning{provider.SecretAccepted, provider.SecretRefused, provider.MethodRefused, provider.RedirectRefused}, r.Means):
				passes := passed(secret.Textf("the provider answers its credentials as those of a client that is there (%s)", t.Try.Exchange), steps, from)
				o = &passes
			}
		}
		if shown := ofSecret(f); o == nil && shown.heard == accepted {
			passes := passed(secret.Textf("the provider accepts its secret (%s)", shown.by[0].Try.Exchange), steps, shown.evidence().From...)
			o = &passes
		}
	})
	return o
}

// clientOrRedirects is the finding that the provider refuses Immich's request
// whatever the redirect URI, and does not say why.
func clientOrRedirects(f *facts.Facts, says checks.Evidence, answer secret.Text) checks.Finding {
	fd := unknownClient(f, says.From[0], answer)
	fd.Evidence = says
	fd.Message = secret.Textf("the provider refuses Immich's request without a word: either it does not know the client%s, or none of its redirect URIs is registered", idOf(f))
	fd.Want = secret.Textf("a client of that ID, with Immich's redirect URIs")
	register := checks.Remedy{Do: secret.Textf("or, if the client is there, add Immich's redirect URIs to it, exactly so")}
	inDialect(f, provider.Redirects, secret.Text{}, &register)
	var uris secret.Text
	for _, t := range f.Redirects.Get().Tries {
		if uris.IsZero() {
			uris = secret.Textf("%s", t.Redirect)
		} else {
			uris = secret.Textf("%s\n%s", uris, t.Redirect)
		}
	}
	register.Snippet = uris
	fd.Fix = append(fd.Fix, register)
	return fd
}

func unknownClient(f *facts.Facts, from facts.Provenance, got secret.Text) checks.Finding {
	return checks.Finding{
		Evidence: seen(from), Breaks: existing(f, checks.Logins("authorize")), Got: got,
		Message: secret.Textf("the provider refuses the client%s", idOf(f)), Want: secret.Textf("a client of that ID, switched on"),
		Fix: []checks.Remedy{{Do: secret.Textf("enter the client ID that the provider has, or create the client there"), Where: oauthSettings("clientId")}},
	}
}

// idOf is Immich's client ID with a blank before it, empty where nobody knows it.
func idOf(f *facts.Facts) (id secret.Text) {
	for _, t := range f.Authorize.Get().Tries {
		facts.If(t.ClientID, func(n secret.Name) { id = secret.Textf(" %s", n) })
	}
	return id
}
