package provider

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"testing"
)

func rowNamed(t *testing.T, name string) Provider {
	t.Helper()
	i := slices.IndexFunc(Table, func(p Provider) bool { return p.Name == name })
	if i < 0 {
		t.Fatalf("no row %q", name)
	}
	return Table[i]
}

// What running servers answered is read as what was true of the request, or as
// nothing; never as something else.
func TestRecordedAnswersAreReadAsWhatWasTrue(t *testing.T) {
	t.Parallel()
	may := map[string][]Meaning{
		"right secret":   {SecretAccepted},
		"wrong secret":   {ClientRefused, SecretRefused},
		"no secret":      {ClientRefused, SecretRefused},
		"unknown client": {ClientRefused, ClientUnknown},
		"wrong way":      {MethodRefused},
		"right secret, redirect URI not registered": {SecretAccepted, RedirectRefused},
	}
	b, err := os.ReadFile("testdata/answers.json")
	if err != nil {
		t.Fatal(err)
	}
	var recorded struct {
		Provenance string
		Answers    []struct {
			Product, Version, Asked, Truth string
			Answer
		}
	}
	if err := json.Unmarshal(b, &recorded); err != nil {
		t.Fatal(err)
	}
	open := 0
	for _, a := range recorded.Answers {
		r := rowNamed(t, a.Product).Reads(a.Answer)
		switch {
		case r.Means == Open:
			open++
		case may[a.Truth] == nil || r.Evidence == Unchecked:
			t.Errorf("%s %s, %s: %+v", a.Product, a.Version, a.Asked, r)
		case r.Blurred && a.Truth == "right secret, redirect URI not registered": // as the row warns
		case !slices.Contains(may[a.Truth], r.Means):
			t.Errorf("%s %s, %s: %s, and is read as %q", a.Product, a.Version, a.Asked, a.Truth, r.Means)
		}
	}
	// Glewlwyd's and LemonLDAP::NG's answers to a refresh, which Refresh keeps us from asking.
	if len(recorded.Answers) < 50 || open != 3 || recorded.Provenance == "" {
		t.Errorf("%d answers, %d of them open", len(recorded.Answers), open)
	}
}

// What was read in the sources, or is hearsay.
func TestAnswersThatNobodyRecorded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		product string
		answer  Answer
		want    Reading
	}{
		{"Authelia", Answer{401, "invalid_client", "Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method). The request was determined to be using 'token_endpoint_auth_method' method 'client_secret_basic', however the OAuth 2.0 client registration does not allow this method."}, Reading{MethodRefused, false, Source}},
		{"Authelia", Answer{429, "temporarily_unavailable", "Too many requests."}, Reading{}},
		{"Authelia", Answer{400, "invalid_request", "The 'redirect_uri' parameter does not match any of the OAuth 2.0 Client's pre-registered 'redirect_uris'."}, Reading{RedirectRefused, false, Source}},
		{"Pocket ID", Answer{400, "invalid_grant", ""}, Reading{SecretAccepted, false, Source}},
		{"Ory Hydra", Answer{401, "invalid_client", "The OAuth 2.0 Client supports client authentication method 'client_secret_basic', but method 'client_secret_post' was requested."}, Reading{MethodRefused, false, Live}},
		{"Authentik", Answer{400, "invalid_client", "Client authentication failed"}, Reading{ClientRefused, true, Source}},
		{"Authentik", Answer{400, "invalid_grant", ""}, Reading{SecretAccepted, false, Source}},
		{"Kanidm", Answer{400, "invalid_request", ""}, Reading{SecretAccepted, false, Source}},
		{"Kanidm", Answer{401, "", ""}, Reading{ClientRefused, false, Source}},
		{"Kanidm", Answer{401, "", "<title>Log in</title>"}, Reading{}},
		{"Rauthy", Answer{401, "Unauthorized", "'auth_code' could not be found inside the cache"}, Reading{SecretAccepted, false, Source}},
		{"Rauthy", Answer{401, "Unauthorized", "Invalid 'client_secret'"}, Reading{ClientRefused, false, Source}},
		{"Rauthy", Answer{404, "NotFound", "Client 'immich' not found"}, Reading{ClientUnknown, false, Source}},
		{"Rauthy", Answer{400, "BadRequest", "Invalid redirect uri"}, Reading{RedirectRefused, false, Source}},
		{"Casdoor", Answer{400, "invalid_grant", "authorization code: [x] is invalid"}, Reading{CodeFirst, false, Source}},
		{"Casdoor", Answer{400, "invalid_client", "client_id is invalid"}, Reading{ClientUnknown, false, Source}},
		{"tsidp", Answer{400, "", "tsidp: code not found"}, Reading{CodeFirst, false, Source}},
		{"Nextcloud", Answer{400, "invalid_client", ""}, Reading{ClientRefused, false, Source}},
		{"Microsoft Entra ID", Answer{400, "invalid_grant", "AADSTS9002313: Invalid request."}, Reading{CodeFirst, false, Unchecked}},
		{"Microsoft Entra ID", Answer{401, "invalid_client", "AADSTS7000215: Invalid client secret provided."}, Reading{SecretRefused, false, Unchecked}},
		{"Auth0", Answer{401, "access_denied", "Unauthorized"}, Reading{ClientRefused, false, Unchecked}},
		{"Google", Answer{400, "redirect_uri_mismatch", "Bad Request"}, Reading{RedirectRefused, false, Unchecked}},
		{"PingOne", Answer{400, "invalid_grant", ""}, Reading{SecretAccepted, false, Unchecked}},
		{"PingOne", Answer{403, "access_denied", ""}, Reading{}},
	} {
		if got := rowNamed(t, c.product).Reads(c.answer); got != c.want {
			t.Errorf("%s, %+v: want %+v, got %+v", c.product, c.answer, c.want, got)
		}
	}
	if got := (Provider{}).Reads(Answer{401, "invalid_client", "wrong"}); got != (Reading{Means: ClientRefused, Evidence: Unchecked}) {
		t.Errorf("of nobody known: %+v", got)
	}
}

func TestRepliesAreWhole(t *testing.T) {
	t.Parallel()
	for _, p := range Table {
		proof := p.Proofs.Secret
		if (proof.Can == Yes || proof.Can == Sometimes || proof.Can == No) && len(p.Replies) == 0 {
			t.Errorf("%s: it is said what its token endpoint shows, and not by which answer", p.Name)
		}
		accepts := false
		for _, r := range p.Replies {
			regexp.MustCompile(r.Like)
			accepts = accepts || r.Means == SecretAccepted
			e := p.rests(r.Evidence)
			if r.Means == Open || known(e) == "" || r.Status == 0 && r.Error == "" && r.Like == "" || r.Blurred && r.Means != ClientRefused {
				t.Errorf("%s: %+v", p.Name, r)
			}
			if proof.Can != No && e != Unchecked && p.rests(proof.Evidence) == Unchecked {
				t.Errorf("%s: %+v is surer than what it proves", p.Name, r)
			}
		}
		if (proof.Can == Yes || proof.Can == Sometimes) != accepts && proof.Can != NotKnown {
			t.Errorf("%s: can its answers prove a secret or not?", p.Name)
		}
		for _, host := range p.TokenHosts {
			if parsed(t, "https://"+host).Host != host {
				t.Errorf("%s: %q is no host", p.Name, host)
			}
		}
	}
}
