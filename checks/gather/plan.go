package gather

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

// A Party is who gets a request.
type Party string

const (
	ToImmich   Party = "Immich"
	ToProvider Party = "the provider"
	ToDNS      Party = "DNS"
)

// A Send is one request that a source may make, declared so that people can
// see what a run would send before it does.
type Send struct {
	ID     string // of the exchange, as wire counts them: "server.version.1"; a * stands for each of several
	Method string // GET, POST; LOOKUP, DIAL and HANDSHAKE below HTTP
	URL    string // what an answer has yet to tell stands in braces: "{jwks_uri}"
	To     Party
	Why    string // what it tells us, no capital, no period
	Most   int    // how many there may be; zero is one
	If     string // what must hold for it beyond a healthy set-up; empty: a healthy one gets it
}

// UpTo is how many exchanges s may become.
func (s Send) UpTo() int { return max(1, s.Most) }

// Requests reports whether s is a request of HTTP; a connection without one and
// a look-up are counted apart.
func (s Send) Requests() bool { return s.Method == "GET" || s.Method == "POST" }

// Matches reports whether an exchange is one that s declares.
func (s Send) Matches(a facts.Attempt) bool {
	like := func(shape, got string, hole *regexp.Regexp, any string) bool {
		var re strings.Builder
		last := 0
		for _, at := range hole.FindAllStringIndex(shape, -1) {
			re.WriteString(regexp.QuoteMeta(shape[last:at[0]]) + any)
			last = at[1]
		}
		return regexp.MustCompile("^" + re.String() + regexp.QuoteMeta(shape[last:]) + "$").MatchString(got)
	}
	return s.Method == string(a.Method) && like(s.ID, string(a.Exchange), star, `\d+`) && like(s.URL, string(a.URL), brace, `.+`)
}

var (
	star   = regexp.MustCompile(`\*`)
	brace  = regexp.MustCompile(`\{[^{}]*\}`)
	sendID = regexp.MustCompile(`^[a-z]+(\.[a-z]+(\d+|\*)?)*\.(\d+|\*)$`)
)

// validSends reports the first mistake in what a source declares to send,
// whether the issuer is known or not, with an API key and without.
func validSends(of Any) error {
	given := facts.TargetSpec{Server: "https://photos.example"}
	given.Settings.IssuerURL = facts.Says[secret.URI]("https://auth.example", facts.Provenance{Vantage: facts.Written, Ref: "--issuer"})
	shown := facts.TargetSpec{Server: "https://photos.example", APIKey: secret.New("a key")}
	for _, t := range []facts.TargetSpec{{}, given, shown} {
		ids := map[string]bool{}
		for _, s := range of.sends(t) {
			if err := s.valid(of.Kind().String()); err != nil {
				return err
			}
			if ids[s.ID] {
				return fmt.Errorf("source %s: %s: declared twice", of.Kind(), s.ID)
			}
			ids[s.ID] = true
		}
	}
	return nil
}

// valid reports the first mistake in how s is declared by the source of kind.
func (s Send) valid(kind string) error {
	switch {
	case s.ID == undeclared:
		return fmt.Errorf("source %s: does not say what it sends", kind)
	case !sendID.MatchString(s.ID) || !strings.HasPrefix(s.ID, kind+"."):
		return fmt.Errorf("source %s: sends %q, which is no exchange of its own", kind, s.ID)
	case !slices.Contains([]string{"GET", "POST", "LOOKUP", "DIAL", "HANDSHAKE"}, s.Method):
		return fmt.Errorf("source %s: %s: %q is no method", kind, s.ID, s.Method)
	case !slices.Contains([]Party{ToImmich, ToProvider, ToDNS}, s.To):
		return fmt.Errorf("source %s: %s: goes to nobody that we know", kind, s.ID)
	case s.URL == "" || s.Why == "":
		return fmt.Errorf("source %s: %s: where it goes, or why, is not said", kind, s.ID)
	case strings.Contains(s.ID, "*") != (s.Most > 1):
		return fmt.Errorf("source %s: %s: how many there may be is not said", kind, s.ID)
	}
	return nil
}

// undeclared stands for what a source without Sends would send.
const undeclared = "?"

// sendsNothing is what a source declares that only works out what others learnt.
func sendsNothing(facts.TargetSpec) []Send { return nil }

// A Planned is what one source would send.
type Planned struct {
	Kind  facts.Kind
	Risk  Risk
	Round int // sources of one round ask at once; the first is 1
	Sends []Send
	Most  int // how many exchanges that is in all
}

// UpTo is how many exchanges with one side that is, requests of HTTP and others.
func (p Planned) UpTo(to Party) (requests, others int) {
	for _, s := range p.Sends {
		switch {
		case s.To != to:
		case s.Requests():
			requests += s.UpTo()
		default:
			others += s.UpTo()
		}
	}
	return min(requests, p.Most), min(others, p.Most)
}

// Sent counts the requests of HTTP, among those that were made, that the sources
// declare to one side.
func Sent(sources []Any, f *facts.Facts, to Party) (n int) {
	var declared []Send
	for _, p := range Plan(sources, f.Target.Get()) {
		declared = append(declared, p.Sends...)
	}
	for _, a := range f.Exchanges() {
		if slices.ContainsFunc(declared, func(s Send) bool { return s.To == to && s.Requests() && s.Matches(a) }) {
			n++
		}
	}
	return n
}

// Plan returns what the sources would send to learn about t, in the order in
// which they may begin, those that send nothing left out. Nothing is asked.
// Every count is the most there can be: what an answer does not name is not
// fetched.
func Plan(sources []Any, t facts.TargetSpec) (plan []Planned) {
	rounds := map[facts.Kind]int{}
	var round func(k facts.Kind) int
	round = func(k facts.Kind) int {
		i := slices.IndexFunc(sources, func(s Any) bool { return s.Kind() == k })
		if i < 0 {
			return 0 // known from the start
		}
		if n, done := rounds[k]; done {
			return n
		}
		n := 0
		after, waits := sources[i].reads()
		for _, d := range slices.Concat(after, waits) {
			n = max(n, round(d))
		}
		if len(sources[i].sends(t)) > 0 {
			n++
		}
		rounds[k] = n
		return n
	}
	for _, s := range sources {
		if sends := s.sends(t); len(sends) > 0 {
			plan = append(plan, Planned{s.Kind(), s.risk(), round(s.Kind()), sends, s.most(t)})
		}
	}
	slices.SortStableFunc(plan, func(a, b Planned) int { return a.Round - b.Round })
	return plan
}
