package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var settingsTimeout = &checks.Check{
	ID: "settings/timeout", Title: "the request timeout leaves the provider time to answer", Since: "v0.1.0",
	Doc: `From 1.133 Immich has a setting Request Timeout. It is shown in milliseconds and handed to the client as **seconds**: the default
30000 is more than eight hours. Whoever raises it to be on the safe side, to 3000000 say, makes the timer overflow, and
every request then fails at once with ` + "`operation timed out`" + `; from 4294968 on with ` + "`The value of \"delay\" is out of range`" + `. Whoever
lowers it to 2, thinking of seconds, gets two seconds.

That message comes from this setting alone: without it Node gives up by itself, after ten seconds without a connection and
after five minutes without an answer, and Immich says "fetch failed".

**Mend it**: set it back to 30000, or to the seconds that you want.`,
	Cites:    []cite.Citation{cite.Immich("v1.133.0", "server/src/repositories/oauth.repository.ts"), cite.Node("timers.html#settimeoutcallback-delay-args")},
	Symptoms: []string{"ClientError: operation timed out", `The value of "delay" is out of range`, "TimeoutOverflowWarning"},
	Severity: checks.Error,
	Breaks:   checks.Every("discovery"),
	Versions: checks.Range{From: immich.TimeoutIsSeconds},
	After:    []string{"server/answers", "oauth/enabled"},
	Needs:    []facts.Kind{facts.Server, facts.Authorize, facts.Settings},
	Run:      runSettingsTimeout,
}

// fewSeconds is less than a provider on a small machine may need to wake up.
const fewSeconds = 5

func runSettingsTimeout(f *facts.Facts) checks.Outcome {
	steps := existing(f, checks.Every("discovery"))
	set := f.Settings.Get().Timeout
	from, begun := started(f)
	r, is := refused(f)
	fd := checks.Finding{
		Want: secret.Textf("30000, the default"),
		Fix:  []checks.Remedy{{Do: secret.Textf("set it back to the default"), Where: oauthSettings("timeout"), Snippet: secret.Textf("30000")}},
	}
	if is {
		fd.From, fd.Got = []facts.Provenance{r.from}, secret.Textf("%s (%s)", r.message, r.from.Ref)
	}
	if set.Is() {
		fd.From = append(fd.From, set.From()...)
		fd.Got = secret.Textf("%s (%s)", secret.Int(set.Get()), set.From()[0].Ref)
	}
	switch {
	case begun && !set.Is():
		return passed(secret.Textf("Immich reaches the provider in time"), steps, from)
	case is && r.cause == immich.BadTimeout:
		fd.Message = secret.Textf("the timeout in Immich's settings is out of range: it is shown as milliseconds and used as seconds")
	case !begun && set.Is() && set.Get() > immich.TimerOverflows:
		rules(f)
		fd.From = set.From() // whatever Immich says, this is why, and no waiting mends it
		fd.Message = secret.Textf("the timeout in Immich's settings is used as seconds, and so many overflow the timer: every request ends at once")
	case is && r.cause == immich.NoAnswer && !set.Is():
		fd.Severity, fd.Grade = checks.Warning, checks.Implied
		fd.Message = secret.Textf("it is Immich's own setting timeout that ended the request: its number is used as seconds, and one above %s ends every request at once", secret.Int(immich.TimerOverflows))
	case set.Is() && set.Get() < fewSeconds:
		fd.Severity = checks.Note
		fd.Message = secret.Textf("the timeout in Immich's settings is used as seconds: the provider has %s s for each answer", secret.Int(set.Get()))
	case set.Is():
		return passed(secret.Textf("%s, which Immich takes for seconds", secret.Int(set.Get())), steps, set.From()...)
	default:
		from, ok := past(f, stageSetting)
		if !ok {
			return skipped(set.Why)
		}
		return passed(secret.Textf("Immich takes it"), steps, from)
	}
	return checks.Failed(fd)
}
