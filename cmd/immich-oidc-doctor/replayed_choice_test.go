package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// choose is the recorded answer to a request.
func (p *player) choose(r *http.Request) *probed {
	if strings.HasSuffix(r.URL.Path, "/.well-known/openid-configuration") {
		return p.first(func(q probed) bool { return q.Kind == "discovery" })
	}
	document := p.first(func(q probed) bool { return q.Kind == "discovery" }).Body
	is := func(member string) bool {
		u, err := url.Parse(memberOf(document, member))
		return err == nil && u.Path != "" && u.Path == r.URL.Path
	}
	switch {
	case is("authorization_endpoint"):
		return p.authorization(r.Form)
	case is("token_endpoint") && r.Method == http.MethodPost:
		return p.shown(r, "token")
	case is("pushed_authorization_request_endpoint") && r.Method == http.MethodPost:
		return p.shown(r, "pushed")
	case is("jwks_uri"):
		return p.first(func(q probed) bool { return q.Kind == "keys" })
	case is("userinfo_endpoint"):
		with := r.Header.Get("Authorization") != ""
		return p.first(func(q probed) bool {
			return q.Kind == "userinfo" && strings.Contains(q.Probe, "no token") != with
		})
	case is("end_session_endpoint"):
		return p.first(func(q probed) bool {
			return q.Kind == "logout" && strings.Contains(q.Probe, "bare") == (r.URL.RawQuery == "")
		})
	}
	return nil
}

// memberOf is a member of a discovery document that is a string.
func memberOf(document, name string) (value string) {
	var members map[string]json.RawMessage
	json.Unmarshal([]byte(document), &members)
	json.Unmarshal(members[name], &value)
	return value
}

func (p *player) first(is func(probed) bool) *probed {
	of := recordedProbes()[p.of]
	if i := slices.IndexFunc(of, is); i >= 0 {
		return &of[i]
	}
	return nil
}

// best is the recorded answer of a kind that meets all of must, and of those
// that meet as many of may as can be.
func (p *player) best(kind string, must, may func(probed) []bool) (best *probed) {
	most := -1
	of := recordedProbes()[p.of]
	for i, q := range of {
		if q.Kind != kind || slices.Contains(must(q), false) {
			continue
		}
		n := 0
		for _, met := range may(q) {
			if met {
				n++
			}
		}
		if n > most {
			best, most = &of[i], n
		}
	}
	return best
}

// tells reports whether a recording says so, and not the contrary or nothing.
func tells(truth *bool, want bool) bool { return truth != nil && *truth == want }

// authorization is the answer to an authorization request. What is refused is
// refused before anything else of the request is looked at.
func (p *player) authorization(q url.Values) *probed {
	known, registered := q.Get("client_id") == p.id, slices.Contains(p.redirects, q.Get("redirect_uri"))
	if p.pinned != nil && p.pinned.Kind == "authorize" && (q.Get("redirect_uri") == p.pinned.Sent["redirect_uri"] || !known) {
		return p.pinned
	}
	app := func(uri string) bool { return strings.HasPrefix(uri, "app.immich:") }
	none, type_, bare := q.Get("prompt") == "none", q.Get("response_type") != "code", q.Get("code_challenge") == ""
	lacks := known && registered && p.needsPKCE && bare
	asked := func(s probed) []bool {
		return []bool{(s.Sent["prompt"] == "none") == none, (s.Sent["response_type"] != "code") == type_}
	}
	return p.best("authorize", func(s probed) []bool {
		plain := s.Sent["request_uri"] == "" && s.Sent["code_challenge_method"] != "plain" && s.Sent["response_type"] != "" && !strings.Contains(s.Probe, "X-Forwarded") &&
			slices.Contains([]string{"openid email profile", "openid profile email"}, s.Sent["scope"]) && len(s.Sent["state"]) > 8 && !strings.Contains(s.Probe, "debug") &&
			!strings.Contains(s.Probe, "response_mode") && !strings.Contains(s.Probe, "PAR required") && !strings.Contains(s.Probe, "backend Host")
		needs := strings.Contains(s.Probe, "PKCE required, none sent")
		must := []bool{plain && tells(s.Truth.Client, known), needs == lacks}
		if known {
			must = append(must, tells(s.Truth.Redirect, registered))
		}
		if known && registered && !lacks {
			must = append(must, asked(s)...)
		}
		return must
	}, func(s probed) []bool {
		return append(asked(s), app(s.Sent["redirect_uri"]) == app(q.Get("redirect_uri")), (s.Sent["code_challenge_method"] == "") == bare)
	})
}

// shown is the answer to a request with credentials, or without any.
func (p *player) shown(r *http.Request, kind string) *probed {
	way, id, secret := "client_secret_post", r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	if a, b, ok := r.BasicAuth(); ok {
		way = "client_secret_basic"
		id, _ = url.QueryUnescape(a)
		secret, _ = url.QueryUnescape(b)
	} else if secret == "" {
		way = "none"
	}
	known, right, fits := id == p.id, secret == p.secret, p.method == "" || way == p.method
	registered := r.PostForm.Get("redirect_uri") == "" || slices.Contains(p.redirects, r.PostForm.Get("redirect_uri"))
	if p.pinned != nil && p.pinned.Kind == kind && p.pinned.Sent["grant_type"] == r.PostForm.Get("grant_type") && secret == p.holds {
		return p.pinned
	}
	may := func(s probed) []bool {
		return []bool{s.Shown == way, s.Truth.Redirect != nil && *s.Truth.Redirect == registered, !strings.Contains(s.Probe, "debug")}
	}
	grant := func(s probed) bool { return kind == "pushed" || s.Sent["grant_type"] == r.PostForm.Get("grant_type") }
	switch {
	case id == "":
		if none := p.best(kind, func(s probed) []bool { return []bool{grant(s), s.Sent["client_id"] == "", s.Shown == ""} }, may); none != nil {
			return none
		}
		fallthrough // no client ID is that of no client
	case !known:
		if unknown := p.best(kind, func(s probed) []bool { return []bool{grant(s), tells(s.Truth.Client, false)} }, may); unknown != nil {
			return unknown
		}
		right = false // where it says the same
	case !fits && way != "none":
		return p.best("token", func(s probed) []bool {
			return []bool{s.Shown == way, tells(s.Truth.Method, false), tells(s.Truth.Secret, right)}
		}, may)
	case way == "none":
		return p.best("token", func(s probed) []bool { return []bool{grant(s), s.Shown == "none", tells(s.Truth.Client, true)} }, may)
	}
	of := func(s probed) []bool {
		return []bool{grant(s), tells(s.Truth.Client, true), tells(s.Truth.Secret, right), s.Truth.Method == nil || *s.Truth.Method, s.Shown == "client_secret_post" || s.Shown == "client_secret_basic"}
	}
	if !right || r.PostForm.Get("redirect_uri") == "" {
		return p.best(kind, of, may)
	}
	whole := p.best(kind, func(s probed) []bool { return append(of(s), tells(s.Truth.Redirect, registered)) }, may)
	switch {
	case whole == nil && kind == "pushed" && authelia(p.of):
		return p.authorization(r.PostForm)
	case whole == nil && authelia(p.of):
		return p.best(kind, of, may)
	}
	return whole
}
