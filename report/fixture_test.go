package report

import (
	"time"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

// A setup is what New makes a document of: facts, and checks that say what the
// case needs. The ladder between them is the real one.
type setup struct {
	name  string
	f     *facts.Facts
	all   []*checks.Check
	about About
}

func (s setup) document() *Document {
	f := secret.Seal(*s.f)
	origin := secret.Name("")
	facts.If(f.Origins, func(l facts.OriginList) { origin = l.Main() })
	return New(&f, checks.Run(s.all, &f, origin), s.about)
}

func says(id, title string, o checks.Outcome, change ...func(*checks.Check)) *checks.Check {
	c := &checks.Check{ID: id, Title: title, Severity: checks.Error, Run: func(*facts.Facts) checks.Outcome { return o }}
	for _, f := range change {
		f(c)
	}
	return c
}

func after(ids ...string) func(*checks.Check) { return func(c *checks.Check) { c.After = ids } }
func breaks(ats ...[]checks.At) func(*checks.Check) {
	return func(c *checks.Check) { c.Breaks = concat(ats) }
}
func shows(ats ...[]checks.At) func(*checks.Check) {
	return func(c *checks.Check) { c.Witness = concat(ats) }
}
func needs(ks ...facts.Kind) func(*checks.Check) { return func(c *checks.Check) { c.Needs = ks } }
func since(release string) func(*checks.Check) {
	return func(c *checks.Check) { c.Versions.From = release }
}

func concat(ats [][]checks.At) (all []checks.At) {
	for _, a := range ats {
		all = append(all, a...)
	}
	return all
}

func text(s string) secret.Text { return secret.Textf("%s", secret.Name(s)) }

func by(v facts.Vantage, refs ...secret.Name) checks.Evidence {
	e := checks.Evidence{}
	for _, r := range refs {
		e.From = append(e.From, facts.Provenance{Vantage: v, Ref: r})
	}
	return e
}

func passes(saw string, e checks.Evidence) checks.Outcome {
	return checks.Passed(text(saw), e.From...)
}

func answered(id secret.Name, method secret.Name, url secret.URI, status int, kind secret.Name) facts.Attempt {
	return facts.Attempt{
		Exchange: id, Method: method, URL: url, Answer: facts.Answered, Status: status, ContentType: kind, Server: text("nginx"),
		Times: facts.Times{Lookup: time.Millisecond, Connect: 2 * time.Millisecond, TLS: 5 * time.Millisecond, FirstByte: 11 * time.Millisecond, Total: 20 * time.Millisecond},
	}
}

const (
	photos = "https://photos.example.com"
	issuer = "https://sso.example.com/realms/home"
	mobile = "app.immich:///oauth-callback"
)

// atHome is what is learnt of a set-up that answers.
func atHome(origins ...secret.Name) *facts.Facts {
	f := &facts.Facts{
		Clock:  facts.Is(time.Date(2026, 11, 21, 23, 58, 0, 0, time.FixedZone("CET", 3600))),
		Target: facts.Is(facts.TargetSpec{Given: photos + "/api", Server: photos}),
		Server: facts.Is(facts.ServerInfo{
			Ask:     answered("server.1", "GET", photos+"/api/server/version", 200, "application/json"),
			Version: facts.Says[secret.Name]("v2.7.5", facts.Provenance{Vantage: facts.Here, Ref: "server.1"}),
			OAuth:   facts.Says(true, facts.Provenance{Vantage: facts.Here, Ref: "server.1"}),
		}),
		Discovery: facts.Is(facts.DiscoveryDoc{
			Setting: facts.Says[secret.URI](issuer, facts.Provenance{Vantage: facts.Inferred, Ref: "authorize.web.1"}),
			Try:     answered("discovery.1", "GET", issuer+"/.well-known/openid-configuration", 200, "application/json"),
		}),
		Authorize: facts.Is(facts.AuthorizeLog{Tries: []facts.AuthorizeTry{{
			Journey: "web", Origin: photos, Redirect: photos + "/auth/login",
			Immich:   answered("authorize.web.1", "POST", photos+"/api/oauth/authorize", 201, "application/json"),
			ClientID: facts.Says[secret.Name]("immich", facts.Provenance{Vantage: facts.ByImmich, Ref: "authorize.web.1"}),
		}}}),
		Redirects: facts.Is(facts.RedirectLog{Tries: []facts.RedirectTry{
			{Journey: "web", Redirect: photos + "/auth/login", Provider: toProvider("redirects.web.1", 302, photos+"/auth/login")},
			{Journey: "mobile", Redirect: mobile, Provider: toProvider("redirects.mobile.1", 400, mobile)},
		}}),
	}
	if len(origins) == 0 {
		origins = []secret.Name{photos}
	}
	l := facts.OriginList{}
	for _, o := range origins {
		l.All = append(l.All, facts.Origin{Name: o, From: facts.Provenance{Vantage: facts.Written, Ref: "--origin"}})
	}
	f.Origins = facts.Is(l)
	return f
}

func toProvider(id secret.Name, status int, redirect secret.URI) facts.Attempt {
	a := answered(id, "GET", issuer+"/protocol/openid-connect/auth?client_id=immich&redirect_uri="+redirect+"&response_type=code&prompt=none&state=abc", status, "text/html")
	if status == 302 {
		a.Location = redirect + "?error=login_required&state=abc"
	}
	return a
}

// The checks that most cases share.
var (
	serverAnswers = says("server/answers", "Immich answers", passes("HTTP 200, v2.7.5", by(facts.Here, "server.1")),
		breaks(checks.Logins("discovery")))
	authorizeAnswers = says("authorize/answers", "Immich starts a login", passes("HTTP 201, an authorization URL", by(facts.ByImmich, "authorize.web.1")),
		breaks(checks.Logins("discovery")), shows(checks.Logins("discovery")), after("server/answers"))
	issuerMatches = says("issuer/matches", "the issuer is the one that Immich was told", passes(issuer, by(facts.Here, "discovery.1")),
		breaks(checks.Logins("discovery"), []checks.At{"logout/discovery", "back-channel/discovery"}), after("authorize/answers"))
	tokenAlgorithm = says("id-token/algorithm", "the provider signs ID tokens with the algorithm that Immich expects",
		passes("RS256, among RS256 ES256 PS256", by(facts.Here, "discovery.1")), breaks(checks.Logins("id-token")), after("issuer/matches"))
	credentials = says("token/credentials", "the token endpoint accepts Immich's client credentials", checks.Outcome{},
		breaks(checks.Logins("token")), needs(facts.Settings), after("issuer/matches"))
	claims = says("claims/email", "the provider hands out the e-mail address that Immich links accounts by",
		passes("email, email_verified", by(facts.Here, "discovery.1")), breaks(checks.Logins("account")), after("id-token/algorithm"))
	backChannel = says("back-channel/offered", "the provider tells Immich of a logout elsewhere", passes("", checks.Evidence{}), since("v3.0.0"))
)

func redirects(o checks.Outcome) *checks.Check {
	return says("redirect/registered", "the provider accepts each redirect URI", o,
		breaks(checks.Logins("authorize")), shows(checks.Logins("authorize")), after("authorize/answers"))
}

func accepted(uri, origin secret.Name, ref secret.Name, ats ...checks.At) checks.Cell {
	return checks.Cell{Subject: checks.Subject{Origin: origin, What: text(string(uri))}, Status: checks.Pass, Evidence: by(facts.ByProvider, ref), At: ats, Saw: text("HTTP 302, back with login_required")}
}

func refused(uri, origin secret.Name, ref secret.Name, ats ...checks.At) checks.Finding {
	return checks.Finding{
		Subject: checks.Subject{Origin: origin, What: text(string(uri))}, Evidence: by(facts.ByProvider, ref), Breaks: ats,
		Message: secret.Textf("the provider refuses %s: Invalid parameter: redirect_uri", uri),
		Want:    text("a redirect back with login_required, as for a redirect URI that is registered"), Got: text("HTTP 400, an error page"),
		Fix: []checks.Remedy{
			{Do: text("add it to the client's list"), Where: text("Keycloak admin console: Clients > immich > Settings > Valid redirect URIs"), Snippet: text(string(uri))},
		},
	}
}
