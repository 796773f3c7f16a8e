package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"

	"immich-oidc-doctor/checks/facts"
)

// reason is err without the method and URL that net/http puts before it: the
// URL may carry a credential and stands in the Attempt anyway.
func reason(err error) string {
	var (
		op  *net.OpError
		dns *net.DNSError
	)
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer in time"
	}
	if errors.As(err, &dns) { // without the resolver's address, which is nobody's business
		return "lookup: " + dns.Err
	}
	if errors.As(err, &op) && op.Err != nil {
		return op.Op + ": " + op.Err.Error()
	}
	for inner := errors.Unwrap(err); inner != nil && strings.Contains(err.Error(), "://"); inner = errors.Unwrap(inner) {
		err = inner
	}
	return err.Error()
}

func classify(err error) facts.Answer {
	var (
		dns   *net.DNSError
		cert  *tls.CertificateVerificationError
		alert tls.AlertError
		rec   tls.RecordHeaderError
		timed net.Error
	)
	switch {
	case errors.As(err, &dns):
		return facts.DNS
	case errors.As(err, &cert), errors.As(err, &alert), errors.As(err, &rec), errors.Is(err, http.ErrSchemeMismatch), handshake(err):
		return facts.TLS
	case errors.Is(err, errNotDialled):
		return facts.NotDialled
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timed) && timed.Timeout():
		return facts.Timeout
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, errNotHere), during(err, "dial"):
		return facts.Refused
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		during(err, "read"), during(err, "write"):
		return facts.Reset
	}
	return facts.Malformed
}

// during reports whether err is of the system, from that operation: whatever
// number the system gives it, on Windows others than here.
func during(err error, op string) bool {
	var o *net.OpError
	return errors.As(err, &o) && o.Op == op
}

// handshake reports whether err is of TLS. crypto/tls keeps the type of most
// to itself: an alert of the server is a "remote error", one of ours "tls: …".
func handshake(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if strings.HasPrefix(err.Error(), "tls: ") || strings.HasPrefix(err.Error(), "remote error: tls: ") {
			return true
		}
	}
	return false
}
