package catalog

import (
	"regexp"
	"slices"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

var authorizeNonce = &checks.Check{
	ID: "authorize/nonce", Title: "the provider demands no nonce", Since: "v0.1.0",
	Doc: `A nonce is a number that a client sends along and finds again in the ID token. Where the answer brings a code it may be left out,
and no release of Immich sends one. A provider that demands it all the same ends every login with an error; Glewlwyd does, and
only after somebody has logged in, so that it does not show before.

**Mend it**: let the provider do without a nonce for this client. Glewlwyd does without one if the scope ` + "`openid`" + ` is not asked for, which
its plugin must allow and Immich can do without from 1.132.`,
	Cites: []cite.Citation{cite.OIDCCore("3.1.2.1"), cite.Immich("v2.7.5", "server/src/repositories/oauth.repository.ts"),
		{Source: "Glewlwyd", Section: "src/plugin/protocol_oidc.c", URL: "https://github.com/babelouest/glewlwyd/blob/master/src/plugin/protocol_oidc.c"}},
	Symptoms: []string{"nonce required", "error=invalid_request&error_description=nonce+required", "Failed to finish oauth"},
	Severity: checks.Error,
	Breaks:   slices.Concat(checks.Logins("authorize"), checks.Logins("callback")),
	After:    []string{"discovery/immich", "authorize/parameters"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize},
	Uses:     []facts.Kind{facts.Redirects, facts.Discovery},
	Run: func(f *facts.Facts) checks.Outcome {
		f.Authorize.Get().Tries[0].URL.Get()
		fd := checks.Finding{
			Want: secret.Textf("the request accepted without a nonce, which no release of Immich sends"),
			Fix:  []checks.Remedy{{Do: secret.Textf("let the provider do without a nonce for this client"), Where: secret.Textf("the client at the provider")}},
		}
		inDialect(f, provider.Nonce, secret.Text{}, &fd.Fix[0])
		log := facts.Or(f, f.Redirects, facts.RedirectLog{})
		for _, t := range log.Tries {
			words, step := said(t), "authorize"
			if t.Back {
				words, step = t.Description.String(), "callback"
			}
			if !wantsNonce.MatchString(words) {
				continue
			}
			fd.Evidence, fd.Breaks, fd.Got = seen(t.Provider.From(facts.ByProvider)), existing(f, checks.Logins(step)), got(t.Provider)
			fd.Message = secret.Textf("the provider refuses Immich's request for want of a nonce: %s", excerpt(wantsNonce, words))
			return checks.Failed(fd)
		}
		if o := nonceByProduct(f, fd); o != nil {
			return *o
		}
		steps := existing(f, slices.Concat(checks.Logins("authorize"), checks.Logins("callback")))
		for _, t := range log.Tries {
			if t.Back && (wantsPeople(t.Error) || t.Code) {
				return passed(secret.Textf("it asks for a login, and for no nonce"), steps, t.Provider.From(facts.ByProvider))
			}
		}
		return notApplicable(secret.Textf("no answer of the provider speaks of one"))
	},
}

// wantsNonce finds sentences that ask for a nonce. The word alone stands on many
// a page, in what it is told of scripts.
var wantsNonce = regexp.MustCompile(`(?i)\bnonce\b[^.]{0,40}\b(required|missing|mandatory|must|needed|not (set|given|provided|present))\b|\b(requires?|missing|mandatory|needs?|without|must (have|provide|include|contain))\b[^.]{0,40}\bnonce\b`)

// nonceByProduct is what is known of the product, nil if nothing: it looks for
// a nonce only once somebody has logged in.
func nonceByProduct(f *facts.Facts, fd checks.Finding) *checks.Outcome {
	asked, from := scopesOf(f.Authorize.Get().Tries[0])
	if !slices.Contains(asked, "openid") {
		return nil
	}
	facts.Or(f, f.Discovery, facts.DiscoveryDoc{}) // what Provider goes by
	p, surety := Provider(f)
	if p.WantsNonce.Text == "" || surety < provider.Sure {
		return nil
	}
	fd.Severity, fd.Breaks = checks.Warning, existing(f, checks.Logins("callback"))
	fd.Evidence = checks.Evidence{From: []facts.Provenance{from}, Grade: checks.Assumed}
	fd.Message = secret.Textf("%s: %s; no release of Immich sends one", secret.Name(p.Name), secret.Name(p.WantsNonce.Text))
	fd.Got = secret.Textf("scope=%s (%s)", names(asked, " "), from.Ref)
	fd.Fix[0].Do = secret.Textf("let it take requests without the scope openid, for which it wants no nonce")
	if immich.NeedsIDToken.At(rules(f)).Value {
		fd.Fix = append(fd.Fix, checks.Remedy{Do: secret.Textf("and upgrade Immich to 1.132.0 or later, which can do without that scope")})
	}
	rest := slices.DeleteFunc(slices.Clone(asked), func(s secret.Name) bool { return s == "openid" })
	fd.Fix = append(fd.Fix, checks.Remedy{Do: secret.Textf("and take openid out of the scope that Immich asks for"), Where: oauthSettings("scope"), Snippet: secret.Textf("%s", names(rest, " "))})
	o := checks.Failed(fd)
	return &o
}
