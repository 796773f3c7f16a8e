package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/front"
	"immich-oidc-doctor/checks/secret"
)

// An intercept is what was seen of one endpoint of the provider, asked without
// client or code, or with a token that nobody handed out.
type intercept struct {
	name      secret.Name // "token endpoint"
	lacks     secret.Name // what the request has not: "names no client"
	try       facts.EndpointTry
	breaks    []checks.At
	severity  checks.Severity // at most
	basicFine bool            // 401 with Basic is the endpoint's own answer: it wants the client
	always    bool            // it answers whoever posts there: 404 is nobody's refusal
}

// endpointAnswers judges whether it is the endpoint itself that answers. What a
// provider says to a request without credentials is its own business, as long
// as it is the provider who says it.
func endpointAnswers(e intercept) checks.Outcome {
	a := e.try.Try
	switch {
	case !a.Made():
		return skipped(e.try.Why)
	case e.try.JSON && a.Status < 400: // some refuse in the body alone
		return passed(secret.Textf("it answers in JSON: %s", got(a)), e.breaks, e.try.From...)
	case e.try.JSON:
		return passed(secret.Textf("it refuses in JSON: %s", got(a)), e.breaks, e.try.From...)
	}
	fd := checks.Finding{
		Severity: e.severity, Breaks: e.breaks, Evidence: seen(e.try.From...), Got: got(a),
		Want: secret.Textf("the %s's own refusal, as JSON: the request %s", e.name, e.lacks),
	}
	where := secret.Textf("for %s, best for every endpoint of the provider that Immich's server asks", a.URL)
	who, known := inFront(a)
	_, renamed := samePath(a)
	switch {
	case a.Answer != facts.Answered:
		fd.Severity = min(e.severity, checks.Warning) // Immich may have a way there of its own
		fd.Message = secret.Textf("this machine gets no answer from the %s", e.name)
		fd.Fix = []checks.Remedy{{Do: secret.Textf("ask from inside Immich's container; whatever status it answers, the way there is free; if it fails, mend that"), Snippet: fromInside(a.URL)}}
	case renamed:
		fd.Message = secret.Textf("the %s redirects, and Immich follows no redirect", e.name)
		fd.Fix = []checks.Remedy{{Do: secret.Textf("let the provider's document name the address that it leads to"), Snippet: secret.Textf("%s", a.Location)}}
	case known && !theirOwn(who, e.basicFine):
		fd.Grade, fd.Severity = sure(who), severest(who, e.severity)
		fd.Message = secret.Textf("%s answers in the place of the %s", secret.Name(who.Name), e.name)
		fd.Fix = []checks.Remedy{{Do: secret.Textf("%s", secret.Name(who.Mend)), Where: where}}
	case a.Location != "" && a.Status >= 300 && a.Status < 400:
		fd.Severity = min(e.severity, checks.Warning) // it may not do so to a client
		fd.Message = secret.Textf("the %s redirects whoever %s, and Immich follows no redirect", e.name, e.lacks)
		fd.Fix = []checks.Remedy{{Do: secret.Textf("see what answers there; if it is a login page, exempt the path"), Where: where}}
	case a.Status == 200 && isPage(a):
		fd.Message = secret.Textf("a web page answers in the place of the %s", e.name)
		fd.Fix = []checks.Remedy{{Do: secret.Textf("see that the proxy passes this path to the provider, and that the document names the right one"), Where: where}}
	case a.Status == 404:
		if !e.always {
			fd.Severity = min(e.severity, checks.Warning)
		}
		fd.Message = secret.Textf("nothing is at the address that the document names as the %s", e.name)
		fd.Fix = []checks.Remedy{{Do: secret.Textf("see that the proxy passes this path to the provider, and that the document names the right one"), Where: where}}
	case a.Status < 400:
		return skipped(facts.Why{Reason: facts.Unanswered, Detail: secret.Textf("what answers is no JSON, no page and no refusal: %s", got(a))})
	case a.Status >= 500:
		return passed(secret.Textf("it answers: %s", got(a)), e.breaks, e.try.From...)
	default:
		return passed(secret.Textf("it refuses: %s", got(a)), e.breaks, e.try.From...)
	}
	return checks.Failed(fd)
}

// theirOwn reports whether an endpoint itself may answer like this.
func theirOwn(who front.Front, basicFine bool) bool {
	return who.Name == anyPassword || who.Name == anyBasic && basicFine
}
