package catalog

import (
	"net/url"
	"strings"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var cookieState = &checks.Check{
	ID: "cookie/state", Title: "the browser keeps the cookies of a login until it comes back", Since: "v0.1.0",
	Doc: `From 1.132 a login that begins in the browser is remembered in two cookies, ` + "`immich_oauth_state`" + ` and
` + "`immich_oauth_code_verifier`" + `. If they are not there when the provider sends the browser back, Immich says "OAuth state is missing".
A proxy may drop Set-Cookie or change its Path or Domain. A browser refuses a cookie marked Secure that comes over http: that
happens if the proxy says ` + "`X-Forwarded-Proto: https`" + ` while people open http. (The app sends both values itself and needs no cookie.)

The other way round a cookie that comes over https should be Secure. If it is not, Immich does not know that it is behind
https: the proxy sends no ` + "`X-Forwarded-Proto`" + `, or Immich does not trust it. ` + "`IMMICH_TRUSTED_PROXIES`" + ` takes the place of the default
(private addresses) from 1.124, while it was added to it before: since then the list must name every proxy. The login works all
the same, but the session's cookie is not protected.

**Mend it**: pass Set-Cookie unchanged; send ` + "`X-Forwarded-Proto`" + ` as it is (nginx: ` + "`proxy_set_header X-Forwarded-Proto $scheme;`" + `); open
Immich at its https address only.`,
	Cites: []cite.Citation{cite.Immich("v1.132.0", "server/src/controllers/oauth.controller.ts"), cite.Immich("v1.124.0", "server/src/workers/api.ts"),
		cite.RFC("6265", "5.3")},
	Symptoms: []string{"OAuth state is missing", "OAuth code verifier is missing"},
	Severity: checks.Error,
	Breaks:   []checks.At{"web/callback", "linking/callback"},
	Versions: checks.Range{From: "v1.132.0"},
	After:    []string{"authorize/answers", "discovery/immich"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize, facts.Doors},
	Run: func(f *facts.Facts) (o checks.Outcome) {
		for _, d := range f.Doors.Get().All {
			keptAt(f, &o, d)
		}
		return o
	},
}

// The cookies of a login, and where the browser has to send them.
var (
	loginCookies   = []secret.Name{"immich_oauth_state", "immich_oauth_code_verifier"}
	callbackPath   = "/api/oauth/callback"
	cookieRelevant = []checks.At{"web/callback", "linking/callback"}
)

func keptAt(f *facts.Facts, o *checks.Outcome, d facts.Door) {
	a := startAt(f, d)
	about := checks.Subject{Origin: d.Origin, What: secret.Textf("the cookies of a login at %s", d.Address)}
	switch {
	case a.Answer != facts.Answered:
		o.Cells = append(o.Cells, silent(about, a, cookieRelevant))
		return
	case !a.OK(201):
		o.Cells = append(o.Cells, checks.Cell{Subject: about, Status: checks.Skip, At: cookieRelevant, Why: facts.Why{Reason: facts.Absent, Detail: secret.Textf("no login was started: %s", got(a))}})
		return
	}
	fd := checks.Finding{Subject: about, Evidence: seen(a.From(facts.Here)), Want: secret.Textf("immich_oauth_state and immich_oauth_code_verifier, with Path=/ and SameSite=Lax")}
	secure := true
	for _, name := range loginCookies {
		c, ok := cookieOf(a, name)
		if fd.Got = attributes(c); !ok {
			fd.Got = secret.Textf("no %s (%s)", name, a.Exchange)
		}
		if fd.Message, fd.Fix = refusedByBrowser(d.Address, name, c, ok); !fd.Message.IsZero() {
			o.Findings = append(o.Findings, fd)
			return
		}
		secure = secure && c.Secure
	}
	state, _ := cookieOf(a, loginCookies[0])
	o.Cells = append(o.Cells, checks.Cell{Subject: about, Status: checks.Pass, At: cookieRelevant, Evidence: seen(a.From(facts.Here)), Saw: attributes(state)})
	if strings.HasPrefix(string(d.Address), "https:") && !secure {
		o.Findings = append(o.Findings, notKnownSecure(f, about, a))
	}
}

// refusedByBrowser says why a browser at an address does not keep a cookie, or
// does not send it to the callback; nothing if it does.
func refusedByBrowser(address secret.URI, name secret.Name, c facts.Cookie, there bool) (secret.Text, []checks.Remedy) {
	u, err := url.Parse(string(address))
	if err != nil {
		return secret.Text{}, nil
	}
	host := strings.ToLower(u.Hostname())
	unchanged := secret.Textf("the proxy before Immich")
	switch domain := strings.TrimPrefix(strings.ToLower(string(c.Domain)), "."); {
	case !there:
		return secret.Textf("Immich sets the cookie %s, and it does not arrive: something on the way drops Set-Cookie", name),
			[]checks.Remedy{{Do: secret.Textf("let Set-Cookie pass for /api/oauth/ (no proxy_hide_header Set-Cookie, no proxy_ignore_headers, no caching of these paths)"), Where: unchanged}}
	case c.Secure && u.Scheme == "http" && !loopback(host):
		return secret.Textf("Immich takes this http address for https and marks the cookie Secure, so that the browser drops it"),
			[]checks.Remedy{{Do: secret.Textf("open Immich by https only, or let the proxy say X-Forwarded-Proto as it is"), Where: unchanged, Snippet: secret.Textf("proxy_set_header X-Forwarded-Proto $scheme;")}}
	case c.SameSite == "None" && !c.Secure:
		return secret.Textf("something on the way sets SameSite=None on a cookie that is not Secure, so that the browser drops it"),
			[]checks.Remedy{{Do: secret.Textf("leave SameSite=Lax, as Immich sets it (no proxy_cookie_flags)"), Where: unchanged}}
	case c.Domain != "" && domain != host && !strings.HasSuffix(host, "."+domain):
		return secret.Textf("the cookie's Domain %s is not that of this address, so that the browser drops it", c.Domain),
			[]checks.Remedy{{Do: secret.Textf("leave the cookie without a Domain, as Immich sets it (no proxy_cookie_domain)"), Where: unchanged}}
	case !onPath(callbackPath, string(c.Path)):
		return secret.Textf("the cookie's Path is %s, so that the browser does not send it to %s", c.Path, secret.URI(callbackPath)),
			[]checks.Remedy{{Do: secret.Textf("leave Path=/, as Immich sets it (no proxy_cookie_path)"), Where: unchanged}}
	}
	return secret.Text{}, nil
}

// notKnownSecure is about cookies over https that are not Secure.
func notKnownSecure(f *facts.Facts, about checks.Subject, a facts.Attempt) checks.Finding {
	return checks.Finding{
		Subject: about, Severity: checks.Warning, Evidence: seen(a.From(facts.Here)),
		Message: secret.Textf("Immich does not know that it is behind https: it sets its cookies without Secure, that of the session too"),
		Want:    secret.Textf("Secure"), Got: secret.Textf("not Secure (%s)", a.Exchange),
		Fix: []checks.Remedy{
			{Do: secret.Textf("let the proxy say which scheme people use"), Where: secret.Textf("the proxy before Immich"), Snippet: secret.Textf("proxy_set_header X-Forwarded-Proto $scheme;")},
			{Do: secret.Textf("and let Immich believe the proxy; it believes %s", secret.Name(immich.Trusts.At(rules(f)).Value)), Where: secret.Textf("environment of immich-server: IMMICH_TRUSTED_PROXIES")},
		},
	}
}

func cookieOf(a facts.Attempt, name secret.Name) (facts.Cookie, bool) {
	for _, c := range a.Cookies {
		if c.Name == name {
			return c, true
		}
	}
	return facts.Cookie{}, false
}

// attributes is a cookie as Set-Cookie has it, without its value.
func attributes(c facts.Cookie) secret.Text {
	t := secret.Textf("%s: Path=%s", c.Name, c.Path)
	if c.Domain != "" {
		t = secret.Textf("%s; Domain=%s", t, c.Domain)
	}
	if c.Secure {
		t = secret.Textf("%s; Secure", t)
	}
	return secret.Textf("%s; SameSite=%s", t, c.SameSite)
}

// onPath reports whether a cookie of that path goes to a request path, RFC
// 6265, 5.1.4. A path that is none is that of the request that set it: here a
// sibling of the callback.
func onPath(request, path string) bool {
	if !strings.HasPrefix(path, "/") {
		return true
	}
	rest, ok := strings.CutPrefix(request, path)
	return ok && (rest == "" || strings.HasSuffix(path, "/") || strings.HasPrefix(rest, "/"))
}

// loopback reports whether browsers keep Secure cookies of a host over http.
func loopback(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasPrefix(host, "127.") || host == "::1"
}
