package provider

import (
	"net/url"
	"slices"
	"strings"
)

// A Document is what a discovery document shows: each member by its name, an
// address as a list of one.
type Document map[string][]string

// A Surety is how far a name can be relied on.
type Surety int

const (
	Unnamed Surety = iota
	Likely         // by marks that nobody has checked
	Sure
)

// Of returns the provider that an authorization endpoint alone tells, and
// whether it tells any.
func Of(endpoint string) (Provider, bool) {
	p, s := Recognise(endpoint, nil)
	return p, s != Unnamed
}

// Recognise returns the provider of an authorization endpoint and the document
// that goes with it, either of which may be missing. A shape that several
// products have needs the document; if that fits several, there is no name.
func Recognise(endpoint string, d Document) (p Provider, surety Surety) {
	if endpoint == "" && len(d["authorization_endpoint"]) > 0 {
		endpoint = d["authorization_endpoint"][0]
	}
	u, err := url.Parse(endpoint)
	if err != nil {
		return Provider{}, Unnamed
	}
	for _, row := range Table {
		for _, s := range row.Shapes {
			if s.Alone && s.fits(u) {
				return row, row.sure(s)
			}
		}
	}
	for _, row := range Table {
		for _, s := range row.Shapes {
			switch {
			case s.Alone || !s.fits(u) || !d.shows(s.Confirm):
			case surety == Unnamed || row.BuiltOn == p.Name:
				p, surety = row, row.sure(s)
			case p.Name != row.Name && p.BuiltOn != row.Name:
				return Provider{}, Unnamed
			}
		}
	}
	return p, surety
}

func (p Provider) sure(s Shape) Surety {
	if p.rests(s.Evidence) == Unchecked {
		return Likely
	}
	return Sure
}

// fits reports whether an authorization endpoint has the shape.
func (s Shape) fits(u *url.URL) bool {
	host := strings.ToLower(u.Hostname())
	return (s.Host == "" || host == s.Host || s.Host[0] == '.' && strings.HasSuffix(host, s.Host)) && pattern(s.Path).MatchString(u.Path)
}

// shows reports whether the document has every one of marks, and there are any.
func (d Document) shows(marks []Mark) bool {
	for _, m := range marks {
		if !slices.ContainsFunc(d[m.Member], pattern(m.Like).MatchString) {
			return false
		}
	}
	return len(marks) > 0
}
