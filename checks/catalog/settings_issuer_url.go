package catalog

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var settingsIssuerURL = &checks.Check{
	ID: "settings/issuer-url", Title: "the issuer URL is one that Immich can use", Since: "v0.1.0",
	Doc: `The issuer URL is where Immich begins. It must be a whole address: ` + "`https://auth.example.com`" + `, not ` + "`auth.example.com`" + `, not
` + "`auth.example.com:9091`" + `. From 1.132 it must hold no user and password, and its port must not be one to which the ` + "`fetch`" + ` of browsers
and of Node connects for nobody (6000, 10080 and some eighty others): Immich then says "fetch failed" and not why.

**Mend it**: copy the issuer from the provider, with ` + "`https://`" + ` before it. Move a provider off a blocked port, or put the proxy's
port 443 into the issuer URL.`,
	Cites: []cite.Citation{cite.OIDCDiscovery("4"), cite.OpenIDClient("v6.8.4", "src/index.ts"), cite.OpenIDClient("v5.7.1", "lib/issuer.js"),
		{Source: "WHATWG Fetch", Section: "port blocking", URL: "https://fetch.spec.whatwg.org/#port-blocking"}},
	Symptoms: []string{"Error in OAuth discovery: TypeError: Invalid URL", "only valid absolute URLs can be requested",
		"Cannot read properties of null (reading 'includes')", "only requests to HTTP or HTTPS are allowed",
		"Request cannot be constructed from a URL that includes credentials", "Issuer URL must be an empty string or a valid URL"},
	Severity: checks.Error,
	Breaks:   checks.Every("discovery"),
	After:    []string{"server/answers", "oauth/enabled"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize, facts.Settings},
	Uses:     []facts.Kind{facts.Discovery},
	Run:      runSettingsIssuerURL,
}

func runSettingsIssuerURL(f *facts.Facts) checks.Outcome {
	steps := existing(f, checks.Every("discovery"))
	given := f.Settings.Get().IssuerURL
	if from, ok := started(f); ok {
		return passed(secret.Textf("Immich takes it"), steps, from)
	}
	r, is := refused(f)
	fd := checks.Finding{
		Breaks: steps, Want: secret.Textf("such as https://auth.example.com"),
		Message: secret.Textf("the issuer URL in Immich's settings is empty or no URL that Immich can use"),
		Fix:     []checks.Remedy{{Do: secret.Textf("enter the provider's issuer, beginning with https://"), Where: oauthSettings("issuerUrl")}},
	}
	if is {
		fd.From, fd.Got = []facts.Provenance{r.from}, secret.Textf("%s (%s)", r.message, r.from.Ref)
	}
	if given.Is() {
		if what := unusable(string(given.Get()), rules(f)); !what.IsZero() {
			fd.Message = secret.Textf("the issuer URL in Immich's settings %s", what)
			fd.From = given.From() // whatever Immich says, this is why, and no waiting mends it
			fd.Got = secret.Textf("%q (%s)", given.Get(), given.From()[0].Ref)
			fd.Fix[0].Do = secret.Textf("enter the provider's issuer: beginning with https://, without a user, with a port that is not blocked")
			return checks.Failed(fd)
		}
	}
	if is && r.cause == immich.BadURL {
		if named := facts.Or(f, f.Discovery, facts.DiscoveryDoc{}).Issuer; given.Is() && named.Is() && !isURL(string(named.Get())) {
			return passed(secret.Textf("it is one; the issuer in the provider's document is none"), steps, given.From()...) // with the same message
		}
		return checks.Failed(fd)
	}
	if from, ok := past(f, stageSetting); ok {
		return passed(secret.Textf("Immich takes it"), steps, from)
	}
	return passed(secret.Textf("%s", given.Get()), steps, given.From()...)
}

// unusable says what is wrong with an issuer URL, whatever answers there.
func unusable(setting, release string) (what secret.Text) {
	six := immich.Library.At(release).Value == immich.OpenIDClient6
	setting = strings.TrimSpace(setting)
	scheme, rest, _ := strings.Cut(setting, "://")
	user, host, hasUser := strings.Cut(rest, "@") // a masked password is no URL any more
	if hasUser = hasUser && !strings.Contains(user, "/"); hasUser {
		setting = scheme + "://" + host
	}
	u, err := url.Parse(setting)
	switch {
	case setting == "":
		return secret.Textf("is empty")
	case err != nil || u.Host == "" || u.Scheme == "":
		return secret.Textf("is no whole address: https:// is missing")
	case u.Scheme != "http" && u.Scheme != "https":
		return secret.Textf("is neither https nor http")
	case hasUser && six:
		return secret.Textf("holds a user, which this release refuses")
	}
	if port, _ := strconv.Atoi(u.Port()); six && u.Port() != "" && slices.Contains(immich.BlockedPorts, port) {
		return secret.Textf("has the port %s, to which Immich's fetch connects for nobody", secret.Int(port))
	}
	return what
}
