package gather

import (
	"context"
	"strings"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

// mostNear is how many redirect URIs are asked for that are near one that is
// refused, of all journeys.
const mostNear = 2

// askNear asks for what people register in place of a redirect URI that is
// refused, where going there would prove it, and nothing is stored by asking.
func (r *redirectRun) askNear(ctx context.Context) {
	p := r.product
	if r.log.Control.Back || p.Authorize.KeepsFirst || p.SlowsDown || p.HidesRedirects() || !r.shows() && !r.goesSomewhere() {
		return
	}
	var wants []facts.RedirectTry
	var like []*probe
	for n := range mostNear {
		for _, q := range r.probes {
			if all := near(q.redirect); turnedDown(*q.try) && n < len(all) && (q.try.Journey == "mobile" || q == r.web) {
				wants = append(wants, facts.RedirectTry{Journey: q.try.Journey, Origin: q.try.Origin, Redirect: secret.URI(all[n])})
				like = append(like, q)
			}
		}
	}
	r.log.Near = wants[:min(len(wants), mostNear)]
	manner := p.Authorize
	manner.Asks = manner.Order()[:1]
	var probes []*probe
	for i := range r.log.Near {
		t := &r.log.Near[i]
		if q := newProbe(r.wire.Branch("near"+string(secret.Int(i+1))), like[i].inPlaceOf(string(t.Redirect)), t, manner); q != nil {
			q.own = true
			probes = append(probes, q)
		}
	}
	r.ask(ctx, 0, probes...)
}

// goesSomewhere reports whether the provider goes back for one of the redirect URIs.
func (r *redirectRun) goesSomewhere() bool {
	for _, t := range r.log.Tries {
		if t.Back {
			return true
		}
	}
	return false
}

// inPlaceOf is the authorization URL with that redirect URI, and a state of its own.
func (p *probe) inPlaceOf(redirect string) string {
	u := *p.url
	u.RawQuery = replaced(renewed(u.RawQuery, redirect), "redirect_uri", redirect)
	return u.String()
}

// near is what people register in place of a redirect URI, the likeliest first.
func near(redirect string) (all []string) {
	if app, ok := strings.CutPrefix(redirect, "app.immich:"); ok {
		for _, row := range immich.AppRedirect {
			if row.Value != redirect {
				all = append(all, row.Value)
			}
		}
		if path := strings.TrimLeft(app, "/"); path != "" {
			all = append(all, "app.immich://"+path)
		}
		return all
	}
	all = append(all, redirect+"/")
	if rest, ok := strings.CutPrefix(redirect, "https:"); ok {
		return append(all, "http:"+rest)
	}
	if rest, ok := strings.CutPrefix(redirect, "http:"); ok {
		return append(all, "https:"+rest)
	}
	return all
}
