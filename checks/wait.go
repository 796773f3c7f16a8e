package checks

import (
	"slices"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

// MayPass returns the results because of which it is worth asking all of it
// again later: nothing answered, and nothing that was there is wrong. It is
// empty if nothing is wrong, and if something is that no waiting mends.
//
// excuse says of an exchange that was answered whether its answer was that
// something else did not answer: Immich speaking of its provider.
func MayPass(rs []Result, f *facts.Facts, origin secret.Name, excuse func(exchange secret.Name) bool) (may []Result) {
	tried := f.Attempts()
	passes := func(fd Finding) bool {
		hope := false
		for _, p := range fd.From {
			switch a, ok := tried[p.Ref]; {
			case !ok: // a flag, a file
			case a.MayPass() || excuse(p.Ref):
				hope = true
			case a.Answer != facts.Answered: // a certificate, an endless body
				return false
			}
		}
		return hope
	}
	for _, r := range rs {
		failed := slices.DeleteFunc(slices.Clone(r.Findings), func(fd Finding) bool { return fd.Severity != Error })
		if slices.ContainsFunc(failed, func(fd Finding) bool { return !passes(fd) }) {
			return nil
		}
		if len(failed) > 0 {
			may = append(may, r)
		}
	}
	if len(may) > 0 {
		return may
	}
	for _, r := range hindered(rs, origin) {
		if r.Why.Reason == facts.NoTime || r.Why.Reason == facts.Unanswered {
			may = append(may, r)
		}
	}
	return may
}

// hindered is the results that would show discovery and authorize of the web
// login to work, had they not been kept from it.
func hindered(rs []Result, origin secret.Name) (by []Result) {
	for _, at := range []At{"web/discovery", "web/authorize"} {
		if s := fold(rs, nil, at, origin); s.State == OK {
			continue
		}
		for _, r := range rs {
			if slices.Contains(r.Check.Witness, at) && (r.Status == Skip || r.Status == Broken) && prevented(r) {
				by = append(by, r)
			}
		}
	}
	return by
}
