package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"time"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

var (
	errNotDialled = errors.New("not dialled: a link-local address, where clouds keep their metadata")
	errNotHere    = errors.New("not dialled: localhost is another machine here")
)

// dial connects to address as the transport asks, with --resolve and without
// link-local addresses, whatever DNS says.
func (w *Wire) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	ip, resolved := w.config.Resolve[strings.ToLower(host)]
	if resolved {
		address = net.JoinHostPort(ip.String(), port)
	}
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
	return d.DialContext(ctx, network, address)
}

// dialled reports whether a may be connected to.
func dialled(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return !a.IsLinkLocalUnicast() && a != netip.MustParseAddr("fd00:ec2::254")
}

// Lookup resolves host to its A and AAAA records.
func (w *Wire) Lookup(ctx context.Context, host string) (facts.Attempt, []netip.Addr) {
	a := w.next("LOOKUP", secret.URI("dns:"+host))
	if ip, ok := w.config.Resolve[strings.ToLower(host)]; ok {
		a.Answer = facts.Answered
		return a, []netip.Addr{ip}
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

// Dial connects to one address and hangs up.
func (w *Wire) Dial(ctx context.Context, to netip.AddrPort) facts.Attempt {
	a := w.next("DIAL", secret.URI("tcp://"+to.String()))
	ctx, cancel := context.WithTimeout(ctx, w.config.Hop)
	defer cancel()
	start := time.Now()
	conn, err := w.dial(ctx, "tcp", to.String())
	a.Times.Connect = time.Since(start)
	a.Times.Total = a.Times.Connect
	if err != nil {
		a.Answer, a.Detail = classify(err), secret.Raw(reason(err))
		return a
	}
	conn.Close()
	a.Answer = facts.Answered
	return a
}

// Handshake does a TLS handshake with host at an address, keeps the chain that
// the server sends and says what verification by our roots comes to at now.
func (w *Wire) Handshake(ctx context.Context, host string, to netip.AddrPort) (a facts.Attempt, trust facts.Trust, chain []*x509.Certificate) {
	a = w.next("HANDSHAKE", secret.URI("tls://"+net.JoinHostPort(host, strconv.Itoa(int(to.Port())))))
	ctx, cancel := context.WithTimeout(ctx, w.config.Hop)
	defer cancel()
	start := time.Now()
	defer func() { a.Times.Total = time.Since(start) }()
	raw, err := w.dial(ctx, "tcp", to.String())
	if err != nil {
		a.Answer, a.Detail = classify(err), secret.Raw(reason(err))
		return a, "", nil
	}
	defer raw.Close()
	begin := time.Now()
	// The chain is wanted even if it is not to be trusted; verify judges it.
	conn := tls.Client(raw, &tls.Config{ServerName: host, InsecureSkipVerify: true})
	err = conn.HandshakeContext(ctx)
	a.Times.TLS = time.Since(begin)
	if err != nil {
		if a.Answer, a.Detail = classify(err), secret.Raw(reason(err)); a.Answer == facts.Malformed || a.Answer == facts.Reset {
			a.Answer = facts.TLS
		}
		if a.Answer == facts.TLS {
			return a, facts.NoTLS, nil
		}
		return a, "", nil
	}
	a.Answer = facts.Answered
	chain = conn.ConnectionState().PeerCertificates
	trust, err = verify(chain, host, w.config.Roots, w.config.Now())
	if err != nil {
		a.Answer, a.Detail = facts.TLS, secret.Raw(err.Error())
	}
	return a, trust, chain
}

// verify checks chain as a client does, with intermediates from the handshake only.
func verify(chain []*x509.Certificate, host string, roots *x509.CertPool, now time.Time) (facts.Trust, error) {
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{DNSName: host, Roots: roots, Intermediates: between, CurrentTime: now})
	var (
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
	)
	switch {
	case err == nil:
		return facts.Trusted, nil
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && now.Before(chain[0].NotBefore):
		return facts.NotYetValid, err
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return facts.Expired, err
	case errors.As(err, &name):
		return facts.WrongName, err
	}
	return facts.UnknownCA, err
}
