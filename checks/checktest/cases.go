package checktest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/facts"
)

// A File is the cases of one check, family/name.txtar. What stands before the
// first of them says what the check asks.
type File struct {
	Path    string
	Comment string
	Cases   []*Case
}

// A Case is one set-up, written as what differs from a healthy one, and what
// the check says of it. Its two sections are "<name>.json" and "<name>.want".
type Case struct {
	Name  string // a sentence
	Patch []byte
	Want  string

	// Releases of Immich at which the set-up is judged; none: the base's. With
	// more than one Want has a part for each, and neighbours differ.
	Releases []string
}

// Read reads the cases of the check with that ID below dir.
func Read(dir, id string) (*File, error) {
	f := &File{Path: filepath.Join(dir, filepath.FromSlash(id)+".txtar")}
	b, err := os.ReadFile(f.Path)
	if err != nil {
		return nil, fmt.Errorf("reading the cases of %s: %w", id, err)
	}
	a := txtar.Parse(b)
	if f.Comment = string(a.Comment); strings.TrimSpace(f.Comment) == "" {
		return nil, fmt.Errorf("%s: does not say what the check asks", f.Path)
	}
	by := map[string]*Case{}
	for _, s := range a.Files {
		name, kind := strings.TrimSuffix(s.Name, filepath.Ext(s.Name)), filepath.Ext(s.Name)
		c := by[name]
		switch {
		case kind == ".json" && c == nil:
			c = &Case{Name: name, Patch: s.Data}
			if c.Releases, err = releasesOf(s.Data); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", f.Path, name, err)
			}
			by[name] = c
			f.Cases = append(f.Cases, c)
		case kind == ".want" && c != nil && c.Want == "":
			c.Want = string(s.Data)
		default:
			return nil, fmt.Errorf("%s: %q: twice, out of order, or neither .json nor .want", f.Path, s.Name)
		}
	}
	return f, nil
}

// Write writes f with the expectations that it holds now.
func (f *File) Write() error {
	a := &txtar.Archive{Comment: []byte(f.Comment)}
	for _, c := range f.Cases {
		a.Files = append(a.Files, txtar.File{Name: c.Name + ".json", Data: c.Patch}, txtar.File{Name: c.Name + ".want", Data: []byte(c.Want)})
	}
	return os.WriteFile(f.Path, txtar.Format(a), 0o644)
}

// releasesOf reads the member release of a patch: one release or several.
func releasesOf(patch []byte) ([]string, error) {
	var p struct{ Release any }
	if err := json.Unmarshal(patch, &p); err != nil {
		return nil, fmt.Errorf("the patch is no JSON object: %w", err)
	}
	switch r := p.Release.(type) {
	case string:
		return []string{r}, nil
	case []any:
		var rs []string
		for _, v := range r {
			rs = append(rs, fmt.Sprint(v))
		}
		return rs, nil
	}
	return nil, nil
}

// An Answer is what a check says of a case at one release.
type Answer struct {
	Release string // "" is the base's
	Facts   *facts.Facts
	Result  checks.Result
}

// Ask runs c alone on the case, once for each of its releases: of the ladder
// only Versions and Needs count, for what other checks find is not its matter.
func (b Base) Ask(c *checks.Check, from *Case) (all []Answer, err error) {
	alone := *c
	alone.After, alone.YieldsTo = nil, nil
	releases := from.Releases
	if len(releases) == 0 {
		releases = []string{""}
	}
	for _, release := range releases {
		f, err := b.Facts(from.Patch, release)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", from.Name, err)
		}
		r := checks.Run([]*checks.Check{&alone}, f, f.Origins.Get().Main())[0]
		all = append(all, Answer{Release: release, Facts: f, Result: r})
	}
	return all, nil
}

// Text is what a .want section holds.
func Text(all []Answer) string {
	var b strings.Builder
	for _, a := range all {
		indent := ""
		if len(all) > 1 {
			fmt.Fprintf(&b, "%s:\n", a.Release)
			indent = "  "
		}
		for line := range strings.Lines(Outcome(a.Result)) {
			b.WriteString(indent + line)
		}
	}
	return b.String()
}
