package front

import "testing"

// seen are answers as they stand on the wire, shortened, and whose they are.
var seen = []struct {
	answer Answer
	want   string
}{
	{Answer{Status: 302, Location: "https://team.cloudflareaccess.com/cdn-cgi/access/login/photos.example?kid=1"}, "a login page of Cloudflare Access"},
	{Answer{Status: 403, Server: "cloudflare", Body: "<title>Forbidden \u30fb Cloudflare Access</title>"}, "Cloudflare Access"},
	{Answer{Status: 403, Server: "cloudflare", Body: "<!DOCTYPE html><html><head><title>Just a moment...</title><script>window._cf_chl_opt={}"}, "a Cloudflare challenge"},
	{Answer{Status: 429, Server: "cloudflare", Body: "error code: 1015"}, "a rate limit of Cloudflare"},
	{Answer{Status: 403, Server: "cloudflare", Body: "error code: 1020"}, "Cloudflare's firewall"},
	{Answer{Status: 403, Server: "cloudflare", Body: "<title>Attention Required! | Cloudflare</title>"}, "Cloudflare's firewall"},
	{Answer{Status: 530, Server: "cloudflare", Body: "error code: 1033"}, "a Cloudflare tunnel that is not connected"},
	{Answer{Status: 502, Server: "cloudflare", Body: "Unable to reach the origin service. The service may be down or it may not be responding to traffic from cloudflared"}, "an error of a Cloudflare tunnel"},
	{Answer{Status: 522, Server: "cloudflare", Body: "error code: 522"}, "Cloudflare without a way to the server behind it"},
	{Answer{Status: 502, Server: "cloudflare", Body: "error code: 502"}, "Cloudflare without a way to the server behind it"},
	{Answer{Status: 302, Location: "/outpost.goauthentik.io/start?rd=https://photos.example/"}, "a login page of an Authentik outpost"},
	{Answer{Status: 302, Location: "https://auth.example/application/o/authorize/?client_id=x&redirect_uri=https%3A%2F%2Fphotos.example%2Foutpost.goauthentik.io%2Fcallback"}, "a login page of an Authentik outpost"},
	{Answer{Status: 401, Body: `<a href="/outpost.goauthentik.io/start">`}, "an Authentik outpost"},
	{Answer{Status: 404, Server: "goauthentik.io/outpost/2025.6"}, "an Authentik outpost without an application for this host"},
	{Answer{Status: 302, Location: "/oauth2/start?rd=%2F"}, "a login page of oauth2-proxy"},
	{Answer{Status: 302, Location: "https://accounts.example/auth?client_id=x&redirect_uri=https%3A%2F%2Fphotos.example%2Foauth2%2Fcallback&state=y"}, "a login page of oauth2-proxy"},
	{Answer{Status: 403, Body: `<!DOCTYPE html><form method="GET" action="/oauth2/start">`}, "a login page of oauth2-proxy"},
	{Answer{Status: 302, Location: "https://pangolin.example/auth/resource/4?redirect=https%3A%2F%2Fphotos.example%2F"}, "a login page of Pangolin"},
	{Answer{Status: 307, Location: "https://tinyauth.example/login?redirect_uri=https%3A%2F%2Fphotos.example%2F"}, "a login page of Tinyauth"},
	{Answer{Status: 401, Body: `{"message":"Unauthorized","status":401}`}, "Tinyauth"},
	{Answer{Status: 302, Location: "https://vouch.example/login?url=https://photos.example/&vouch-failcount=&X-Vouch-Token=&error="}, "a login page of Vouch Proxy"},
	{Answer{Status: 307, Location: "https://accounts.example/o/oauth2/auth?client_id=x&redirect_uri=https%3A%2F%2Fphotos.example%2F_oauth&state=y"}, "a login page of traefik-forward-auth"},
	{Answer{Status: 302, Location: "https://auth.example/auth?redirect_url=https%3A%2F%2Fphotos.example%2F"}, "a login page of caddy-security"},
	{Answer{Status: 302, Location: "https://auth.example/?rd=https%3A%2F%2Fphotos.example%2F&rm=GET"}, "a login page of Authelia"},
	{Answer{Status: 401, Location: "https://auth.example/?rd=https%3A%2F%2Fphotos.example%2Fapi&rm=POST", Body: `<a href="https://auth.example/?rd=https%3A%2F%2Fphotos.example">401 Unauthorized</a>`}, "a login page of Authelia"},
	{Answer{Status: 401, Body: `<a href="https://auth.example/?rd=https%3A%2F%2Fphotos.example">401 Unauthorized</a>`}, "Authelia"},
	{Answer{Status: 200, Body: `<!doctype html><html lang="en"><head><title>Making sure you&#39;re not a bot!</title><link rel="stylesheet" href="/.within.website/x/xess/xess.min.css"><script id="anubis_challenge" type="application/json">`}, "an Anubis challenge"},
	{Answer{Status: 403, Body: "<title>CrowdSec Ban</title>"}, "CrowdSec"},
	{Answer{Status: 403, Body: "<title>403</title><p>blocked by mod_security</p>"}, "a firewall for web applications"},
	{Answer{Status: 511}, "the login page of a network (a captive portal)"},
	{Answer{Status: 302, Location: "http://captive.hotel.example/?dst=photos"}, "the login page of a network (a captive portal)"},
	{Answer{Status: 200, Body: "<html><!-- <WISPAccessGatewayParam> -->"}, "the login page of a network (a captive portal)"},
	{Answer{Status: 404, Body: "<noscript>The endpoint is offline. (ERR_NGROK_3200)</noscript>"}, "ngrok"},
	{Answer{Status: 503, Body: "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>"}, "HAProxy without a server for this"},
	{Answer{Status: 503, Server: "envoy", Body: "no healthy upstream"}, "Envoy without a way to the server behind it"},
	{Answer{Status: 502, Server: "nginx", Body: "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.27.0</center>"}, "nginx without a way to the server behind it"},
	{Answer{Status: 504, Server: "openresty", Body: "<hr><center>openresty</center>"}, "nginx without a way to the server behind it"},
	{Answer{Status: 502, Server: "Caddy"}, "Caddy without a way to the server behind it"},
	{Answer{Status: 502, Body: "Bad Gateway"}, "a gateway that gets no answer itself"},
	{Answer{Status: 200, Server: "Caddy"}, "Caddy without a site for this address"},
	{Answer{Status: 200, Server: "nginx/1.27.0", Body: "<!DOCTYPE html><html><head><title>Welcome to nginx!</title>"}, "the welcome page of a web server"},
	{Answer{Status: 200, Server: "openresty", Body: "<!DOCTYPE html><html><head><title>Default Site</title></head>Congratulations! You've successfully started the Nginx Proxy Manager."}, "the welcome page of a web server"},
	{Answer{Status: 404, Body: "<center><h1>404 Not Found</h1></center><hr><center>nginx</center>"}, "nginx without a location for this path"},
	{Answer{Status: 404, Body: "404 page not found\n"}, "a proxy without a route for this address, such as Traefik,"},
	{Answer{Status: 404, Server: "kong/3.4", Body: `{"message":"no Route matched with those values"}`}, "Kong without a route for this address"},
	{Answer{Status: 403, Server: "openresty", Body: "<center><h1>403 Forbidden</h1></center><hr><center>openresty</center>"}, "an access list of nginx"},
	{Answer{Status: 401, Challenge: `Basic realm="traefik"`, Body: "401 Unauthorized\n"}, "HTTP basic authentication"},
	{Answer{Status: 429, Body: "Too Many Requests"}, "a rate limit"},
	{Answer{Status: 401}, "something that wants a password"},
	{Answer{Status: 302, Location: "https://h/login"}, "a login page"},
	{Answer{Status: 302, Location: "/sso/start"}, "a login page"},
	{Answer{Status: 200, Body: `<form><input name=p type="password">`}, "a login page"},

	// Nobody stands in front of these.
	{Answer{Status: 200, Body: `{"major":3,"minor":1,"patch":0}`}, ""},
	{Answer{Status: 200, Body: `{"api":{"endpoint":"/api"}}`}, ""},
	{Answer{Status: 200, Body: "<!doctype html><title>Immich</title><body data-sveltekit-preload-data=\"hover\">"}, ""},
	{Answer{Status: 200, Server: "Caddy", Body: `{"issuer":"https://auth.example"}`}, ""},
	{Answer{Status: 200, Server: "cloudflare", Body: `{"issuer":"https://auth.example","authorization_endpoint":"https://auth.example/if/flow/x"}`}, ""},
	{Answer{Status: 400, Body: `{"error":"invalid_request","error_description":"The request is missing a required parameter"}`}, ""},
	{Answer{Status: 400, Server: "nginx", Body: `{"error":"invalid_client"}`}, ""},
	{Answer{Status: 404, Body: `{"message":"Cannot GET /.well-known/immich","error":"Not Found","statusCode":404}`}, ""},
	{Answer{Status: 500, Body: `{"message":"Error in OAuth discovery: TypeError: fetch failed"}`}, ""},
	{Answer{Status: 301, Location: "https://photos.example/api/server/version"}, ""},
	{Answer{Status: 301, Location: "https://auth.example/.well-known/openid-configuration"}, ""},
	{Answer{Status: 301, Location: "https://oauth.example/"}, ""},
}

func TestRecognise(t *testing.T) {
	named := map[string]bool{}
	for _, c := range seen {
		f, _ := Recognise(c.answer)
		if f.Name != c.want {
			t.Errorf("%+v: want %q, got %q", c.answer, c.want, f.Name)
		}
		named[f.Name+string(f.Kind)] = true
	}
	for _, f := range Fronts {
		if f.Mend == "" || f.Kind == "" || f.Statuses == nil && f.Location == "" && f.Server == "" && f.Challenge == "" && f.Body == "" {
			t.Errorf("%s: says nothing, or matches everything", f.Name)
		}
		if !named[f.Name+string(f.Kind)] {
			t.Errorf("%s: no example", f.Name)
		}
	}
}

// Every row is the first for some answer: no row hides another.
func TestEveryRowHasAnExampleOfItsOwn(t *testing.T) {
	for i, f := range Fronts {
		found := false
		for _, c := range seen {
			if got, ok := Recognise(c.answer); ok && got.Name == f.Name && got.Mend == f.Mend && got.Location == f.Location && got.Body == f.Body && got.Server == f.Server && got.Challenge == f.Challenge {
				found = true
			}
		}
		if !found {
			t.Errorf("row %d, %s: no answer in the test is recognised by it", i, f.Name)
		}
	}
}
