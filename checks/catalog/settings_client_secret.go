package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var settingsClientSecret = &checks.Check{
	ID: "settings/client-secret", Title: "the client secret has the form of one", Since: "v0.1.0",
	Doc: `Immich proves to the provider who it is by the client secret, and the provider compares it byte for byte. Three mistakes show
without knowing it: a **hash** in its place (Authelia's configuration holds ` + "`$pbkdf2-sha512$…`" + `, which belongs there and not in
Immich), a **newline** at its end (a file or a YAML block ` + "`|`" + ` that ends with one) and a **blank** around it (picked up when it was
copied). The login then comes back from the provider and ends with "Failed to finish oauth".

A form proves nothing by itself: where the provider was shown the secret and accepts it, it is right, whatever it looks like.

Without a secret Immich logs in as a public client, which it can from 1.133; the provider must have registered it so.

**Mend it**: enter the plain secret. If nobody has it any more, make a new one, and put its hash into the provider.`,
	Cites:    []cite.Citation{cite.RFC("6749", "2.3.1"), cite.Immich("v1.133.0", "server/src/repositories/oauth.repository.ts")},
	Symptoms: []string{"The provided client secret did not match the registered client secret", "invalid_client", "Failed to finish oauth", "property oauth.clientSecret has failed"},
	Severity: checks.Error,
	Breaks:   checks.Logins("token"),
	After:    []string{"server/answers", "oauth/enabled"},
	YieldsTo: []string{"client/secret"},
	Needs:    []facts.Kind{facts.Server, facts.Settings},
	Uses:     []facts.Kind{facts.Credentials, facts.Discovery, facts.Authorize, facts.Redirects},
	Run:      runSettingsClientSecret,
}

func runSettingsClientSecret(f *facts.Facts) checks.Outcome {
	s := f.Settings.Get()
	shape, steps := s.SecretShape.Get(), existing(f, checks.Logins("token"))
	fd, wrong := oddSecret(f, steps)
	switch {
	case !wrong:
		return passed(secret.Textf("one is set"), steps, s.SecretShape.From()...)
	case shape.Empty && !immich.PublicClient.At(rules(f)).Value:
		return checks.Failed(fd) // no answer of a provider mends that
	}
	switch c := ofSecret(f); {
	case c.heard == accepted:
		return passed(secret.Textf("%s, and the provider accepts it (%s)", fd.Got, c.by[0].Try.Exchange), steps, c.evidence(s.SecretShape.From()...).From...)
	case c.refused():
		fd.Severity, fd.Breaks = checks.Error, steps
		fd.From = c.evidence(s.SecretShape.From()...).From
	}
	return checks.Failed(fd)
}

// oddSecret says what is odd about the form of the secret.
func oddSecret(f *facts.Facts, steps []checks.At) (fd checks.Finding, wrong bool) {
	s := f.Settings.Get()
	shape, from := s.SecretShape.Get(), s.SecretShape.From()
	fd = checks.Finding{
		Breaks: steps, Evidence: checks.Evidence{From: from, Grade: checks.Implied}, Want: secret.Textf("the plain secret of the client"),
		Fix: []checks.Remedy{{Do: secret.Textf("enter the plain secret that the provider has for this client"), Where: oauthSettings("clientSecret")}},
	}
	switch {
	case shape.LooksHashed:
		fd.Got = secret.Textf("a hash (%s)", from[0].Ref)
		fd.Message = secret.Textf("the client secret is a hash: that belongs into the provider's configuration, and Immich needs what it was made of")
	case shape.TrailingNewline || shape.Padded:
		fd.Severity = checks.Warning
		fd.Got = secret.Textf("white space around it (%s)", from[0].Ref)
		fd.Message = secret.Textf("the client secret begins or ends with white space, which is sent along; the provider will refuse it unless its own has the same")
	case shape.Empty && !immich.PublicClient.At(rules(f)).Value:
		fd.Got = secret.Textf("none (%s)", from[0].Ref)
		fd.Message = secret.Textf("there is no client secret, and this release can be no public client")
		fd.Fix = append(fd.Fix, checks.Remedy{Do: secret.Textf("or upgrade Immich to 1.133.0 or later, which can log in without one")})
	case shape.Empty:
		fd.Severity, fd.Breaks, fd.Got = checks.Note, []checks.At{}, secret.Textf("none (%s)", from[0].Ref)
		fd.Message = secret.Textf("without a client secret Immich logs in as a public client: the provider must have registered it so")
	case s.TokenEndpointAuthMethod.Is() && s.TokenEndpointAuthMethod.Get() == immich.AuthBasic && shape.Encoded(""): // the releases that have the setting encode them all
		fd.Severity, fd.Breaks, fd.Got = checks.Note, []checks.At{}, secret.Textf("characters that client_secret_basic encodes (%s)", from[0].Ref)
		fd.Message = secret.Textf("the client secret has characters that client_secret_basic encodes; some providers do not decode them and answer invalid_client")
		fd.Fix = []checks.Remedy{{Do: secret.Textf("nothing while logins work; else use client_secret_post, or a secret of letters and digits"), Where: oauthSettings("tokenEndpointAuthMethod")}}
	default:
		return fd, false
	}
	return fd, true
}
