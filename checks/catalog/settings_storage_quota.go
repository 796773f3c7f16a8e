package catalog

import (
	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/cite"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/immich"
	"immich-oidc-doctor/checks/secret"
)

var settingsStorageQuota = &checks.Check{
	ID: "settings/storage-quota", Title: "who registers by a login gets room for photos", Since: "v0.1.0",
	Doc: `Whoever logs in for the first time gets the setting Default Storage Quota, unless the provider names a quota. Until 1.134 a 0
meant no limit, and it was the default; from 1.135 it means **zero bytes**: the login works, and every upload is refused. The
web page rewrote it at the upgrade; a configuration file with ` + "`defaultStorageQuota: 0`" + ` was not touched.

**Mend it**: leave the setting empty (` + "`null`" + `) for no limit, and give those who registered meanwhile another quota.`,
	Cites:    []cite.Citation{cite.Immich("v1.135.0", "server/src/dtos/system-config.dto.ts")},
	Symptoms: []string{"Quota has been exceeded", "uploads fail for users who registered by OAuth"},
	Severity: checks.Warning,
	Versions: checks.Range{From: immich.ZeroQuotaIsZero},
	After:    []string{"server/answers"},
	Needs:    []facts.Kind{facts.Settings},
	Run: func(f *facts.Facts) checks.Outcome {
		s := f.Settings.Get()
		s.Read.Get()
		quota := s.DefaultStorageQuota
		if !quota.Is() || quota.Get() > 0 {
			return checks.Passed(secret.Textf("there is room"), s.Read.From()...)
		}
		return checks.Failed(checks.Finding{
			Evidence: seen(quota.From()...), Want: secret.Textf("null, for no limit"), Got: secret.Textf("0 (%s)", quota.From()[0].Ref),
			Message: secret.Textf("who registers by a login gets a quota of zero bytes and can upload nothing"),
			Fix: []checks.Remedy{{Do: secret.Textf("empty the setting, then give those who registered meanwhile another quota (Administration > Users)"),
				Where: oauthSettings("defaultStorageQuota"), Snippet: secret.Textf("defaultStorageQuota: null")}},
		})
	},
}
