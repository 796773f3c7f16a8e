package provider

import (
	"net/url"
	"strings"
)

// A Candidate is an issuer that an authorization endpoint may belong to.
type Candidate struct {
	Issuer string
	Guess  bool // other issuers have the same authorization endpoint
}

// MostIssuers is how many issuers are worth a request.
const MostIssuers = 4

// Issuers returns the issuers that an authorization endpoint may belong to, the
// likeliest first, at most MostIssuers. Whether one does, its own document says.
func Issuers(endpoint, clientID string) (cs []Candidate) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" {
		return nil
	}
	base := u.Scheme + "://" + u.Host
	add := func(c Candidate) {
		for _, had := range cs {
			if strings.TrimSuffix(had.Issuer, "/") == strings.TrimSuffix(c.Issuer, "/") {
				return
			}
		}
		if len(cs) < MostIssuers {
			cs = append(cs, c)
		}
	}
	shape, known := shapeOf(u)
	guess := known && shape.Shared
	if known && shape.Issuer != "" {
		re := pattern(shape.Path)
		path := string(re.ExpandString(nil, shape.Issuer, u.Path, re.FindStringSubmatchIndex(u.Path)))
		path = strings.ReplaceAll(path, "{client_id}", url.PathEscape(clientID))
		if !strings.Contains(path, "://") {
			path = base + path
		}
		add(Candidate{strings.TrimSuffix(path, "/"), guess})
	}
	for path := u.Path; path != "" && path != "/"; { // each folder above it, the nearest first
		path = strings.TrimSuffix(path, "/")
		path = path[:strings.LastIndex(path, "/")]
		add(Candidate{base + path, guess})
	}
	add(Candidate{base, guess})
	return cs
}

// shapeOf returns the shape of an authorization endpoint: one that a single
// product has, or else the first of those that share it, since these put their
// issuers alike.
func shapeOf(u *url.URL) (shared Shape, ok bool) {
	for _, p := range Table {
		for _, s := range p.Shapes {
			switch {
			case !s.fits(u):
			case s.Alone:
				return s, true
			case !ok:
				shared, ok = s, true
			}
		}
	}
	return shared, ok
}
