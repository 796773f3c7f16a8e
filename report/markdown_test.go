package report

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var ansi = regexp.MustCompile("\x1b\\[[0-9;]*m")

func TestMarkdownAnswersInSixtyLines(t *testing.T) {
	for _, s := range setups() {
		md := render(t, "markdown", s.document())
		answer, rest, ok := strings.Cut(md, "<details>")
		if n := strings.Count(answer, "\n"); n > answerLines {
			t.Errorf("%s: %d lines before the evidence", s.name, n)
		}
		if len(md) > 65_536 {
			t.Errorf("%s: %d bytes, more than a comment may have", s.name, len(md))
		}
		if !ok || strings.Count(md, "<details>") != strings.Count(md, "</details>") && s.name != "hostile" {
			t.Errorf("%s: folded badly", s.name)
		}
		for _, r := range s.document().Results {
			if !strings.Contains(rest, r.ID) {
				t.Errorf("%s: %s disappeared", s.name, r.ID)
			}
		}
	}
}

func TestMarkdownIsTheSameForEverybody(t *testing.T) {
	d := setups()[2].document()
	md := render(t, "markdown", d)
	for _, not := range []string{"/home/ada", "ada", "23:58", "22:58", " ms"} {
		if strings.Contains(md, not) {
			t.Errorf("says %q", not)
		}
	}
	for _, want := range []string{"immich.json:14:7", "2026-11-21"} {
		if !strings.Contains(md, want) {
			t.Errorf("does not say %q", want)
		}
	}
	if text := render(t, "text", d); !strings.Contains(text, "/home/ada/immich/immich.json:14:7") {
		t.Error("on one's own terminal the path is wanted")
	}
}

func TestImpersonal(t *testing.T) {
	d := setups()[0].document()
	d.Results[0].Cells[0].Where = []Place{{Ref: "/srv/stacks/authelia/configuration.yml:88", Seen: "written"}, {Ref: "authelia/users.yml:3:1", Seen: "written"},
		{Ref: "https://sso.example.com:9091", Seen: "written"}}
	for in, want := range map[string]string{
		"in /srv/stacks/authelia/configuration.yml:88, below": "in configuration.yml:88, below",
		"authelia/users.yml":                     "users.yml",
		"image authelia/authelia:4.39":           "image authelia/authelia:4.39",
		"https://sso.example.com/home/joe/x":     "https://sso.example.com/home/joe/x",
		"-v /home/joe/immich:/data":              "-v ~/immich:/data",
		`open C:\Users\Ada L\x`:                  `open C:\Users\Ada L\x`, // a space ends a word
		`open C:\Users\ada\immich.json: no`:      `open ~\immich.json: no`,
		"/usr/src/app in the container":          "/usr/src/app in the container",
		"'/Users/ada/Library/ca.pem' is not PEM": "'~/Library/ca.pem' is not PEM",
		"https://sso.example.com:9091":           "https://sso.example.com:9091",
	} {
		d.Results[0].Saw = in
		got, err := impersonal(d)
		if err != nil {
			t.Fatal(err)
		}
		if got.Results[0].Saw != want {
			t.Errorf("%s\nwant %s\n got %s", in, want, got.Results[0].Saw)
		}
	}
}

func TestProse(t *testing.T) {
	for in, want := range map[string]string{
		"add it to the client's list":              "add it to the client's list",
		"refuses app.immich:///oauth-callback: no": "refuses `app.immich:///oauth-callback`: no",
		"issuer (https://sso.example.com), then":   "issuer (`https://sso.example.com`), then",
		"@everyone see #1 and <b>":                 "`@everyone` see `#1` and `<b>`",
		"a `b` c":                                  "a `` `b` `` c",
		"Clients > immich":                         "Clients `>` immich",
		"www.evil.example u/name a_b":              "`www.evil.example u/name a_b`",
		":smile: (c)":                              "`:smile`: (c)",
		"":                                         "",
	} {
		if got := prose(in); got != want {
			t.Errorf("%q\nwant %s\n got %s", in, want, got)
		}
	}
}

// left is what a reader of Markdown takes for mark-up: all but the blocks and
// spans of code. It follows CommonMark 4.5 and 6.1, and GFM for cells, and
// shares nothing with how they are written.
func left(md string) (rest string) {
	block, folds := false, 0
	for _, l := range strings.Split(md, "\n") {
		fence := strings.HasPrefix(strings.TrimLeft(l, " "), "```") && len(l)-len(strings.TrimLeft(l, " ")) < 4
		switch {
		case block && fence && strings.Trim(l, " `") == "":
			block = false
		case block:
		case fence:
			block = true
		default:
			switch l {
			case "<details>":
				folds++
			case "</details>":
				folds--
			}
			rest += withoutSpans(l) + "\n"
		}
	}
	if block || folds != 0 {
		rest += "UNBALANCED"
	}
	return rest
}

func withoutSpans(l string) (rest string) {
	cells := []string{l}
	if strings.HasPrefix(l, "|") { // cells end before code begins
		cells = regexp.MustCompile(`(?:[^|\\]|\\.)*\|`).FindAllString(l, -1)
	}
	for _, s := range cells {
		for s != "" {
			open := backtickRun.FindStringIndex(s)
			if open == nil {
				rest += s
				break
			}
			rest, s = rest+s[:open[0]], s[open[0]:]
			n := open[1] - open[0]
			runs := backtickRun.FindAllStringIndex(s[n:], -1)
			end := slices.IndexFunc(runs, func(r []int) bool { return r[1]-r[0] == n })
			if end < 0 {
				rest += "UNCLOSED"
				s = s[n:]
				continue
			}
			s = s[n+runs[end][1]:]
		}
	}
	return rest
}

var (
	backtickRun = regexp.MustCompile("`+")
	// What stands outside of code is words of ours and the mark-up we make.
	ours = regexp.MustCompile(`^(</?details>|<summary>[a-z0-9:, /]+</summary>|[-|*✓✗▲?·–…!A-Za-z0-9 ,.;:'"()=%+]*)$`)
	link = regexp.MustCompile(`(?i)://|www\.|\]\(`)
)

func FuzzNoTextBreaksOut(f *testing.F) {
	f.Add(evil)
	for _, s := range []string{"`", "``", "```", "a`b``c", "|", `\|`, `\\|`, "</details>", "@everyone", "\x1b[2J", "\u202e", "\n```\n</details>\n", " ` ", "- [x](y)", "~~~"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if err := contained(s); err != "" {
			t.Errorf("%s by %q", err, s)
		}
	})
}

// contained says how a provider that writes s nearly everywhere got out.
func contained(s string) string {
	d := setups()[1].document()
	d.Immich.Release, d.Immich.Note, d.Provider.Issuer, d.Provider.ClientID, d.Target.Server = s, s, s, s, s
	d.Target.Origins = append(d.Target.Origins, s)
	for i := range d.Results {
		r := &d.Results[i]
		r.Title, r.Why, r.Saw = r.Title+" "+s, s, s
		for j := range r.Cells {
			r.Cells[j].Subject, r.Cells[j].Saw, r.Cells[j].Why = s, s, s
		}
		for j := range r.Findings {
			f := &r.Findings[j]
			f.Message, f.Want, f.Got, f.Subject, f.Where[0].Ref = s, s, s, s, s
			f.Fix = []Remedy{{s, s, s}, {Do: "x" + s}}
		}
	}
	for i := range d.Exchanges {
		x := &d.Exchanges[i]
		x.URL, x.Server, x.Type, x.Detail, x.Location = s, s, s, s, s
	}
	var md, text strings.Builder
	if Markdown(&md, d) != nil || Text(&text, d, TextOptions{}) != nil {
		return "no report"
	}
	for _, out := range []string{md.String(), text.String()} {
		if strings.IndexFunc(out, acts) >= 0 {
			return "a control character was injected"
		}
	}
	for _, l := range strings.Split(left(md.String()), "\n") {
		if !ours.MatchString(l) || link.MatchString(l) {
			return "mark-up was injected: " + l
		}
	}
	if answer, _, _ := strings.Cut(md.String(), "\n<details>\n"); strings.Count(answer, "\n") > answerLines {
		return "the answer was drowned"
	}
	return ""
}
