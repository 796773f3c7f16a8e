package catalog

import (
	"regexp"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

var tokenAuthMethod = &checks.Check{
	ID: "token/auth-method", Title: "the provider takes the client secret the way this release sends it", Since: "v0.1.0",
	Doc: `Immich shows its client secret to the token endpoint in one of two ways: in a header (` + "`client_secret_basic`" + `) or in the body
(` + "`client_secret_post`" + `). Up to 1.131 it takes the header unless the provider lists only the body; 1.132 always the body; from 1.133
the setting ` + "`oauth.tokenEndpointAuthMethod`" + ` decides, and that is the body unless changed. Many providers take either;
Authelia, Okta and others take only the one that the client is registered for. That is why logins broke with the upgrade
to 1.132.

What a provider lists says little of one client, so that alone is a note. Where this tool may show it Immich's own secret, with a
code that was never handed out, some providers say by name that they want the other way: then no login can succeed.

**Mend it**: set Immich's Token Endpoint Auth Method to the method of the client at the provider, or the other way round.`,
	Cites:    []cite.Citation{cite.OIDCDiscovery("3"), cite.RFC("6749", "2.3.1"), cite.RFC("6749", "5.2"), cite.OpenIDClient("v5.7.1", "lib/client.js"), cite.Immich("v1.133.0", "server/src/repositories/oauth.repository.ts")},
	Symptoms: []string{"server responded with a challenge in the WWW-Authenticate HTTP Header", "invalid_client", "The OAuth 2.0 Client supports client authentication method 'client_secret_basic', but method 'client_secret_post' was requested"},
	Severity: checks.Error,
	Breaks:   checks.Logins("token"),
	After:    []string{"discovery/document", "discovery/endpoints"},
	YieldsTo: []string{"client/known"},
	Needs:    []facts.Kind{facts.Server, facts.Settings, facts.Discovery},
	Uses:     []facts.Kind{facts.Authorize, facts.Credentials, facts.Redirects},
	Run: func(f *facts.Facts) checks.Outcome {
		d := f.Discovery.Get()
		d.Object.Get()
		if shape := f.Settings.Get().SecretShape; shape.Is() && shape.Get().Empty && immich.PublicClient.At(rules(f)).Value {
			return notApplicable(secret.Textf("no client secret is set, so none is shown"))
		}
		sends := sendsBy(f)
		switch c := shown(f); c.heard {
		case accepted:
			return passed(secret.Textf("the provider took %s (%s)", sends, c.by[0].Try.Exchange), existing(f, checks.Logins("token")), c.evidence().From...)
		case methodRefused, seemsNotToTake:
			return checks.Failed(otherMethod(f, c, sends))
		case seemsToRefuse:
			if d.AuthMethods.Has(sends) {
				return skipped(facts.Why{Reason: facts.Hidden, Detail: secret.Textf("%s is listed, and the provider refuses Immich's credentials without saying what is wrong with them (%s)", sends, c.by[0].Try.Exchange)})
			}
		}
		return byList(f, sends)
	},
}

// bySetting reports whether this release has a setting for the method.
func bySetting(f *facts.Facts) bool {
	return immich.Authenticates.At(rules(f)).Value == immich.AuthBySetting
}

// sendsBy is how this release shows the secret of this set-up.
func sendsBy(f *facts.Facts) secret.Name {
	list := f.Discovery.Get().AuthMethods
	var lists func(string) bool
	if list.Is() {
		lists = func(method string) bool { return list.Has(secret.Name(method)) }
	}
	setting := secret.Name(immich.AuthPost)
	if bySetting(f) {
		setting = facts.Or(f, f.Settings.Get().TokenEndpointAuthMethod, setting)
	}
	return secret.Name(immich.AuthMethod(rules(f), true, lists, string(setting)))
}

// byList judges by what the provider lists for all clients, which decides
// nothing: many take more than that, some less.
func byList(f *facts.Facts, sends secret.Name) checks.Outcome {
	steps, d := existing(f, checks.Logins("token")), f.Discovery.Get()
	list := d.AuthMethods
	switch {
	case !list.Is() && sends == immich.AuthBasic:
		return passed(secret.Textf("%s, the default of what lists nothing", sends), steps, d.Object.From()...)
	case !list.Is(): // many take it and list nothing
		return skipped(facts.Why{Reason: facts.Absent, Detail: secret.Textf("the provider does not say how clients show their secret")})
	case list.Has(sends):
		return passed(secret.Textf("%s is listed", sends), steps, list.From)
	}
	fd := checks.Finding{
		Severity: checks.Note, Evidence: checks.Evidence{From: []facts.Provenance{list.From}, Grade: checks.Implied},
		Message: secret.Textf("this release sends the client secret by %s, which the provider does not list", sends),
		Want:    secret.Textf("%s in token_endpoint_auth_methods_supported", sends), Got: secret.Textf("%s", names(list.Values, ", ")),
		Fix: []checks.Remedy{ofClient(f, sends)},
	}
	if bySetting(f) {
		fd.Message = secret.Textf("Immich sends the client secret by %s, which the provider does not list%s", sends, unlessChanged(f))
		fd.Fix = append([]checks.Remedy{{Do: secret.Textf("choose a method that the provider lists"), Where: oauthSettings("tokenEndpointAuthMethod")}}, fd.Fix...)
	}
	return checks.Failed(fd)
}

// unlessChanged says of a setting that nobody knows what it is taken for.
func unlessChanged(f *facts.Facts) secret.Text {
	if !bySetting(f) || f.Settings.Get().TokenEndpointAuthMethod.Is() {
		return secret.Text{}
	}
	return secret.Textf(" (the default, unless the setting was changed)")
}

// wanted finds the methods of the client where a provider names them: fosite's
// words, and Authelia's from 4.38.0.
var wanted = regexp.MustCompile(`(?i)(?:supports client authentication method|only support (?:'token_endpoint_auth_method' )?method) '([a-z_]+)'`)

// otherMethod is the refusal of the way of showing the secret, which some
// providers give before they look at the secret.
func otherMethod(f *facts.Facts, c credentialsShown, sends secret.Name) checks.Finding {
	fd := checks.Finding{
		Evidence: c.evidence(), Breaks: existing(f, checks.Logins("token")), Got: quoted(c.by[0]),
		Want:    secret.Textf("a refusal of the made-up code alone"),
		Message: secret.Textf("the provider does not take the client secret by %s%s", sends, unlessChanged(f)),
	}
	if c.heard == seemsNotToTake {
		fd.Grade = checks.Assumed
	}
	other, known := methodWanted(c.by[0], sends)
	if known {
		fd.Message = secret.Textf("the provider wants the secret of this client by %s, and Immich sends it by %s%s", other, sends, unlessChanged(f))
	}
	there := ofClient(f, sends)
	switch {
	case other == "":
		fd.Fix = []checks.Remedy{there}
	case bySetting(f):
		there.Do = secret.Textf("or %s", there.Do)
		fd.Fix = []checks.Remedy{{Do: secret.Textf("choose %s", other), Where: oauthSettings("tokenEndpointAuthMethod"), Snippet: secret.Textf("%s", other)}, there}
	default:
		fd.Fix = []checks.Remedy{there, {Do: secret.Textf("or upgrade Immich to 1.133.0 or later, which has a setting for it")}}
	}
	return fd
}

// methodWanted is the method that Immich could use in place of the one it does:
// the client's, where the provider names it, else the other one of the two. Empty:
// the client's is none of Immich's.
func methodWanted(t facts.CredentialTry, sends secret.Name) (other secret.Name, known bool) {
	both := []secret.Name{immich.AuthBasic, immich.AuthPost}
	of := wanted.FindStringSubmatch(t.Description.String())
	for _, m := range both {
		if m != sends && (of == nil || of[1] == string(m)) {
			return m, of != nil
		}
	}
	return "", false
}

// ofClient is the remedy at the provider.
func ofClient(f *facts.Facts, method secret.Name) checks.Remedy {
	fix := checks.Remedy{Do: secret.Textf("set the method of the client to %s", method), Where: secret.Textf("the client at the provider")}
	inDialect(f, provider.Method, secret.Textf("%s", method), &fix)
	return fix
}
