package wire

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"immich-oidc-doctor/checks/secret"
)

// Confidential says why a credential must not be sent to u; it is empty if it
// may. Only verified TLS keeps it from others, and a wire that ends on this
// machine.
func (w *Wire) Confidential(u secret.URI) (why secret.Text) {
	p, err := url.Parse(string(u))
	switch {
	case err != nil || p.Hostname() == "":
		return secret.Textf("it is no address")
	case p.Scheme == "https" && w.config.SkipVerify:
		return secret.Textf("certificates are not verified (--skip-verify-ssl)")
	case p.Scheme == "https" || w.endsHere(p.Hostname()):
		return why
	}
	return secret.Textf("it is not https")
}

// endsHere reports whether host is on this machine; what --resolve says of it
// counts first, as it does in dial. Of names there is only localhost, which
// dial holds to its promise: of the others whoever answers DNS decides.
func (w *Wire) endsHere(host string) bool {
	if ips, resolved := w.config.Resolve[strings.ToLower(host)]; resolved {
		return !slices.ContainsFunc(ips, func(ip netip.Addr) bool { return !ip.Unmap().IsLoopback() })
	}
	ip, err := netip.ParseAddr(host)
	return isLocalhost(host) || err == nil && ip.Unmap().IsLoopback()
}

// isLocalhost reports whether a name must lead to this machine (RFC 6761 6.3).
func isLocalhost(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
