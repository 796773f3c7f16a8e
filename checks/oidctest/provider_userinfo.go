package oidctest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// userinfo is OpenID Connect Core 5.3.
func (p *Provider) userinfo(r *http.Request) *Answer {
	scheme, access, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if access == "" || !strings.EqualFold(scheme, "Bearer") {
		// RFC 6750 3.1: who brings no token is told the scheme and no error.
		a := p.refuseJSON(refusal{status: http.StatusUnauthorized, code: "invalid_token", says: "no access token provided"})
		a.Header.Set("WWW-Authenticate", fmt.Sprintf("Bearer realm=%q", p.issuer()))
		return a
	}
	g := p.state.tokens[access]
	if g == nil {
		return p.challenge(refusal{status: http.StatusUnauthorized, code: "invalid_token", says: "invalid token provided", cause: "access token not found"}, "")
	}
	if !slices.Contains(g.scope, "openid") {
		return p.challenge(refusal{status: http.StatusForbidden, code: "insufficient_scope", says: "access token missing openid scope"}, `, scope="openid"`)
	}
	claims := p.released(g)
	claims["sub"] = g.user.Sub
	alg := g.client.UserinfoAlg
	if alg == "" || alg == "none" {
		return answerJSON(http.StatusOK, p.replaced(claims, p.UserinfoClaims)).noStore()
	}
	// Signed, it names issuer and audience: OpenID Connect Core 5.3.2.
	claims["iss"], claims["aud"] = p.issuer(), g.client.ID
	token, err := p.jwt(g.client, alg, p.replaced(claims, p.UserinfoClaims), nil)
	if err != nil {
		return p.refuseJSON(refusal{status: http.StatusInternalServerError, code: "server_error", cause: err.Error()})
	}
	return (&Answer{
		Status: http.StatusOK,
		Header: http.Header{"Content-Type": {"application/jwt; charset=utf-8"}},
		Body:   []byte(token),
	}).noStore()
}

// challenge refuses an access token in the words of RFC 6750 3.
func (p *Provider) challenge(why refusal, more string) *Answer {
	a := p.refuseJSON(why)
	a.Header.Set("WWW-Authenticate", fmt.Sprintf("Bearer realm=%q, error=%q, error_description=%q%s", p.issuer(), why.code, why.says, more))
	return a
}
