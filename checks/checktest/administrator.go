package checktest

// settings is what Immich tells an administrator whose settings are the
// defaults, but for the provider; the names are its own.
var settings = map[string]any{
	"read": true, "enabled": true, "issuerUrl": "https://auth.example.com", "clientId": "immich", "scope": "openid email profile",
	"buttonText": "Login with OAuth", "autoRegister": true, "autoLaunch": false, "mobileOverrideEnabled": false, "mobileRedirectUri": "",
	"storageLabelClaim": "preferred_username", "signingAlgorithm": "RS256", "defaultStorageQuota": nil, "storageQuotaClaim": "immich_quota",
	"profileSigningAlgorithm": "none", "tokenEndpointAuthMethod": "client_secret_post", "timeout": 30000.0, "roleClaim": "immich_role",
	"allowInsecureRequests": false, "prompt": "", "endSessionEndpoint": "", "accountManagementUrl": "", "clientSecretShape": map[string]any{},
	"passwordLogin": true, "externalDomain": "https://photos.example.com",
}

// administrator gives the user an API key that may read the settings, and so a
// client secret to show the provider. What a flag says stays beside what they say.
func (s setup) administrator(release string) {
	from := map[string]any{"vantage": "seen by Immich", "ref": "settings.1"}
	read := map[string]any{
		"exchange": "settings.1", "method": "GET", "url": "https://photos.example.com/api/system-config",
		"answer": "answered", "status": 200.0, "contentType": "application/json",
	}
	all := s.value("settings")
	for name, v := range settings {
		part, _ := all[name].(map[string]any)
		given, _ := part["claims"].([]any)
		switch {
		case v != nil:
			all[name] = map[string]any{"claims": append([]any{map[string]any{"value": v, "from": from}}, given...)}
		case given == nil:
			all[name] = why("not there", name+" is null")
		}
	}
	all["reads"] = []any{map[string]any{"immich": read, "message": map[string]any{}}}
	all["clientSecret"] = "[redacted]"
	s.value("target")["apiKey"] = "[redacted]"
	s.credentials(release)
}

// credentials is the provider's answer to the right secret, shown as the release
// shows it: it refuses the made-up code and nothing else.
func (s setup) credentials(release string) {
	method := "client_secret_post"
	if before(release, "v1.132.0") {
		method = "client_secret_basic"
	}
	const endpoint = "https://auth.example.com/api/oidc/token"
	s["credentials"] = map[string]any{"value": map[string]any{
		"method": method, "endpoint": endpoint,
		"token": map[string]any{
			"try": map[string]any{
				"exchange": "credentials.token.1", "method": "POST", "url": endpoint, "answer": "answered", "status": 400.0,
				"contentType": "application/json",
			},
			"json": true, "error": "invalid_grant", "description": "The provided authorization grant is invalid.",
		},
	}}
}
