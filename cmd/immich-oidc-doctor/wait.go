package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

// The pauses between two looks: they double from the first to the longest.
const (
	firstPause   = time.Second
	longestPause = 15 * time.Second
)

// A clock tells the time and lets it pass; the zero clock is the world's.
type clock struct {
	now   func() time.Time
	sleep func(ctx context.Context, d time.Duration)
}

func (c clock) time() time.Time {
	if c.now == nil {
		return time.Now()
	}
	return c.now()
}

// pause returns after d, or when ctx ends.
func (c clock) pause(ctx context.Context, d time.Duration) {
	if c.sleep != nil {
		c.sleep(ctx, d)
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// patiently looks once, and again while waiting may mend what was found, until
// the time is up. The last look is at its very end.
func (p *program) patiently(ctx context.Context, wait time.Duration, once func(context.Context) *facts.Facts) *facts.Facts {
	start, waited := p.clock.time(), false
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		f := once(ctx)
		if wait == 0 || ctx.Err() != nil {
			return f
		}
		spent := p.clock.time().Sub(start)
		left := wait - spent
		awaited := awaits(f)
		if awaited == "" || left <= 0 {
			if waited {
				fmt.Fprintf(p.stderr, "waited %s%s\n", round(spent), map[bool]string{true: " in vain"}[awaited != ""])
			}
			return f
		}
		pause, waited = min(pause, left), true
		fmt.Fprintf(p.stderr, "waiting until %s; next look in %s, for %s more at most\n", awaited, round(pause), round(left))
		if p.clock.pause(ctx, pause); ctx.Err() != nil {
			return f
		}
	}
}

// round is d for people.
func round(d time.Duration) time.Duration { return max(d.Round(time.Second), time.Second) }

// awaits says what waiting may still bring about: titles of ours, never what
// somebody wrote.
func awaits(f *facts.Facts) string {
	rs, origin := results(f)
	var titles []string
	for _, r := range checks.MayPass(rs, f, origin, excused(f)) {
		titles = append(titles, fmt.Sprintf("%s (%s)", r.Title, r.ID))
	}
	return strings.Join(titles, ", and ")
}

// excused says which refusals of Immich mean that it did not reach its provider.
func excused(f *facts.Facts) func(secret.Name) bool {
	release := ""
	facts.If(f.Server, func(s facts.ServerInfo) {
		facts.If(s.Version, func(v secret.Name) { release = string(v) })
	})
	may := map[secret.Name]bool{}
	facts.If(f.Authorize, func(l facts.AuthorizeLog) {
		for _, t := range l.Tries {
			facts.If(t.Message, func(m secret.Text) {
				cause, detail := immich.Decode(release, m.String())
				may[t.Immich.Exchange] = cause.MayPass(detail)
			})
		}
	})
	return func(ref secret.Name) bool { return may[ref] }
}
