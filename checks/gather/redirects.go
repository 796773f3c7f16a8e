package gather

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

// A run sends the provider at most wholeBudget requests, further more for each
// origin beyond the first. The redirect URIs may use their share of it.
const (
	wholeBudget    = 20
	redirectsShare = 8
	further        = 6

	mostOfOne = 6 // requests about one redirect URI: one, and five redirects
)

// redirects sends each authorization URL to the provider as a browser would, in
// the way in which this product answers without a login: a provider that knows
// the client and the redirect URI answers by going there with an error.
var redirects = &Source[facts.RedirectLog]{
	Gives: facts.Redirects,
	After: []facts.Kind{facts.Authorize},
	Waits: []facts.Kind{facts.Discovery},
	Risk:  Probes,
	Sends: redirectsSends,
	Most: func(t facts.TargetSpec) int {
		return redirectsShare + further*(max(1, min(len(t.Origins), maxDoors))-1)
	},
	Learn: func(ctx context.Context, w *wire.Wire, f *facts.Facts) facts.Fact[facts.RedirectLog] {
		product, surety := productOf(f)
		r := newRedirectRun(w, f.Authorize.Get().Tries, product, surety == provider.Sure)
		facts.If(f.Discovery, func(d facts.DiscoveryDoc) {
			for _, a := range d.Tried() {
				r.heed(a)
			}
		})
		r.run(ctx)
		return facts.Is(r.log)
	},
}

func redirectsSends(t facts.TargetSpec) (all []Send) {
	for _, s := range authorizeSends(t) {
		journey, started := strings.CutPrefix(s.ID, "authorize.")
		if !started || s.Method != http.MethodPost {
			continue
		}
		all = append(all, Send{ID: "redirects." + strings.TrimSuffix(journey, "1") + "*", Method: "GET", URL: "{authorization URL}", To: ToProvider, Most: mostOfOne, If: s.If,
			Why: "whether the provider accepts this redirect URI; with prompt=none, or a response type that it does not have, so that nobody is asked to log in"})
	}
	return append(all, Send{ID: "redirects.control.*", Method: "GET", URL: "{authorization URL}", To: ToProvider, Most: mostOfOne,
		Why: "whether it answers a redirect URI that nobody registers otherwise; on the same host, a path made up for it", If: "it does not go back to each of them, or nobody has checked what this product does"},
		Send{ID: "redirects.near*.*", Method: "GET", URL: "{authorization URL}", To: ToProvider, Most: mostNear * mostOfOne,
			Why: "whether it accepts another spelling of a redirect URI that it refuses", If: "it refuses one, and its answers show which are registered"})
}

// A redirectRun is the asking about every redirect URI of a run.
type redirectRun struct {
	log     facts.RedirectLog
	wire    *wire.Wire
	product provider.Provider
	sure    bool     // that it is that product
	probes  []*probe // of each try of log that has one: what is not asked about has none
	web     *probe   // that of the first origin's web page, nil if there is none
	whole   int      // requests that a run may send
	left    int      // of those about redirect URIs
}

func newRedirectRun(w *wire.Wire, tries []facts.AuthorizeTry, product provider.Provider, sure bool) *redirectRun {
	origins := map[secret.Name]bool{}
	r := &redirectRun{wire: w, product: product, sure: sure, log: facts.RedirectLog{Tries: make([]facts.RedirectTry, len(tries))}}
	for i, t := range tries {
		try := &r.log.Tries[i]
		*try = facts.RedirectTry{Journey: t.Journey, Origin: t.Origin, Redirect: t.Redirect}
		if t.Journey == "web" {
			origins[t.Origin] = true
		}
		switch {
		case !t.URL.Is():
			try.Why = t.URL.Why
		case t.Journey != "mobile" && t.Origin == "":
			try.Why = facts.Why{Reason: facts.NotAsked, Detail: secret.Textf("where people open Immich is not known: give --origin")}
		default:
			p := newProbe(w.Branch(branchOf(t.Journey, nth(tries, i))), string(t.URL.Get()), try, product.Authorize)
			if p == nil {
				try.Why = facts.Why{Reason: facts.Absent, Detail: secret.Textf("the authorization URL cannot be read")}
				continue
			}
			if r.probes = append(r.probes, p); i == 0 && t.Journey == "web" {
				r.web = p
			}
		}
	}
	more := further * (max(1, len(origins)) - 1)
	r.whole, r.left = wholeBudget+more, redirectsShare+more
	return r
}

// run makes the requests.
func (r *redirectRun) run(ctx context.Context) {
	r.askAll(ctx)
	r.askPlainly(ctx)
	r.askControl(ctx)
	r.askNear(ctx)
}

// askAll asks about every redirect URI, side by side; of a product that keeps
// the first one that it sees, about the web page's before any other.
func (r *redirectRun) askAll(ctx context.Context) {
	keep, all := r.forControl(), r.probes
	if r.product.Authorize.KeepsFirst {
		if r.web != nil {
			r.ask(ctx, keep, r.web)
			all = all[1:]
		}
		if r.log.Ended == (facts.Why{}) && (r.web == nil || !settles(r.web.try.Provider)) {
			for _, p := range all {
				p.leave(facts.Why{Reason: facts.NotAsked, Detail: secret.Textf("%s keeps the first redirect URI that it is asked with if it has none, and the web page's did not reach it", secret.Name(r.product.Name))})
			}
		}
	}
	r.ask(ctx, keep, all...)
}

// forControl is how many requests are kept for the control request.
func (r *redirectRun) forControl() int {
	if r.web == nil || r.product.HidesRedirects() {
		return 0
	}
	return 1 + min(1, r.product.Authorize.Hops)
}

// askPlainly asks once more as Immich itself does, where a refusal may be one of
// prompt=none, which Immich does not send. What says something, of whoever nobody
// knows, is believed only if it is said then too.
func (r *redirectRun) askPlainly(ctx context.Context) {
	var again []*probe
	for _, p := range r.probes {
		if r.doubtful(p) {
			p.askAgain(provider.Plain)
			again = append(again, p)
		}
	}
	r.ask(ctx, r.forControl(), again...)
}

// doubtful reports whether a refusal may not be one of the redirect URI: it says
// nothing, or nobody has checked what this product means by it; and no redirect
// URI is answered otherwise.
func (r *redirectRun) doubtful(p *probe) bool {
	return turnedDown(*p.try) && p.settledBy != provider.Plain && (p.mute || !r.shows()) &&
		!slices.ContainsFunc(r.log.Tries, func(t facts.RedirectTry) bool {
			return t.Provider.Made() && settles(t.Provider) && !turnedDown(t)
		})
}

// turnedDown reports whether the provider refuses the request of a try.
func turnedDown(t facts.RedirectTry) bool {
	return t.Provider.Made() && settles(t.Provider) && !t.Back && !t.Form && refuses(t.Provider)
}

// shows reports whether the product is known for certain, and to show before a
// login which redirect URIs are registered.
func (r *redirectRun) shows() bool { return r.sure && r.product.ShowsRedirects() }

// settles reports whether it is the provider that answered, and not for want of
// something else.
func settles(a facts.Attempt) bool {
	return a.Answer == facts.Answered && a.Status < http.StatusInternalServerError && !a.WantsFewer()
}

// askControl asks once more as for the web page, with a redirect URI that nobody
// registers, if that can tell anything: where the provider does not go back, or
// where nobody knows that it does not go back to everybody.
func (r *redirectRun) askControl(ctx context.Context) {
	if r.web == nil || r.product.HidesRedirects() || !settles(r.web.try.Provider) {
		return
	}
	open := false
	for _, t := range r.log.Tries {
		open = open || t.Provider.Answer == facts.Answered && (!t.Back || !r.shows())
	}
	if !open {
		return
	}
	manner := r.product.Authorize
	manner.Asks = []provider.Ask{r.web.settledBy}
	c := &r.log.Control
	*c = facts.RedirectTry{Origin: r.web.try.Origin}
	if p := newProbe(r.wire.Branch("control"), r.web.elsewhere(), c, manner); p != nil {
		p.own = true
		r.ask(ctx, 0, p)
	}
}

// ask makes the requests of ps, in rounds: what depends on no answer goes at
// once. The order in which the budget is spent is that of ps, whoever answers
// first; keep of it is left for later.
func (r *redirectRun) ask(ctx context.Context, keep int, ps ...*probe) {
	for r.log.Ended == (facts.Why{}) {
		var now []*probe
		var steps []func()
		for _, p := range ps {
			switch {
			case p.next == "":
			case r.left-len(now) <= keep:
				p.leave(facts.Why{Reason: facts.NotAsked, Detail: secret.Textf("left out to keep to %s requests", secret.Int(r.whole))})
			default:
				now, steps = append(now, p), append(steps, func() { p.step(ctx) })
			}
		}
		if len(now) == 0 {
			return
		}
		r.left -= len(now)
		parallel(steps...)
		for _, p := range now {
			r.heed(p.last)
		}
	}
	for _, p := range ps {
		p.leave(r.log.Ended)
	}
}

// heed ends the asking if an answer wants fewer requests.
func (r *redirectRun) heed(a facts.Attempt) {
	if a.WantsFewer() && r.log.Ended == (facts.Why{}) {
		r.log.Ended = facts.Why{Reason: facts.NotAsked, Detail: secret.Textf("the provider wants fewer requests (%s): nothing more was asked", a.Exchange)}
	}
}
