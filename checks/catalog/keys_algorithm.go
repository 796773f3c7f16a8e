package catalog

import (
	"slices"
	"strings"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

var keysAlgorithm = &checks.Check{
	ID: "keys/algorithm", Title: "the provider signs with the algorithm that Immich expects", Since: "v0.1.0",
	Doc: `Immich accepts an ID token only if its algorithm is, letter for letter, the one in its settings (` + "`oauth.signingAlgorithm`" + `,
RS256 unless changed). It looks at that first, before any key. A provider with only elliptic-curve keys signs ES256 or ES384 (Kanidm, Logto), one without a signing
key HS256 (Authentik). From 1.132 the log then says only ` + "`unexpected JWT \"alg\" header parameter`" + `.

**Mend it**: set Immich's Signing Algorithm to what the provider uses, or give the provider an RSA key for this client.`,
	Cites: []cite.Citation{cite.OIDCCore("3.1.3.7"), cite.OAuth4WebAPI("v3.8.6", "src/index.ts"), cite.OpenIDClient("v5.7.1", "lib/client.js")},
	Symptoms: []string{"unexpected JWT alg received, expected RS256, got: HS256", `unexpected JWT "alg" header parameter`,
		"Algorithm mismatch. Make sure the signing algorithm is set correctly", "Failed to finish oauth"},
	Severity: checks.Error,
	Breaks:   checks.Logins("id-token"),
	After:    []string{"discovery/endpoints"},
	YieldsTo: []string{"settings/signing-algorithm"},
	Needs:    []facts.Kind{facts.Server, facts.Settings, facts.Discovery, facts.Keys, facts.Authorize},
	Run:      runKeysAlgorithm,
}

func runKeysAlgorithm(f *facts.Facts) checks.Outcome {
	d, k := f.Discovery.Get(), f.Keys.Get()
	release := rules(f)
	want, says := expects(f, release)
	if says == nil {
		f.Assume()
	}
	steps := existing(f, checks.Logins("id-token"))
	if !d.IDTokenAlgs.Is() || d.IDTokenAlgs.Has(want) {
		k.Read.Get() // else the list alone decides
	}
	from := slices.Concat(says, k.From)
	var fitting, kinds []string
	for _, key := range k.Keys {
		if !key.Unusable.IsZero() || key.Use == "enc" || key.Private {
			continue
		}
		kinds = append(kinds, string(signs(key)))
		if fits(key, string(want)) {
			fitting = append(fitting, string(key.ID))
		}
	}
	listed := !d.IDTokenAlgs.Is() || d.IDTokenAlgs.Has(want)
	if len(kinds) == 0 && listed && !symmetric(want) && immich.ReadsKeysAtLogin.At(release).Value {
		return skipped(facts.Why{Reason: facts.Absent, Detail: secret.Textf("no key is there that could sign, and that alone ends a login")}) // keys/usable minds
	}
	if o, doubt := followed(f, release, want, steps); doubt {
		return o
	}
	if (len(fitting) > 0 || symmetric(want)) && listed {
		return passed(secret.Textf("%s, if the client is not registered for another", want), steps, from...)
	}
	offers := offered(d, kinds)
	fd := checks.Finding{
		Evidence: checks.Evidence{From: from, Grade: checks.Implied}, Breaks: steps,
		Want: secret.Textf("%s", want), Got: secret.Textf("%s (%s)", secret.Name(strings.Join(offers, ", ")), k.Try.Exchange), Fix: algorithmFix(f, release, want, offers),
	}
	switch {
	case len(fitting) > 0:
		fd.Severity = checks.Warning
		fd.Message = secret.Textf("the provider has a key for %s but does not list the algorithm", want)
	case d.IDTokenAlgs.Has(want): // some make the key when it is first needed (Keycloak)
		fd.Severity = checks.Warning
		fd.Message = secret.Textf("the provider lists %s but shows no key for it", want)
	case len(k.Keys) == 0 && d.IDTokenAlgs.Has("HS256"):
		fd.Message = secret.Textf("the provider has no signing key and signs with HS256, by the client secret; Immich expects %s", want)
		fd.Fix[1].Do = secret.Textf("or give the provider a signing key for this client (%s)", want)
	default:
		fd.Message = secret.Textf("Immich expects ID tokens signed with %s, which the provider does not offer", want)
	}
	if says == nil {
		fd.Message = secret.Textf("%s (the default; give --signing-algorithm if it was changed)", fd.Message)
	}
	return checks.Failed(fd)
}

// followed is the warning that a release that follows the provider's list
// expects HS256, as that stands first, of a provider that has keys: what it
// signs with is what the client is registered for, RS256 unless it says otherwise.
func followed(f *facts.Facts, release string, want secret.Name, steps []checks.At) (o checks.Outcome, doubt bool) {
	d, k := f.Discovery.Get(), f.Keys.Get()
	if !immich.FollowsList.At(release).Value || !symmetric(want) {
		return o, false
	}
	var able []string
	for _, a := range d.IDTokenAlgs.Values {
		if !symmetric(a) && slices.ContainsFunc(k.Keys, func(k facts.Key) bool {
			return k.Unusable.IsZero() && k.Use != "enc" && !k.Private && fits(k, string(a))
		}) {
			able = append(able, string(a))
		}
	}
	if len(able) == 0 {
		return o, false
	}
	others := secret.Name(strings.Join(able, ", "))
	fix := checks.Remedy{Do: secret.Textf("or register the client for ID tokens signed with HS256"), Snippet: secret.Textf("id_token_signed_response_alg: HS256")}
	inDialect(f, provider.Signing, secret.Textf("HS256"), &fix)
	return checks.Failed(checks.Finding{
		Severity: checks.Warning, Evidence: checks.Evidence{From: slices.Concat(d.Object.From(), k.From), Grade: checks.Implied}, Breaks: steps,
		Message: secret.Textf("the provider lists HS256 first, so this release expects it, and has keys for %s, which it will sign with unless the client is registered for HS256", others),
		Want:    secret.Textf("HS256"), Got: secret.Textf("HS256, %s (%s)", others, d.Try.Exchange),
		Fix: []checks.Remedy{{Do: secret.Textf("upgrade Immich to 1.95.0 or later, where the algorithm is a setting")}, fix},
	}), true
}

// offered is what the provider can sign with: what its keys are for, else what it lists.
func offered(d facts.DiscoveryDoc, kinds []string) (offers []string) {
	slices.Sort(kinds)
	if offers = slices.Compact(kinds); len(offers) > 0 {
		return offers
	}
	for _, a := range d.IDTokenAlgs.Values {
		offers = append(offers, string(a))
	}
	if len(offers) == 0 {
		return []string{"nothing"}
	}
	return offers
}

func algorithmFix(f *facts.Facts, release string, want secret.Name, offers []string) []checks.Remedy {
	fix := checks.Remedy{Do: secret.Textf("set Immich's Signing Algorithm to the one that the provider uses"), Where: oauthSettings("signingAlgorithm")}
	if len(offers) == 1 && offers[0] != "nothing" {
		fix.Snippet = secret.Textf("%s", secret.Name(offers[0]))
	}
	if immich.FollowsList.At(release).Value {
		fix = checks.Remedy{Do: secret.Textf("upgrade Immich to 1.95.0 or later, where the algorithm is a setting")}
	}
	other := checks.Remedy{Do: secret.Textf("or let the provider sign with %s", want)}
	if want == "RS256" {
		other.Do = secret.Textf("or let the provider sign with an RSA key (RS256)")
	}
	inDialect(f, provider.Signing, secret.Textf("%s", want), &other)
	return []checks.Remedy{fix, other}
}

// signs is the algorithm that a key is for, by its alg or else its type.
func signs(k facts.Key) secret.Name {
	switch {
	case k.Alg != "":
		return k.Alg
	case k.Type == "RSA":
		return "RS256"
	case curveAlgs[k.Curve] != "":
		return curveAlgs[k.Curve]
	}
	return k.Type
}

// fits reports whether k can sign with alg (RFC 7518 section 3.1).
func fits(k facts.Key, alg string) bool {
	if k.Alg != "" {
		return string(k.Alg) == alg || alg == "Ed25519" && k.Alg == "EdDSA"
	}
	if k.Type == "RSA" {
		return strings.HasPrefix(alg, "RS") || strings.HasPrefix(alg, "PS")
	}
	return string(signs(k)) == alg
}
