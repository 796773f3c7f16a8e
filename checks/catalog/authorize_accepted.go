package catalog

import (
	"regexp"
	"slices"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

var authorizeAccepted = &checks.Check{
	ID: "authorize/accepted", Title: "the provider accepts Immich's kind of request", Since: "v0.1.0",
	Doc: `Immich asks for a code (` + "`response_type=code`" + `) by sending the browser to the provider with all parameters in the address, unsigned
and not pushed beforehand. A client for which that flow is switched off (Keycloak: Standard flow), a client made for
something else, or a provider that demands pushed or signed requests sends people back with an error, and Immich says
"Failed to finish oauth" whatever the error was.

**Mend it**: allow the authorization code flow for the client, and do not demand pushed (PAR) or signed (JAR) requests of it.`,
	Cites: []cite.Citation{cite.RFC("6749", "4.1.2.1"), cite.OIDCDiscovery("3"), cite.RFC("9126", "5"), cite.RFC("9101", "10.5")},
	Symptoms: []string{"unauthorized_client", "unsupported_response_type", "Pushed Authorization Request must be used",
		"Client is not allowed to initiate browser login with given response_type", "authorization response from the server is an error", "Failed to finish oauth"},
	Severity: checks.Error,
	Breaks:   checks.Logins("callback"),
	After:    []string{"discovery/immich", "authorize/parameters"},
	YieldsTo: []string{"pkce/accepted", "scope/accepted", "authorize/nonce"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize, facts.Discovery},
	Uses:     []facts.Kind{facts.Redirects},
	Run: func(f *facts.Facts) checks.Outcome {
		f.Authorize.Get().Tries[0].URL.Get()
		steps := existing(f, checks.Logins("callback"))
		fd := checks.Finding{
			Breaks: steps, Want: secret.Textf("the request accepted as Immich sends it"),
			Fix: []checks.Remedy{{Do: secret.Textf("allow the authorization code flow for this client, with plain requests"), Where: secret.Textf("the client at the provider")}},
		}
		log := facts.Or(f, f.Redirects, facts.RedirectLog{})
		for _, t := range log.Tries {
			if t.Back && refusesKind(t) {
				fd.Evidence = seen(t.Provider.From(facts.ByProvider))
				if fd.Message = secret.Textf("the provider refuses Immich's request: %s (%s)", t.Description, t.Error); t.Description.IsZero() {
					fd.Message = secret.Textf("the provider refuses Immich's request without a word (%s): its log tells why", t.Error)
				}
				fd.Got = got(t.Provider)
				return checks.Failed(fd)
			}
		}
		for _, t := range log.Tries {
			if t.Back && (wantsPeople(t.Error) || t.Code) {
				return passed(secret.Textf("the provider has nothing against it"), steps, t.Provider.From(facts.ByProvider))
			}
		}
		d := f.Discovery.Get()
		d.Object.Get()
		if says := demands(d); !says.IsZero() {
			fd.Severity, fd.Message, fd.Got = checks.Warning, says, got(d.Try)
			fd.Evidence = checks.Evidence{From: d.Object.From(), Grade: checks.Implied}
			return checks.Failed(fd)
		}
		return passed(secret.Textf("the document says nothing against it"), steps, d.Object.From()...)
	},
}

// aboutKind finds refusals of plain requests, whatever they ask for.
var aboutKind = regexp.MustCompile(`(?i)\bpushed\b|request[ _]object|\brequest_uri\b|\bsigned\b`)

// aboutPrompt finds refusals of prompt=none, which Immich does not send.
var aboutPrompt = regexp.MustCompile(`(?i)\b(prompt|interaction|user|session)\b`)

// refusesKind reports whether an error is about what kind of request it was.
// access_denied and the like may come of nobody being logged in. To a response
// type that Immich does not ask for any error is due, in what words it likes.
func refusesKind(t facts.RedirectTry) bool {
	if t.Asked == facts.AskedType {
		return aboutKind.MatchString(t.Description.String())
	}
	return t.Error == "invalid_request" && !aboutPrompt.MatchString(t.Description.String()) ||
		slices.Contains([]secret.Name{"unauthorized_client", "unsupported_response_type", "unsupported_response_mode",
			"invalid_client", "request_not_supported"}, t.Error)
}

// demands is what the document says against requests as Immich makes them.
// The members that are not there have defaults that suit it.
func demands(d facts.DiscoveryDoc) secret.Text {
	is := func(k facts.Known[bool]) bool { return k.Is() && k.Get() }
	switch {
	case is(d.PushedOnly):
		return secret.Textf("the provider takes pushed requests only (require_pushed_authorization_requests), and Immich pushes none")
	case is(d.SignedOnly):
		return secret.Textf("the provider takes signed requests only (require_signed_request_object), and Immich signs none")
	case d.ResponseTypes.Is() && !d.ResponseTypes.Has("code"):
		return secret.Textf("the provider does not list the response type code, the only one that Immich asks for")
	case d.GrantsOffered.Is() && !d.GrantsOffered.Has("authorization_code"):
		return secret.Textf("the provider does not list the grant authorization_code, the only one that Immich asks for")
	}
	return secret.Text{}
}
