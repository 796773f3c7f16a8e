package gather

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"slices"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/secret"
)

// maxHosts is how many of them there can be: one for each endpoint.
const maxHosts = 3

// hosts goes to the hosts that the document names beside the issuer's: Immich
// calls them too, and only when somebody comes back from the provider.
var hosts = &Source[facts.HostList]{
	Gives: facts.Hosts,
	After: []facts.Kind{facts.Discovery},
	Sends: func(facts.TargetSpec) []Send {
		const only = "the document names another host than the issuer's for the token, the user's data or the keys"
		return []Send{
			{ID: "hosts.host*.lookup.1", Method: "LOOKUP", URL: "dns:{host of an endpoint}", To: ToDNS, Why: "its addresses", Most: maxHosts, If: only},
			{ID: "hosts.host*.tls.1", Method: "HANDSHAKE", URL: "tls://{host of an endpoint}:{port}", To: ToProvider, Why: "its certificate", Most: maxHosts, If: only},
		}
	},
	Learn: func(ctx context.Context, w *wire.Wire, f *facts.Facts) facts.Fact[facts.HostList] {
		d := f.Discovery.Get()
		var l facts.HostList
		var walks []func()
		for _, h := range otherHosts(d) {
			l.Hosts = append(l.Hosts, h.EndpointHost)
		}
		for i, h := range otherHosts(d) {
			w := w.Branch("host" + string(secret.Int(i+1)))
			walks = append(walks, func() { reach(ctx, w, h.at, &l.Hosts[i].Path) })
		}
		parallel(walks...)
		return facts.Is(l)
	},
}

// reach goes to a host by its name, once: whichever of its addresses answers
// first will do.
func reach(ctx context.Context, w *wire.Wire, u *url.URL, n *facts.NetworkPath) {
	host, to := u.Hostname(), net.JoinHostPort(u.Hostname(), portOf(u))
	if _, err := netip.ParseAddr(host); err != nil {
		if n.Lookup, _ = w.Branch("lookup").Lookup(ctx, host); n.Lookup.Answer != facts.Answered {
			return
		}
	}
	if n.Secure { // of an http address the name is all: from 3.0 it is refused anyway
		shake(ctx, w, host, to, n)
	}
}

// An endpointHost is one with where it is.
type endpointHost struct {
	facts.EndpointHost
	at *url.URL
}

// otherHosts lists the hosts of the endpoints that Immich calls, but for the
// one that the document came from.
func otherHosts(d facts.DiscoveryDoc) (all []endpointHost) {
	place := func(u *url.URL) secret.Name { return secret.Name(u.Hostname() + ":" + portOf(u)) }
	from, err := url.Parse(string(d.Try.URL))
	if err != nil || !d.Object.Is() {
		return nil
	}
	for _, e := range []struct {
		name secret.Name
		at   facts.Known[secret.URI]
	}{{"token_endpoint", d.TokenEndpoint}, {"userinfo_endpoint", d.UserinfoEndpoint}, {"jwks_uri", d.JWKSURI}} {
		if !e.at.Is() || originOf(string(e.at.Get())) == "" {
			continue
		}
		u, err := url.Parse(string(e.at.Get()))
		if err != nil || place(u) == place(from) {
			continue
		}
		if i := slices.IndexFunc(all, func(h endpointHost) bool { return h.Path.Host.Get() == place(u) && h.at.Scheme == u.Scheme }); i >= 0 {
			all[i].Endpoints = append(all[i].Endpoints, e.name)
			continue
		}
		h := endpointHost{at: u}
		h.Endpoints, h.Local = []secret.Name{e.name}, private(string(e.at.Get()))
		h.Path.Host, h.Path.Secure = facts.Says(place(u), e.at.From()[0]), u.Scheme == "https"
		all = append(all, h)
	}
	return all
}
