package gather

import (
	"context"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/know/provider"
	"immich-oidc-doctor/checks/secret"
)

// credentials shows the provider Immich's client ID and secret with a code that
// was never handed out.
var credentials = &Source[facts.CredentialLog]{
	Gives: facts.Credentials,
	After: []facts.Kind{facts.Discovery, facts.Authorize},
	Waits: []facts.Kind{facts.Target, facts.Server, facts.Settings, facts.Redirects, facts.Endpoints},
	Risk:  Probes,
	Sends: sendsNothing,
	Learn: func(ctx context.Context, w *wire.Wire, f *facts.Facts) facts.Fact[facts.CredentialLog] {
		return facts.Not[facts.CredentialLog](facts.NotAsked, secret.Textf("the client secret is not known: give --api-key-file or --client-secret-file"))
	},
}

// productOf is the product that answers, as far as Immich's request and the
// discovery document tell.
func productOf(f *facts.Facts) (provider.Provider, provider.Surety) {
	endpoint, document := facts.Marks(f)
	return provider.Recognise(string(endpoint), document)
}
