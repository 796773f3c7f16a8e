package main

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"
	"time"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather"
	"immich-oidc-doctor/checks/oidctest"
	"immich-oidc-doctor/report"
)

// Live and from its own saved facts a report is the same bytes, in every
// format, and a saved report renders like a fresh one.
func TestLiveAndReplayedReportsAreTheSameBytes(t *testing.T) {
	t.Parallel()
	for _, f := range append([]oidctest.Fault{{Name: "healthy"}}, oidctest.Faults...) {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			p := &program{stderr: io.Discard}
			learnt, err := p.demo(t.Context(), f, gather.Probes, 4*time.Second)
			if err != nil {
				t.Fatal(err)
			}
			saved, err := json.Marshal(learnt)
			if err != nil {
				t.Fatal(err)
			}
			var back facts.Facts
			if err := json.Unmarshal(saved, &back); err != nil {
				t.Fatal(err)
			}
			live, again := judge(learnt, false), judge(&back, false)
			reread, err := report.Decode(bytes.NewReader(rendered(t, report.Formats[2], live)))
			if err != nil {
				t.Fatal(err)
			}
			for _, format := range report.Formats {
				one := rendered(t, format, live)
				if two := rendered(t, format, again); !bytes.Equal(one, two) {
					t.Errorf("%s: live\n%s\nreplayed\n%s", format.Name, one, two)
				}
				if three := rendered(t, format, reread); !bytes.Equal(one, three) {
					t.Errorf("%s: the saved report renders otherwise", format.Name)
				}
			}
		})
	}
}

func rendered(t *testing.T, f report.Format, d *report.Document) []byte {
	var b bytes.Buffer
	if err := f.Render(&b, d, report.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
