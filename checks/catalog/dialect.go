package catalog

import (
	"strings"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

// Provider recognises the provider by Immich's authorization URL and by the
// discovery document, as far as either is known. A check that asks for it uses
// facts.Authorize and facts.Discovery.
func Provider(f *facts.Facts) (provider.Provider, provider.Surety) {
	endpoint, shown := facts.Marks(f)
	return provider.Recognise(string(endpoint), shown)
}

// inDialect lets a remedy say in the provider's own words where k is changed
// and, if there is a value, what to paste there. Of a provider that nobody
// recognises, and of what is not known of one, the remedy's own words stand. It
// reports false of a product that has no such setting.
func inDialect(f *facts.Facts, k provider.Kind, value secret.Text, fix *checks.Remedy) bool {
	p, surety := Provider(f)
	s, known := p.Settings[k]
	if !known {
		return true
	}
	s = p.At(k)
	name := p.Name
	if surety < provider.Sure || s.Evidence == provider.Unchecked {
		name += " (not checked)"
	}
	if s.None != "" {
		fix.Where = secret.Textf("%s has no setting for it: %s", secret.Name(name), secret.Name(s.None))
		return false
	}
	fix.Where = secret.Textf("%s: %s", secret.Name(name), secret.Name(s.Where))
	if s.Snippet != "" && (!value.IsZero() || !strings.Contains(s.Snippet, "%s")) { // without a place for a value it is whole
		fix.Snippet = secret.Textf("%s", secret.Name(s.Paste(value.String())))
	}
	return true
}
