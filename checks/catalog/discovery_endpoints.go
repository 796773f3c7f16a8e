package catalog

import (
	"slices"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var discoveryEndpoints = &checks.Check{
	ID: "discovery/endpoints", Title: "the document names every endpoint that this release needs", Since: "v0.1.0",
	Doc: `Immich takes the addresses for signing in, for the token, for the user's data and for the keys from the discovery document.
Each must be there and be a whole address. From 3.0.0 each that Immich itself calls must be https, unless Allow Insecure
Requests is on: an https issuer whose document lists http addresses is the mark of a provider behind a proxy that does
not pass ` + "`X-Forwarded-Proto: https`" + `. The keys are read at a login only to 1.131, later for back-channel logout alone.

**Mend it**: give the provider its public address (Keycloak: hostname; Authelia: the session's authelia_url; Authentik: the
headers of its proxy) so that the document lists https addresses.`,
	Cites:    []cite.Citation{cite.OIDCDiscovery("3"), cite.OAuth4WebAPI("v3.8.6", "src/index.ts"), cite.Fetch("port-blocking")},
	Symptoms: []string{"Failed to start oauth", `authorization server metadata does not contain a valid "as.token_endpoint"`, "token_endpoint must be configured on the issuer", "only requests to HTTPS are allowed"},
	Severity: checks.Error,
	Breaks:   append(append(append(append(checks.Logins("authorize"), checks.Logins("token")...), checks.Logins("id-token")...), checks.Logins("userinfo")...), "back-channel/notice"),
	After:    []string{"discovery/document", "issuer/match"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize, facts.Discovery, facts.Settings},
	Run:      runDiscoveryEndpoints,
}

// An endpoint is one address of the document and what Immich does with it.
type endpoint struct {
	name     secret.Name
	at       facts.Known[secret.URI]
	breaks   []checks.At
	severity checks.Severity // at most
	called   bool            // by Immich, not by the browser alone
}

func endpointsOf(f *facts.Facts, d facts.DiscoveryDoc, release string) []endpoint {
	all := []endpoint{
		{"authorization_endpoint", d.AuthorizationEndpoint, checks.Logins("authorize"), checks.Error, true},
		{"token_endpoint", d.TokenEndpoint, checks.Logins("token"), checks.Error, true},
		{"userinfo_endpoint", d.UserinfoEndpoint, checks.Logins("userinfo"), checks.Error, true},
		{"jwks_uri", d.JWKSURI, nil, checks.Note, false},
	}
	if immich.UserinfoUnlessEmail.At(release).Value {
		all[2].severity = checks.Warning // not needed where the ID token holds the e-mail address
	}
	alg, _ := expects(f, release)
	if all[3].breaks, all[3].severity = keysNeeded(f, release); len(all[3].breaks) == 0 || symmetric(alg) {
		all = all[:3]
	}
	for i := range all {
		all[i].breaks = existing(f, all[i].breaks)
	}
	return all
}

func runDiscoveryEndpoints(f *facts.Facts) (o checks.Outcome) {
	d := f.Discovery.Get()
	release := rules(f)
	fix := publicAddress(f)
	if r, is := refused(f); is && r.cause == immich.BadEndpoint {
		fd := checks.Finding{
			Subject: checks.Subject{What: secret.Textf("authorization_endpoint")}, Evidence: seen(r.from), Breaks: existing(f, checks.Logins("authorize")),
			Message: secret.Textf("Immich cannot use the authorization_endpoint of the provider's document: it is missing, not a whole address, or http"),
			Want:    secret.Textf("an https address"), Got: secret.Textf("%s (%s)", r.message, r.from.Ref), Fix: fix,
		}
		if d.AuthorizationEndpoint.Is() {
			scheme := absolute(string(d.AuthorizationEndpoint.Get()))
			if fd.Got = secret.Textf("%s", d.AuthorizationEndpoint.Get()); scheme == "https" || scheme == "http" && !immich.RefusesHTTP.At(release).Value {
				fd.Grade = checks.Implied
				fd.Message = secret.Textf("Immich finds the document and cannot use its authorization_endpoint, which looks right from here: Immich may be given another, such as one with http addresses inside")
				fd.Got = secret.Textf("%s (%s); here %s", r.message, r.from.Ref, d.AuthorizationEndpoint.Get())
			}
		}
		return checks.Failed(fd)
	}
	base := d.Object.From()
	d.Object.Get()
	for _, e := range endpointsOf(f, d, release) {
		about := checks.Subject{What: secret.Textf("%s", e.name)}
		fd := checks.Finding{Subject: about, Severity: e.severity, Evidence: seen(base...), Breaks: e.breaks, Want: secret.Textf("an https address"), Fix: fix}
		switch {
		case !e.at.Is() && e.name == "userinfo_endpoint" && e.severity < checks.Error && d.ClaimsOffered.Has("email"):
			o.Cells = append(o.Cells, checks.Cell{Subject: about, Status: checks.Pass, Evidence: checks.Evidence{From: base, Grade: checks.Implied}, At: e.breaks,
				Saw: secret.Textf("none: the e-mail address, which the provider lists among its claims, can only be in the ID token, and there this release takes it")})
			continue
		case !e.at.Is():
			fd.Message, fd.Got = secret.Textf("the document has no %s", e.name), e.at.Why.Detail
			if e.name == "userinfo_endpoint" && e.severity < checks.Error && !d.ClaimsOffered.Is() {
				fd.Severity = checks.Note // nothing says that the ID token lacks the e-mail address
			}
			fd.Fix = []checks.Remedy{{Do: secret.Textf("see why the provider's document lacks it: a provider of OAuth alone, an unfinished configuration, or the document of something else"), Where: secret.Textf("%s", d.Try.URL)}}
			if _, from := expects(f, release); e.name == "jwks_uri" && from == nil {
				fd.Grade = checks.Assumed // with HS256 Immich does without
			}
		default:
			fd.Got = secret.Textf("%s", e.at.Get())
			unfit(f, d, e, release, &fd)
		}
		if fd.Message.IsZero() {
			o.Cells = append(o.Cells, checks.Cell{Subject: about, Status: checks.Pass, Evidence: seen(e.at.From()...), At: e.breaks, Saw: secret.Textf("%s", e.at.Get())})
			continue
		}
		o.Findings = append(o.Findings, fd)
	}
	alg, _ := expects(f, release)
	if steps, _ := keysNeeded(f, release); symmetric(alg) && len(steps) > 0 {
		o.Cells = append(o.Cells, notAt(steps, secret.Textf("Immich expects %s, which is verified with the client secret", alg)))
	}
	if !immich.ReadsKeysAtLogin.At(release).Value {
		o.Cells = append(o.Cells, notAt(existing(f, checks.Logins("id-token")), secret.Textf("this release reads no keys at a login")))
	}
	return o
}

// unfit says what is wrong with an address that is there, if anything is.
func unfit(f *facts.Facts, d facts.DiscoveryDoc, e endpoint, release string, fd *checks.Finding) {
	at := string(e.at.Get())
	scheme, fetched := absolute(at), immich.Library.At(release).Value == immich.OpenIDClient6
	port := portOf(at)
	switch {
	case scheme == "":
		fd.Message = secret.Textf("the %s is not a whole address", e.name)
	case scheme == "http" && e.called && immich.RefusesHTTP.At(release).Value && !httpAllowed(f, d):
		fd.Message = secret.Textf("the %s is http, which this release refuses", e.name)
	case fetched && e.name != "authorization_endpoint" && userinfo.MatchString(at):
		fd.Grade = checks.Implied
		fd.Message = secret.Textf("the %s holds a user name and a password, and Node's fetch refuses such addresses", e.name)
		fd.Fix = []checks.Remedy{{Do: secret.Textf("take them out of the provider's address"), Where: secret.Textf("the provider's configuration")}}
	case fetched && slices.Contains(immich.BlockedPorts, port):
		fd.Grade = checks.Implied
		fd.Message = secret.Textf("the %s is at port %s, which fetch opens for nobody, in Node as in browsers", e.name, secret.Int(port))
		fd.Fix = []checks.Remedy{{Do: secret.Textf("let the provider listen on another port, such as 443"), Where: secret.Textf("the provider's configuration")}}
	}
}

// httpAllowed reports whether Allow Insecure Requests is on: Immich took an
// http address of this document, or a setting says so, or else not.
func httpAllowed(f *facts.Facts, d facts.DiscoveryDoc) bool {
	took := func(k facts.Known[secret.URI]) bool { return k.Is() && absolute(string(k.Get())) == "http" }
	if _, ok := started(f); ok && (took(d.AuthorizationEndpoint) || took(d.Setting)) {
		return true
	}
	return facts.Or(f, f.Settings.Get().AllowInsecureRequests, false)
}
