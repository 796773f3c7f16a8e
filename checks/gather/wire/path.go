package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

var (
	errNotDialled = errors.New("not dialled: a link-local address, or another where clouds keep their metadata")
	errNotHere    = errors.New("not dialled: localhost is another machine here")
)

// dial connects to address as the transport asks, with --resolve and without
// link-local and metadata addresses, whatever DNS says.
func (w *Wire) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	ips, resolved := w.config.Resolve[strings.ToLower(host)]
	d := net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		switch {
		case err != nil:
		case !dialled(to.Addr()):
			return errNotDialled
		case isLocalhost(host) && !resolved && !to.Addr().Unmap().IsLoopback():
			return errNotHere
		}
		return nil
	}}
	if !resolved {
		return d.DialContext(ctx, network, address)
	}
	for _, ip := range ips {
		var conn net.Conn
		if conn, err = d.DialContext(ctx, network, net.JoinHostPort(ip.String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// dialled reports whether a may be connected to.
func dialled(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if v4 := inside(a); v4.IsValid() && !dialled(v4) {
		return false
	}
	return !a.IsLinkLocalUnicast() && !slices.Contains(metadata, a)
}

// metadata is where clouds tell a machine its secrets, beside link-local
// addresses: Amazon's and Google's for IPv6, Alibaba's, Azure's, Oracle's.
var metadata = []netip.Addr{
	netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("fd20:ce::254"),
	netip.MustParseAddr("100.100.100.200"), netip.MustParseAddr("168.63.129.16"), netip.MustParseAddr("192.0.0.192"),
}

// embedding is the ranges whose addresses have one of IPv4 in them, and at which
// byte: NAT64 (RFC 6052 2.1, RFC 8215), 6to4 (RFC 3056 2), IPv4-compatible
// addresses (RFC 4291 2.5.5.1), IPv4-translated ones (RFC 2765 2.1).
var embedding = []struct {
	in netip.Prefix
	at int
}{
	{netip.MustParsePrefix("64:ff9b::/96"), 12}, {netip.MustParsePrefix("64:ff9b:1::/48"), 12},
	{netip.MustParsePrefix("2002::/16"), 2}, {netip.MustParsePrefix("::/96"), 12}, {netip.MustParsePrefix("::ffff:0:0:0/96"), 12},
}

// inside is the address of IPv4 that a gateway makes of a, not valid if there is
// none.
func inside(a netip.Addr) (v4 netip.Addr) {
	for _, e := range embedding {
		if e.in.Contains(a) {
			b := a.As16()
			v4, _ = netip.AddrFromSlice(b[e.at : e.at+4])
		}
	}
	return v4
}

// Lookup resolves host to its A and AAAA records.
func (w *Wire) Lookup(ctx context.Context, host string) (facts.Attempt, []netip.Addr) {
	a := w.next("LOOKUP", secret.URI("dns:"+host))
	if ips, ok := w.config.Resolve[strings.ToLower(host)]; ok {
		a.Answer = facts.Answered
		return a, ips
	}
	ctx, cancel := context.WithTimeout(ctx, w.config.Hop)
	defer cancel()
	start := time.Now()
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	a.Times.Lookup = time.Since(start)
	a.Times.Total = a.Times.Lookup
	if err != nil {
		a.Answer, a.Detail = facts.DNS, secret.Raw(reason(err))
		return a, nil
	}
	for i := range ips {
		ips[i] = ips[i].Unmap()
	}
	a.Answer = facts.Answered
	return a, ips
}

// Dial connects to one address and hangs up. noRoute says that this machine has
// no way to addresses of that kind, which tells nothing of who has the address.
func (w *Wire) Dial(ctx context.Context, to string) (a facts.Attempt, noRoute bool) {
	a = w.next("DIAL", secret.URI("tcp://"+to))
	ctx, cancel := context.WithTimeout(ctx, w.config.Hop)
	defer cancel()
	start := time.Now()
	conn, err := w.dial(ctx, "tcp", to)
	a.Times.Connect = time.Since(start)
	a.Times.Total = a.Times.Connect
	if err != nil {
		a.Answer, a.Detail = classify(err), secret.Raw(reason(err))
		return a, errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT)
	}
	conn.Close()
	a.Answer = facts.Answered
	return a, false
}

// A Shake is what a TLS handshake came to.
type Shake struct {
	Attempt  facts.Attempt
	Protocol secret.Name // "TLS 1.3"
	Chain    []*x509.Certificate

	Here   facts.Trust // by what this machine trusts
	Node   facts.Trust // by what Node trusts
	Detail secret.Text // why Node does not
}

// Handshake does a TLS handshake with host at an address, or at its name, keeps
// the chain that the server sends and says what verification comes to now, by
// our roots and by Node's.
func (w *Wire) Handshake(ctx context.Context, host, to string) (s Shake) {
	_, port, _ := net.SplitHostPort(to)
	s.Attempt = w.next("HANDSHAKE", secret.URI("tls://"+net.JoinHostPort(host, port)))
	a := &s.Attempt
	ctx, cancel := context.WithTimeout(ctx, w.config.Hop)
	defer cancel()
	start := time.Now()
	defer func() { a.Times.Total = time.Since(start) }()
	raw, err := w.dial(ctx, "tcp", to)
	if err != nil {
		a.Answer, a.Detail = classify(err), secret.Raw(reason(err))
		return s
	}
	defer raw.Close()
	begin := time.Now()
	// The chain is wanted even if it is not to be trusted, and the protocol even
	// if it is too old: verify and Node's minimum judge them.
	conn := tls.Client(raw, &tls.Config{ServerName: host, InsecureSkipVerify: true, MinVersion: tls.VersionTLS10})
	err = conn.HandshakeContext(ctx)
	a.Times.TLS = time.Since(begin)
	if err != nil {
		if a.Answer, a.Detail = classify(err), secret.Raw(reason(err)); a.Answer == facts.Malformed || a.Answer == facts.Reset {
			a.Answer = facts.TLS
		}
		if a.Answer == facts.TLS {
			s.Here, s.Node, s.Detail = facts.NoTLS, facts.NoTLS, a.Detail
		}
		return s
	}
	a.Answer = facts.Answered
	state := conn.ConnectionState()
	s.Protocol, s.Chain = secret.Name(tls.VersionName(state.Version)), state.PeerCertificates
	if state.Version < tls.VersionTLS12 { // what Node and we demand at least
		a.Answer, a.Detail = facts.TLS, secret.Textf("the server offers no more than %s", s.Protocol)
		s.Here, s.Node, s.Detail = facts.OldProtocol, facts.OldProtocol, a.Detail
		return s
	}
	now := w.config.Now()
	if s.Here, err = verify(s.Chain, host, store{roots: w.config.Roots}, now); err != nil {
		a.Answer, a.Detail = facts.TLS, secret.Raw(err.Error())
	}
	if s.Node, err = verify(s.Chain, host, w.node(), now); err != nil {
		s.Detail = secret.Raw(err.Error())
	}
	return s
}
