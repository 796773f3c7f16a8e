//go:build e2e && linux

package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"

	"immich-oidc-doctor/report"
)

// A matrix is what became of each case of a product.
type matrix struct {
	product string
	mu      sync.Mutex
	rows    []row
}

type row struct {
	number   int
	requests int // to the provider
	cells    []string
}

func (m *matrix) add(w *world, d *report.Document, webEnds, appEnds string, shown map[question]verdict) {
	named := strings.Join(d.RootCauses, " ")
	if named == "" {
		named = "-"
	}
	if w.c.warns != nil {
		named = fmt.Sprint(w.c.warns)
	}
	cells := []string{w.c.name, w.release, webEnds, appEnds, fmt.Sprint(d.ExitCode), named}
	for _, q := range questions {
		cells = append(cells, string(shown[q]))
	}
	sent := len(w.requests(d))
	cells = append(cells, fmt.Sprint(sent), w.c.unseen)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rows = append(m.rows, row{w.number, sent, cells})
}

func (m *matrix) String() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	slices.SortFunc(m.rows, func(a, b row) int { return a.number - b.number })
	var b strings.Builder
	most := slices.MaxFunc(append(m.rows, row{}), func(a, b row) int { return a.requests - b.requests })
	fmt.Fprintf(&b, "%s: %d set-ups, at most %d requests to the provider in one\n", m.product, len(m.rows), most.requests)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "set-up\trelease\tlogin, web\tlogin, app\texit\tnamed\tweb URI\tapp URI\tclient\tsecret\tmethod\trequests\twhy not named")
	for _, r := range m.rows {
		fmt.Fprintln(w, strings.Join(r.cells, "\t"))
	}
	w.Flush()
	return b.String()
}
