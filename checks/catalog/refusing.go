package catalog

import (
	"fmt"
	"regexp"
	"strings"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

// refusesRedirect finds the words by which providers refuse a redirect URI, on
// either side of what they call it and in one sentence with it; aboutClient
// those by which they refuse the whole client, switchedOff one that is there.
var (
	refusesRedirect = regexp.MustCompile(`(?i)\b(invalid|mismatch\w*|unregistered|unknown|wrong|unauthorized|illegal)\b` + sentence(60) + `(redirect(ion)?[_ -]?ur[il]|callback[_ -]?url)|` +
		`(redirect(ion)?[_ -]?ur[il]s?|callback[_ -]?url)( error|` + sentence(80) + `(\bnot\b|n't\b|mismatch|invalid|unregistered|missing|must be|wrong))`)
	aboutClient = regexp.MustCompile(`(?i)invalid_client|unauthorized_client|\bclient id error|client[ _-]id(entifier)?( \(client_id\))? is (missing or )?(invalid|unknown)|` +
		`(unknown|invalid|unregistered) (oauth )?client([ _-]?id)?\b|application with identifier '[^']{1,60}' was not found|client( application)?( with [^.]{1,60}| '[^']{1,60}')?( was| is| could)? not (be )?(found|exist|known|registered|authorized to connect)|client( with [^.]{1,60}| '[^']{1,60}')? does not exist`)
	switchedOff = regexp.MustCompile(`(?i)\bclient( [^ .<]{1,60})? is (invalid|disabled|inactive|not enabled)`)
)

// sentence is a pattern of at most so many letters that end no sentence.
func sentence(most int) string { return fmt.Sprintf(`(?:[^.!?\n]|[.!?]\S){0,%d}`, most) }

var (
	// otherClient is what makes of the word client something else than a client of
	// OAuth: firewalls write of addresses and certificates.
	otherClient = regexp.MustCompile(`(?i)^[\s_-]*(ip|ips|address(es)?|host(name)?|port|country|region|location|network|device|version|software|browser|platform|type|agent|user|certificates?|certs?|ssl|tls|key|fingerprint|hello|request|data|response|error|side|timeouts?)\b`)
	// hedge is what makes of a refusal one of several reasons, or advice.
	hedge = regexp.MustCompile(`(?i)\b(if|when|whether|unless|possibl[ey]|perhaps|maybe|may|might|can be|can have|could be|could have|sometimes|often|either|please|check|make sure|ensure|verify|e\.g)\b`)
	// listsReasons is how a page announces several of them.
	listsReasons = regexp.MustCompile(`(?i)\b(possible|potential|common|likely|probable|usual) (causes?|reasons?|problems?|errors?)\b|\b(causes?|reasons?) (may|might|could|can)\b|\bone of the following\b|\bfor example\b`)
	sentenceEnds = regexp.MustCompile(`[.!?](\s|$)|\n`)
)

// plainly returns the first match of re in page that says how things are: no
// item of a list, nothing that may be, and none that but rules out.
func plainly(re *regexp.Regexp, page string, but func(match, rest string) bool) (says string, ok bool) {
	if listsReasons.MatchString(page) {
		return "", false
	}
	for _, at := range re.FindAllStringIndex(page, -1) {
		from := 0
		for _, end := range sentenceEnds.FindAllStringIndex(page[:at[0]], -1) {
			from = end[1]
		}
		line := page[strings.LastIndexByte(page[:at[0]], '\n')+1:]
		if strings.HasPrefix(line, item) || hedge.MatchString(page[from:at[1]]) || but != nil && but(page[at[0]:at[1]], page[at[1]:]) {
			continue
		}
		return page[at[0]:], true
	}
	return "", false
}

// namesRedirect reports whether a page refuses the redirect URI and not the client.
func namesRedirect(page string) bool {
	_, ok := plainly(refusesRedirect, page, nil)
	return ok && !aboutClient.MatchString(page)
}

// refusesClient reports whether a page refuses the client and not a redirect URI
// of it. One that names both in a breath is no word about either.
func refusesClient(page string) bool {
	other := func(match, rest string) bool {
		_, after, _ := strings.Cut(strings.ToLower(match), "client")
		return otherClient.MatchString(after) || otherClient.MatchString(rest)
	}
	if _, ok := plainly(switchedOff, page, other); ok && !refusesRedirect.MatchString(page) {
		return true
	}
	for line := range strings.Lines(page) {
		if _, ok := plainly(aboutClient, line, other); ok && !refusesRedirect.MatchString(line) && !listsReasons.MatchString(page) {
			return true
		}
	}
	return false
}

// aboutSession finds the words of who refuses a request for what it has of its
// own, and not for its redirect URI.
var aboutSession = regexp.MustCompile(`(?i)\b(state|nonce|session|csrf)\b`)

// refusesWith is how sure a refusal in such words makes us, and whether it is
// one at all. What prompt=none is answered is none of Immich's business, unless
// this product is known, another redirect URI is answered otherwise, or the
// request was made just as Immich makes it.
func refusesWith(f *facts.Facts, l facts.RedirectLog, t facts.RedirectTry, refuses func(page string) bool) (checks.Grade, bool) {
	if t.Form || guarded(t.Provider) || loginError(t) || !refuses(said(t)) {
		return 0, false
	}
	_, surety := Provider(f)
	if surety == provider.Sure || takesAnother(f, l, t) {
		return checks.Observed, true
	}
	return checks.Implied, t.Asked == ""
}

// refusesClientWith is refusesWith of the client. Whoever takes one of its
// redirect URIs has it. Who forbids without a name may be a firewall, whose
// client is a program or a machine: that is no word at all.
func refusesClientWith(f *facts.Facts, l facts.RedirectLog, t facts.RedirectTry) (checks.Grade, bool) {
	grade, ok := refusesWith(f, l, t, refusesClient)
	switch _, surety := Provider(f); {
	case surety == provider.Sure:
		return grade, ok
	case takesAnother(f, l, t), surety == provider.Unnamed && (t.Provider.Status == 401 || t.Provider.Status == 403):
		return 0, false
	}
	return checks.Implied, ok
}

// takesAnother reports whether the provider takes another redirect URI than
// that of t, so that it is not all requests that it refuses.
func takesAnother(f *facts.Facts, l facts.RedirectLog, t facts.RedirectTry) bool {
	o, grade, ok := takenInstead(f, l, t)
	return ok && grade > checks.Assumed && (o.Asked == t.Asked || o.Back)
}

// unexpected is how Keycloak says that it fell over a redirect URI without a host.
var unexpected = regexp.MustCompile(`(?i)unexpected error when handling authentication request to identity provider`)

// refusesOne reports whether the provider itself answers one request with an
// error, while it goes back on another that differs in the redirect URI alone.
func refusesOne(t facts.RedirectTry) bool {
	a := t.Provider
	_, known := inFront(a)
	return !t.Form && a.Status >= 400 && a.Status < 500 && a.Status != 408 && a.Status != 429 && !known
}

// refusesByStatus is refusesOne for what gives no reason. Who blocks robots and
// counts requests forbids too, and means nothing by it: that counts only of a
// product that is known to. Who complains of something else, of that.
func refusesByStatus(f *facts.Facts, t facts.RedirectTry) bool {
	if words := said(t); !refusesOne(t) || aboutPKCE.MatchString(words) || aboutSession.MatchString(words) {
		return false
	}
	if s := t.Provider.Status; s == 400 || s == 404 || s == 422 {
		return true
	}
	p, surety := Provider(f)
	return surety == provider.Sure && p.Proofs.Redirect.Can != provider.No
}

// surelyRefusesClient reports whether a product that is known refuses the client
// of a request, in its words.
func surelyRefusesClient(f *facts.Facts, t facts.RedirectTry) bool {
	_, surety := Provider(f)
	return surety == provider.Sure && !t.Form && refusesClient(said(t))
}

// inWords is an answer and what it says of the redirect URI.
func inWords(t facts.RedirectTry) secret.Text {
	return secret.Textf("%s: %s", got(t.Provider), excerpt(refusesRedirect, said(t)))
}
