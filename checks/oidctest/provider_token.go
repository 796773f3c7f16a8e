package oidctest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// lifetime is that of access and ID tokens, codeLifetime that of a code (RFC
// 6749 4.1.2 wants it short).
const (
	lifetime     = time.Hour
	codeLifetime = time.Minute
)

// verifierShape is the syntax of RFC 7636 4.1, and of a challenge in 4.2.
var verifierShape = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)

// token is the token endpoint, OpenID Connect Core 3.1.3. First the client, then
// the grant: who cannot say who he is learns nothing about a code.
func (p *Provider) token(r *http.Request) *Answer {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return p.refuseJSON(refusal{code: "invalid_request", says: "only application/x-www-form-urlencoded content-type bodies are supported on POST " + TokenPath})
	}
	for name, values := range r.PostForm {
		if len(values) > 1 {
			return p.refuseJSON(refusal{code: "invalid_request", says: "'" + name + "' parameter must not be provided twice"})
		}
	}
	c, refused := p.authenticate(r)
	if refused != nil {
		return refused
	}
	switch kind := r.PostForm.Get("grant_type"); kind {
	case "":
		return p.refuseJSON(refusal{code: "invalid_request", says: "missing required parameter 'grant_type'"})
	case "authorization_code":
	case "refresh_token":
		// None is ever issued, so none is right.
		return p.refuseJSON(invalidGrant("refresh token not found"))
	default:
		return p.refuseJSON(refusal{code: "unsupported_grant_type", says: "unsupported grant_type requested"})
	}
	for _, name := range []string{"code", "redirect_uri"} {
		if r.PostForm.Get(name) == "" {
			return p.refuseJSON(refusal{code: "invalid_request", says: "missing required parameter '" + name + "'"})
		}
	}
	g, why := p.redeem(c, r)
	if why != "" {
		return p.refuseJSON(invalidGrant(why))
	}
	return p.issueTokens(g)
}

// invalidGrant is one answer for all that is wrong with a grant.
func invalidGrant(cause string) refusal {
	return refusal{code: "invalid_grant", says: "grant request is invalid", cause: cause}
}

// redeem takes a code once. It is bound to the client, the redirect URI and the
// challenge of its request: RFC 6749 4.1.3, RFC 7636 4.6.
func (p *Provider) redeem(c *Client, r *http.Request) (*grant, string) {
	g := p.state.codes[r.PostForm.Get("code")]
	switch {
	case g == nil:
		return nil, "authorization code not found"
	case g.client.ID != c.ID:
		return nil, "client mismatch"
	case g.used:
		// RFC 6749 4.1.2: what the code gave is taken back.
		for token, of := range p.state.tokens {
			if of == g {
				delete(p.state.tokens, token)
			}
		}
		return nil, "authorization code already consumed"
	case time.Since(g.issued) > codeLifetime:
		return nil, "authorization code is expired"
	case g.redirect != r.PostForm.Get("redirect_uri"):
		return nil, "authorization code redirect_uri mismatch"
	}
	if len(p.pkceMethods()) > 0 {
		if why := verify(g, r.PostForm.Get("code_verifier")); why != "" {
			return nil, why
		}
	}
	g.used = true
	return g, ""
}

// verify compares the verifier with the challenge.
func verify(g *grant, verifier string) string {
	challenge := g.params.Get("code_challenge")
	switch {
	case challenge == "" && verifier == "":
		return ""
	case verifier == "":
		return "code_verifier missing"
	case !verifierShape.MatchString(verifier):
		return "invalid code_verifier format"
	}
	if g.params.Get("code_challenge_method") == "S256" {
		sum := sha256.Sum256([]byte(verifier))
		verifier = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	if verifier != challenge {
		return "PKCE verification failed"
	}
	return ""
}

// issueTokens is the response of OpenID Connect Core 3.1.3.3. Without the scope
// openid it is an OAuth response: no ID token.
func (p *Provider) issueTokens(g *grant) *Answer {
	access := rand.Text()
	p.state.tokens[access] = g
	body := map[string]any{
		"access_token": access,
		"token_type":   "Bearer",
		"expires_in":   int(lifetime.Seconds()),
		"scope":        strings.Join(g.scope, " "),
	}
	if slices.Contains(g.scope, "openid") {
		id, err := p.idToken(g)
		if err != nil {
			return p.refuseJSON(refusal{status: http.StatusInternalServerError, code: "server_error", cause: err.Error()})
		}
		body["id_token"] = id
	}
	return answerJSON(http.StatusOK, p.replaced(body, p.TokenResponse)).noStore()
}

// idToken is that of OpenID Connect Core 2. Which claims it has besides follows
// 5.4: with an access token at hand, profile and email are asked at userinfo.
func (p *Provider) idToken(g *grant) (string, error) {
	claims := map[string]any{}
	if g.client.ClaimsInIDToken {
		claims = p.released(g)
	}
	now := p.now().Unix()
	claims["sub"] = g.user.Sub
	claims["iss"] = p.issuer()
	claims["aud"] = g.client.ID
	claims["iat"] = now
	claims["exp"] = now + int64(lifetime.Seconds())
	claims["sid"] = g.sid
	if nonce := g.params.Get("nonce"); nonce != "" {
		claims["nonce"] = nonce
	}
	if g.params.Get("max_age") != "" {
		claims["auth_time"] = g.since.Add(p.ClockSkew).Unix()
	}
	alg := g.client.SignAlg
	if alg == "" {
		alg = "RS256"
	}
	signed, err := p.jwt(g.client, alg, p.replaced(claims, p.IDToken), p.IDTokenHeader)
	if err == nil && g.client.EncryptIDToken {
		return encrypted(signed)
	}
	return signed, err
}

// released are the user's claims that the scopes of a grant give.
func (p *Provider) released(g *grant) map[string]any {
	claims := map[string]any{}
	for _, scope := range g.scope {
		for _, name := range p.Scopes[scope] {
			if v, ok := g.user.Claims[name]; ok {
				claims[name] = v
			}
		}
	}
	return claims
}
