package catalog

import (
	"strings"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/front"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var discoveryDocument = &checks.Check{
	ID: "discovery/document", Title: "discovery answers 200 with a JSON document", Since: "v0.1.0",
	Doc: `Immich reads ` + "`<issuer URL>/.well-known/openid-configuration`" + ` at every login. The answer must have the status 200 and be a
JSON object: Immich follows no redirect, and a login page, a challenge page or a 404 in its place ends the login.

**Mend it**: open that address in a private browser window. A 404 means a wrong path in the issuer URL (Keycloak:
` + "`/realms/NAME`" + `; Authentik: ` + "`/application/o/SLUG/`" + `). A login page means forward authentication in front of the provider: exempt
` + "`/.well-known/`" + `. A redirect means: use the address that it leads to.`,
	Cites: []cite.Citation{cite.OIDCDiscovery("4.2"), cite.OpenIDClient("v6.8.4", "src/index.ts")},
	Symptoms: []string{"ClientError: unexpected HTTP response status code", "OPError: expected 200 OK, got: 404 Not Found",
		"ClientError: unexpected response content-type", "ClientError: parsing error occured", "SyntaxError: Unexpected token '<'"},
	Severity: checks.Error,
	Breaks:   checks.Every("discovery"),
	After:    []string{"network/resolves", "network/reachable", "tls/certificate", "issuer/https"},
	YieldsTo: []string{"discovery/vantage"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize, facts.Discovery},
	Run:      runDiscoveryDocument,
}

func runDiscoveryDocument(f *facts.Facts) checks.Outcome {
	d := f.Discovery.Get()
	steps := existing(f, checks.Every("discovery"))
	r, is := refused(f)
	immichs, beyond := past(f, stageDocument)
	silent := d.Try.Made() && (!d.Try.Answer.Reached() || d.Try.Answer == facts.TLS) // what other checks are for
	bad := d.Try.Made() && !d.Object.Is()
	fd := checks.Finding{Breaks: steps, Want: secret.Textf("HTTP 200 with a JSON object")}
	switch {
	case is && stages[r.cause] == stageDocument:
		fd.Evidence, fd.Got = seen(r.from), secret.Textf("%s (%s)", r.message, r.from.Ref)
		fd.Message, fd.Fix = immichRead(r)
		if words, fix := spoilt(d, r); !words.IsZero() {
			fd.Evidence, fd.Message, fd.Fix = seen(r.from, d.Try.From(facts.Here)), words, fix
		}
		if bad && !silent { // what we see says more than the message
			fd.Evidence = seen(r.from, d.Try.From(facts.Here))
			fd.Message, fd.Fix = misread(d)
			fd.Got = got(d.Try)
		}
	case beyond:
		return passed(secret.Textf("Immich reads it"), steps, immichs)
	case silent:
		return skipped(facts.Why{Reason: facts.Unanswered, Detail: got(d.Try)})
	case bad:
		fd.Evidence, fd.Got = seen(d.Try.From(facts.Here)), got(d.Try)
		fd.Message, fd.Fix = misread(d)
		if notYet(f, stageDocument) {
			fd.Severity = checks.Warning // Immich stumbles earlier, and over something else
		}
	case d.Try.Made():
		return passed(got(d.Try), steps, d.Object.From()...)
	default:
		return skipped(d.Setting.Why)
	}
	return checks.Failed(fd)
}

// immichRead words what Immich says of the document that it got.
func immichRead(r refusal) (secret.Text, []checks.Remedy) {
	open := checks.Remedy{
		Do: secret.Textf("open the issuer URL with /.well-known/openid-configuration behind it; correct the URL if that is not a JSON document"), Where: oauthSettings("issuerUrl")}
	switch {
	case r.cause == immich.BadStatus && r.detail != "":
		return secret.Textf("discovery answered Immich %s", r.detail), []checks.Remedy{open}
	case r.cause == immich.BadStatus:
		return secret.Textf("discovery answered Immich another status than 200: a redirect, a login page, a wrong path"), []checks.Remedy{open}
	case r.cause == immich.NotJSON:
		return secret.Textf("discovery answered Immich something that is no JSON, such as a web page"), []checks.Remedy{open}
	}
	return secret.Textf("discovery answered Immich JSON that is no provider metadata"), []checks.Remedy{open}
}

// spoilt words what is wrong with a document that this machine can read and
// Immich cannot; nothing if that does not show.
func spoilt(d facts.DiscoveryDoc, r refusal) (secret.Text, []checks.Remedy) {
	switch {
	case !d.Object.Is():
	case r.cause == immich.NotMetadata && !d.Issuer.Is():
		return secret.Textf("the discovery document names no issuer (%s)", d.Issuer.Why.Detail), []checks.Remedy{{Do: secret.Textf("see why the provider's document lacks it: an unfinished configuration, or the document of something else"), Where: secret.Textf("%s", d.Try.URL)}}
	case r.cause != immich.NotJSON || !strings.Contains(r.message.String(), "SyntaxError"): // the words of openid-client 5
	case d.Form.BOM:
		return unreadable5(d.Try, d.Form), []checks.Remedy{{Do: secret.Textf("write the document without a byte order mark"), Where: secret.Textf("%s", d.Try.URL)}}
	case d.Try.Encoding != "":
		return unreadable5(d.Try, d.Form), []checks.Remedy{{Do: secret.Textf("let the proxy compress only for those who ask for it (Accept-Encoding)"), Where: secret.Textf("%s", d.Try.URL)}}
	}
	return secret.Text{}, nil
}

// misread words what we see in the place of the document.
func misread(d facts.DiscoveryDoc) (secret.Text, []checks.Remedy) {
	a := d.Try
	who, known := inFront(a)
	setting := oauthSettings("issuerUrl")
	to := leadsTo(string(a.URL), string(a.Location))
	switch {
	case a.Answer == facts.TooBig || a.Answer == facts.Malformed:
		return secret.Textf("the discovery document does not arrive whole"), []checks.Remedy{{Do: secret.Textf("see the logs of the provider and of the proxy before it"), Where: secret.Textf("%s", a.URL)}}
	case a.Location != "" && strings.HasSuffix(to.Path, wellKnown): // to the same document elsewhere, be it a host called auth
		return secret.Textf("discovery redirects, and Immich follows no redirect"), []checks.Remedy{{Do: secret.Textf("set the issuer URL to the one that it leads to"), Where: setting,
			Snippet: secret.Textf("%s", secret.URI(strings.TrimSuffix(to.String(), wellKnown)))}}
	case known && who.Kind != front.Routing: // a provider written in Go says "404 page not found" of a wrong path, too
		return secret.Textf("%s answers in the place of discovery", secret.Name(who.Name)), []checks.Remedy{{Do: secret.Textf("%s", secret.Name(who.Mend)), Where: secret.Textf("for /.well-known/openid-configuration, the key set, the token and the userinfo endpoint of the provider")}}
	case a.Status >= 300 && a.Status < 400:
		return secret.Textf("discovery redirects, and Immich follows no redirect"), []checks.Remedy{{Do: secret.Textf("set the issuer URL so that no redirect is needed; it leads to %s", a.Location), Where: setting}}
	case a.Status == 404:
		return secret.Textf("there is no discovery document under this issuer URL"), []checks.Remedy{{Do: secret.Textf("correct the path of the issuer URL: the document stands at <issuer>/.well-known/openid-configuration"), Where: setting}}
	case a.Status != 200:
		return secret.Textf("discovery answers HTTP %s", secret.Int(a.Status)), []checks.Remedy{{Do: secret.Textf("see the log of the provider, and what stands before it")}}
	case front.LooksLikeHTML(a.Body.String()):
		return secret.Textf("discovery answers a web page"), []checks.Remedy{{Do: secret.Textf("correct the issuer URL, or what answers in the provider's place"), Where: setting}}
	}
	switch {
	case d.Form.Kind != "" && d.Form.Kind != "not JSON":
		return secret.Textf("discovery answers JSON, but %s in place of an object", d.Form.Kind), []checks.Remedy{{Do: secret.Textf("see what answers there"), Where: secret.Textf("%s", a.URL)}}
	case strings.HasPrefix(strings.TrimSpace(a.Body.String()), "{"):
		return secret.Textf("discovery answers JSON that is broken, or that has something behind it"), []checks.Remedy{{Do: secret.Textf("see what the provider, or a proxy that edits pages, writes there"), Where: secret.Textf("%s", a.URL)}}
	}
	return secret.Textf("discovery answers something that is no JSON object"), []checks.Remedy{{Do: secret.Textf("see what answers there"), Where: secret.Textf("%s", a.URL)}}
}
