// Package report turns the results of one run into one document, and the
// document into bytes. Every format renders the same Document, so a saved JSON
// report can be rendered again to all others.
package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

// Schema is the version of the JSON form of Document; schema.json describes it.
const Schema = 1

// A Document is everything a report says.
type Document struct {
	Schema     int        `json:"schema"`
	Tool       Tool       `json:"tool"`
	Time       time.Time  `json:"time,omitzero"` // when the run began
	Target     Target     `json:"target"`
	Immich     Immich     `json:"immich"`
	Provider   Provider   `json:"provider"`
	Journeys   []Journey  `json:"journeys"`
	RootCauses []string   `json:"root_causes"` // check IDs, the one to mend first first
	Results    []Result   `json:"results"`     // in the order of the catalogue
	Exchanges  []Exchange `json:"exchanges"`   // every request that was made
	Strict     bool       `json:"strict,omitempty"`
	ExitCode   int        `json:"exit_code"`
}

// A Tool is the program that wrote the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// A Target is what was asked about.
type Target struct {
	Server    string   `json:"server"`                // Immich's address, as used
	Origins   []string `json:"origins"`               // where people open Immich; the journeys are those of the first
	OriginWhy string   `json:"origins_why,omitempty"` // why none is known
}

// Immich is what the server said of itself.
type Immich struct {
	Release string `json:"release,omitempty"` // "v2.7.5"
	Why     string `json:"why,omitempty"`     // why the release is not known
	Note    string `json:"note,omitempty"`    // "newer than v3.3.1, the newest release this tool knows; …"
	OAuth   string `json:"oauth"`             // on, off, unknown
}

// A Provider is what was found of the other side.
type Provider struct {
	Name       string `json:"name,omitempty"` // "Keycloak"
	Issuer     string `json:"issuer,omitempty"`
	IssuerFrom string `json:"issuer_from,omitempty"` // who says so, in words
	Why        string `json:"why,omitempty"`         // why the issuer is not known
	ClientID   string `json:"client_id,omitempty"`
}

// A Journey is one way through a login, step by step.
type Journey struct {
	Name  string `json:"name"`
	Steps []Step `json:"steps"`
}

// A Step is one step of a journey; Check decided its status.
type Step struct {
	Name   string           `json:"name"`
	Status checks.StepState `json:"status"`
	Check  string           `json:"check,omitempty"`
}

// A Result is how one check ended.
type Result struct {
	ID        string        `json:"id"`
	Title     string        `json:"title"`
	Family    string        `json:"family"`
	Status    checks.Status `json:"status"`
	Severity  string        `json:"severity,omitempty"`
	Grade     string        `json:"grade,omitempty"`
	Why       string        `json:"why,omitempty"`        // on skip, n/a and broken
	BlockedBy string        `json:"blocked_by,omitempty"` // the failed check that explains this one
	Unknown   string        `json:"because,omitempty"`    // on skip: the check whose answer is missing
	Saw       string        `json:"saw,omitempty"`        // on pass
	Cells     []Cell        `json:"cells"`
	Findings  []Finding     `json:"findings"`
}

// A Cell is the answer for one subject of a check that asks about several.
type Cell struct {
	Subject string        `json:"subject,omitempty"`
	Origin  string        `json:"origin,omitempty"`
	Status  checks.Status `json:"status"`
	Grade   string        `json:"grade,omitempty"`
	Saw     string        `json:"saw,omitempty"`
	Why     string        `json:"why,omitempty"`
	Where   []Place       `json:"where"`
}

// A Finding is one thing wrong, and what to do about it.
type Finding struct {
	Subject     string   `json:"subject,omitempty"`
	Origin      string   `json:"origin,omitempty"`
	Severity    string   `json:"severity"`
	Grade       string   `json:"grade"`
	Breaks      []string `json:"breaks"`
	OverruledBy []string `json:"overruled_by,omitempty"`
	Message     string   `json:"message"`
	Want        string   `json:"want,omitempty"`
	Got         string   `json:"got,omitempty"`
	Where       []Place  `json:"where"`
	Fix         []Remedy `json:"fix"`
}

// A Place is one piece of evidence: an exchange's id, file:line, a flag.
type Place struct {
	Ref  string `json:"ref"`
	Seen string `json:"seen"` // the vantage, in words
}

// A Remedy is a verb phrase, the place, and what to paste there.
type Remedy struct {
	Do      string `json:"do"`
	Where   string `json:"where,omitempty"`
	Snippet string `json:"snippet,omitempty"`
}

// An Exchange is one request and how it ended.
type Exchange struct {
	ID       string `json:"id"`
	Method   string `json:"method"`
	URL      string `json:"url"`
	Answer   string `json:"answer"`
	Status   int    `json:"status,omitempty"`
	Location string `json:"location,omitempty"`
	Type     string `json:"content_type,omitempty"`
	Server   string `json:"server,omitempty"`
	Detail   string `json:"detail,omitempty"`
	Times    Times  `json:"ms"`
}

// Times are the phases of an exchange in milliseconds.
type Times struct {
	Lookup    float64 `json:"lookup,omitempty"`
	Connect   float64 `json:"connect,omitempty"`
	TLS       float64 `json:"tls,omitempty"`
	FirstByte float64 `json:"first_byte,omitempty"`
	Total     float64 `json:"total"`
}

// About is what the caller knows and the facts do not say.
type About struct {
	Version  string // ours
	Provider string // the provider's name, if it was recognised
	Note     string // what to know of the release: "newer than …"
	Strict   bool
	Without  []string // journeys that the release does not have: left out
}

// New returns the document of one run. f is sealed; rs are the results of all
// checks on f for its main origin.
func New(f *facts.Facts, rs []checks.Result, about About) *Document {
	d := &Document{
		Schema: Schema, Tool: Tool{"immich-oidc-doctor", about.Version}, Strict: about.Strict,
		Provider: Provider{Name: about.Provider}, Immich: Immich{OAuth: "unknown", Note: about.Note},
		Journeys: []Journey{}, RootCauses: []string{}, Exchanges: []Exchange{}, Results: []Result{},
	}
	facts.If(f.Clock, func(t time.Time) { d.Time = t.UTC() }) // where we run is nobody's business
	origin := d.describe(f)
	for _, trace := range checks.Journeys(rs, origin) {
		j := Journey{}
		if name, _, _ := strings.Cut(string(trace[0].At), "/"); slices.Contains(about.Without, name) {
			continue
		}
		for _, s := range trace {
			journey, step, _ := strings.Cut(string(s.At), "/")
			j.Name = journey
			j.Steps = append(j.Steps, Step{Name: step, Status: s.State, Check: s.Check})
		}
		d.Journeys = append(d.Journeys, j)
	}
	for _, r := range checks.RootCauses(rs, origin) {
		d.RootCauses = append(d.RootCauses, r.Check.ID)
	}
	for _, r := range rs {
		d.Results = append(d.Results, result(r))
	}
	for _, a := range f.Exchanges() {
		d.Exchanges = append(d.Exchanges, exchange(a))
	}
	d.ExitCode = checks.ExitCode(rs, f, origin, about.Strict)
	return d
}

// describe fills the head of d and returns the main origin.
func (d *Document) describe(f *facts.Facts) (origin secret.Name) {
	d.Target.Origins = []string{}
	facts.If(f.Target, func(t facts.TargetSpec) { d.Target.Server = clean(string(t.Server)) })
	facts.If(f.Origins, func(l facts.OriginList) {
		origin = l.Main()
		for _, o := range l.All {
			d.Target.Origins = append(d.Target.Origins, clean(string(o.Name)))
		}
		d.Target.OriginWhy = clean(cmp.Or(l.Why.Detail.String(), l.Why.String()))
	})
	d.Immich.Why = clean(f.Server.Why().String())
	facts.If(f.Server, func(s facts.ServerInfo) {
		d.Immich.Why = clean(s.Version.Why.String())
		facts.If(s.Version, func(v secret.Name) { d.Immich.Release, d.Immich.Why = clean(string(v)), "" })
		facts.If(s.OAuth, func(on bool) { d.Immich.OAuth = map[bool]string{true: "on", false: "off"}[on] })
	})
	d.Provider.Why = clean(f.Discovery.Why().String())
	facts.If(f.Discovery, func(doc facts.DiscoveryDoc) {
		d.Provider.Why = clean(doc.Setting.Why.String())
		facts.If(doc.Setting, func(u secret.URI) {
			d.Provider.Issuer, d.Provider.Why = clean(string(u)), ""
			d.Provider.IssuerFrom = clean(said(doc.Setting.From()[0]))
		})
	})
	facts.If(f.Authorize, func(l facts.AuthorizeLog) {
		for _, t := range l.Tries {
			facts.If(t.ClientID, func(id secret.Name) { d.Provider.ClientID = clean(string(id)) })
		}
	})
	return origin
}

func said(p facts.Provenance) string {
	switch p.Vantage {
	case facts.Inferred:
		return "inferred from " + string(p.Ref)
	case facts.Written:
		return "from " + string(p.Ref)
	}
	return p.Vantage.String() + ", " + string(p.Ref)
}

func result(r checks.Result) Result {
	family, _, _ := strings.Cut(r.ID, "/")
	out := Result{ID: r.ID, Title: r.Title, Family: family, Status: r.Status, Severity: r.Severity.String(), Grade: r.Grade.String(),
		Why: clean(r.Why.String()), Cells: []Cell{}, Findings: []Finding{}}
	if r.Status == checks.Blocked {
		out.BlockedBy = r.By
	} else {
		out.Unknown = r.By
	}
	for _, c := range r.Cells {
		if out.Saw == "" {
			out.Saw = clean(c.Saw.String())
		}
		out.Cells = append(out.Cells, Cell{
			Subject: clean(c.Subject.What.String()), Origin: clean(string(c.Subject.Origin)), Status: c.Status, Grade: c.Grade.String(),
			Saw: clean(c.Saw.String()), Why: clean(c.Why.String()), Where: places(c.From),
		})
	}
	for _, fd := range r.Findings {
		out.Findings = append(out.Findings, finding(fd))
	}
	return out
}

func finding(fd checks.Finding) Finding {
	out := Finding{
		Subject: clean(fd.Subject.What.String()), Origin: clean(string(fd.Subject.Origin)), Severity: fd.Severity.String(), Grade: fd.Grade.String(),
		Breaks: []string{}, OverruledBy: fd.OverruledBy, Message: clean(fd.Message.String()),
		Want: clean(fd.Want.String()), Got: clean(fd.Got.String()), Where: places(fd.From), Fix: []Remedy{},
	}
	for _, at := range fd.Breaks {
		out.Breaks = append(out.Breaks, string(at))
	}
	for _, x := range fd.Fix {
		out.Fix = append(out.Fix, Remedy{clean(x.Do.String()), clean(x.Where.String()), clean(x.Snippet.String())})
	}
	return out
}

func places(from []facts.Provenance) []Place {
	ps := []Place{}
	for _, p := range from {
		ps = append(ps, Place{Ref: clean(string(p.Ref)), Seen: p.Vantage.String()})
	}
	return ps
}

func exchange(a facts.Attempt) Exchange {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return Exchange{
		ID: string(a.Exchange), Method: string(a.Method), URL: clean(string(a.URL)), Answer: string(a.Answer), Status: a.Status,
		Location: clean(string(a.Location)), Type: clean(string(a.ContentType)), Server: clean(a.Server.String()), Detail: clean(a.Detail.String()),
		Times: Times{ms(a.Times.Lookup), ms(a.Times.Connect), ms(a.Times.TLS), ms(a.Times.FirstByte), ms(a.Times.Total)},
	}
}
