package oidctest

// credentialFaults are in what Immich shows the token endpoint.
var credentialFaults = []Fault{
	{Name: "no-secret", Title: "there is no client secret, at a release that cannot do without one", Release: "v1.132.3", GiveKey: AdminKey, Trips: "settings/client-secret",
		Set: func(s *Setup) { s.Immich.OAuth.ClientSecret = "" }},
	{Name: "wrong-client-secret", Title: "the client secret in Immich's settings is another client's", GiveKey: AdminKey, Seen: Probe, Trips: "client/secret",
		Set: func(s *Setup) { s.Immich.OAuth.ClientSecret = "oidctestSecretOfAnotherClient9876543210" }},
	{Name: "hashed-secret", Title: "the client secret in Immich's settings is the provider's hash of it", GiveKey: AdminKey, Trips: "client/secret",
		Set: func(s *Setup) { s.Immich.OAuth.ClientSecret = "$pbkdf2-sha512$310000$c29tZXNhbHQ$aGFzaA" }},
	{Name: "secret-with-newline", Title: "the client secret in Immich's settings ends with a newline", GiveKey: AdminKey, Trips: "client/secret",
		Set: func(s *Setup) { s.Immich.OAuth.ClientSecret += "\n" }},
	{Name: "secret-needs-encoding", Title: "the provider does not decode the client secret that Immich encodes in the header", GiveKey: AdminKey, Trips: "client/secret",
		Set: func(s *Setup) {
			const odd = "oidctest+Secret/with=characters%that~are_encoded"
			c := s.Provider.Client(clientID)
			c.Secret, c.RawBasic = odd, true
			s.Immich.OAuth.ClientSecret, s.Immich.OAuth.TokenEndpointAuthMethod = odd, methodBasic
		}},
	{Name: "secret-method-enforced", Title: "the provider takes the client secret in the header alone, and Immich sends it in the body", GiveKey: AdminKey, Seen: Probe, Trips: "token/auth-method",
		Set: headerOnly},
	{Name: "secret-method-enforced-1.132", Title: "the same at the release that always sends it in the body", Release: "v1.132.3", GiveKey: AdminKey, Seen: Probe, Trips: "token/auth-method",
		Set: headerOnly},
}

// headerOnly is a provider made with fosite (Authelia, Hydra), whose client may
// use one way of showing its secret, and which says so.
func headerOnly(s *Setup) {
	s.Provider.Explain = true
	s.Provider.Client(clientID).AuthMethods = []string{methodBasic}
}
