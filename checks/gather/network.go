package gather

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"net/url"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/secret"
)

// network goes to the provider's host below HTTP: each address by itself.
var network = &Source[facts.NetworkPath]{
	Gives: facts.Network,
	Waits: []facts.Kind{facts.Settings, facts.Authorize, facts.Discovery},
	Sends: networkSends,
	Learn: func(ctx context.Context, w *wire.Wire, f *facts.Facts) facts.Fact[facts.NetworkPath] {
		var n facts.NetworkPath
		u, from := providerURL(f)
		facts.If(f.Discovery, func(d facts.DiscoveryDoc) {
			if d.Foreign.Made() {
				u, n.Host.Why = nil, d.Setting.Why
			}
		})
		if u == nil && n.Host.Why == (facts.Why{}) {
			n.Host.Why = facts.Why{Reason: facts.NotAsked, Detail: secret.Textf("the provider is not known: give --issuer")}
		}
		if u == nil {
			return facts.Is(n)
		}
		port := portOf(u)
		n.Secure = u.Scheme == "https"
		n.Host = facts.Says(secret.Name(u.Hostname()+":"+port), from)
		walk(ctx, w, u.Hostname(), port, &n)
		return facts.Is(n)
	},
}

// maxAddresses is how many addresses of the provider are dialled.
const maxAddresses = 6

func networkSends(t facts.TargetSpec) []Send {
	lookup := Send{ID: "network.lookup.1", Method: "LOOKUP", URL: "dns:{host of the provider}", To: ToDNS, Why: "the provider's addresses", If: "its host is a name"}
	dial := Send{ID: "network.dial*.1", Method: "DIAL", URL: "tcp://{address}:{port}", To: ToProvider, Why: "which of its addresses take connections; hung up at once", Most: maxAddresses}
	shake := Send{ID: "network.tls.1", Method: "HANDSHAKE", URL: "tls://{host of the provider}:{port}", To: ToProvider, Why: "its certificate", If: "it is at an https address"}
	u := issuerOf(t)
	if u == nil {
		return []Send{lookup, dial, shake}
	}
	host, port := u.Hostname(), portOf(u)
	lookup.URL, lookup.If = "dns:"+host, ""
	dial.URL = "tcp://{address of " + host + "}:" + port
	shake.URL, shake.If = "tls://"+net.JoinHostPort(host, port), ""
	all := []Send{lookup, dial}
	if _, err := netip.ParseAddr(host); err == nil {
		dial.ID, dial.URL, dial.Most = "network.dial1.1", "tcp://"+net.JoinHostPort(host, port), 0
		all = []Send{dial}
	}
	if u.Scheme == "https" {
		all = append(all, shake)
	}
	return all
}

// issuerOf is the issuer URL that the user gave, nil if there is none, or if
// Immich is asked for its own.
func issuerOf(t facts.TargetSpec) *url.URL {
	if !t.Settings.IssuerURL.Is() || !t.APIKey.IsZero() {
		return nil
	}
	u, err := url.Parse(string(t.Settings.IssuerURL.Get()))
	if err != nil || u.Hostname() == "" {
		return nil
	}
	return u
}

// portOf is the port that u leads to.
func portOf(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return map[bool]string{true: "443", false: "80"}[u.Scheme == "https"]
}

// providerURL is the best known URL at the provider: the issuer that was
// given, or else Immich's authorization endpoint.
func providerURL(f *facts.Facts) (u *url.URL, from facts.Provenance) {
	take := func(k facts.Known[secret.URI]) {
		if p, err := url.Parse(string(k.Get())); err == nil && p.Hostname() != "" && u == nil {
			u, from = p, k.From()[0]
		}
	}
	facts.If(f.Settings, func(s facts.SettingsDoc) {
		if s.IssuerURL.Is() {
			take(s.IssuerURL)
		}
	})
	facts.If(f.Authorize, func(l facts.AuthorizeLog) {
		for _, t := range l.Tries {
			if t.Endpoint.Is() {
				take(t.Endpoint)
			}
		}
	})
	return u, from
}

// walk resolves, dials each address side by side, and shakes hands with the
// first that answers.
func walk(ctx context.Context, w *wire.Wire, host, port string, n *facts.NetworkPath) {
	var ips []netip.Addr
	if ip, err := netip.ParseAddr(host); err == nil {
		ips = []netip.Addr{ip}
	} else if n.Lookup, ips = w.Branch("lookup").Lookup(ctx, host); n.Lookup.Answer != facts.Answered {
		return
	}
	ips = ips[:min(len(ips), maxAddresses)]
	n.Addresses = make([]facts.Address, len(ips))
	at := func(ip netip.Addr) string { return net.JoinHostPort(ip.String(), port) }
	var dials []func()
	for i, ip := range ips {
		w := w.Branch("dial" + string(secret.Int(i+1)))
		dials = append(dials, func() {
			a, noRoute := w.Dial(ctx, at(ip))
			n.Addresses[i] = facts.Address{IP: secret.Name(ip.String()), Dial: a, NoRoute: noRoute}
		})
	}
	parallel(dials...)
	for i, a := range n.Addresses {
		if n.Secure && a.Dial.Answer == facts.Answered {
			shake(ctx, w, host, at(ips[i]), n)
			return
		}
	}
}

// shake does the handshake at one address, or at the name.
func shake(ctx context.Context, w *wire.Wire, host, to string, n *facts.NetworkPath) {
	s := w.Branch("tls").Handshake(ctx, host, to)
	n.Handshake, n.Trust, n.ImmichTrust, n.ImmichDetail, n.Protocol = s.Attempt, s.Here, s.Node, s.Detail, s.Protocol
	for _, c := range s.Chain[:min(len(s.Chain), 10)] {
		n.Chain = append(n.Chain, certificate(c))
	}
}

// certificate keeps what people need of c.
func certificate(c *x509.Certificate) facts.Certificate {
	out := facts.Certificate{
		Subject: secret.Raw(c.Subject.String()), Issuer: secret.Raw(c.Issuer.String()),
		NotBefore: c.NotBefore.UTC(), NotAfter: c.NotAfter.UTC(), CA: c.IsCA,
	}
	if len(c.IssuingCertificateURL) > 0 {
		out.IssuerAt = secret.URI(c.IssuingCertificateURL[0])
	}
	for _, n := range c.DNSNames[:min(len(c.DNSNames), 20)] {
		out.Names = append(out.Names, secret.Name(n))
	}
	for _, ip := range c.IPAddresses[:min(len(c.IPAddresses), 20)] {
		out.Names = append(out.Names, secret.Name(ip.String()))
	}
	return out
}
