package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather"
)

// The rules of our output: results to stdout, talk and progress to stderr,
// colour and progress only on a terminal, no colour under NO_COLOR.

func terminal(w any) (fd int, ok bool) {
	f, is := w.(*os.File)
	if !is {
		return 0, false
	}
	return int(f.Fd()), term.IsTerminal(int(f.Fd()))
}

func (p *program) colour() bool {
	for _, kv := range p.environ {
		if name, value, _ := strings.Cut(kv, "="); name == "NO_COLOR" && value != "" || name == "TERM" && value == "dumb" {
			return false
		}
	}
	_, ok := terminal(p.stdout)
	return ok
}

// width is how many columns the report may take: 80, or fewer on a narrow terminal.
func (p *program) width() int {
	if fd, ok := terminal(p.stdout); ok {
		if columns, _, err := term.GetSize(fd); err == nil && columns >= 40 {
			return min(columns, 80)
		}
	}
	return 80
}

// A progressLine says on a terminal what is still being asked.
type progressLine struct {
	w       io.Writer // nil: not on a terminal
	width   int
	mu      sync.Mutex
	waiting []string
}

func (p *program) progress(sources []gather.Any) *progressLine {
	l := &progressLine{}
	if _, ok := terminal(p.stderr); !ok {
		return l
	}
	l.w, l.width = p.stderr, 80
	if fd, ok := terminal(p.stderr); ok {
		if columns, _, err := term.GetSize(fd); err == nil && columns > 10 {
			l.width = columns
		}
	}
	for _, s := range sources {
		l.waiting = append(l.waiting, s.Kind().String())
	}
	l.show()
	return l
}

// settled takes k off the line.
func (l *progressLine) settled(k facts.Kind) {
	if l.w == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, name := range l.waiting {
		if name == k.String() {
			l.waiting = append(l.waiting[:i], l.waiting[i+1:]...)
			break
		}
	}
	l.show()
}

func (l *progressLine) show() {
	line := "asking: " + strings.Join(l.waiting, ", ")
	fmt.Fprintf(l.w, "\r\x1b[K%.*s", l.width-1, line)
}

func (l *progressLine) done() {
	if l.w != nil {
		fmt.Fprint(l.w, "\r\x1b[K")
	}
}
