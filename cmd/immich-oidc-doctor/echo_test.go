package main

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"immich-oidc-doctor/checks/oidctest"
	"immich-oidc-doctor/report"
)

// said answers with a body.
func said(status int, media, body string) oidctest.Told {
	return func(oidctest.Asked) *oidctest.Answer {
		return &oidctest.Answer{Status: status, Header: http.Header{"Content-Type": {media}}, Body: []byte(body)}
	}
}

// nothingComesOut holds the facts and every report of a run against a text.
func (r styled) nothingComesOut(t *testing.T, name, text string) {
	t.Helper()
	saved, err := json.Marshal(r.facts)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"facts.json": string(saved)}
	for _, f := range report.Formats {
		all[f.Name] = string(rendered(t, f, r.document))
	}
	for where, written := range all {
		if i := strings.Index(strings.ToLower(written), text); i >= 0 {
			t.Errorf("%s, %s: …%s…", name, where, written[max(0, i-60):min(len(written), i+40)])
		}
	}
}

// A provider repeats the secret without the newline that Immich keeps behind it,
// in a spelling of its own, and so far behind that only the half of it would be
// shown: in no case any of it comes out.
func TestNoPartOfTheClientSecretComesOut(t *testing.T) {
	t.Parallel()
	const own = canary + `'"&` + "\n"
	plain := strings.TrimSpace(own)
	q := url.QueryEscape(plain)
	for name, written := range map[string]string{
		"as it is": plain, "in capitals": strings.ToUpper(plain), "in a URL": q, "in small letters": strings.ToLower(q), "twice": url.QueryEscape(q),
		"in a page": html.EscapeString(plain), "by name": strings.ReplaceAll(html.EscapeString(plain), "&#39;", "&apos;"), "by number": strings.ReplaceAll(html.EscapeString(plain), "&#39;", "&#X27;"),
		"behind 455 letters": strings.Repeat("x", 455) + " " + plain, "behind 480 letters": strings.Repeat("x", 480) + plain, "behind 8172 letters": strings.Repeat("x", 8172) + " " + plain,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inJSON, _ := json.Marshal(map[string]string{"error": "invalid_client", "error_description": "bad secret " + written})
			for media, body := range map[string]string{"text/plain": "bad secret " + written + " tail", "application/json": string(inJSON)} {
				style := styleNamed(t, "one-page-for-all")
				style.Token = oidctest.TokenStyle{Nobody: said(400, "application/json", `{"error":"invalid_request"}`), Secret: said(401, media, body), Code: said(401, media, body)}
				r := learnStyle(t, style, pairing{before: func(s *oidctest.Setup) { s.Immich.OAuth.ClientSecret = own }})
				if !r.facts.Credentials.Get().Token.Try.Made() {
					t.Fatal("the secret was not shown")
				}
				r.nothingComesOut(t, media, "canary")
			}
		})
	}
}

// A code that nobody asked for comes out nowhere, however it is handed out.
func TestNoCodeThatIsHandedOutUnaskedComesOut(t *testing.T) {
	t.Parallel()
	const code = "c4nary-0f-a-code"
	input := `<input type="hidden" name="code" value="` + code + `"><input name="state" value="x">`
	for name, told := range map[string]struct {
		status         int
		location, page string
	}{
		"in the query":                {302, "{redirect}?code=" + code, "<p>Your code is " + code + "</p>"},
		"to another host":             {302, "https://elsewhere.example/?code=" + code, "<p>Your code is " + code + "</p>"},
		"behind a route":              {302, "/x#/cb?code=" + code, ""},
		"in an address in an address": {302, "/x?next=/cb?code=" + code, ""},
		"in a form":                   {200, "", `<form method="post" action="{redirect}">` + input + `</form>`},
		"in a form of another status": {201, "", `<form method="post" action="{redirect}">` + input + `</form>`},
		"in the second form":          {200, "", `<form action="/noscript"></form><form method="post" action="{redirect}">` + input + `</form>`},
		"in a form with a slash more": {200, "", `<form method="post" action="{redirect}/">` + input + `</form>`},
		"in a form on an error page":  {400, "", `<form method="post" action="{redirect}">` + input + `</form>`},
		"in a script":                 {200, "", `<script>post({code: '` + code + `', state: 'x'})</script>`},
		"in an address in a script":   {200, "", `<script>window.location = "{redirect}?code=` + code + `&state=x"</script>`},
		"in a refresh":                {200, "", `<meta http-equiv="refresh" content="0;url={redirect}?code=` + code + `">`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			style := styleNamed(t, "one-page-for-all")
			style.Authorize.Login = func(a oidctest.Asked) *oidctest.Answer {
				answer := said(told.status, "text/html", strings.ReplaceAll(told.page, "{redirect}", a.Redirect))(a)
				if told.location != "" {
					answer.Header.Set("Location", strings.ReplaceAll(told.location, "{redirect}", a.Redirect))
				}
				return answer
			}
			r := learnStyle(t, style, pairings[0])
			if a := r.facts.Redirects.Get().Tries[0].Provider; a.Status != told.status {
				t.Fatalf("it answered %d", a.Status)
			}
			r.nothingComesOut(t, name, code)
		})
	}
}

func styleNamed(t *testing.T, name string) oidctest.Style {
	t.Helper()
	for _, s := range oidctest.Styles {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no style %s", name)
	return oidctest.Style{}
}
