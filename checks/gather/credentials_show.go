package gather

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

// show makes the one request, and others only as far as its answer leaves
// something open: first those with Immich's own secret, last the one with a
// wrong one.
func (s showing) show(ctx context.Context, w *wire.Wire, f *facts.Facts, l *facts.CredentialLog) {
	code := url.Values{"grant_type": {"authorization_code"}, "code": {madeUpCode}, "redirect_uri": {string(s.redirect)}}
	if s.verifier {
		code.Set("code_verifier", madeUpVerifier)
	}
	ask := func(name string, t *facts.CredentialTry, why facts.Why, to secret.URI, form url.Values, with string) (r provider.Reading) {
		if t.Why = why; why == (facts.Why{}) {
			t.Why = over(l)
		}
		if t.Why != (facts.Why{}) {
			return r
		}
		var answer provider.Answer
		*t, answer = s.post(ctx, w.Branch(name), to, maps.Clone(form), with)
		if t.Try.WantsFewer() {
			l.Ended = notAsked(secret.Textf("the provider wants fewer requests (%s)", t.Try.Exchange))
		}
		return s.product.Reads(answer)
	}
	own := s.secret.Reveal()
	first := ask("token", &l.Token, facts.Why{}, s.endpoint, code, own)
	k := knowledge{first: first, accepted: first.Means == provider.SecretAccepted}
	k.registered, k.refused = ofWeb(f)
	k.settled = s.settles(first, k.registered)

	r := ask("refresh", &l.Refresh, s.noRefresh(k), s.endpoint, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {madeUpToken}}, own)
	k.settled = k.settled || s.settles(r, true)
	k.accepted = k.accepted || r.Means == provider.SecretAccepted

	at, form, why := s.pushable(w, f, k)
	r = ask("pushed", &l.Pushed, why, at, form, own)
	k.settled = k.settled || l.Pushed.Try.OK(http.StatusCreated) || r.Means == provider.RedirectRefused && s.settles(r, true)

	ask("control", &l.Control, s.noControl(k), s.endpoint, code, wrongSecret)
}

// over says why no more is asked of a provider that answered so; zero before the
// first request.
func over(l *facts.CredentialLog) facts.Why {
	switch a := l.Token.Try; {
	case l.Ended != (facts.Why{}):
		return l.Ended
	case len(l.Tried()) == mostShown:
		return notAsked(secret.Textf("%s requests with credentials are enough", secret.Int(mostShown)))
	case !a.Made():
	case a.Answer != facts.Answered, a.Status >= 500:
		return facts.Why{Reason: facts.Unanswered, Detail: secret.Textf("the token endpoint gave no answer of its own (%s)", a.Exchange)}
	case !l.Token.JSON && notItself(a):
		return notAsked(secret.Textf("something else answers in place of the token endpoint (%s)", a.Exchange))
	}
	return facts.Why{}
}

// knowledge is what the answers so far have shown.
type knowledge struct {
	first      provider.Reading // of the token request
	settled    bool             // what that meant
	accepted   bool             // the secret was, as far as the words go
	registered bool             // the redirect URI of the web login is
	refused    bool             // that login was refused on a page, which pushing it would not mend
}

// settles reports whether an answer needs no other beside it.
func (s showing) settles(r provider.Reading, registered bool) bool {
	switch {
	case r.Means == provider.MethodRefused:
		return r.Evidence != provider.Unchecked // in words that no other products have
	case r.Means == provider.Open, r.Means == provider.CodeFirst, r.Blurred && !registered:
		return false
	}
	return r.Evidence != provider.Unchecked && s.surety == provider.Sure
}

// ofWeb reports what the authorization request of the web login has shown: that
// the provider goes to its redirect URI, which proves that the client has it; or
// that it refuses the request.
func ofWeb(f *facts.Facts) (registered, refused bool) {
	web, _ := f.Authorize.Get().Of("web")
	facts.If(f.Redirects, func(l facts.RedirectLog) {
		for _, t := range l.Tries {
			if web.RedirectURI.Is() && t.Redirect == web.RedirectURI.Get() {
				registered = registered || t.Back
				refused = refused || t.Provider.Answer == facts.Answered && t.Provider.Status >= 400 && t.Provider.Status < 500
			}
		}
	})
	return registered, refused
}

// enough is why nothing more is asked after an answer that leaves nothing open.
func enough() facts.Why { return notAsked(secret.Textf("the answer before settles it")) }

// noRefresh says why no refresh is asked for.
func (s showing) noRefresh(k knowledge) facts.Why {
	switch {
	case k.settled:
		return enough()
	case !s.product.Refresh || !k.first.Blurred:
		return notAsked(secret.Textf("it would show no more than the token request"))
	}
	return facts.Why{}
}

// noControl says why no wrong secret is shown.
func (s showing) noControl(k knowledge) facts.Why {
	switch {
	case k.settled:
		return enough()
	case s.method == immich.AuthNone:
		return notAsked(secret.Textf("there is no client secret"))
	case k.first.Means == provider.CodeFirst:
		return notAsked(secret.Textf("the provider looks at the code first, whatever the secret"))
	case s.product.SlowsDown:
		return notAsked(secret.Textf("the provider slows down whoever shows a wrong secret"))
	}
	return facts.Why{}
}

// pushable is where Immich's authorization request can be pushed, and what it
// holds; or why it is not.
func (s showing) pushable(w *wire.Wire, f *facts.Facts, k knowledge) (at secret.URI, form url.Values, why facts.Why) {
	d := f.Discovery.Get()
	web, _ := f.Authorize.Get().Of("web")
	switch {
	case k.settled && (k.registered || !k.accepted):
		return at, nil, enough()
	case k.settled && k.refused:
		return at, nil, notAsked(secret.Textf("the provider refuses that request already"))
	case !d.PushedEndpoint.Is():
		return at, nil, d.PushedEndpoint.Why
	case !web.URL.Is():
		return at, nil, web.URL.Why
	case web.Origin == "":
		return at, nil, notAsked(secret.Textf("where people open Immich is not known: give --origin"))
	}
	at = d.PushedEndpoint.Get()
	if s.method != immich.AuthNone {
		why = withheld(w, f, at)
	}
	u, err := url.Parse(string(web.URL.Get()))
	if err != nil {
		return at, nil, notAsked(secret.Textf("the authorization URL cannot be read"))
	}
	form = u.Query()
	for _, name := range []string{"prompt", "request", "request_uri"} {
		form.Del(name)
	}
	return at, form, why
}

var errorCode = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]{0,60}$`)

// read takes an answer apart. What it calls an error is a name, which nothing
// masks: it must have the form of one, and not repeat the secret.
func (s showing) read(a facts.Attempt, body []byte) (t facts.CredentialTry, answer provider.Answer) {
	o := decode(body)
	t.Try, t.JSON = a, o != nil
	answer.Status = a.Status
	if code, _ := text(o["error"]); errorCode.MatchString(code) && !s.secret.In(code) {
		answer.Error = code
	}
	most := longDescription
	for _, name := range []string{"error_description", "message"} {
		if says, ok := text(o[name]); ok && answer.Description == "" {
			answer.Description = says
		}
	}
	if answer.Description == "" && answer.Error == "" && a.Status >= 400 { // what is given out is nobody's business
		answer.Description, most = strings.TrimSpace(string(body)), pageInItsPlace
	}
	if t.Error = secret.Name(answer.Error); answer.Description != "" {
		t.Description = secret.Excerpt(answer.Description, most)
	}
	return t, answer
}

// How much is kept of what a provider says of credentials, in bytes.
const (
	longDescription = 4 << 10
	pageInItsPlace  = 500
)
