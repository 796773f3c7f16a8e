package checks

import (
	"testing"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

// What is worth waiting for, case by case.
func TestMayPass(t *testing.T) {
	t.Parallel()
	tries := []facts.Attempt{
		{Exchange: "up.1", Answer: facts.Answered, Status: 200}, {Exchange: "refusal.1", Answer: facts.Answered, Status: 500},
		{Exchange: "gateway.1", Answer: facts.Answered, Status: 502}, {Exchange: "missing.1", Answer: facts.Answered, Status: 404},
		{Exchange: "dns.1", Answer: facts.DNS}, {Exchange: "refused.1", Answer: facts.Refused}, {Exchange: "reset.1", Answer: facts.Reset},
		{Exchange: "timeout.1", Answer: facts.Timeout}, {Exchange: "tls.1", Answer: facts.TLS}, {Exchange: "endless.1", Answer: facts.TooBig},
		{Exchange: "broken.1", Answer: facts.Malformed},
	}
	f := &facts.Facts{Server: facts.Is(facts.ServerInfo{Others: tries})}
	on := func(s Severity, refs ...secret.Name) Finding {
		fd := Finding{Severity: s}
		for _, r := range refs {
			fd.From = append(fd.From, facts.Provenance{Vantage: facts.Here, Ref: r})
		}
		return fd
	}
	fail := func(refs ...secret.Name) Outcome { return Failed(on(Error, refs...)) }
	skip := func(r facts.Reason) Outcome { return Outcome{Cells: []Cell{{Status: Skip, Why: facts.Why{Reason: r}}}} }
	for _, c := range []struct {
		name     string
		outcomes []Outcome
		want     bool
	}{
		{"all well", []Outcome{passes(facts.ByImmich)}, false},
		{"no such host", []Outcome{fail("dns.1")}, true},
		{"refused", []Outcome{fail("refused.1")}, true},
		{"reset", []Outcome{fail("reset.1")}, true},
		{"timed out", []Outcome{fail("timeout.1")}, true},
		{"a gateway says that nothing is there", []Outcome{fail("gateway.1")}, true},
		{"silence beside what answers", []Outcome{fail("timeout.1", "up.1")}, true},
		{"silence beside what was given", []Outcome{fail("--issuer", "timeout.1")}, true},
		{"Immich says that its provider is down", []Outcome{fail("refusal.1")}, true},
		{"what was given is wrong", []Outcome{fail("--issuer")}, false},
		{"a page is missing", []Outcome{fail("missing.1")}, false},
		{"what answers is wrong", []Outcome{fail("up.1")}, false},
		{"an untrusted certificate", []Outcome{fail("tls.1")}, false},
		{"an untrusted certificate, for which Immich says that nothing answers", []Outcome{fail("refusal.1", "tls.1")}, false},
		{"an endless body", []Outcome{fail("endless.1")}, false},
		{"a body that is cut", []Outcome{fail("broken.1")}, false},
		{"one of two findings stays", []Outcome{Failed(on(Error, "dns.1"), on(Error, "up.1"))}, false},
		{"one of two checks stays", []Outcome{fail("refused.1"), fail("tls.1")}, false},
		{"a warning beside it stays", []Outcome{fail("refused.1"), Failed(on(Warning, "up.1"))}, true},
		{"only a warning", []Outcome{Failed(on(Warning, "refused.1"))}, false},
		{"no time", []Outcome{skip(facts.NoTime)}, true},
		{"no answer", []Outcome{skip(facts.Unanswered)}, true},
		{"nobody asked", []Outcome{skip(facts.NotAsked)}, false},
		{"cancelled", []Outcome{skip(facts.Cancelled)}, false},
		{"our bug", []Outcome{{}}, false},
		{"our bug beside silence", []Outcome{{}, fail("dns.1")}, true},
	} {
		var all []*Check
		for i, o := range c.outcomes {
			all = append(all, says([]string{"a/a", "b/b"}[i], o, breaks(discovery), shows(discovery)))
		}
		may := MayPass(Run(all, f, ""), f, "", func(ref secret.Name) bool { return ref == "refusal.1" })
		if got := len(may) > 0; got != c.want {
			t.Errorf("%s: want %v, got %v", c.name, c.want, got)
		}
	}
}
