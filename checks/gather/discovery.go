package gather

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

const wellKnown = "/.well-known/openid-configuration"

// discovery fetches the provider's metadata: of the issuer that was given, or
// of the one that the authorization URL belongs to, as its document confirms.
var discovery = &Source[facts.DiscoveryDoc]{
	Gives: facts.Discovery,
	Waits: []facts.Kind{facts.Settings, facts.Authorize},
	Sends: discoverySends,
	Learn: func(ctx context.Context, w *wire.Wire, f *facts.Facts) facts.Fact[facts.DiscoveryDoc] {
		var issuer facts.Known[secret.URI]
		facts.If(f.Settings, func(s facts.SettingsDoc) { issuer = s.IssuerURL })
		if issuer.Is() && originOf(string(issuer.Get())) == "" {
			d := readDiscovery(facts.Attempt{}, nil, facts.Default)
			d.Setting.Why = facts.Why{Reason: facts.Absent, Detail: secret.Textf("the issuer URL is no whole address (%s)", issuer.From()[0].Ref)}
			return facts.Is(d)
		}
		if !issuer.Is() {
			return facts.Is(findDiscovery(ctx, w, f))
		}
		a, body := w.Get(ctx, documentOf(issuer.Get()))
		d := readDiscovery(a, body, issuer.From()[0].Vantage)
		if foreign(f, issuer, d) { // then nothing is judged by it
			d = readDiscovery(facts.Attempt{}, nil, facts.Default)
			d.Foreign, d.Setting.Why = a, facts.Why{Reason: facts.NotAsked, Detail: secret.Textf("the issuer that was given is not the one that Immich uses")}
			return facts.Is(d)
		}
		d.Setting = issuer
		return facts.Is(d)
	},
}

func discoverySends(t facts.TargetSpec) []Send {
	s := Send{ID: "discovery.1", Method: "GET", To: ToProvider, Why: "what the provider says of itself"}
	if issuer := t.Settings.IssuerURL; issuer.Is() && t.APIKey.IsZero() {
		s.URL = string(documentOf(issuer.Get()))
		return []Send{s}
	}
	s.ID, s.URL, s.Most = "discovery.*", "{issuer}"+wellKnown, provider.MostIssuers
	s.Why += "; each issuer that Immich's authorization URL may belong to, until one fits"
	return []Send{s}
}

// documentOf is where the document of an issuer stands. A setting that names
// the document itself is taken as it is, as openid-client does.
func documentOf(issuer secret.URI) secret.URI {
	u, err := url.Parse(strings.TrimSpace(string(issuer)))
	if err != nil || strings.Contains(u.Path, "/.well-known/") {
		return issuer
	}
	u.Path = strings.TrimSuffix(u.Path, "/") + wellKnown
	return secret.URI(u.String())
}

// foreign reports whether an issuer that the user gave is not the one that
// Immich uses: Immich sends people to an endpoint that its document does not name.
func foreign(f *facts.Facts, issuer facts.Known[secret.URI], d facts.DiscoveryDoc) bool {
	if issuer.From()[0].Vantage > facts.Written {
		return false // Immich itself names it
	}
	endpoint := endpointOf(f)
	if !d.Try.Answer.Reached() && originOf(string(issuer.Get())) == originOf(string(endpoint)) {
		return false // it is on that very host, which this machine does not reach
	}
	return endpoint != "" && !(d.AuthorizationEndpoint.Is() && sameEndpoint(d.AuthorizationEndpoint.Get(), endpoint))
}

// endpointOf is where Immich sends people, "" if it starts no login.
func endpointOf(f *facts.Facts) (endpoint secret.URI) {
	facts.If(f.Authorize, func(l facts.AuthorizeLog) {
		for _, t := range l.Tries {
			facts.If(t.Endpoint, func(u secret.URI) { endpoint = u })
		}
	})
	return endpoint
}

// findDiscovery tries the issuers that Immich's authorization endpoint may
// belong to. The one whose document names that endpoint is the one; it is
// inferred, and only assumed where several issuers share the endpoint.
func findDiscovery(ctx context.Context, w *wire.Wire, f *facts.Facts) (d facts.DiscoveryDoc) {
	d = readDiscovery(facts.Attempt{}, nil, facts.Default)
	var endpoint secret.URI
	var client secret.Name
	d.Setting.Why = facts.Why{Reason: facts.NotAsked, Detail: secret.Textf("Immich names no provider: give --issuer")}
	facts.If(f.Authorize, func(l facts.AuthorizeLog) {
		for _, t := range l.Tries {
			facts.If(t.Endpoint, func(u secret.URI) { endpoint = u })
			facts.If(t.ClientID, func(id secret.Name) { client = id })
		}
	})
	if endpoint == "" {
		return d
	}
	var tried []facts.Attempt
	for _, c := range provider.Issuers(string(endpoint), string(client)) {
		a, body := w.Get(ctx, documentOf(secret.URI(c.Issuer)))
		vantage := facts.Inferred
		if c.Guess {
			vantage = facts.Default
		}
		found := readDiscovery(a, body, vantage)
		if found.AuthorizationEndpoint.Is() && sameEndpoint(found.AuthorizationEndpoint.Get(), endpoint) {
			issuer := secret.URI(c.Issuer)
			if found.Issuer.Is() && strings.TrimSuffix(string(found.Issuer.Get()), "/") == c.Issuer {
				issuer = found.Issuer.Get() // with its own slash
			}
			found.Setting = facts.Says(issuer, facts.Provenance{Vantage: vantage, Ref: a.Exchange})
			found.Others = tried
			return found
		}
		if tried = append(tried, a); !a.Answer.Reached() {
			break // the host is not there; other paths on it are not either
		}
	}
	d.Others = tried
	d.Setting.Why.Detail = secret.Textf("no document near %s names that endpoint: give --issuer", endpoint)
	return d
}

// sameEndpoint reports whether two spellings lead to one endpoint: the document
// may write its host in capitals, or give the endpoint a query of its own.
func sameEndpoint(a, b secret.URI) bool {
	x, errX := url.Parse(string(a))
	y, errY := url.Parse(string(b))
	return errX == nil && errY == nil && strings.EqualFold(x.Scheme, y.Scheme) && hostOf(x) == hostOf(y) && x.EscapedPath() == y.EscapedPath()
}

// readDiscovery decodes the document; every member is seen at least as badly
// as the issuer that it was found by.
func readDiscovery(a facts.Attempt, body []byte, by facts.Vantage) (d facts.DiscoveryDoc) {
	from := a.From(min(facts.Here, by))
	if by == facts.Written {
		from = a.From(facts.Here) // somebody names this issuer, and this is its document
	}
	d.Try = a
	var o object
	if a.OK(http.StatusOK) {
		o, d.Form = readForm(body)
	}
	d.Object = facts.Says(true, from)
	why := facts.Why{Reason: facts.Absent, Detail: secret.Textf("there is no discovery document (%s)", a.Exchange)}
	switch {
	case !a.Made():
		why = facts.Why{Reason: facts.NotAsked, Detail: secret.Textf("the issuer is not known: give --issuer")}
	case a.Answer != facts.Answered:
		why = facts.Why{Reason: facts.Unanswered, Detail: secret.Textf("%s", a.Exchange)}
	}
	if o == nil {
		d.Object = facts.Known[bool]{Why: why}
	}
	members(&d, o, from, why)
	return d
}

// members reads each member by itself; without an object why says why not.
func members(d *facts.DiscoveryDoc, o object, from facts.Provenance, why facts.Why) {
	for name, at := range map[string]*facts.Known[secret.URI]{
		"issuer": &d.Issuer, "authorization_endpoint": &d.AuthorizationEndpoint, "token_endpoint": &d.TokenEndpoint,
		"userinfo_endpoint": &d.UserinfoEndpoint, "jwks_uri": &d.JWKSURI, "end_session_endpoint": &d.EndSessionEndpoint, "pushed_authorization_request_endpoint": &d.PushedEndpoint,
	} {
		if *at = member(o, name, from, asURI); o == nil {
			at.Why = why
		}
	}
	for name, at := range map[string]*facts.Known[bool]{
		"authorization_response_iss_parameter_supported": &d.IssParameter,
		"require_pushed_authorization_requests":          &d.PushedOnly, "require_signed_request_object": &d.SignedOnly,
	} {
		if *at = member(o, name, from, asTrue); o == nil {
			at.Why = why
		}
	}
	for name, at := range map[string]*facts.List{
		"id_token_signing_alg_values_supported": &d.IDTokenAlgs, "code_challenge_methods_supported": &d.PKCEMethods,
		"token_endpoint_auth_methods_supported": &d.AuthMethods, "scopes_supported": &d.ScopesOffered,
		"response_types_supported": &d.ResponseTypes, "claims_supported": &d.ClaimsOffered, "grant_types_supported": &d.GrantsOffered,
		"subject_types_supported": &d.SubjectTypes, "userinfo_signing_alg_values_supported": &d.UserinfoAlgs,
		"response_modes_supported": &d.ResponseModes, "prompt_values_supported": &d.PromptsOffered,
		"access_token_signing_alg_values_supported": &d.AccessAlgs,
	} {
		if *at = list(o, name, from); o == nil {
			at.Why = why
		}
	}
}
