package main

import (
	"fmt"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/catalog"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
	"immich-oidc-doctor/report"
)

// judge is the half that asks nobody: live and from saved facts it is the same
// function.
func judge(f *facts.Facts, strict bool) *report.Document {
	about := report.About{Version: buildVersion(), Strict: strict}
	facts.If(f.Server, func(s facts.ServerInfo) {
		facts.If(s.Version, func(v secret.Name) { about.Note, about.Without = note(string(v)), without(string(v)) })
	})
	known, _ := catalog.Provider(f)
	about.Provider = known.Name
	rs, _ := results(f)
	return report.New(f, rs, about)
}

// results asks every check, as seen from the origin that comes first.
func results(f *facts.Facts) (rs []checks.Result, origin secret.Name) {
	facts.If(f.Origins, func(l facts.OriginList) { origin = l.Main() })
	return checks.Run(catalog.All(), f, origin), origin
}

// without lists the journeys that a release does not have.
func without(release string) (journeys []string) {
	if immich.Plain(release) == "" {
		return nil
	}
	if immich.Before(release, immich.LinkingSince) {
		journeys = append(journeys, "linking")
	}
	if !immich.BackChannel.At(release).Value {
		journeys = append(journeys, "back-channel")
	}
	return journeys
}

// note is what to know of a release that the rules do not cover.
func note(release string) string {
	switch plain := immich.Plain(release); {
	case plain == "":
		return "not a release that can be read; judged as " + immich.Newest
	case immich.Before(immich.Newest, plain):
		return fmt.Sprintf("newer than %s, the newest release that this version knows; judged as that, and so only assumed", immich.Newest)
	case immich.Before(plain, immich.Oldest):
		return fmt.Sprintf("older than %s, the first release with OpenID Connect", immich.Oldest)
	}
	return ""
}
