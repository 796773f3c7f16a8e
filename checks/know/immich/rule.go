// Package immich is what is known of Immich's releases: which rule holds from
// which release to which, and where that was read. It is data and look-up.
package immich

import (
	"strings"

	"golang.org/x/mod/semver"

	"immich-oidc-doctor/checks/cite"
)

// Oldest and Newest are the first and the last release whose rules were read:
// 1.36.0 brought OpenID Connect; after Newest, rules are those of Newest and
// nobody has checked them.
const (
	Oldest = "v1.36.0"
	Newest = "v3.3.1"
)

// A Row says what holds in the half-open range [From, To) of releases; an
// empty From is the beginning, an empty To means up to Newest.
type Row[T any] struct {
	From, To string
	Value    T
	Cite     cite.Citation
}

// A Table is one rule over all releases: sorted, without holes or overlaps.
type Table[T any] []Row[T]

// At returns the row that holds at a release ("v2.7.5"; a prerelease has the
// rules of its release). What cannot be read has the rules of Newest.
func (t Table[T]) At(release string) Row[T] {
	v := Plain(release)
	for _, r := range t {
		if v != "" && (r.To == "" || semver.Compare(v, r.To) < 0) {
			return r
		}
	}
	return t[len(t)-1]
}

// Plain is a release without prerelease and build: v3.0.0 for v3.0.0-rc.1; ""
// if it is not a release.
func Plain(release string) string {
	v, _, _ := strings.Cut(semver.Canonical(release), "-")
	return v
}

// Before reports whether release a is older than b, prereleases counting as
// their releases.
func Before(a, b string) bool { return semver.Compare(Plain(a), Plain(b)) < 0 }
