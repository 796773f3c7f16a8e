package oidctest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func itoa(n int) string { return strconv.Itoa(n) }

// networkError is what Node calls a connection that failed. The older client
// passes it on; the newer one hides it behind "fetch failed".
func (n *node) networkError(err error, host, port string) *jsError {
	var dns *net.DNSError
	var record tls.RecordHeaderError
	var verify *tls.CertificateVerificationError
	switch {
	case errors.As(err, &dns):
		return lookupError(dns, host)
	case errors.As(err, &record), strings.Contains(err.Error(), "HTTP response to HTTPS client"):
		// The address is that of a structure in OpenSSL; it differs every time.
		text := "write EPROTO 807CB35BD97F0000:error:0A00010B:SSL routines:" +
			"ssl3_get_record:wrong version number:../deps/openssl/openssl/ssl/record/ssl3_record.c:350:\n"
		e := &jsError{name: "Error", message: text, code: "EPROTO"}
		e.frames = []string{"WriteWrap.onWriteComplete [as oncomplete] (node:internal/stream_base_commons:95:16)"}
		e.members = []member{{name: "errno", value: "-71"}, {name: "syscall", value: "'write'"}}
		return e
	case errors.As(err, &verify):
		return n.certificateError(verify, host)
	case isDialError(err):
		return dialError(err, host, port)
	}
	if n.m.r.since("v1.132.0") {
		return &jsError{name: "SocketError", message: "other side closed", code: "UND_ERR_SOCKET",
			frames: []string{"TLSSocket.onSocketEnd (node:internal/deps/undici/undici:7310:26)"}}
	}
	return &jsError{name: "Error", message: "socket hang up", code: "ECONNRESET",
		frames: []string{"Socket.socketOnEnd (node:_http_client:526:23)"}}
}

func lookupError(dns *net.DNSError, host string) *jsError {
	code, errno := "EAI_AGAIN", "-3001"
	if dns.IsNotFound {
		code, errno = "ENOTFOUND", "-3008"
	}
	return &jsError{
		name: "Error", message: "getaddrinfo " + code + " " + host, code: code,
		frames:  []string{"GetAddrInfoReqWrap.onlookupall [as oncomplete] (node:dns:122:26)"},
		members: []member{{name: "errno", value: errno}, {name: "syscall", value: "'getaddrinfo'"}, {name: "hostname", value: quoted(host)}},
	}
}

func isDialError(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

func dialError(err error, host, port string) *jsError {
	code, errno := "ECONNREFUSED", "-111"
	switch {
	case errors.Is(err, syscall.EHOSTUNREACH):
		code, errno = "EHOSTUNREACH", "-113"
	case errors.Is(err, syscall.ENETUNREACH):
		code, errno = "ENETUNREACH", "-101"
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Addr != nil {
		if h, p, err := net.SplitHostPort(op.Addr.String()); err == nil {
			host, port = h, p
		}
	}
	return &jsError{
		name: "Error", message: "connect " + code + " " + net.JoinHostPort(host, port), code: code,
		frames: []string{"TCPConnectWrap.afterConnect [as oncomplete] (node:net:1705:16)"},
		members: []member{{name: "errno", value: errno}, {name: "syscall", value: "'connect'"},
			{name: "address", value: quoted(host)}, {name: "port", value: port}},
	}
}

// certificateError names what is wrong with a chain as OpenSSL does.
func (n *node) certificateError(err *tls.CertificateVerificationError, host string) *jsError {
	chain := err.UnverifiedCertificates
	leaf, last := chain[0], chain[len(chain)-1]
	text, code := "", ""
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &name):
		text, code = alternativeNames(leaf, host), "ERR_TLS_CERT_ALTNAME_INVALID"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && n.m.Now().Before(invalid.Cert.NotBefore):
		text, code = "certificate is not yet valid", "CERT_NOT_YET_VALID"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		text, code = "certificate has expired", "CERT_HAS_EXPIRED"
	case len(chain) == 1 && selfSigned(leaf):
		text, code = n.selfSigned("certificate"), "DEPTH_ZERO_SELF_SIGNED_CERT"
	case selfSigned(last):
		text, code = n.selfSigned("certificate in certificate chain"), "SELF_SIGNED_CERT_IN_CHAIN"
	case len(chain) == 1:
		text, code = "unable to verify the first certificate", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
	default:
		text, code = "unable to get local issuer certificate", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"
	}
	if n.m.r.since("v3.2.0") && code != "ERR_TLS_CERT_ALTNAME_INVALID" && !strings.HasPrefix(code, "CERT_") {
		text += "; if the root CA is installed locally, try running Node.js with --use-system-ca"
	}
	return &jsError{name: "Error", message: text, code: code,
		frames: []string{"TLSSocket.onConnectSecure (node:internal/tls/wrap:1656:34)"}}
}

// selfSigned got its hyphen with OpenSSL 3, in Node 17.
func (n *node) selfSigned(what string) string {
	if n.m.r.since("v1.56.1") {
		return "self-signed " + what
	}
	return "self signed " + what
}

func selfSigned(c *x509.Certificate) bool { return string(c.RawIssuer) == string(c.RawSubject) }

func alternativeNames(leaf *x509.Certificate, host string) string {
	const head = "Hostname/IP does not match certificate's altnames: "
	if net.ParseIP(host) != nil {
		list := make([]string, len(leaf.IPAddresses))
		for i, ip := range leaf.IPAddresses {
			list[i] = ip.String()
		}
		return head + "IP: " + host + " is not in the cert's list: " + strings.Join(list, ", ")
	}
	var list []string
	for _, name := range leaf.DNSNames {
		list = append(list, "DNS:"+name)
	}
	for _, ip := range leaf.IPAddresses {
		list = append(list, "IP Address:"+ip.String())
	}
	return head + "Host: " + host + ". is not in the cert's altnames: " + strings.Join(list, ", ")
}

// timeoutText is a limit as the older client prints it.
func timeoutText(limit time.Duration) string {
	return strconv.FormatInt(limit.Milliseconds(), 10) + "ms"
}

// inspect is how an answer is printed as the cause of an error.
func (i *incoming) inspect() member {
	phrase := http.StatusText(i.status)
	headers := make([]member, 0, len(i.header))
	for _, name := range []string{"Content-Type", "Content-Length", "Www-Authenticate", "Location", "Server"} {
		if v := i.header.Get(name); v != "" {
			headers = append(headers, member{name: quoted(strings.ToLower(name)), value: quoted(v)})
		}
	}
	return member{name: "[cause]", value: "Response", of: []member{
		{name: "status", value: itoa(i.status)},
		{name: "statusText", value: quoted(phrase)},
		{name: "headers", value: "Headers", of: headers},
		{name: "body", value: "ReadableStream", of: []member{
			{name: "locked", value: "false"}, {name: "state", value: "'readable'"}, {name: "supportsBYOB", value: "true"}}},
		{name: "bodyUsed", value: "false"},
		{name: "ok", value: strconv.FormatBool(i.status >= 200 && i.status < 300)},
		{name: "redirected", value: "false"},
		{name: "type", value: "'basic'"},
		{name: "url", value: quoted(i.url)},
	}}
}
