package gather

import (
	"context"
	"net/http"
	"strings"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

// maxDoors is how many origins are asked.
const maxDoors = 4

// doors goes to each address by which people come to Immich and asks what the
// app and the web page ask there before and after the login itself.
var doors = &Source[facts.DoorList]{
	Gives: facts.Doors,
	After: []facts.Kind{facts.Server, facts.Target},
	Waits: []facts.Kind{facts.Origins},
	Sends: doorsSends,
	Learn: func(ctx context.Context, w *wire.Wire, f *facts.Facts) facts.Fact[facts.DoorList] {
		if v := f.Server.Get().Version; !v.Is() {
			return facts.Not[facts.DoorList](v.Why.Reason, v.Why.Detail) // it is not Immich that answers
		}
		base, release := f.Target.Get().Server, releaseOf(f)
		var l facts.DoorList
		facts.If(f.Origins, func(os facts.OriginList) {
			for _, o := range os.All[:min(len(os.All), maxDoors)] {
				l.All = append(l.All, facts.Door{Origin: o.Name, Address: secret.URI(o.Name)})
			}
		})
		if len(l.All) == 0 {
			l.All = []facts.Door{{Address: base}}
		}
		w = toImmich(w, f)
		var asks []func()
		for i := range l.All {
			w := w.Branch("at" + string(secret.Int(i+1)))
			asks = append(asks, func() { knock(ctx, w, release, base, &l.All[i]) })
		}
		parallel(asks...)
		return facts.Is(l)
	},
}

func doorsSends(t facts.TargetSpec) (all []Send) {
	addresses := []string{"{where people open Immich}"}
	if n := min(len(t.Origins), maxDoors); n > 0 {
		addresses = nil
		for _, o := range t.Origins[:n] {
			addresses = append(addresses, string(o))
		}
	}
	me, authorize := immich.MePath.At(immich.Newest), immich.AuthorizePath.At(immich.Newest)
	for i, at := range addresses {
		id := "doors.at" + string(secret.Int(i+1)) + "."
		all = append(all,
			Send{ID: id + "wellknown.1", Method: "GET", URL: at + "/.well-known/immich", To: ToImmich, Why: "whether the phone app learns where the API is", If: "the release has it, from " + immich.WellKnown},
			Send{ID: id + "me.1", Method: "GET", URL: at + "/api/{users, before " + me.From + " user}/me", To: ToImmich, Why: "whether it is Immich that refuses whoever is not logged in"},
			Send{ID: id + "page.1", Method: "GET", URL: at + "/auth/login", To: ToImmich, Why: "whether a login comes back to where it began"},
			Send{ID: id + "page.2", Method: "GET", URL: at + "/", To: ToImmich, Why: "whether people can begin a login there at all", If: "the page before leads elsewhere"})
		if at != string(t.Server) {
			all = append(all, Send{ID: id + "authorize.1", Method: "POST", URL: at + strings.TrimSuffix(authorize.Value, "authorize") + "{authorize, before " + authorize.From + " config}", To: ToImmich,
				Why: "start a login there as the web page does, and go no further: which cookies arrive", If: "people open Immich elsewhere than at " + string(t.Server)})
		}
	}
	return all
}

// knock asks at one door, side by side.
func knock(ctx context.Context, w *wire.Wire, release string, base secret.URI, d *facts.Door) {
	page := http.Header{"Accept": {"text/html,application/xhtml+xml"}}
	d.API.Why = facts.Why{Reason: facts.NotAsked, Detail: secret.Textf("this release has no /.well-known/immich")}
	var asks []func()
	if release == "" || !immich.Before(release, immich.WellKnown) {
		w := w.Branch("wellknown")
		asks = append(asks, func() {
			a, body := w.Get(ctx, d.Address+"/.well-known/immich")
			d.WellKnown, d.API = a, apiOf(a, body)
		})
	}
	me, home := w.Branch("me"), w.Branch("page")
	asks = append(asks, func() { d.Me, _ = me.Get(ctx, d.Address+secret.URI(immich.MePath.At(release).Value)) }, func() {
		d.Page, _ = home.Do(ctx, wire.Request{URL: d.Address + "/auth/login", Header: page})
		if d.Page.Answer == facts.Answered && d.Page.Location != "" {
			d.Home, _ = home.Do(ctx, wire.Request{URL: d.Address + "/", Header: page})
		}
	})
	if d.Address != base {
		w := w.Branch("authorize")
		try := facts.AuthorizeTry{Journey: "web", Origin: d.Origin, Redirect: d.Address + "/auth/login"}
		asks = append(asks, func() {
			startLogin(ctx, w, d.Address+secret.URI(immich.AuthorizePath.At(release).Value), &try)
			d.Authorize = try.Immich
		})
	}
	parallel(asks...)
}

// apiOf is where /.well-known/immich says that the API is.
func apiOf(a facts.Attempt, body []byte) facts.Known[secret.URI] {
	if a.Answer != facts.Answered {
		return facts.NotKnown[secret.URI](facts.Unanswered, secret.Textf("%s", a.Exchange))
	}
	o := only200(a, body)
	if o == nil {
		return facts.NotKnown[secret.URI](facts.Absent, secret.Textf("no JSON object (%s)", a.Exchange))
	}
	at := member(decode(o["api"]), "endpoint", a.From(facts.ByImmich), asURI)
	if at.Is() && strings.TrimSpace(string(at.Get())) == "" {
		return facts.NotKnown[secret.URI](facts.Absent, secret.Textf("api.endpoint is empty (%s)", a.Exchange))
	}
	return at
}
