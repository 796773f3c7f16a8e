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
	number int
	cells  []string
}

func (m *matrix) add(w *world, d *report.Document, webEnds, appEnds string) {
	named := strings.Join(d.RootCauses, " ")
	if named == "" {
		named = "-"
	}
	if w.c.warns != nil {
		named = fmt.Sprint(w.c.warns)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rows = append(m.rows, row{w.number, []string{w.c.name, w.release, webEnds, appEnds, fmt.Sprint(d.ExitCode), named,
		string(stateOf(d, "web", "authorize")), string(stateOf(d, "mobile", "authorize")), w.c.unseen}})
}

func (m *matrix) String() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	slices.SortFunc(m.rows, func(a, b row) int { return a.number - b.number })
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d set-ups\n", m.product, len(m.rows))
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "set-up\trelease\tlogin, web\tlogin, app\texit\tnamed\tweb/authorize\tmobile/authorize\twhy not named")
	for _, r := range m.rows {
		fmt.Fprintln(w, strings.Join(r.cells, "\t"))
	}
	w.Flush()
	return b.String()
}
