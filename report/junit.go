package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"immich-oidc-doctor/checks"
)

// The elements of JUnit XML that every reader takes, as Jenkins' schema
// (junit-10.xsd of its xunit plugin) lists them. Some readers know no missing
// time, and none that we write is a clock's: a check takes as long as the
// exchanges that its answer rests on.
type (
	junitRun struct {
		XMLName  xml.Name      `xml:"testsuites"`
		Name     string        `xml:"name,attr"`
		Tests    int           `xml:"tests,attr"`
		Failures int           `xml:"failures,attr"`
		Errors   int           `xml:"errors,attr"`
		Time     string        `xml:"time,attr"`
		Suites   []*junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Time       string          `xml:"time,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
		exchanges  map[string]bool
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Class   string     `xml:"classname,attr"`
		Name    string     `xml:"name,attr"`
		Time    string     `xml:"time,attr"`
		Failure *junitNote `xml:"failure"`
		Error   *junitNote `xml:"error"`
		Skipped *junitNote `xml:"skipped"`
		Out     *junitText `xml:"system-out"`
	}
	junitNote struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Body    string `xml:",cdata"`
	}
	junitText struct {
		Body string `xml:",cdata"`
	}
)

// JUnit writes d for CI: a testsuite for each family, a testcase for each
// check. A failed Error is a failure and our own bug an error; a Warning or a
// Note passes and says so in system-out; what was not asked is skipped.
func JUnit(w io.Writer, d *Document) error {
	run := junitRun{Name: xmlText(d.Tool.Name)}
	all := map[string]bool{}
	for _, r := range d.Results {
		s := run.suite(d, r.Family)
		c := d.junitCase(r)
		s.Tests++
		for _, n := range []struct {
			is bool
			of *int
		}{{c.Failure != nil, &s.Failures}, {c.Error != nil, &s.Errors}, {c.Skipped != nil, &s.Skipped}} {
			if n.is {
				*n.of++
			}
		}
		s.Cases = append(s.Cases, c)
		for id := range restsOn(r) {
			s.exchanges[id], all[id] = true, true
		}
	}
	for _, s := range run.Suites {
		run.Tests, run.Failures, run.Errors = run.Tests+s.Tests, run.Failures+s.Failures, run.Errors+s.Errors
		s.Time = d.seconds(s.exchanges)
	}
	run.Time = d.seconds(all)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(run); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// suite returns the suite of a family, a new one at its first check.
func (run *junitRun) suite(d *Document, family string) *junitSuite {
	name := xmlText(oneLine(family))
	for _, s := range run.Suites {
		if s.Name == name {
			return s
		}
	}
	s := &junitSuite{Name: name, Properties: d.junitProperties(), exchanges: map[string]bool{}}
	run.Suites = append(run.Suites, s)
	return s
}

// junitProperties say what the run was about. Each suite has them: readers
// tear suites apart.
func (d *Document) junitProperties() (ps []junitProperty) {
	provider := d.Provider.Name
	if provider == "" {
		provider = cmp.Or(d.Provider.Issuer, "unknown")
	}
	for _, p := range []junitProperty{
		{"target", d.Target.Server}, {"release", cmp.Or(d.Immich.Release, "unknown")}, {"provider", provider},
		{"issuer", d.Provider.Issuer}, {"version", d.Tool.Version},
		{"exit_code", fmt.Sprint(d.ExitCode)}, {"verdict", d.exitWords()},
	} {
		if p.Value != "" {
			ps = append(ps, junitProperty{p.Name, xmlText(brief(p.Value, most))})
		}
	}
	return ps
}

func (d *Document) junitCase(r Result) junitCase {
	c := junitCase{Class: xmlText(oneLine(r.Family)), Name: xmlText(oneLine(r.ID + ": " + r.Title)), Time: d.seconds(restsOn(r))}
	body := d.junitBody(r)
	switch mark(r) {
	case "✗":
		c.Failure = &junitNote{Message: xmlText(r.headline()), Type: "error", Body: body}
	case "!":
		c.Error = &junitNote{Message: xmlText(brief(r.remark(), most)), Type: "broken", Body: body}
	case "?", "·", "–":
		c.Skipped = &junitNote{Message: xmlText(brief(strings.TrimPrefix(r.remark(), "skip: "), most))}
		fallthrough
	default:
		if body != "" {
			c.Out = &junitText{body}
		}
	}
	return c
}

// headline is what is wrong in one line.
func (r Result) headline() string {
	fs := r.worst()
	if len(fs) == 0 {
		return brief(r.Title, most)
	}
	s := brief(fs[0].said(), most)
	if len(fs) > 1 {
		s += fmt.Sprintf(" (and %d more)", len(fs)-1)
	}
	return s
}

// junitBody is what the terminal shows of r below its title, and where to read
// more. GitLab shows nothing but this.
func (d *Document) junitBody(r Result) string {
	p := plainPage()
	worst := r.worst()
	for _, f := range worst {
		p.finding(d, f)
	}
	for _, f := range r.Findings {
		if f.Severity != r.Severity {
			p.finding(d, f)
		}
	}
	if r.Status == checks.Broken {
		p.para(4, "", 4, brief(r.remark(), most), p.plain)
	}
	p.cells(r)
	if len(r.Findings) > 0 {
		p.para(4, "more", column, d.Tool.Name+" explain "+oneLine(r.ID), p.plain)
	}
	lines := strings.Split(strings.Trim(p.String(), "\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimPrefix(l, "    ")
	}
	return xmlText(strings.Join(lines, "\n"))
}

// restsOn is the places that r's answer rests on; most are exchanges.
func restsOn(r Result) map[string]bool {
	refs := map[string]bool{}
	for _, c := range r.Cells {
		for _, w := range c.Where {
			refs[w.Ref] = true
		}
	}
	for _, f := range r.Findings {
		for _, w := range f.Where {
			refs[w.Ref] = true
		}
	}
	return refs
}

// seconds is how long the exchanges among refs took, one after the other.
func (d *Document) seconds(refs map[string]bool) string {
	ms := 0.0
	for _, x := range d.Exchanges {
		if refs[x.ID] {
			ms += x.Times.Total
		}
	}
	return fmt.Sprintf("%.3f", ms/1000)
}

// xmlText is s without what XML cannot carry (XML 1.0, 2.2, "Char"): spelt out
// as in clean, since a character reference to it is no XML either.
func xmlText(s string) string {
	s = clean(s)
	if !strings.ContainsFunc(s, notInXML) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if notInXML(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// notInXML is true of what clean leaves and XML has not. The others of that
// kind are control characters, or no UTF-8.
func notInXML(r rune) bool { return slices.Contains([]rune{0xfffe, 0xffff}, r) }
