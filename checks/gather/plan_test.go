package gather

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

func TestEverySourceSaysWhatItSends(t *testing.T) {
	t.Parallel()
	if err := Validate(Sources(), is(facts.Clock, facts.Target), facts.Kinds); err != nil {
		t.Error(err)
	}
}

func TestARequestIsDeclaredWhole(t *testing.T) {
	t.Parallel()
	good := Send{ID: "server.old.version.1", Method: "GET", URL: "https://h/{path}", To: ToImmich, Why: "to know"}
	for _, c := range []struct {
		name   string
		change func(s *Send)
		want   string
	}{
		{"as it should be", func(*Send) {}, ""},
		{"several", func(s *Send) { s.ID, s.Most = "server.dial*.1", 8 }, ""},
		{"another source's", func(s *Send) { s.ID = "keys.1" }, `source server: sends "keys.1", which is no exchange of its own`},
		{"without a number", func(s *Send) { s.ID = "server.version" }, `source server: sends "server.version", which is no exchange of its own`},
		{"without a method", func(s *Send) { s.Method = "" }, `source server: server.old.version.1: "" is no method`},
		{"to somebody", func(s *Send) { s.To = "somebody" }, "source server: server.old.version.1: goes to nobody that we know"},
		{"without a reason", func(s *Send) { s.Why = "" }, "source server: server.old.version.1: where it goes, or why, is not said"},
		{"of unknown number", func(s *Send) { s.ID = "server.*" }, "source server: server.*: how many there may be is not said"},
		{"several of one ID", func(s *Send) { s.Most = 2 }, "source server: server.old.version.1: how many there may be is not said"},
		{"nothing said", func(s *Send) { s.ID = undeclared }, "source server: does not say what it sends"},
	} {
		s := good
		c.change(&s)
		src := learns(facts.Server, nil, nil, nothing)
		src.Sends = func(facts.TargetSpec) []Send { return []Send{s} }
		got := ""
		if err := Validate([]Any{src}, nil, nil); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: want %q, got %q", c.name, c.want, got)
		}
	}
	silent := learns(facts.Server, nil, nil, nothing)
	silent.Sends = nil
	twice := learns(facts.Server, nil, nil, nothing)
	twice.Sends = func(facts.TargetSpec) []Send { return []Send{good, good} }
	for want, s := range map[string]Any{"source server: does not say what it sends": silent, "source server: server.old.version.1: declared twice": twice} {
		if err := Validate([]Any{s}, nil, nil); err == nil || err.Error() != want {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestAPlanIsInTheOrderOfItsRounds(t *testing.T) {
	t.Parallel()
	spec := facts.TargetSpec{Server: "https://photos.example"}
	got := rounds(spec)
	want := "1 server, 2 authorize, 2 doors, 3 discovery, 4 network, 4 keys, 4 hosts, 4 redirects, 4 endpoints"
	if got != want {
		t.Errorf("want %s, got %s", want, got)
	}
}

func rounds(t facts.TargetSpec) string {
	var all []string
	for _, p := range Plan(Sources(), t) {
		all = append(all, fmt.Sprint(p.Round, " ", p.Kind))
	}
	return strings.Join(all, ", ")
}

// A provider gets at most twenty requests for one origin and six more for each
// further one, hops counted; connections without a request are none.
func TestAPlanKeepsToTheBudget(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		issuer  secret.URI
		origins []secret.Name
		most    int
	}{
		{"", nil, 20},
		{"https://auth.example", nil, 20},
		{"", []secret.Name{"https://a.example"}, 20},
		{"", []secret.Name{"https://a.example", "https://b.example", "https://c.example"}, 32},
	} {
		spec := facts.TargetSpec{Server: "https://photos.example", Origins: c.origins}
		if c.issuer != "" {
			spec.Settings.IssuerURL = facts.Says(c.issuer, facts.Provenance{Vantage: facts.Written, Ref: "--issuer"})
		}
		sum := 0
		for _, p := range Plan(Sources(), spec) {
			requests, _ := p.UpTo(ToProvider)
			sum += requests
		}
		if sum > c.most {
			t.Errorf("%+v: up to %d requests", c, sum)
		}
	}
}

func TestAPlanCountsRequestsAndConnectionsApart(t *testing.T) {
	t.Parallel()
	p := Planned{Most: 8, Sends: []Send{
		{Method: "GET", To: ToProvider, Most: 6}, {Method: "POST", To: ToProvider, Most: 6}, {Method: "DIAL", To: ToProvider, Most: 3}, {Method: "GET", To: ToImmich}, {Method: "LOOKUP", To: ToDNS},
	}}
	for to, want := range map[Party][2]int{ToProvider: {8, 3}, ToImmich: {1, 0}, ToDNS: {0, 1}} {
		if requests, others := p.UpTo(to); requests != want[0] || others != want[1] {
			t.Errorf("%s: want %v, got %d and %d", to, want, requests, others)
		}
	}
}

// What is known of the issuer makes the plan more exact.
func TestAPlanKnowsWhatWasGiven(t *testing.T) {
	t.Parallel()
	for issuer, want := range map[string][]string{
		"":                                {"GET {issuer}/.well-known/openid-configuration", "LOOKUP dns:{host of the provider}", "DIAL tcp://{address}:{port}", "HANDSHAKE tls://{host of the provider}:{port}"},
		"https://auth.example/realms/x/":  {"GET https://auth.example/realms/x/.well-known/openid-configuration", "LOOKUP dns:auth.example", "DIAL tcp://{address of auth.example}:443", "HANDSHAKE tls://auth.example:443"},
		"http://auth.example:9000":        {"GET http://auth.example:9000/.well-known/openid-configuration", "LOOKUP dns:auth.example", "DIAL tcp://{address of auth.example}:9000"},
		"https://[2001:db8::1]":           {"GET https://[2001:db8::1]/.well-known/openid-configuration", "DIAL tcp://[2001:db8::1]:443", "HANDSHAKE tls://[2001:db8::1]:443"},
		"https://h/.well-known/something": {"GET https://h/.well-known/something", "LOOKUP dns:h", "DIAL tcp://{address of h}:443", "HANDSHAKE tls://h:443"},
	} {
		spec := facts.TargetSpec{Server: "https://photos.example"}
		if issuer != "" {
			spec.Settings.IssuerURL = facts.Says(secret.URI(issuer), facts.Provenance{Vantage: facts.Written, Ref: "--issuer"})
		}
		var got []string
		for _, p := range Plan(Sources(), spec) {
			for _, s := range p.Sends {
				if p.Kind == facts.Network || p.Kind == facts.Discovery {
					got = append(got, s.Method+" "+s.URL)
				}
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: want %q, got %q", issuer, want, got)
		}
	}
}

func TestAnExchangeIsMatchedByIDMethodAndAddress(t *testing.T) {
	t.Parallel()
	s := Send{ID: "network.dial*.1", Method: "DIAL", URL: "tcp://{address}:443"}
	for want, as := range map[bool][]facts.Attempt{
		true: {{Exchange: "network.dial1.1", Method: "DIAL", URL: "tcp://10.0.0.1:443"}, {Exchange: "network.dial12.1", Method: "DIAL", URL: "tcp://[::1]:443"}},
		false: {{Exchange: "network.dialx.1", Method: "DIAL", URL: "tcp://10.0.0.1:443"}, {Exchange: "network.dial1.2", Method: "DIAL", URL: "tcp://10.0.0.1:443"},
			{Exchange: "network.dial1.1", Method: "GET", URL: "tcp://10.0.0.1:443"}, {Exchange: "network.dial1.1", Method: "DIAL", URL: "tcp://10.0.0.1:80"}},
	} {
		for _, a := range as {
			if s.Matches(a) != want {
				t.Errorf("%+v: want %v", a, want)
			}
		}
	}
}
