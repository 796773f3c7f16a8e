package checks_test

import (
	"fmt"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

func Example() {
	answers := &checks.Check{
		ID: "server/answers", Title: "Immich answers", Doc: "Nothing can be asked of a server that is silent.", Since: "v0.1.0",
		Cites:    []cite.Citation{cite.Immich("v2.7.5", "server/src/controllers/server.controller.ts")},
		Severity: checks.Error, Breaks: checks.Every("discovery"), Needs: []facts.Kind{facts.Server},
		Run: func(f *facts.Facts) checks.Outcome {
			a := f.Server.Get().Ask
			if a.OK(200) {
				return checks.Passed(secret.Textf("HTTP 200"), a.From(facts.Here))
			}
			return checks.Failed(checks.Finding{
				Evidence: checks.Evidence{From: []facts.Provenance{a.From(facts.Here)}},
				Message:  secret.Textf("%s does not answer", a.URL),
				Fix:      []checks.Remedy{{Do: secret.Textf("start Immich")}},
			})
		},
	}
	refused := facts.Attempt{Exchange: "server.1", URL: "https://photos.example", Answer: facts.Refused}
	f := &facts.Facts{Server: facts.Is(facts.ServerInfo{Ask: refused})}

	results := checks.Run([]*checks.Check{answers}, f, "")
	fmt.Println(results[0].Status, results[0].Grade, results[0].Findings[0].Message)
	fmt.Println(checks.Journeys(results, "")[0][0])
	fmt.Println("exit", checks.ExitCode(results, f, "", false))
	// Output:
	// fail observed https://photos.example does not answer
	// {web/discovery breaks server/answers}
	// exit 3
}
