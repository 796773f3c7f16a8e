package catalog

import (
	"slices"
	"strings"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var settingsSigningAlgorithm = &checks.Check{
	ID: "settings/signing-algorithm", Title: "Immich's signing algorithm has the name of one", Since: "v0.1.0",
	Doc: `From 1.95 Immich compares the algorithm in the head of the ID token with its setting Signing Algorithm, letter for letter.
` + "`rs256`" + `, ` + "`RSA256`" + ` or ` + "`RS256`" + ` with a blank behind it is the name of none, and no token of any provider fits it. The log then says
` + "`unexpected JWT \"alg\" header parameter`" + ` and does not show the blank.

**Mend it**: enter the name as RFC 7518 has it: RS256 as a rule, ES256 for providers with elliptic-curve keys.`,
	Cites:    []cite.Citation{cite.RFC("7518", "3.1"), cite.OAuth4WebAPI("v3.8.6", "src/index.ts"), cite.OpenIDClient("v5.7.1", "lib/client.js")},
	Symptoms: []string{`unexpected JWT "alg" header parameter`, "unexpected JWT alg received, expected rs256, got: RS256", "Failed to finish oauth"},
	Severity: checks.Error,
	Breaks:   checks.Logins("id-token"),
	Versions: checks.Range{From: "v1.95.0"},
	After:    []string{"server/answers", "oauth/enabled"},
	Needs:    []facts.Kind{facts.Server, facts.Settings},
	Run: func(f *facts.Facts) checks.Outcome {
		set := f.Settings.Get().SigningAlgorithm
		name, steps := set.Get(), existing(f, checks.Logins("id-token"))
		meant, known := algorithm(string(name))
		if known {
			return passed(secret.Textf("%s", name), steps, set.From()...)
		}
		fd := checks.Finding{
			Breaks: steps, Evidence: seen(set.From()...), Got: secret.Textf("%q (%s)", name, set.From()[0].Ref), Want: secret.Textf("such as RS256"),
			Message: secret.Textf("%q is no signing algorithm: Immich compares the name letter for letter, and no token will fit", name),
			Fix:     []checks.Remedy{{Do: secret.Textf("enter the name of the algorithm that the provider signs with"), Where: oauthSettings("signingAlgorithm")}},
		}
		switch {
		case meant != "":
			fd.Want, fd.Fix[0].Snippet = secret.Textf("%s", secret.Name(meant)), secret.Textf("%s", secret.Name(meant))
		case name != "": // one that nobody told us of, perhaps
			fd.Severity, fd.Breaks = checks.Warning, []checks.At{}
		}
		if set.From()[0].Vantage < facts.ByImmich { // a flag mistyped breaks nothing
			fd.Severity, fd.Breaks = checks.Warning, []checks.At{}
		}
		return checks.Failed(fd)
	},
}

// algorithm returns the name that was meant, and whether it is that.
func algorithm(name string) (meant string, is bool) {
	if slices.Contains(immich.Algorithms, name) {
		return name, true
	}
	plain := strings.NewReplacer("RSA", "RS", "ECDSA", "ES", "HMAC", "HS", "-", "", "_", "", " ", "").Replace(strings.ToUpper(strings.TrimSpace(name)))
	for _, a := range immich.Algorithms {
		if strings.EqualFold(a, plain) {
			return a, false
		}
	}
	return "", false
}
