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

Without a secret Immich logs in as a public client, which it can from 1.133; the provider must have registered it so.

**Mend it**: enter the plain secret. If nobody has it any more, make a new one, and put its hash into the provider.`,
	Cites:    []cite.Citation{cite.RFC("6749", "2.3.1"), cite.Immich("v1.133.0", "server/src/repositories/oauth.repository.ts")},
	Symptoms: []string{"The provided client secret did not match the registered client secret", "invalid_client", "Failed to finish oauth", "property oauth.clientSecret has failed"},
	Severity: checks.Error,
	Breaks:   checks.Logins("token"),
	After:    []string{"server/answers", "oauth/enabled"},
	Needs:    []facts.Kind{facts.Server, facts.Settings},
	Run:      runSettingsClientSecret,
}

func runSettingsClientSecret(f *facts.Facts) checks.Outcome {
	s := f.Settings.Get()
	shape, steps := s.SecretShape.Get(), existing(f, checks.Logins("token"))
	fd := checks.Finding{
		Breaks: steps, Evidence: checks.Evidence{From: s.SecretShape.From(), Grade: checks.Implied}, Want: secret.Textf("the plain secret of the client"),
		Fix: []checks.Remedy{{Do: secret.Textf("enter the plain secret that the provider has for this client"), Where: oauthSettings("clientSecret")}},
	}
	switch {
	case shape.LooksHashed:
		fd.Got = secret.Textf("a hash (%s)", s.SecretShape.From()[0].Ref)
		fd.Message = secret.Textf("the client secret in Immich's settings is a hash: that belongs into the provider's configuration, and Immich needs what it was made of")
	case shape.TrailingNewline || shape.Padded:
		fd.Severity = checks.Warning
		fd.Got = secret.Textf("white space around it (%s)", s.SecretShape.From()[0].Ref)
		fd.Message = secret.Textf("the client secret in Immich's settings begins or ends with white space, which is sent along; the provider will refuse it unless its own has the same")
	case shape.Empty && !immich.PublicClient.At(rules(f)).Value:
		fd.Got = secret.Textf("none (%s)", s.SecretShape.From()[0].Ref)
		fd.Message = secret.Textf("there is no client secret, and this release can be no public client")
		fd.Fix = append(fd.Fix, checks.Remedy{Do: secret.Textf("or upgrade Immich to 1.133.0 or later, which can log in without one")})
	case shape.Empty:
		fd.Severity, fd.Breaks, fd.Got = checks.Note, []checks.At{}, secret.Textf("none (%s)", s.SecretShape.From()[0].Ref)
		fd.Message = secret.Textf("without a client secret Immich logs in as a public client: the provider must have registered it so")
	case shape.NeedsEncoding && s.TokenEndpointAuthMethod.Is() && s.TokenEndpointAuthMethod.Get() == "client_secret_basic":
		fd.Severity, fd.Breaks, fd.Got = checks.Note, []checks.At{}, secret.Textf("characters that client_secret_basic encodes (%s)", s.SecretShape.From()[0].Ref)
		fd.Message = secret.Textf("the client secret has characters that client_secret_basic encodes; some providers do not decode them and answer invalid_client")
		fd.Fix = []checks.Remedy{{Do: secret.Textf("nothing while logins work; else use client_secret_post, or a secret of letters and digits"), Where: oauthSettings("tokenEndpointAuthMethod")}}
	default:
		return passed(secret.Textf("one is set"), steps, s.SecretShape.From()...)
	}
	return checks.Failed(fd)
}
