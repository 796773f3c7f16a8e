package report

import (
	"strings"
	"time"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

// setups are the cases of the goldens.
func setups() []setup {
	keycloak := About{Version: "v0.1.0", Provider: "Keycloak"}
	return []setup{
		healthy(keycloak), oneRootCause(keycloak), twoProblems(keycloak), nothingAnswers(), noTime(keycloak), warningOnly(keycloak),
		assumption(keycloak), severalOrigins(keycloak), manyProblems(keycloak), hostile(),
	}
}

func healthy(about About) setup {
	return setup{"healthy", atHome(), []*checks.Check{
		serverAnswers, authorizeAnswers, issuerMatches,
		redirects(checks.Outcome{Cells: []checks.Cell{
			accepted(photos+"/auth/login", photos, "redirects.web.1", "web/authorize"),
			accepted(photos+"/user-settings", photos, "redirects.linking.1", "linking/authorize"),
			accepted(mobile, "", "redirects.mobile.1", "mobile/authorize"),
		}}),
		credentials, tokenAlgorithm, claims, backChannel,
	}, about}
}

func oneRootCause(about About) setup {
	return setup{"root-cause", atHome(), []*checks.Check{
		serverAnswers, authorizeAnswers, issuerMatches,
		redirects(checks.Outcome{
			Cells:    []checks.Cell{accepted(photos+"/auth/login", photos, "redirects.web.1", "web/authorize")},
			Findings: []checks.Finding{refused(mobile, "", "redirects.mobile.1", "mobile/authorize")},
		}),
		says("redirect/difference", "no registered redirect URI differs by a slash, a letter or a port", checks.Outcome{}, after("redirect/registered")),
		says("mobile/returns", "the app gets its login back", checks.Outcome{}, after("redirect/difference")),
		credentials, tokenAlgorithm, claims, backChannel,
	}, about}
}

func twoProblems(about About) setup {
	wrong := checks.Finding{
		Evidence: checks.Evidence{From: []facts.Provenance{{Vantage: facts.ByProvider, Ref: "token.1"}, {Vantage: facts.Written, Ref: "/home/ada/immich/immich.json:14:7"}}},
		Message:  text("the provider knows the client and refuses its secret: Invalid client or Invalid client credentials"),
		Want:     text("invalid_grant, for the code that we made up"), Got: text("HTTP 401 unauthorized_client"),
		Fix: []checks.Remedy{
			{Do: text("copy the client secret"), Where: text("Keycloak admin console: Clients > immich > Credentials")},
			{Do: text("put it where Immich reads it"), Where: text("/home/ada/immich/immich.json:14:7"), Snippet: text("\"oauth\": {\n  \"clientSecret\": \"<the secret>\"\n}")},
		},
	}
	s := oneRootCause(about)
	s.name, s.f = "two-problems", atHome()
	s.all = append(s.all[:6:6], says("token/credentials", "the token endpoint accepts Immich's client credentials", checks.Failed(wrong),
		breaks(checks.Logins("token")), after("issuer/matches")), tokenAlgorithm, claims, backChannel)
	return s
}

func nothingAnswers() setup {
	f := &facts.Facts{
		Clock:  facts.Is(time.Date(2026, 11, 21, 22, 58, 0, 0, time.UTC)),
		Target: facts.Is(facts.TargetSpec{Server: "http://immich.lan:2283"}),
		Origins: facts.Is(facts.OriginList{Why: facts.Why{Reason: facts.Absent,
			Detail: text("immich.lan is a name of your network; give --origin, the address that people open")}}),
		Server: facts.Is(facts.ServerInfo{
			Ask: facts.Attempt{Exchange: "server.1", Method: "GET", URL: "http://immich.lan:2283/api/server/version", Answer: facts.Refused,
				Detail: text("dial tcp 192.168.1.20:2283: connect: connection refused"), Times: facts.Times{Total: 3 * time.Millisecond}},
			Version: facts.NotKnown[secret.Name](facts.Unanswered, text("server.1: connection refused")),
		}),
		Discovery: facts.Not[facts.DiscoveryDoc](facts.NotAsked, text("needs authorize, which got no answer")),
	}
	silent := checks.Finding{
		Evidence: by(facts.Here, "server.1"), Message: text("nothing listens at immich.lan:2283: connection refused"),
		Want: text("an answer to GET /api/server/version"), Got: text("connection refused by 192.168.1.20"),
		Fix: []checks.Remedy{
			{Do: text("see whether Immich runs"), Where: text("the host of the containers"), Snippet: text("docker ps --filter name=immich_server")},
			{Do: text("see which port it publishes; by default 2283"), Where: text("docker-compose.yml, ports of immich-server")},
		},
	}
	return setup{"silence", f, []*checks.Check{
		says("server/answers", "Immich answers", checks.Failed(silent), breaks(checks.Logins("discovery"))),
		authorizeAnswers, issuerMatches, redirects(checks.Outcome{}), credentials, backChannel,
	}, About{Version: "v0.1.0"}}
}

func noTime(about About) setup {
	f := atHome()
	f.Authorize = facts.Not[facts.AuthorizeLog](facts.NoTime, text("20 s"))
	f.Discovery = facts.Not[facts.DiscoveryDoc](facts.NotAsked, text("needs authorize"))
	f.Redirects = facts.Not[facts.RedirectLog](facts.NotAsked, text("needs authorize"))
	hangs := *authorizeAnswers
	hangs.Needs = []facts.Kind{facts.Authorize}
	return setup{"no-time", f, []*checks.Check{serverAnswers, &hangs, issuerMatches, redirects(checks.Outcome{}), backChannel}, about}
}

func warningOnly(about About) setup {
	s := healthy(about)
	s.name, s.f = "warning", atHome()
	s.about.Note = "newer than v2.7.4, the newest release this tool knows; its rules are taken for those of v2.7.4"
	s.all = append(s.all[:7:7], says("keys/strength", "the provider's keys are strong enough", checks.Failed(checks.Finding{
		Severity: checks.Warning, Evidence: by(facts.Here, "discovery.1"), Subject: checks.Subject{What: text("key 7c1d")},
		Message: text("key 7c1d has 1024 bits; releases from v3.0.0 on refuse it"), Want: text("2048 bits or more"), Got: text("1024 bits"),
		Fix: []checks.Remedy{{Do: text("make a new RSA key of 2048 bits"), Where: text("Keycloak admin console: Realm settings > Keys > Add providers")}},
	})), backChannel)
	return s
}

func assumption(about About) setup {
	s := healthy(about)
	s.name, s.f = "assumption", atHome()
	s.all = append(s.all[:4:4], says("id-token/algorithm", "the provider signs ID tokens with the algorithm that Immich expects", checks.Failed(checks.Finding{
		Evidence: by(facts.Default, "v2.7.5"), Message: text("the provider signs with ES256 alone; Immich expects RS256 unless its settings say otherwise"),
		Want: text("RS256, Immich's default"), Got: text("ES256"),
		Fix: []checks.Remedy{{Do: text("set it to ES256"), Where: text("Immich: Administration > Settings > OAuth > Signing algorithm")},
			{Do: text("or let us see the settings: give --api-key-file")}},
	}), breaks(checks.Logins("id-token")), after("issuer/matches")), backChannel)
	return s
}

func severalOrigins(about About) setup {
	lan, tail := secret.Name("http://192.168.1.20:2283"), secret.Name("https://immich.tail1234.ts.net")
	o := checks.Outcome{Cells: []checks.Cell{
		accepted(photos+"/auth/login", photos, "redirects.web.1", "web/authorize"),
		accepted(photos+"/user-settings", photos, "redirects.linking.1", "linking/authorize"),
		accepted(mobile, "", "redirects.mobile.1", "mobile/authorize"),
		accepted(tail+"/auth/login", tail, "redirects.web.3", "web/authorize"),
		{Subject: checks.Subject{Origin: tail, What: text(string(tail) + "/user-settings")}, Status: checks.Skip, At: []checks.At{"linking/authorize"},
			Why: facts.Why{Reason: facts.NoTime, Detail: text("the budget of requests was used up")}},
	}, Findings: []checks.Finding{
		refused(lan+"/auth/login", lan, "redirects.web.2", "web/authorize"),
		refused(lan+"/user-settings", lan, "redirects.linking.2", "linking/authorize"),
	}}
	s := healthy(about)
	s.name, s.f = "origins", atHome(photos, lan, tail, "https://other.example.org")
	s.all = append(append(s.all[:3:3], redirects(o)), s.all[4:]...)
	return s
}

// manyProblems has more of everything than a support thread has room for.
func manyProblems(about About) setup {
	s := setup{"many", atHome(), []*checks.Check{serverAnswers, authorizeAnswers}, about}
	for _, n := range strings.Fields("one two three four five six seven eight nine ten eleven twelve") {
		fd := refused(secret.Name(photos+"/"+n), photos, "redirects.web.1", "web/authorize")
		for range 5 {
			fd.Fix = append(fd.Fix, checks.Remedy{Do: text("paste all of this"), Where: text("configuration.yml:88"), Snippet: text(strings.Repeat("- 'line of "+n+"'\n", 9))})
		}
		s.all = append(s.all, says("redirect/"+n, "the provider accepts redirect URI number "+n, checks.Failed(fd, fd), breaks(checks.Logins("authorize"))))
	}
	return s
}

// evil is what a provider may write that hates us.
const evil = "\x1b[31mred\x1b]0;title\x07 `code` ``two`` ```three``` </details><script>alert(1)</script> " +
	"![x](https://evil.example/p.png) [click](javascript:x) @everyone #1 | cell \\| cell\r\n\n# head\n```\n<!-- " +
	"\u202egnp.exe\u2066 \u200b\ufeff https://evil.example/\x00 ~~~ $(reboot) &lt; \xff\xfe é 漢"

func hostile() setup {
	f := atHome()
	long := secret.Text(text(strings.Repeat("A", 10_000)))
	many := text(strings.Repeat(evil+" ", 60))
	bad := answered("redirects.web.1", "GET", secret.URI(issuer+"/auth?x="+evil), 400, evil)
	bad.Server, bad.Detail, bad.Location = text(evil), many, evil
	f.Redirects = facts.Is(facts.RedirectLog{Tries: []facts.RedirectTry{{Journey: "web", Provider: bad}}})
	f.Authorize = facts.Is(facts.AuthorizeLog{Tries: []facts.AuthorizeTry{{
		Immich:   answered("authorize.web.1", "POST", photos+"/api/oauth/authorize", 201, "application/json"),
		ClientID: facts.Says[secret.Name](evil, facts.Provenance{Vantage: facts.ByImmich, Ref: "authorize.web.1"}),
	}}})
	f.Discovery = facts.Is(facts.DiscoveryDoc{Setting: facts.Says[secret.URI]("https://sso.example.com/"+evil, facts.Provenance{Vantage: facts.Inferred, Ref: "authorize.web.1"})})
	fd := checks.Finding{
		Subject: checks.Subject{What: text(evil)}, Evidence: by(facts.ByProvider, "redirects.web.1"), Message: text("the provider says: " + evil),
		Want: text("a login page"), Got: many, Fix: []checks.Remedy{{Do: text("write " + evil), Where: text(evil), Snippet: text(evil)}},
	}
	flood := fd
	flood.Subject, flood.Message, flood.Got = checks.Subject{What: text("a long line")}, secret.Textf("the provider says %s", long), long
	return setup{"hostile", f, []*checks.Check{
		serverAnswers, authorizeAnswers, redirects(checks.Failed(fd, flood)),
		says("token/words", "the token endpoint speaks plainly", checks.Outcome{Cells: []checks.Cell{
			{Status: checks.Skip, Why: facts.Why{Reason: facts.Unanswered, Detail: text(evil)}},
			{Status: checks.Pass, Subject: checks.Subject{What: text(evil)}, Saw: many},
		}}),
	}, About{Version: "v0.1.0", Note: "a note"}}
}
