package oidctest

import (
	"encoding/json"
	"net/http"
	"strings"
)

// The settings have two doors from v3.2.0 on, each with its own permissions.

func (c *call) systemConfig() (*reply, error) { return c.showConfig("systemConfig.read", false) }

func (c *call) systemConfigDefaults() (*reply, error) { return c.showConfig("systemConfig.read", true) }

func (c *call) adminConfig() (*reply, error) { return c.showConfig("adminConfig.read", false) }

func (c *call) adminConfigDefaults() (*reply, error) { return c.showConfig("adminConfig.read", true) }

func (c *call) updateSystemConfig() (*reply, error) { return c.changeConfig("systemConfig.update") }

func (c *call) updateAdminConfig() (*reply, error) { return c.changeConfig("adminConfig.update") }

// showConfig shows the settings, with the client secret in clear.
func (c *call) showConfig(permission string, defaults bool) (*reply, error) {
	if _, err := c.admin(permission, "v1.113.0"); err != nil {
		return nil, err
	}
	if defaults {
		return &reply{body: DefaultSettings(string(c.m.r)).document(c.m.r)}, nil
	}
	return &reply{body: c.set.document(c.m.r)}, nil
}

func (c *call) changeConfig(permission string) (*reply, error) {
	if _, err := c.admin(permission, "v1.113.0"); err != nil {
		return nil, err
	}
	var in struct {
		OAuth         map[string]any
		PasswordLogin struct{ Enabled *bool }
		Server        struct{ ExternalDomain, LoginPageMessage *string }
	}
	if err := json.Unmarshal(c.body, &in); err != nil {
		return nil, badRequest("Unexpected token in JSON")
	}
	if err := c.validateOAuth(in.OAuth); err != nil {
		return nil, err
	}
	if c.m.configFile() {
		return nil, badRequest("Cannot update configuration while IMMICH_CONFIG_FILE is in use")
	}
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	set, err := c.m.OAuth.with(c.m.r, in.OAuth)
	if err != nil {
		return nil, badRequest("Bad Request")
	}
	if in.PasswordLogin.Enabled != nil {
		set.PasswordLogin = *in.PasswordLogin.Enabled
	}
	if in.Server.ExternalDomain != nil {
		set.ExternalDomain = *in.Server.ExternalDomain
	}
	if in.Server.LoginPageMessage != nil {
		set.LoginPageMessage = *in.Server.LoginPageMessage
	}
	c.m.OAuth = set
	return &reply{status: http.StatusOK, body: set.document(c.m.r)}, nil
}

// validateOAuth checks the oauth block, which has to be whole.
func (c *call) validateOAuth(in map[string]any) error {
	if c.m.r.since("v3.0.0") {
		return c.schemaFault(in)
	}
	var found []string
	say := func(name, text string) { found = append(found, "oauth."+name+" "+text) }
	for _, key := range settingSince {
		if !c.m.r.since(key.since) {
			continue
		}
		value, given := in[key.name]
		switch v := value.(type) {
		case bool:
		case string:
			if v == "" && c.mustFill(key.name, in) {
				say(key.name, "should not be empty")
			}
		case float64:
			if key.name == "timeout" && v < 1 {
				say(key.name, "must be a positive number")
			}
		default:
			if !given {
				say(key.name, "should not be null or undefined")
			}
		}
	}
	if m, ok := in["tokenEndpointAuthMethod"].(string); ok && c.m.r.since("v1.133.0") && !isMethod(m) {
		say("tokenEndpointAuthMethod", "must be one of the following values: client_secret_post, client_secret_basic")
	}
	if uri, _ := in["mobileRedirectUri"].(string); in["mobileOverrideEnabled"] == true && !isWebAddress(uri) {
		say("mobileRedirectUri", "must be a URL address")
	}
	if found != nil {
		return &httpError{status: http.StatusBadRequest, message: found}
	}
	return nil
}

func isMethod(s string) bool { return s == "client_secret_post" || s == "client_secret_basic" }

// mustFill is whether a string may not be empty, before v3.0.0.
func (c *call) mustFill(name string, in map[string]any) bool {
	switch name {
	case "issuerUrl", "clientId":
		return in["enabled"] == true
	case "clientSecret":
		return in["enabled"] == true && !c.m.r.since("v1.133.0")
	case "signingAlgorithm", "profileSigningAlgorithm":
		return true
	}
	return false
}

// isWebAddress is what the older validation takes for a URL. It takes an address
// of loopback too.
func isWebAddress(s string) bool {
	u, ok := parseWebURL(s)
	return ok && (u.scheme == "http" || u.scheme == "https") && strings.Contains(u.host, ".")
}

// schemaFault checks the oauth block as v3.0.0 and later do.
func (c *call) schemaFault(in map[string]any) error {
	var found []problem
	defaults := DefaultSettings(string(c.m.r)).block(c.m.r)
	for _, member := range defaults {
		value, given := in[member.name]
		if !given {
			if member.name != "accountManagementUrl" {
				found = append(found, missing(kindOf(member.value), "undefined", "oauth", member.name))
			}
			continue
		}
		if want, got := kindOf(member.value), kindOf(value); want != got && member.name != "defaultStorageQuota" {
			found = append(found, missing(want, got, "oauth", member.name))
		}
	}
	if n, ok := in["timeout"].(float64); ok && n < 1 {
		found = append(found, problem{"origin": "number", "code": "too_small", "minimum": 1, "inclusive": true,
			"path": []string{"oauth", "timeout"}, "message": "Too small: expected number to be >=1"})
	}
	if m, ok := in["tokenEndpointAuthMethod"].(string); ok && !isMethod(m) {
		found = append(found, problem{"code": "invalid_value", "values": []string{"client_secret_post", "client_secret_basic"},
			"path":    []string{"oauth", "tokenEndpointAuthMethod"},
			"message": `Invalid option: expected one of "client_secret_post"|"client_secret_basic"`})
	}
	for _, u := range urlSettings {
		s, _ := in[u.name].(string)
		if _, ok := parseWebURL(s); s == "" || ok {
			continue
		}
		path := []string{"oauth", u.name}
		if u.name == "mobileRedirectUri" { // checked as part of the block
			path = path[:1]
		}
		found = append(found, problem{"code": "custom", "path": path, "message": u.words + " must be an empty string or a valid URL"})
	}
	if found != nil {
		return &httpError{status: http.StatusBadRequest, message: "Validation failed", problems: found}
	}
	return nil
}

var urlSettings = []struct{ name, words string }{
	{"accountManagementUrl", "Account management URL"},
	{"endSessionEndpoint", "End session endpoint"},
	{"issuerUrl", "Issuer URL"},
	{"mobileRedirectUri", "Mobile redirect URI"},
}

// kindOf is the JSON type of a value.
func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		return "number"
	case nil:
		return "null"
	}
	return "object"
}

func missing(want, got string, path ...string) problem {
	return problem{"expected": want, "code": "invalid_type", "path": path,
		"message": "Invalid input: expected " + want + ", received " + got}
}

// requireStrings refuses a body without these members.
func (c *call) requireStrings(in map[string]any, names ...string) error {
	var texts []string
	var problems []problem
	for _, name := range names {
		v, given := in[name]
		s, ok := v.(string)
		got := kindOf(v)
		if !given {
			got = "undefined"
		}
		if !ok {
			texts = append(texts, name+" must be a string")
			problems = append(problems, missing("string", got, name))
		}
		if s == "" {
			texts = append(texts, name+" should not be empty")
		}
	}
	if c.m.r.since("v3.0.0") {
		if problems == nil {
			return nil
		}
		return &httpError{status: http.StatusBadRequest, message: "Validation failed", problems: problems}
	}
	if texts == nil {
		return nil
	}
	return &httpError{status: http.StatusBadRequest, message: texts}
}
