package oidctest

// A route is one endpoint in the releases that have it.
type route struct {
	in     span
	method string
	path   string
	words  string // what a failure of it is called, v1.85.0 and later: the name of its handler, taken apart
	serve  func(*call) (*reply, error)

	alwaysOpen bool // also in maintenance mode
}

// routes is the public interface, by release.
var routes = []route{
	{span{"v1.43.0", ""}, "GET", "/.well-known/immich", "get immich well known", (*call).wellKnown, true},

	{span{"", "v1.118.0"}, "GET", "/api/server-info/version", "get server version", (*call).version, false},
	{span{"", "v1.118.0"}, "GET", "/api/server-info/ping", "ping server", (*call).ping, false},
	{span{"v1.74.0", "v1.118.0"}, "GET", "/api/server-info/features", "get server features", (*call).features, false},
	{span{"v1.78.0", "v1.118.0"}, "GET", "/api/server-info/config", "get server config", (*call).config, false},
	{span{"v1.107.0", ""}, "GET", "/api/server/version", "get server version", (*call).version, true},
	{span{"v1.107.0", ""}, "GET", "/api/server/ping", "ping server", (*call).ping, true},
	{span{"v1.107.0", ""}, "GET", "/api/server/features", "get server features", (*call).features, true},
	{span{"v1.107.0", ""}, "GET", "/api/server/config", "get server config", (*call).config, true},
	{span{"v1.107.0", ""}, "GET", "/api/server/about", "get about info", (*call).about, false},
	{span{"v1.117.0", ""}, "GET", "/api/server/version-history", "get version history", (*call).versionHistory, false},
	{span{"v3.2.0", ""}, "GET", "/api/public/config", "get public config", (*call).publicConfig, false},

	{span{"", "v1.95.0"}, "POST", "/api/oauth/config", "generate o auth config", (*call).oauthConfig, false},
	{span{"v1.77.0", ""}, "POST", "/api/oauth/authorize", "start oauth", (*call).authorize, false},
	{span{"", ""}, "POST", "/api/oauth/callback", "finish oauth", (*call).callback, false},
	{span{"v1.40.0", ""}, "POST", "/api/oauth/link", "link oauth account", (*call).link, false},
	{span{"v1.40.0", ""}, "POST", "/api/oauth/unlink", "unlink oauth account", (*call).unlink, false},
	{span{"v1.41.0", ""}, "GET", "/api/oauth/mobile-redirect", "redirect oauth to mobile", (*call).mobileRedirect, false},
	{span{"v3.0.0", ""}, "POST", "/api/oauth/backchannel-logout", "logout oauth", (*call).backchannelLogout, false},

	{span{"", ""}, "POST", "/api/auth/login", "login", (*call).login, false},
	{span{"", ""}, "POST", "/api/auth/logout", "logout", (*call).logout, false},
	{span{"", ""}, "POST", "/api/auth/validateToken", "validate access token", (*call).validateToken, false},
	{span{"v1.133.0", ""}, "GET", "/api/auth/status", "get auth status", (*call).authStatus, false},
	{span{"v1.104.0", ""}, "GET", "/api/sessions", "get sessions", (*call).sessions, false},
	{span{"", "v1.106.0"}, "GET", "/api/user/me", "get my user info", (*call).me, false},
	{span{"v1.106.0", ""}, "GET", "/api/users/me", "get my user", (*call).me, false},
	{span{"", "v1.106.0"}, "POST", "/api/user", "create user", (*call).createUser, false},
	{span{"v1.106.0", ""}, "POST", "/api/admin/users", "create user admin", (*call).createUser, false},
	{span{"v1.106.0", ""}, "GET", "/api/admin/users", "search users admin", (*call).listUsers, false},
	{span{"v1.138.0", ""}, "POST", "/api/admin/auth/unlink-all", "unlink all oauth accounts admin", (*call).unlinkAll, false},

	{span{"v1.38.0", ""}, "GET", "/api/system-config", "get config", (*call).systemConfig, false},
	{span{"v1.38.0", ""}, "GET", "/api/system-config/defaults", "get config defaults", (*call).systemConfigDefaults, false},
	{span{"v1.38.0", ""}, "PUT", "/api/system-config", "update config", (*call).updateSystemConfig, false},
	{span{"v3.2.0", ""}, "GET", "/api/admin/config", "get admin config", (*call).adminConfig, false},
	{span{"v3.2.0", ""}, "GET", "/api/admin/config/defaults", "get admin config defaults", (*call).adminConfigDefaults, false},
	{span{"v3.2.0", ""}, "PUT", "/api/admin/config", "update admin config", (*call).updateAdminConfig, false},
}
