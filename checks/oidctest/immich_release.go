package oidctest

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/semver"
)

const (
	oldestRelease = "v1.36.0" // the first with OpenID Connect
	newestRelease = "v3.3.1"  // the newest whose behaviour is known
)

// A release is a tag of Immich without the part of a release candidate, since a
// candidate has all the rules of its release and a comparison of versions would
// give it those of the one before.
type release string

// parseRelease reads a tag, with or without the v. The number is that of the
// candidate, nil for a release.
func parseRelease(tag string) (release, *int, error) {
	if tag == "" {
		tag = newestRelease
	}
	if !strings.HasPrefix(tag, "v") {
		tag = "v" + tag
	}
	if !semver.IsValid(tag) {
		return "", nil, fmt.Errorf("immich release %q: not a version", tag)
	}
	plain, _, _ := strings.Cut(semver.Canonical(tag), "-")
	if semver.Compare(plain, oldestRelease) < 0 || semver.Compare(plain, newestRelease) > 0 {
		return "", nil, fmt.Errorf("immich release %s: known are %s to %s", tag, oldestRelease, newestRelease)
	}
	pre := semver.Prerelease(tag)
	if pre == "" {
		return release(plain), nil, nil
	}
	number, err := strconv.Atoi(pre[strings.LastIndexByte(pre, '.')+1:])
	if err != nil {
		return "", nil, fmt.Errorf("immich release %s: a candidate is called -rc.N", tag)
	}
	return release(plain), &number, nil
}

// since says whether the release is this one or later.
func (r release) since(tag string) bool { return semver.Compare(string(r), tag) >= 0 }

// A span is a range of releases, the end not included. Open ends are empty.
type span struct{ since, until string }

func (s span) has(r release) bool {
	return (s.since == "" || r.since(s.since)) && (s.until == "" || !r.since(s.until))
}

// A rule is something that changed from release to release. Each value holds
// from its release until the next one, so that there can be neither a gap nor
// an overlap. Before the first it is the zero value.
type rule[T any] []change[T]

type change[T any] struct {
	since string
	value T
}

func (c rule[T]) at(r release) T {
	var value T
	for _, change := range c {
		if r.since(change.since) {
			value = change.value
		}
	}
	return value
}
