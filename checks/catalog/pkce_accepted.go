package catalog

import (
	"regexp"
	"slices"
	"strings"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

var pkceAccepted = &checks.Check{
	ID: "pkce/accepted", Title: "the provider and this release agree about PKCE", Since: "v0.1.0",
	Doc: `PKCE binds a login to the browser that began it. Immich does it from 1.132, and only if the discovery document lists
` + "`S256`" + ` under ` + "`code_challenge_methods_supported`" + `. A provider that demands PKCE and does not list it refuses the login. Without the
list, 1.132 to 1.134 send a challenge and later no verifier, so that a provider which remembers it answers
` + "`invalid_grant`" + `; 1.135 to 1.142 send empty parameters, which strict providers refuse.

**Mend it**: let the provider list S256, or stop demanding PKCE for this client; or upgrade Immich to 1.143 or later.`,
	Cites:    []cite.Citation{cite.RFC("7636", "4.4.1"), cite.RFC("8414", "2"), cite.Immich("v1.143.0", "server/src/repositories/oauth.repository.ts")},
	Symptoms: []string{"code_challenge is required for this client", "invalid_grant: verifier is invalid", `response parameter "state" missing`},
	Severity: checks.Error,
	Breaks:   slices.Concat(checks.Logins("authorize"), checks.Logins("callback"), checks.Logins("token")),
	After:    []string{"authorize/answers", "discovery/immich"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize, facts.Discovery},
	Uses:     []facts.Kind{facts.Redirects},
	Run:      runPKCEAccepted,
}

var aboutPKCE = regexp.MustCompile(`(?i)pkce|code_challenge|code challenge`)

func runPKCEAccepted(f *facts.Facts) checks.Outcome {
	use := immich.PKCE.At(rules(f))
	fix := []checks.Remedy{{Do: secret.Textf("let the provider list S256 in code_challenge_methods_supported, or not demand PKCE for this client")}}
	if use.Value == immich.PKCENever {
		fix[0].Do = secret.Textf("let the provider not demand PKCE for this client, or upgrade Immich to 1.143.0 or later")
	}
	inDialect(f, provider.PKCE, secret.Text{}, &fix[0])
	for _, t := range facts.Or(f, f.Redirects, facts.RedirectLog{}).Tries {
		words := said(t)
		if t.Back {
			words = strings.TrimSpace(t.Description.String() + " (" + string(t.Error) + ")")
		}
		if !aboutPKCE.MatchString(words) {
			continue
		}
		step := "authorize" // people end on a page of the provider
		if t.Back {
			step = "callback" // Immich is told
		}
		return checks.Failed(checks.Finding{
			Evidence: seen(t.Provider.From(facts.ByProvider)), Breaks: existing(f, checks.Logins(step)), Fix: fix,
			Message: secret.Textf("the provider refuses Immich's request because of PKCE: %s", excerpt(aboutPKCE, words)),
			Want:    secret.Textf("the request accepted as this release sends it"), Got: got(t.Provider),
		})
	}
	if fd, ok := demandsSilently(f, fix); ok {
		return checks.Failed(fd)
	}
	steps := existing(f, slices.Concat(checks.Logins("authorize"), checks.Logins("callback"), checks.Logins("token")))
	methods := f.Discovery.Get().PKCEMethods
	from := f.Authorize.Get().Tries[0].Immich.From(facts.ByImmich)
	if use.Value == immich.PKCENever || use.Value == immich.PKCEIfOffered {
		return passed(secret.Textf("this release sends PKCE %s", secret.Name(use.Value)), steps, from)
	}
	if challenge := f.Authorize.Get().Tries[0].CodeChallenge; use.Value == immich.PKCEBlank && challenge.Is() && challenge.Get() == "S256" {
		return passed(secret.Textf("Immich sends S256"), steps, from)
	}
	if !methods.Is() && methods.Why.Reason != facts.Absent {
		return skipped(methods.Why)
	}
	if methods.Has("S256") {
		return passed(secret.Textf("the provider lists S256"), steps, methods.From)
	}
	fd := checks.Finding{
		Severity: checks.Warning, Evidence: checks.Evidence{From: append(f.Discovery.Get().Object.From(), from), Grade: checks.Implied},
		Breaks: existing(f, checks.Logins("token")), Want: secret.Textf("S256 in code_challenge_methods_supported"), Got: secret.Textf("not listed"),
		Message: secret.Textf("the provider does not list S256; this release then sends a challenge and no verifier, which a provider that does PKCE answers with invalid_grant"),
		Fix:     append(fix, checks.Remedy{Do: secret.Textf("or upgrade Immich to 1.143.0 or later")}),
	}
	if taken, ok := takesRequest(f); use.Value == immich.PKCEBlank && ok {
		return passed(secret.Textf("the provider takes the empty parameters that Immich sends"), steps, taken)
	}
	if p, _ := Provider(f); use.Value == immich.PKCEUnhinged && !p.SilentPKCE { // most of those that list nothing do no PKCE at all
		fd.Severity, fd.Breaks = checks.Note, []checks.At{}
	}
	if use.Value == immich.PKCEBlank {
		fd.Breaks = existing(f, checks.Logins("callback"))
		fd.Message = secret.Textf("the provider does not list S256; this release then sends empty PKCE parameters, which strict providers refuse")
	}
	return checks.Failed(fd)
}

// demandsSilently finds a product that demands PKCE of every client that is not
// set otherwise, and shows an error page without a word to a release that sends none.
func demandsSilently(f *facts.Facts, fix []checks.Remedy) (fd checks.Finding, ok bool) {
	challenge := f.Authorize.Get().Tries[0].CodeChallenge
	p, _ := Provider(f)
	if p.PKCE != provider.PKCEDefault || !challenge.Is() || challenge.Get() == "S256" {
		return fd, false
	}
	says, answer, ok := refusesAll(f, facts.Or(f, f.Redirects, facts.RedirectLog{}))
	return checks.Finding{
		Evidence: checks.Evidence{From: says.From, Grade: checks.Implied}, Breaks: existing(f, checks.Logins("authorize")), Fix: fix,
		Message: secret.Textf("the provider refuses Immich's request without a word, and %s demands PKCE unless the client is set otherwise: this release sends none here", secret.Name(p.Name)),
		Want:    secret.Textf("the request accepted as this release sends it"), Got: answer,
	}, ok
}

// takesRequest returns an answer by which the provider has nothing against
// Immich's request: it would only have the user log in.
func takesRequest(f *facts.Facts) (from facts.Provenance, ok bool) {
	facts.If(f.Redirects, func(l facts.RedirectLog) {
		for _, t := range l.Tries {
			if t.Back && strings.HasSuffix(string(t.Error), "_required") && !ok {
				from, ok = t.Provider.From(facts.ByProvider), true
			}
		}
	})
	return from, ok
}
