package catalog

import (
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

// A refusal is Immich's answer to a login that it cannot start, decoded by the
// texts of its release.
type refusal struct {
	cause   immich.Cause
	detail  secret.Name
	message secret.Text
	status  int
	from    facts.Provenance
}

// refused returns the first refusal; ok if there is one and no login started.
func refused(f *facts.Facts) (r refusal, ok bool) {
	if _, begun := started(f); begun {
		return r, false
	}
	return refusedOnce(f)
}

// refusedOnce returns the first refusal, even if another login started.
func refusedOnce(f *facts.Facts) (r refusal, ok bool) {
	release := ""
	if v := f.Server.Get().Version; v.Is() {
		release = string(v.Get())
	}
	for _, t := range f.Authorize.Get().Tries {
		if t.Immich.Answer != facts.Answered || t.URL.Is() || !t.Message.Is() {
			continue
		}
		r.message, r.status, r.from = t.Message.Get(), t.Immich.Status, t.Immich.From(facts.ByImmich)
		cause, detail := immich.Decode(release, r.message.String())
		r.cause, r.detail = cause, secret.Name(detail)
		return r, true
	}
	return r, false
}

// started returns the provenance of a login that Immich could start.
func started(f *facts.Facts) (from facts.Provenance, ok bool) {
	for _, t := range f.Authorize.Get().Tries {
		if t.URL.Is() {
			return t.Immich.From(facts.ByImmich), true
		}
	}
	return from, false
}

// stages is how far Immich's discovery came before each cause ended it.
var stages = map[immich.Cause]int{
	immich.BadURL: stageSetting, immich.NoClientID: stageSetting, immich.BadTimeout: stageSetting,
	immich.OnlyHTTPS: stageScheme, immich.Unreached: stageName, immich.NoName: stageName,
	immich.NoConnection: stageConnection, immich.NoAnswer: stageConnection, immich.NotTrusted: stageTLS,
	immich.BadStatus: stageDocument, immich.NotJSON: stageDocument, immich.NotMetadata: stageDocument,
	immich.OtherIssuer: stageIssuer, immich.BadEndpoint: stageEndpoint,
}

const (
	stageSetting = iota + 1
	stageScheme
	stageName
	stageConnection
	stageTLS
	stageDocument
	stageIssuer
	stageEndpoint
)

// past returns who says that Immich itself came past a stage: it started a
// login, or stumbled later.
func past(f *facts.Facts, stage int) (from facts.Provenance, ok bool) {
	if from, ok = started(f); ok {
		return from, true
	}
	r, ok := refused(f)
	return r.from, ok && stages[r.cause] > stage
}

// notYet reports whether Immich says that it stumbled before a stage. What is
// seen there is not why it refuses now.
func notYet(f *facts.Facts, stage int) bool {
	r, ok := refused(f)
	return ok && stages[r.cause] > 0 && stages[r.cause] < stage
}

// unreached returns the refusal by which Immich says that it did not reach the
// provider, without saying why.
func unreached(f *facts.Facts) (from []facts.Provenance) {
	if r, ok := refused(f); ok && r.cause == immich.Unreached {
		return []facts.Provenance{r.from}
	}
	return nil
}
