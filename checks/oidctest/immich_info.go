package oidctest

import (
	"fmt"
	"strings"
)

func (c *call) wellKnown() (*reply, error) {
	return &reply{body: ordered{{"api", ordered{{"endpoint", "/api"}}}}}, nil
}

func (c *call) ping() (*reply, error) { return &reply{body: ordered{{"res", "pong"}}}, nil }

func (c *call) version() (*reply, error) {
	var major, minor, patch int
	if _, err := fmt.Sscanf(string(c.m.r), "v%d.%d.%d", &major, &minor, &patch); err != nil {
		panic("oidctest: release without three numbers: " + string(c.m.r))
	}
	out := ordered{{"major", major}, {"minor", minor}, {"patch", patch}}
	if !c.m.r.since("v1.43.0") {
		out = append(out, field{"build", 0})
	}
	if c.m.r.since("v3.0.0") {
		out = append(out, field{"prerelease", c.m.rc})
	}
	return &reply{body: out}, nil
}

// A feature is a member of the feature flags or the public configuration.
type feature struct {
	in    span
	name  string
	value func(*call) any
}

func fixed(v any) func(*call) any { return func(*call) any { return v } }

// featureFlags are in the order in which the servers write them.
var featureFlags = []feature{
	{span{"v1.74.0", "v1.94.0"}, "clipEncode", fixed(false)},
	{span{"v1.94.0", ""}, "smartSearch", fixed(false)},
	{span{"v1.76.0", ""}, "facialRecognition", fixed(false)},
	{span{"v1.107.0", ""}, "duplicateDetection", fixed(false)},
	{span{"v1.77.0", ""}, "map", fixed(true)},
	{span{"v1.81.0", ""}, "reverseGeocoding", fixed(true)},
	{span{"v1.113.0", ""}, "importFaces", fixed(false)},
	{span{"v1.74.0", ""}, "sidecar", fixed(true)},
	{span{"v1.74.0", ""}, "search", fixed(true)},
	{span{"v1.82.0", ""}, "trash", fixed(true)},
	{span{"", ""}, "oauth", func(c *call) any { return c.set.Enabled }},
	{span{"", ""}, "oauthAutoLaunch", func(c *call) any { return c.set.AutoLaunch }},
	{span{"v2.2.0", ""}, "ocr", fixed(false)},
	{span{"", ""}, "passwordLogin", func(c *call) any { return c.set.PasswordLogin }},
	{span{"v1.75.0", ""}, "configFile", func(c *call) any { return c.m.configFile() }},
	{span{"v1.106.0", ""}, "email", fixed(false)},
	{span{"v3.0.0", ""}, "realtimeTranscoding", fixed(false)},
}

// publicMembers are those of the server's public configuration, in order.
var publicMembers = []feature{
	{span{"", ""}, "loginPageMessage", func(c *call) any { return c.set.LoginPageMessage }},
	{span{"v1.82.0", ""}, "trashDays", fixed(30)},
	{span{"v1.101.0", ""}, "userDeleteDelay", fixed(7)},
	{span{"", ""}, "oauthButtonText", func(c *call) any { return c.set.ButtonText }},
	{span{"v3.2.0", ""}, "oauthAccountManagementUrl", func(c *call) any { return c.set.AccountManagementURL }},
	{span{"v1.82.0", ""}, "isInitialized", func(c *call) any { return c.m.hasAdmin() }},
	{span{"v1.92.0", ""}, "isOnboarded", fixed(false)},
	{span{"v1.92.0", ""}, "externalDomain", func(c *call) any { return c.set.ExternalDomain }},
	{span{"v1.122.0", ""}, "publicUsers", fixed(true)},
	{span{"v1.117.0", ""}, "mapDarkStyleUrl", fixed("https://tiles.immich.cloud/v1/style/dark.json")},
	{span{"v1.117.0", ""}, "mapLightStyleUrl", fixed("https://tiles.immich.cloud/v1/style/light.json")},
	{span{"v2.3.0", ""}, "maintenanceMode", func(c *call) any { return c.m.inMaintenance() }},
	{span{"v3.0.0", ""}, "minFaces", fixed(3)},
}

func (c *call) members(of []feature) (*reply, error) {
	var out ordered
	for _, f := range of {
		if f.in.has(c.m.r) {
			out = append(out, field{f.name, f.value(c)})
		}
	}
	return &reply{body: out}, nil
}

func (c *call) features() (*reply, error) { return c.members(featureFlags) }

func (c *call) config() (*reply, error) { return c.members(publicMembers) }

// publicConfig is what the web page for the login reads from v3.2.0 on.
func (c *call) publicConfig() (*reply, error) {
	return &reply{body: ordered{
		{"oauth", ordered{{"autoLaunch", c.set.AutoLaunch}, {"buttonText", c.set.ButtonText}, {"enabled", c.set.Enabled}}},
		{"passwordLogin", ordered{{"enabled", c.set.PasswordLogin}}},
		{"server", ordered{{"loginPageMessage", c.set.LoginPageMessage}}},
		{"theme", ordered{{"customCss", ""}}},
	}}, nil
}

// about needs a login and, from v1.137.0 on, of a key the permission.
func (c *call) about() (*reply, error) {
	if _, err := c.caller("server.about", "v1.137.0"); err != nil {
		return nil, err
	}
	tag := c.m.tag()
	return &reply{body: ordered{
		{"version", tag},
		{"versionUrl", "https://github.com/immich-app/immich/releases/tag/" + tag},
		{"licensed", false},
		{"nodejs", nodeVersion.at(c.m.r)},
	}}, nil
}

func (c *call) versionHistory() (*reply, error) {
	return &reply{body: []ordered{{
		{"id", "5d9ee4b1-4b3b-4c1e-9a50-9c65f1b2a3d4"},
		{"createdAt", c.m.Now().UTC().Format(jsTime)},
		{"version", strings.TrimPrefix(c.m.tag(), "v")},
	}}}, nil
}

// jsTime is how JavaScript writes a date into JSON.
const jsTime = "2006-01-02T15:04:05.000Z"

// tag is the release with the part of a candidate.
func (m *Immich) tag() string {
	if m.rc == nil {
		return string(m.r)
	}
	return fmt.Sprintf("%s-rc.%d", m.r, *m.rc)
}

func (m *Immich) configFile() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ConfigFile
}

func (m *Immich) inMaintenance() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.Maintenance
}
