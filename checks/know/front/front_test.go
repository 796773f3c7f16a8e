package front

import "testing"

func TestRecognise(t *testing.T) {
	for _, c := range []struct {
		answer Answer
		want   string
	}{
		{Answer{Status: 302, Location: "https://auth.example/?rd=https%3A%2F%2Fphotos.example"}, "a login page of Authelia"},
		{Answer{Status: 302, Location: "https://team.cloudflareaccess.com/cdn-cgi/access/login/photos"}, "Cloudflare Access"},
		{Answer{Status: 403, Body: "<title>Just a moment...</title>"}, "a Cloudflare challenge"},
		{Answer{Status: 530, Body: "error code: 1033"}, "an error of a Cloudflare tunnel"},
		{Answer{Status: 302, Location: "/outpost.goauthentik.io/start?rd=x"}, "a login page of an Authentik outpost"},
		{Answer{Status: 302, Location: "/oauth2/start?rd=%2F"}, "a login page of oauth2-proxy"},
		{Answer{Status: 502, Body: "<html>Bad Gateway"}, "a gateway whose server does not answer"},
		{Answer{Status: 200, Body: `<form><input name=p type="password">`}, "a login page"},
		{Answer{Status: 302, Location: "https://h/login"}, "a login page"},
		{Answer{Status: 302, Location: "/sso/start"}, "a login page"},
		{Answer{Status: 301, Location: "https://auth.example/.well-known/openid-configuration"}, ""},
		{Answer{Status: 401}, "something that wants a password"},
		{Answer{Status: 200, Body: "<!doctype html><title>Immich</title>"}, ""},
		{Answer{Status: 301, Location: "https://photos.example/api/server/version"}, ""},
	} {
		if f, _ := Recognise(c.answer); f.Name != c.want {
			t.Errorf("%+v: want %q, got %q", c.answer, c.want, f.Name)
		}
	}
	for _, f := range Fronts {
		if f.Mend == "" || f.Statuses == nil && f.Location == "" && f.Server == "" && f.Body == "" {
			t.Errorf("%s: says nothing, or matches everything", f.Name)
		}
	}
}
