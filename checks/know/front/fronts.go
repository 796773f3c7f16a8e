package front

// What is said more than once.
const (
	forwardAuth = "take the forward-auth middleware off these paths"
	outpost     = "list the paths under Unauthenticated Paths of the proxy provider in Authentik, or take the outpost off this host"
	oauth2Proxy = "skip authentication for these paths (oauth2-proxy: skip_auth_routes), or take oauth2-proxy off this host"
	access      = "add an application for these paths with the policy Bypass in Cloudflare Zero Trust, or a policy Service Auth for programs that send a service token"
	bots        = "switch the challenge off for this host or these paths (Cloudflare: Security > Bots, and a WAF rule with the action Skip)"
	tunnel      = "see that cloudflared runs and that the tunnel's service is the address and port at which the server listens"
	upstream    = "see that the server behind the proxy runs and that the proxy points at its address and port"
	route       = "give the proxy a route for this host and path that leads to the server"
)

// Fronts, the most telling first; the last catch what nobody knows by name.
var Fronts = []Front{
	// Cloudflare: Access, the challenge, the firewall, the tunnel.
	{Name: "a login page of Cloudflare Access", Kind: Login, Location: `\.cloudflareaccess\.com/|/cdn-cgi/access/login`, Mend: access},
	{Name: "Cloudflare Access", Kind: Login, Statuses: []int{401, 403}, Body: `(?i)cloudflare access|cloudflareaccess\.com`, Mend: access},
	{Name: "a Cloudflare challenge", Kind: Challenge, Statuses: []int{403, 429, 503}, Body: `(?i)cdn-cgi/challenge-platform|cf-chl|_cf_chl_opt|<title>just a moment`, Mend: bots},
	{Name: "a rate limit of Cloudflare", Kind: Limit, Statuses: []int{429}, Body: `(?i)error code: 1015|being rate limited`, Mend: "raise the limit, or leave these paths out of the rate limiting rule"},
	{Name: "Cloudflare's firewall", Kind: Block, Statuses: []int{403, 409}, Body: `(?i)error code: 10\d\d|attention required! \| cloudflare|sorry, you have been blocked`, Mend: "let these paths through (Cloudflare: Security > WAF, a custom rule with the action Skip)"},
	{Name: "a Cloudflare tunnel that is not connected", Kind: Gateway, Statuses: []int{530}, Mend: "start cloudflared, and see that the tunnel is shown as healthy in Cloudflare Zero Trust"},
	{Name: "an error of a Cloudflare tunnel", Kind: Gateway, Statuses: []int{502}, Body: `(?i)unable to reach the origin service|cloudflared`, Mend: tunnel},
	{Name: "Cloudflare without a way to the server behind it", Kind: Gateway, Statuses: []int{520, 521, 522, 523, 524, 525, 526}, Mend: "see that the server runs, is open to Cloudflare's addresses, and that its certificate fits the SSL/TLS mode (525, 526)"},
	{Name: "Cloudflare without a way to the server behind it", Kind: Gateway, Statuses: []int{502, 503, 504}, Server: `(?i)^cloudflare`, Mend: tunnel},

	// Forward authentication.
	{Name: "a login page of an Authentik outpost", Kind: Login, Location: `outpost\.goauthentik\.io|/if/flow/`, Mend: outpost},
	{Name: "an Authentik outpost", Kind: Login, Statuses: []int{400, 401, 403}, Body: `(?i)outpost\.goauthentik\.io|goauthentik`, Mend: outpost},
	{Name: "an Authentik outpost without an application for this host", Kind: Routing, Server: `(?i)goauthentik`, Statuses: []int{404}, Mend: "bind the application to the outpost, and correct the external host of its proxy provider"},
	{Name: "a login page of oauth2-proxy", Kind: Login, Location: `/oauth2/(start|sign_in)|oauth2(%2F|/)callback`, Mend: oauth2Proxy},
	{Name: "a login page of oauth2-proxy", Kind: Login, Statuses: []int{200, 401, 403}, Body: `(?i)oauth2[-_ ]proxy|action="/oauth2/(start|sign_in)`, Mend: oauth2Proxy},
	{Name: "a login page of Pangolin", Kind: Login, Location: `/auth/resource/`, Mend: "add rules that bypass authentication for these paths in Pangolin (the resource > Rules), or make an access token for programs"},
	{Name: "a login page of Tinyauth", Kind: Login, Location: `/(login|unauthorized)\?(redirect_uri|resource|username)=`, Mend: "allow these paths in Tinyauth (label tinyauth.apps.NAME.path.allow), or " + forwardAuth},
	{Name: "Tinyauth", Kind: Login, Statuses: []int{401}, Body: `^\s*\{"message":"Unauthorized","status":401\}|^\s*\{"status":401,"message":"Unauthorized"\}`, Mend: "allow these paths in Tinyauth (label tinyauth.apps.NAME.path.allow), or " + forwardAuth},
	{Name: "a login page of Vouch Proxy", Kind: Login, Location: `vouch-failcount`, Mend: forwardAuth},
	{Name: "a login page of traefik-forward-auth", Kind: Login, Location: `redirect_uri=[^&]*%2F_oauth(&|$)`, Mend: "add a rule with the action allow for these paths (traefik-forward-auth: rule.NAME.action=allow)"},
	{Name: "a login page of caddy-security", Kind: Login, Location: `/auth/?\?redirect_url=`, Mend: "leave these paths out of the authorize directive in the Caddyfile"},
	{Name: "a login page of Authelia", Kind: Login, Location: `[?&]rd=`, Mend: "add a rule with the policy bypass for these paths in Authelia's access_control, or " + forwardAuth},
	{Name: "Authelia", Kind: Login, Statuses: []int{401, 403}, Body: `[?&](amp;)?rd=https?(:|%3A)`, Mend: "add a rule with the policy bypass for these paths in Authelia's access_control, or " + forwardAuth},

	// Guards against robots and attacks.
	{Name: "an Anubis challenge", Kind: Challenge, Body: `anubis_challenge|/\.within\.website/x/cmd/anubis`, Mend: "add a rule with the action ALLOW for these paths to Anubis' bot policy"},
	{Name: "CrowdSec", Kind: Block, Statuses: []int{401, 403, 429}, Body: `(?i)crowdsec`, Mend: "see 'cscli decisions list' and 'cscli alerts list': delete the decision, or allow the address or the AppSec rule that struck"},
	{Name: "a firewall for web applications", Kind: Block, Statuses: []int{403, 406, 418}, Body: `(?i)mod_?security|bunkerweb|request rejected|safeline|incident id`, Mend: "see the log of that firewall for the rule that struck, and leave these paths out of it"},

	// Networks that want a login before they let anybody out.
	{Name: "the login page of a network (a captive portal)", Kind: Login, Statuses: []int{511}, Mend: "log in to the network, or run this from another one"},
	{Name: "the login page of a network (a captive portal)", Kind: Login, Body: `WISPAccessGatewayParam|/fgtauth\?|(?i:<title>[^<]*(captive portal|hotspot login|wi-?fi login))`, Mend: "log in to the network, or run this from another one"},
	{Name: "the login page of a network (a captive portal)", Kind: Login, Location: `(?i)://(captive|hotspot|wifi|login\.wifi)[.-]|/(captive-?portal|hotspot)/`, Mend: "log in to the network, or run this from another one"},

	// Tunnels and proxies that lead nowhere.
	{Name: "ngrok", Kind: Gateway, Body: `ERR_NGROK_\d+`, Mend: "start the ngrok agent; against the warning page of the free plan send the header ngrok-skip-browser-warning"},
	{Name: "HAProxy without a server for this", Kind: Gateway, Statuses: []int{503}, Body: `No server is available to handle this request`, Mend: upstream},
	{Name: "Envoy without a way to the server behind it", Kind: Gateway, Statuses: []int{503, 504}, Body: `upstream (connect error|request timeout)|no healthy upstream`, Mend: upstream},
	{Name: "nginx without a way to the server behind it", Kind: Gateway, Statuses: []int{500, 502, 503, 504}, Body: `(?i)<center>(nginx|openresty)`, Mend: upstream},
	{Name: "Caddy without a way to the server behind it", Kind: Gateway, Statuses: []int{502, 503, 504}, Server: `^Caddy`, Mend: upstream},
	{Name: "a gateway that gets no answer itself", Kind: Gateway, Statuses: []int{502, 503, 504}, Mend: upstream},
	{Name: "Caddy without a site for this address", Kind: Routing, Statuses: []int{200}, Server: `^Caddy`, Empty: true, Mend: "add the host and the path to the Caddyfile: Caddy answers 200 and nothing where no site matches"},
	{Name: "the welcome page of a web server", Kind: Routing, Statuses: []int{200}, Body: `(?i)<title>(welcome to nginx|default site|apache2 [a-z]+ default page|caddy works|test page for)|<h1>it works!</h1>|successfully started the nginx proxy manager`, Mend: route},
	{Name: "nginx without a location for this path", Kind: Routing, Statuses: []int{404, 405}, Body: `(?i)<center>(nginx|openresty)`, Mend: route},
	{Name: "a proxy without a route for this address, such as Traefik,", Kind: Routing, Statuses: []int{404}, Body: `^404 page not found\s*$`, Mend: route + " (Traefik: the rule and the entry point of the router)"},
	{Name: "Kong without a route for this address", Kind: Routing, Statuses: []int{404}, Body: `no Route matched with those values`, Mend: route},
	{Name: "an access list of nginx", Kind: Block, Statuses: []int{403}, Body: `(?i)<center>(nginx|openresty)`, Mend: "let these paths through for everybody (allow, deny and geo in nginx; Access Lists in Nginx Proxy Manager)"},

	// What nobody knows by name.
	{Name: "HTTP basic authentication", Kind: Login, Statuses: []int{401, 407}, Challenge: `(?i)^(basic|digest)\b`, Mend: "take basic authentication off these paths (Traefik: the basicAuth middleware; Caddy: basic_auth; Nginx Proxy Manager: the access list)"},
	{Name: "a rate limit", Kind: Limit, Statuses: []int{429}, Mend: "raise the limit for these paths, or wait and ask again"},
	{Name: "something that wants a password", Kind: Login, Statuses: []int{401, 407}, Mend: "take the authentication off these paths"},
	{Name: "a login page", Kind: Login, Location: `(?i)(^|[^/])/(login|signin|sign-in|auth|sso|oauth)\b`, Mend: "take the authentication that stands in front off these paths"},
	{Name: "a login page", Kind: Login, Body: `(?i)<input[^>]+type=["']?password`, Mend: "take the authentication that stands in front off these paths"},
}
