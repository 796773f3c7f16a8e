package catalog

import (
	"cmp"
	"regexp"
	"slices"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

// A hearing is what the token endpoint's answers to Immich's credentials say of
// them.
type hearing int

const (
	notVisible     hearing = iota // nothing
	accepted                      // the client, its secret and the way of showing it
	secretRefused                 // the client is there, the secret is not its own
	clientRefused                 // there is no such client, or the secret is not its own
	methodRefused                 // the way of showing the secret; of the secret it says nothing
	seemsToRefuse                 // the client, by words that not every provider keeps to
	seemsNotToTake                // the way of showing it, the same way
)

// credentialsShown is that, and what it rests on.
type credentialsShown struct {
	heard hearing
	by    []facts.CredentialTry // the answer to quote first
	why   facts.Why             // of what is not visible
}

// refused reports whether it is certain that the credentials are no good.
func (c credentialsShown) refused() bool {
	return c.heard == secretRefused || c.heard == clientRefused
}

// evidence is the exchanges and whatever else it rests on.
func (c credentialsShown) evidence(also ...facts.Provenance) checks.Evidence {
	var from []facts.Provenance
	for _, t := range c.by {
		from = append(from, t.Try.From(facts.ByProvider))
	}
	return seen(append(from, also...)...)
}

// ofSecret is what the answers say of the secret: those of the token endpoint,
// and of the one for pushed requests, which wants the same credentials (RFC 9126
// 2) and may take another way of showing them.
func ofSecret(f *facts.Facts) credentialsShown {
	if l := facts.Or(f, f.Credentials, facts.CredentialLog{}); l.Pushed.Try.OK(201) && l.Pushed.JSON {
		return credentialsShown{heard: accepted, by: []facts.CredentialTry{l.Pushed}}
	}
	return shown(f)
}

// shown folds what the token endpoint answered. It falls back, and says so, where
// nothing was asked, or nothing is known of who answers.
func shown(f *facts.Facts) credentialsShown {
	l := facts.Or(f, f.Credentials, facts.CredentialLog{})
	facts.Or(f, f.Discovery, facts.DiscoveryDoc{})
	facts.Or(f, f.Authorize, facts.AuthorizeLog{})
	t := l.Token
	switch a := t.Try; {
	case !a.Made():
		return notSeen(cmp.Or(t.Why, l.Ended))
	case a.Answer != facts.Answered:
		return notSeen(facts.Why{Reason: facts.Unanswered, Detail: got(a)})
	case a.Status == 429:
		return notSeen(cmp.Or(l.Ended, facts.Why{Reason: facts.Hidden, Detail: secret.Textf("the provider wants fewer requests: %s", got(a))}))
	case !speaks(t):
		return notSeen(facts.Why{Reason: facts.Hidden, Detail: secret.Textf("%s says nothing of the secret", got(a))})
	}
	r := meaning(f, t)
	by := credentialsShown{by: []facts.CredentialTry{t}}
	switch unchecked := r.Evidence == provider.Unchecked; {
	case r.Means == provider.CodeFirst:
		return notSeen(facts.Why{Reason: facts.Hidden, Detail: secret.Textf("%s", secret.Name(cmp.Or(surely(f).Proofs.Secret.By, "the code is looked up before the secret")))})
	case r.Means == provider.ClientUnknown:
		return notSeen(facts.Why{Reason: facts.Hidden, Detail: secret.Textf("the provider says that it has no such client: %s", quoted(t))})
	case r.Means == provider.MethodRefused && unchecked:
		by.heard = seemsNotToTake
	case r.Means == provider.MethodRefused:
		by.heard = methodRefused
	case unchecked || r.Means == provider.Open:
		return byControl(f, l)
	case r.Means == provider.SecretRefused:
		by.heard = secretRefused
	case r.Means == provider.ClientRefused:
		return whoseFault(f, l)
	case passes(meaning(f, l.Control).Means):
		return noDifference(l.Control) // whatever the row says of this product
	default:
		by.heard = accepted
	}
	return by
}

// surely is the provider's row, if it is certain which one it is.
func surely(f *facts.Facts) provider.Provider {
	if p, surety := Provider(f); surety == provider.Sure {
		return p
	}
	return provider.Provider{}
}

func notSeen(why facts.Why) credentialsShown { return credentialsShown{why: why} }

// noDifference is what one learns of a provider that says the same to a wrong secret.
func noDifference(control facts.CredentialTry) credentialsShown {
	return notSeen(facts.Why{Reason: facts.Hidden, Detail: secret.Textf("the provider answers a secret that is not right in the same way (%s)", control.Try.Exchange)})
}

// byControl compares with the answer to a wrong secret, where nobody has checked
// what the answer means at this provider.
func byControl(f *facts.Facts, l facts.CredentialLog) credentialsShown {
	t, c := l.Token, l.Control
	means := meaning(f, t).Means
	perhaps := credentialsShown{heard: seemsToRefuse, by: []facts.CredentialTry{t}}
	if c.Try.Answer != facts.Answered || !speaks(c) || c.Try.WantsFewer() {
		if blames(means) {
			return perhaps
		}
		detail := secret.Textf("nobody has checked what this provider means by its answer (%s)", t.Try.Exchange)
		switch {
		case c.Try.Made():
			detail = secret.Textf("%s, and to a wrong secret it says nothing clear (%s)", detail, c.Try.Exchange)
		case !c.Why.Detail.IsZero():
			detail = secret.Textf("%s; it was shown no wrong secret to compare: %s", detail, c.Why.Detail)
		}
		return notSeen(facts.Why{Reason: facts.Hidden, Detail: detail})
	}
	control := meaning(f, c).Means
	switch {
	case blames(means) && blames(control):
		perhaps.by = append(perhaps.by, c)
		return perhaps
	case blames(means):
		return notSeen(facts.Why{Reason: facts.Hidden, Detail: secret.Textf("the provider refuses Immich's secret (%s) and not one that is made up (%s)", t.Try.Exchange, c.Try.Exchange)})
	case blames(control):
		return credentialsShown{heard: accepted, by: []facts.CredentialTry{t, c}}
	case t.Error != c.Error || t.Try.Status != c.Try.Status: // which of the two it refuses, if any, only those words would say
		return notSeen(facts.Why{Reason: facts.Hidden, Detail: secret.Textf("the provider answers Immich's secret (%s) otherwise than one that is made up (%s), and nobody has checked what it means by that", t.Try.Exchange, c.Try.Exchange)})
	}
	return noDifference(c)
}

// whoseFault tells a wrong secret from a client ID that the provider does not
// have, and at some products from a redirect URI that it does not have: they
// have one answer for all.
func whoseFault(f *facts.Facts, l facts.CredentialLog) credentialsShown {
	c := credentialsShown{heard: clientRefused, by: []facts.CredentialTry{l.Token}}
	if meaning(f, l.Token).Blurred && !proven(f, true) {
		switch refresh := meaning(f, l.Refresh); {
		case passes(refresh.Means):
			return credentialsShown{heard: accepted, by: []facts.CredentialTry{l.Refresh}}
		case blames(refresh.Means):
			c.by = append(c.by, l.Refresh)
		default:
			return notSeen(facts.Why{Reason: facts.Hidden, Detail: secret.Textf("the provider has one answer for a wrong secret and for a redirect URI that is not registered (%s)", l.Token.Try.Exchange)})
		}
	}
	if proven(f, false) {
		c.heard = secretRefused
	}
	return c
}

// proven reports whether the authorization endpoint shows that the client is
// there with one of its redirect URIs, or with the web page's.
func proven(f *facts.Facts, web bool) bool {
	l := facts.Or(f, f.Redirects, facts.RedirectLog{})
	return slices.ContainsFunc(l.Tries, func(t facts.RedirectTry) bool {
		grade, there := takes(f, l, t)
		return (!web || t.Journey == "web") && (t.Back && !l.Control.Back || there && grade > checks.Assumed)
	})
}

func passes(m provider.Meaning) bool {
	return m == provider.SecretAccepted || m == provider.RedirectRefused
}

func blames(m provider.Meaning) bool {
	return m == provider.ClientRefused || m == provider.SecretRefused
}

// speaks reports whether it is the token endpoint that answers, and says
// something. A page, a redirect, an error of the server and who stands in front
// are the business of token/endpoint.
func speaks(t facts.CredentialTry) bool {
	a := t.Try
	who, known := inFront(a)
	return !isPage(a) && (!known || theirOwn(who, true)) && (a.Status >= 400 && a.Status < 500 || a.Status < 300 && t.Error != "")
}

// opening is as much of a description as is quoted, and a little more.
var opening = regexp.MustCompile(`(?s)^.{1,200}`)

// quoted is an answer in the provider's own words.
func quoted(t facts.CredentialTry) secret.Text {
	words := excerpt(opening, t.Description.String())
	switch {
	case t.Error == "" && words.IsZero():
		return got(t.Try)
	case t.Error == "":
		return secret.Textf("%s: %s", got(t.Try), words)
	case words.IsZero():
		return secret.Textf("%s: %s", got(t.Try), t.Error)
	}
	return secret.Textf("%s: %s, %s", got(t.Try), t.Error, words)
}
