package oidctest

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// The token endpoint authentication methods of OpenID Connect Core 9 that the
// provider has.
const (
	methodBasic = "client_secret_basic"
	methodPost  = "client_secret_post"
	methodNone  = "none"
)

// methods are those that a client may use.
func (c *Client) methods() []string {
	switch {
	case c.AuthMethods != nil:
		return c.AuthMethods
	case c.Public:
		return []string{methodNone}
	}
	return []string{methodPost, methodBasic}
}

// credentials are what a request brought to say which client it comes from.
type credentials struct {
	method, id, secret string
	raw                string // what stood in the Basic header, not form-decoded
}

// authenticate finds out which client asks, RFC 6749 2.3. What is wrong with the
// client is one answer to the outside: which of the reasons it was is no
// business of whoever guesses.
func (p *Provider) authenticate(r *http.Request) (*Client, *Answer) {
	sent, bad := sentCredentials(r)
	if bad != nil {
		return nil, p.refuseJSON(*bad)
	}
	refuse := func(cause string) (*Client, *Answer) {
		why := refusal{status: http.StatusUnauthorized, code: "invalid_client", says: "client authentication failed", cause: cause}
		a := p.refuseJSON(why)
		// RFC 6749 5.2: a client that tried the header is answered in its scheme.
		if r.Header.Get("Authorization") != "" {
			a.Header.Set("WWW-Authenticate", fmt.Sprintf("Basic realm=%q, error=%q, error_description=%q", p.issuer(), why.code, p.description(why)))
		}
		return nil, a
	}
	c := p.Client(sent.id)
	if c == nil && sent.raw != "" {
		// An ID that is taken as sent must be looked up as sent.
		id, _, _ := strings.Cut(sent.raw, ":")
		c = p.Client(id)
	}
	if c == nil {
		return refuse("client not found")
	}
	if allowed := c.methods(); !slices.Contains(allowed, sent.method) {
		return refuse(fmt.Sprintf("The OAuth 2.0 Client supports client authentication method '%s', but method '%s' was requested.",
			strings.Join(allowed, "', '"), sent.method))
	}
	if sent.method == methodNone {
		return c, nil
	}
	id, secret := sent.id, sent.secret
	if c.RawBasic && sent.method == methodBasic {
		id, secret, _ = strings.Cut(sent.raw, ":")
	}
	// A client without a secret cannot prove one, not even the empty one.
	if id != c.ID || c.Secret == "" || subtle.ConstantTimeCompare([]byte(secret), []byte(c.Secret)) == 0 {
		return refuse("invalid secret provided")
	}
	return c, nil
}

// sentCredentials reads header and body. RFC 6749 2.3 forbids using both.
func sentCredentials(r *http.Request) (credentials, *refusal) {
	id, secret := r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	header := r.Header.Get("Authorization")
	switch {
	case header == "" && secret != "":
		return credentials{method: methodPost, id: id, secret: secret}, nil
	case header == "" && id != "":
		return credentials{method: methodNone, id: id}, nil
	case header == "":
		return credentials{}, &refusal{code: "invalid_request", says: "no client authentication mechanism provided"}
	case secret != "":
		return credentials{}, &refusal{code: "invalid_request", says: "client authentication must only be provided using one mechanism"}
	}
	scheme, encoded, _ := strings.Cut(header, " ")
	plain, err := base64.StdEncoding.DecodeString(encoded)
	if !strings.EqualFold(scheme, "Basic") || err != nil {
		return credentials{}, &refusal{code: "invalid_request", says: "invalid authorization header value format"}
	}
	// RFC 6749 2.3.1: both halves are form-encoded before they are joined.
	sent := credentials{method: methodBasic, raw: string(plain)}
	first, second, found := strings.Cut(sent.raw, ":")
	if !found {
		return credentials{}, &refusal{code: "invalid_request", says: "invalid authorization header value format"}
	}
	sent.id, sent.secret = formDecoded(first), formDecoded(second)
	if id != "" && id != sent.id {
		return credentials{}, &refusal{code: "invalid_request", says: "mismatch in body and authorization client ids"}
	}
	return sent, nil
}

// formDecoded undoes the encoding; what cannot be decoded was never encoded, and
// is the wrong secret for a provider that decodes.
func formDecoded(s string) string {
	plain, err := url.QueryUnescape(s)
	if err != nil {
		return ""
	}
	return plain
}
