package catalog

import (
	"strings"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var keysUsable = &checks.Check{
	ID: "keys/usable", Title: "the provider's key set holds a usable key", Since: "v0.1.0",
	Doc: `The address ` + "`jwks_uri`" + ` holds the keys by which signatures are verified. To 1.131 Immich verifies the ID token with them at every
login. From 1.132 a login does not read them; from 3.0.0 back-channel logout does. An empty set means, as a rule, that the
provider has no signing key and signs with the client secret (Authentik without a Signing Key).

**Mend it**: give the provider a signing key (Authentik: Applications > Providers > the provider > Signing Key).`,
	Cites:    []cite.Citation{cite.OIDCDiscovery("3"), cite.RFC("7517", "5"), cite.OpenIDClient("v5.7.1", "lib/helpers/keystore.js")},
	Symptoms: []string{"no valid key found in issuer's jwks_uri", "failed to validate JWT signature", "Error backchannel logout: token validation failed"},
	Severity: checks.Error,
	Breaks:   append(checks.Logins("id-token"), "back-channel/notice"),
	After:    []string{"discovery/endpoints"},
	YieldsTo: []string{"network/endpoints", "keys/algorithm"}, // openid-client 5 compares the algorithm before it reads a key
	Needs:    []facts.Kind{facts.Server, facts.Settings, facts.Discovery, facts.Keys},
	Run: func(f *facts.Facts) checks.Outcome {
		k := f.Keys.Get()
		release := rules(f)
		steps, severity := keysNeeded(f, release)
		alg, from := expects(f, release)
		if symmetric(alg) {
			return notApplicable(secret.Textf("Immich expects %s, which is verified with the client secret", alg))
		}
		fd := checks.Finding{
			Severity: severity, Breaks: steps, Evidence: seen(k.From...), Want: secret.Textf("a JSON object with a list \"keys\" that has a signing key"), Got: got(k.Try),
			Fix: []checks.Remedy{{Do: secret.Textf("give the provider a signing key, and see that its key set answers at this address"), Where: secret.Textf("%s", k.Try.URL)}},
		}
		usable := 0
		for _, key := range k.Keys {
			if key.Unusable.IsZero() && key.Use != "enc" && !key.Private {
				usable++
			}
		}
		switch {
		case !k.Try.Answer.Reached() || k.Try.Answer == facts.TLS:
			fd.Message = secret.Textf("the key set cannot be reached from here")
			if k.Try.Answer == facts.TLS {
				f.Assume() // what Immich trusts was not seen
			}
		case !k.Read.Is():
			fd.Message = secret.Textf("what stands at jwks_uri is no key set")
			if who, known := inFront(k.Try); known {
				fd.Message = secret.Textf("%s answers in the place of the provider's keys", secret.Name(who.Name))
				fd.Fix = []checks.Remedy{{Do: secret.Textf("%s", secret.Name(who.Mend)), Where: secret.Textf("for %s", k.Try.URL)}}
			}
		case len(k.Keys) == 0:
			fd.Message, fd.Got = secret.Textf("the key set is empty"), secret.Textf("no keys (%s)", k.Try.Exchange)
		case usable == 0:
			fd.Message, fd.Got = secret.Textf("no key of the set can be used: %s", reasons(k)), secret.Textf("%s keys (%s)", secret.Int(len(k.Keys)), k.Try.Exchange)
		default:
			return withLogins(f, release, passed(secret.Textf("%s of %s keys", secret.Int(usable), secret.Int(len(k.Keys))), steps, k.From...))
		}
		if from == nil {
			f.Assume()
		}
		return withLogins(f, release, checks.Failed(fd))
	},
}

// keysNeeded is what cannot succeed without the provider's keys at a release,
// and how bad that is: the login itself, back-channel logout, or nothing.
func keysNeeded(f *facts.Facts, release string) ([]checks.At, checks.Severity) {
	switch {
	case immich.ReadsKeysAtLogin.At(release).Value:
		return existing(f, checks.Logins("id-token")), checks.Error
	case immich.BackChannel.At(release).Value:
		return []checks.At{"back-channel/notice"}, checks.Warning
	}
	return []checks.At{}, checks.Note
}

// expects is the algorithm that Immich wants ID tokens signed with, and who
// says so: nobody, where the default stands in.
func expects(f *facts.Facts, release string) (alg secret.Name, from []facts.Provenance) {
	if d := f.Discovery.Get(); immich.FollowsList.At(release).Value {
		if algs := d.IDTokenAlgs; len(algs.Values) > 0 && algs.Values[0] == "HS256" {
			return "HS256", d.Object.From()
		}
		return "RS256", d.Object.From()
	}
	if set := f.Settings.Get().SigningAlgorithm; set.Is() {
		return set.Get(), set.From()
	}
	return secret.Name(immich.DefaultAlgorithm.At(release).Value), nil
}

// symmetric reports whether an algorithm signs with the client secret.
func symmetric(alg secret.Name) bool { return strings.HasPrefix(string(alg), "HS") }

// reasons is why the first key cannot be used.
func reasons(k facts.KeySet) secret.Text {
	for _, key := range k.Keys {
		if !key.Unusable.IsZero() {
			return key.Unusable
		}
		if key.Private {
			return secret.Textf("it shows a secret key")
		}
	}
	return secret.Textf("they are for encryption only")
}

// withLogins adds that a login does not read the keys, where it does not.
func withLogins(f *facts.Facts, release string, o checks.Outcome) checks.Outcome {
	if !immich.ReadsKeysAtLogin.At(release).Value {
		o.Cells = append(o.Cells, notAt(existing(f, checks.Logins("id-token")), secret.Textf("this release reads no keys at a login")))
	}
	return o
}
