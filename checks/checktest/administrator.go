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

// administrator gives the user an API key that may read the settings. What a
// flag says stays beside what they say.
func (s setup) administrator() {
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
}
