package catalog

import (
	"regexp"
	"slices"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

// A standing is what is known of one redirect URI at the provider.
type standing struct {
	is    registration
	grade checks.Grade // zero: as sure as from allows
	from  []facts.Provenance
	saw   secret.Text // of one that is registered: how that shows; of one that is refused: what the provider does
	got   secret.Text // of one that is refused: the answer, in the provider's words if it has any
	why   facts.Why   // of one that is neither
}

type registration int

const (
	unseen registration = iota
	registered
	refusedThere // it is not registered
	failsThere   // the address that people are sent to fails
)

// standingOf judges one redirect URI: by going there, by words, by what the
// provider's other endpoints say, and last by how it answers other addresses.
func standingOf(f *facts.Facts, l facts.RedirectLog, t facts.RedirectTry) standing {
	p := t.Provider
	from := []facts.Provenance{p.From(facts.ByProvider)}
	switch {
	case !p.Made() && t.Why == (facts.Why{}):
		return standing{why: l.Ended}
	case !p.Made():
		return standing{why: t.Why}
	case p.Answer != facts.Answered:
		return standing{why: facts.Why{Reason: facts.Unanswered, Detail: got(p)}, from: from}
	case t.Back && goesAnywhere(f, l):
		return standing{from: from, why: facts.Why{Reason: facts.Hidden, Detail: secret.Textf("the provider goes there (%s), and to an address that nobody registers too (%s)", p.Exchange, l.Control.Provider.Exchange)}}
	case t.Back:
		return standing{is: registered, grade: echoed(t), from: from, saw: secret.Textf("the provider goes there (%s)", p.Exchange)}
	}
	if grade, ok := refusesWith(f, l, t, namesRedirect); ok {
		return standing{is: refusedThere, grade: grade, from: from, got: inWords(t)}
	}
	if _, ok := refusesClientWith(f, l, t); ok {
		return standing{from: from, why: facts.Why{Reason: facts.Hidden, Detail: secret.Textf("the provider refuses the client (%s), see client/known", p.Exchange)}}
	}
	if s := elsewhere(f, l, t); s.is != unseen {
		return s
	}
	if s := byContrast(f, l, t); s.is != unseen {
		return s
	}
	switch _, _, all := refusesAll(f, l); {
	case p.Status == 404 || p.Status >= 500:
		return standing{is: failsThere, from: from}
	case all:
		return standing{from: from, why: facts.Why{Reason: facts.Hidden, Detail: secret.Textf("the provider refuses Immich's request whatever the redirect URI is (%s), see client/known", p.Exchange)}}
	case t.Why != (facts.Why{}):
		return standing{from: from, why: facts.Why{Reason: t.Why.Reason, Detail: secret.Textf("not to the end: %s; the provider answers %s", t.Why.Detail, got(p))}}
	case sameAsking(t, l.Control) && alike(t, l.Control):
		return standing{from: from, why: facts.Why{Reason: facts.Hidden, Detail: secret.Textf("the provider answers %s, and an address that nobody registers in the same way (%s)", got(p), l.Control.Provider.Exchange)}}
	}
	return standing{from: from, why: facts.Why{Reason: facts.Hidden, Detail: secret.Textf("the provider answers %s", got(p))}}
}

// elsewhere is what the endpoints that take Immich's own credentials say of the
// web page's redirect URI, the only one that they are asked about.
func elsewhere(f *facts.Facts, l facts.RedirectLog, t facts.RedirectTry) (s standing) {
	if web, ok := firstWeb(l); !ok || web.Redirect != t.Redirect {
		return s
	}
	product, _ := Provider(f) // by a name that nobody is sure of it reads nothing that is checked
	facts.If(f.Credentials, func(c facts.CredentialLog) {
		pushed, token := c.Pushed.Try, c.Token.Try
		switch r := meaning(f, c.Token); {
		case pushed.OK(201) && c.Pushed.JSON && surely(f).PushedRegistered:
			s = standing{is: registered, from: []facts.Provenance{pushed.From(facts.ByProvider)}, saw: secret.Textf("the provider takes it in a pushed request (%s)", pushed.Exchange)}
		case pushed.Answer == facts.Answered && c.Pushed.JSON && namesRedirect(string(c.Pushed.Error)+" "+c.Pushed.Description.String()):
			s = standing{is: refusedThere, from: []facts.Provenance{pushed.From(facts.ByProvider)}, got: secret.Textf("%s: %s", got(pushed), c.Pushed.Description)}
		case r.Means == provider.SecretAccepted && r.Evidence != provider.Unchecked && product.RedirectFirst:
			s = standing{is: registered, from: []facts.Provenance{token.From(facts.ByProvider)}, saw: secret.Textf("the provider takes it with Immich's credentials, and refuses the made-up code alone (%s)", token.Exchange)}
		case r.Means == provider.RedirectRefused:
			s = standing{is: refusedThere, grade: resting(r.Evidence), from: []facts.Provenance{token.From(facts.ByProvider)}, got: secret.Textf("%s: %s", got(token), c.Token.Description)}
		}
	})
	return s
}

// firstWeb is the try of the web login that the credentials were shown with too.
func firstWeb(l facts.RedirectLog) (t facts.RedirectTry, ok bool) {
	for _, t := range l.Tries {
		if t.Journey == "web" {
			return t, true
		}
	}
	return t, false
}

// meaning is what the product means by an answer to credentials. By a name that
// nobody is sure of it is no more than a guess, but for the words about another
// way of showing them: they are like no others.
func meaning(f *facts.Facts, t facts.CredentialTry) (r provider.Reading) {
	if t.Try.Answer != facts.Answered {
		return r
	}
	p, surety := Provider(f)
	r = p.Reads(provider.Answer{Status: t.Try.Status, Error: string(t.Error), Description: t.Description.String()})
	if surety != provider.Sure && len(p.Replies) > 0 && r.Means != provider.MethodRefused {
		r.Evidence = provider.Unchecked
	}
	return r
}

// resting is how sure a verdict is that rests on what is known of a product.
func resting(e provider.Evidence) checks.Grade {
	if e == provider.Unchecked {
		return checks.Assumed
	}
	return 0
}

// echoed is how sure it makes us that the provider goes to a redirect URI: with
// the state of this request, or without, where somebody else may have sent it there.
func echoed(t facts.RedirectTry) checks.Grade {
	if t.StateEchoed {
		return checks.Observed
	}
	return checks.Implied
}

// byContrast judges a redirect URI by how the provider answers the same request
// with another one: an address that nobody registers, or one that it takes.
func byContrast(f *facts.Facts, l facts.RedirectLog, t facts.RedirectTry) standing {
	p, c := t.Provider, l.Control
	both := []facts.Provenance{p.From(facts.ByProvider), c.Provider.From(facts.ByProvider)}
	if grade, ok := takes(f, l, t); ok {
		return standing{is: registered, grade: grade, from: both,
			saw: secret.Textf("the provider would have people log in (%s), and refuses an address that nobody registers (%s)", p.Exchange, c.Provider.Exchange)}
	}
	if breaksOnScheme(t, l) && !goesTo(l, "web") {
		return standing{is: refusedThere, grade: checks.Implied, from: both[:1], got: secret.Textf("%s: %s", got(p), excerpt(unexpected, said(t)))}
	}
	o, grade, ok := takenInstead(f, l, t)
	control := sameAsking(t, c) && alike(t, c)
	switch {
	case !ok:
		return standing{}
	case !t.Form && lacksForm(t) && control:
		grade = min(grade, formProves(f))
	case !refusesByStatus(f, t) && !breaksOnScheme(t, l) || t.Asked == facts.AskedType && o.Asked != t.Asked:
		return standing{}
	case control: // as one that nobody registers
	case wordless(t) || ofApp(t) && o.Journey == "web" && o.Back || breaksOnScheme(t, l):
		grade = checks.Implied
	default:
		return standing{}
	}
	s := standing{is: refusedThere, grade: grade, from: append(both[:1:1], o.Provider.From(facts.ByProvider)), got: got(p)}
	if control {
		s.from = append(s.from, both[1])
	}
	if text := excerpt(unexpected, said(t)); !text.IsZero() {
		s.got = secret.Textf("%s: %s", got(p), text)
	}
	refuses := secret.Name("answers the same request with an error")
	if lacksForm(t) {
		refuses = "shows a page without the form to log in"
	}
	s.saw = secret.Textf("the provider %s, and %s when the redirect URI is %s", takesHow(o), refuses, t.Redirect)
	return s
}

// takes reports whether the provider has people log in for a redirect URI where
// it refuses one that nobody registers, and how sure that is.
func takes(f *facts.Facts, l facts.RedirectLog, t facts.RedirectTry) (checks.Grade, bool) {
	c := l.Control
	if !sameAsking(t, c) || c.Back || t.Back || t.Provider.Status >= 400 || said(t) != "" && !loginError(t) || guarded(t.Provider) {
		return 0, false
	}
	switch {
	case refusesByStatus(f, c), !c.Form && !guarded(c.Provider) && namesRedirect(said(c)), surelyRefusesClient(f, c):
		return checks.Observed, true
	case t.Form && lacksForm(c) && t.Provider.Status == c.Provider.Status:
		return formProves(f), true
	}
	return 0, false
}

// takenInstead is another redirect URI that the provider takes, the web page's
// before others, one that it goes to before one that it has people log in for.
func takenInstead(f *facts.Facts, l facts.RedirectLog, t facts.RedirectTry) (o facts.RedirectTry, grade checks.Grade, ok bool) {
	for _, wantBack := range []bool{true, false} {
		for _, web := range []bool{true, false} {
			for _, o := range l.Tries {
				if o.Redirect == t.Redirect || (o.Journey == "web") != web || o.Back != wantBack {
					continue
				}
				if o.Back {
					return o, echoed(o), true
				}
				if g, ok := takes(f, l, o); ok {
					return o, g, true
				}
			}
		}
	}
	return o, 0, false
}

// takesHow says for people that the provider takes o.
func takesHow(o facts.RedirectTry) secret.Text {
	switch {
	case !o.Back:
		return secret.Textf("has people log in for %s", o.Redirect)
	case o.Journey == "web":
		return secret.Textf("goes back to the web page")
	}
	return secret.Textf("goes back to %s", o.Redirect)
}

// formProves is how sure it makes us that a page has a form to log in, or none:
// of most products nobody knows that it has no other page.
func formProves(f *facts.Facts) checks.Grade {
	p, surety := Provider(f)
	switch {
	case surety == provider.Unnamed || p.Authorize.LoginForm == "":
		return checks.Implied
	case surety != provider.Sure || p.At(provider.Redirects).Evidence == provider.Unchecked:
		return checks.Assumed
	}
	return checks.Observed
}

// refusesAll returns the answers by which the provider refuses Immich's request
// without a word, whatever the redirect URI is: one that people get too, in
// place of a login. Only of a product that is known to say so with prompt=none,
// and of several redirect URIs: that one alone is refused is its own affair.
func refusesAll(f *facts.Facts, l facts.RedirectLog) (says checks.Evidence, answer secret.Text, ok bool) {
	p, surety := Provider(f)
	proof := p.Proven(p.Proofs.Redirect)
	if surety != provider.Sure || proof.Evidence == provider.Unchecked || proof.Can != provider.Yes && proof.Can != provider.Sometimes {
		return says, answer, false
	}
	for _, t := range l.Tries {
		if !t.Provider.Made() {
			continue
		}
		formless := p.Authorize.LoginForm != "" && lacksForm(t)
		if !formless && !(refusesByStatus(f, t) && wordless(t)) || t.Asked == facts.AskedType || !alike(t, l.Control) {
			return says, answer, false
		}
		if formless { // its page may have other reasons, in words that nobody reads here
			says.Grade = checks.Implied
		}
		says.From, answer = append(says.From, t.Provider.From(facts.ByProvider)), got(t.Provider)
	}
	ok = len(says.From) > 1 && slices.ContainsFunc(l.Tries, func(t facts.RedirectTry) bool { return sameAsking(t, l.Control) })
	says.From = append(says.From, l.Control.Provider.From(facts.ByProvider))
	return says, answer, ok
}

// bare finds a page that says no more than its status.
var bare = regexp.MustCompile(`(?i)^(\d|[[:punct:]]|\s|error|http|status|bad|request|forbidden|not|allowed|denied|unauthorized)*$`)

// wordless reports whether an answer does not say why.
func wordless(t facts.RedirectTry) bool { return bare.MatchString(said(t)) }

// lacksForm reports whether a page came where a login page is due, and is none.
func lacksForm(t facts.RedirectTry) bool {
	return t.Provider.OK(200) && !t.Back && !t.Form && t.Provider.ContentType == "text/html"
}
