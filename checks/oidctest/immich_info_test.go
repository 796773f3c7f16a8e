package oidctest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"immich-oidc-doctor/checks/oidctest"
)

// bare starts an Immich that is set to nothing.
func bare(t *testing.T, release string, set ...func(*oidctest.Immich)) *oidctest.Immich {
	t.Helper()
	m := oidctest.NewImmich(release)
	for _, f := range set {
		f(m)
	}
	if err := m.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

func TestServerInformationFollowsTheRelease(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		release, path string
		want          string // part of the body; a message with 404
		lacks         string
	}{
		{release: "v1.36.0", path: "/api/server-info/version", want: `{"major":1,"minor":36,"patch":0,"build":0}`},
		{release: "v1.106.4", path: "/api/server-info/version", want: `{"major":1,"minor":106,"patch":4}`},
		{release: "v1.106.4", path: "/api/server/version", want: "Cannot GET /api/server/version"},
		{release: "v1.107.0", path: "/api/server/version", want: `"minor":107`},
		{release: "v1.117.0", path: "/api/server-info/ping", want: `{"res":"pong"}`},
		{release: "v1.118.0", path: "/api/server-info/ping", want: "Cannot GET /api/server-info/ping"},
		{release: "v1.118.0", path: "/api/server/ping", want: `{"res":"pong"}`},
		{release: "v2.7.5", path: "/api/server/version", want: `{"major":2,"minor":7,"patch":5}`},
		{release: "v3.0.0", path: "/api/server/version", want: `{"major":3,"minor":0,"patch":0,"prerelease":null}`},
		{release: "v3.2.0-rc.3", path: "/api/server/version", want: `{"major":3,"minor":2,"patch":0,"prerelease":3}`},
		{release: "v1.73.0", path: "/api/server-info/features", want: "Cannot GET"},
		{release: "v1.74.0", path: "/api/server-info/features", want: `"oauth":false`, lacks: "configFile"},
		{release: "v3.3.1", path: "/api/server/features", want: `"configFile":false`},
		{release: "v1.77.0", path: "/api/server-info/config", want: "Cannot GET"},
		{release: "v1.78.0", path: "/api/server-info/config", want: `"oauthButtonText":"Login with OAuth"`, lacks: "externalDomain"},
		{release: "v3.1.0", path: "/api/server/config", want: `"maintenanceMode":false`, lacks: "oauthAccountManagementUrl"},
		{release: "v3.2.0", path: "/api/server/config", want: `"oauthAccountManagementUrl":""`},
		{release: "v3.1.0", path: "/api/public/config", want: "Cannot GET /api/public/config"},
		{release: "v3.2.0", path: "/api/public/config", want: `{"oauth":{"autoLaunch":false,"buttonText":"Login with OAuth","enabled":false}`, lacks: "issuer"},
		{release: "v1.42.0", path: "/.well-known/immich", want: "<!doctype html>"},
		{release: "v1.43.0", path: "/.well-known/immich", want: `{"api":{"endpoint":"/api"}}`},
		{release: "v3.3.1", path: "/auth/login", want: "<!doctype html>"},
		{release: "v3.3.1", path: "/.well-known/openid-configuration", want: "Cannot GET"},
		{release: "v3.3.1", path: "/api/server/about", want: "Authentication required"},
		{release: "v1.41.0", path: "/api/oauth/mobile-redirect?a=1", want: "Redirecting to app.immich:/?a=1"},
		{release: "v1.113.0", path: "/api/oauth/mobile-redirect?a=1", want: "Redirecting to app.immich:///oauth-callback?a=1"},
	} {
		t.Run(test.release+" "+test.path, func(t *testing.T) {
			t.Parallel()
			got := send(t, "GET", bare(t, test.release).URL()+test.path, "")
			if !strings.Contains(got.body, test.want) || test.lacks != "" && strings.Contains(got.body, test.lacks) {
				t.Errorf("want %q without %q, got %d %s", test.want, test.lacks, got.status, got.body)
			}
			if got.header.Get("Access-Control-Allow-Origin") != "" {
				t.Error("want no CORS")
			}
		})
	}
}

func TestErrorsHaveTheShapeOfTheRelease(t *testing.T) {
	t.Parallel()
	for release, want := range map[string]string{
		"v1.101.0": `{"statusCode":400,"message":"OAuth is not enabled","error":"Bad Request"}`,
		"v1.106.0": `{"message":"OAuth is not enabled","error":"Bad Request","statusCode":400,"correlationId":"{cid}"}`,
		"v2.7.5":   `{"message":"OAuth is not enabled","error":"Bad Request","statusCode":400,"correlationId":"{cid}"}`,
		"v3.0.0":   `{"message":"OAuth is not enabled"}`,
	} {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			got := send(t, "POST", bare(t, release).URL()+"/api/oauth/authorize", `{"redirectUri":"x"}`)
			old, current := got.header.Get("x-immich-cid"), got.header.Get("X-Correlation-ID")
			if want = strings.ReplaceAll(want, "{cid}", old); got.body != want {
				t.Errorf("want %s, got %s", want, got.body)
			}
			if (current != "") != (release == "v3.0.0") || (old != "") != (release == "v1.106.0" || release == "v2.7.5") {
				t.Errorf("got x-immich-cid %q and X-Correlation-ID %q", old, current)
			}
		})
	}
}

func TestOldAppsAskForTheConfigOfOAuth(t *testing.T) {
	t.Parallel()
	m, p := pair(t, "v1.41.0")
	got := send(t, "POST", m.URL()+"/api/oauth/config", `{"redirectUri":"app.immich:/"}`)
	target, _ := got.members["url"].(string)
	if got.status != 201 || !strings.HasPrefix(target, p.URL()+"/auth?client_id=immich&scope=openid%20email%20profile&") {
		t.Errorf("want the URL of the provider, got %d %s", got.status, got.body)
	}
	m.Do(func() { m.OAuth.IssuerURL = "http://127.0.0.1:1/" })
	if got := send(t, "POST", m.URL()+"/api/oauth/config", `{"redirectUri":"app.immich:/"}`); got.body != `{"statusCode":500,"message":"Internal server error"}` {
		t.Errorf("want what Nest says, got %s", got.body)
	}
	m = bare(t, "v1.95.0")
	if got := send(t, "POST", m.URL()+"/api/oauth/config", `{}`); got.status != 404 {
		t.Errorf("want it to be gone with v1.95.0, got %d", got.status)
	}
}

func TestSettingsNeedTheRightPermission(t *testing.T) {
	t.Parallel()
	m := bare(t, "v3.2.0", func(m *oidctest.Immich) {
		m.OAuth.ClientSecret = "in clear"
		m.Accounts = append(m.Accounts, oidctest.Account{Email: "bob@example.test", Password: "bob"})
		m.APIKeys = append(m.APIKeys,
			oidctest.APIKey{Secret: "old", Email: oidctest.AdminEmail, Permissions: []string{"systemConfig.read"}},
			oidctest.APIKey{Secret: "new", Email: oidctest.AdminEmail, Permissions: []string{"adminConfig.read"}},
			oidctest.APIKey{Secret: "bob", Email: "bob@example.test", Permissions: []string{"all"}})
	})
	for _, test := range []struct{ key, path, want string }{
		{oidctest.AdminKey, "/api/system-config", `"clientSecret":"in clear"`},
		{"old", "/api/system-config", `"clientSecret":"in clear"`},
		{"old", "/api/admin/config", "Missing required permission: adminConfig.read"},
		{"new", "/api/admin/config", `"accountManagementUrl":""`},
		{"new", "/api/system-config", "Missing required permission: systemConfig.read"},
		{"bob", "/api/system-config", "Forbidden"},
		{"nobody", "/api/system-config", "Invalid API key"},
		{"", "/api/system-config", "Authentication required"},
		{oidctest.AdminKey, "/api/system-config/defaults", `"clientSecret":""`},
	} {
		got := send(t, "GET", m.URL()+test.path, "", "X-Api-Key", test.key)
		if !strings.Contains(got.body, test.want) {
			t.Errorf("key %q: want %q, got %d %.200s", test.key, test.want, got.status, got.body)
		}
	}
}

func TestMaintenanceAndConfigFile(t *testing.T) {
	t.Parallel()
	m := bare(t, "v3.1.0", func(m *oidctest.Immich) { m.Maintenance, m.ConfigFile = true, true })
	if got := send(t, "GET", m.URL()+"/api/server/config", ""); got.members["maintenanceMode"] != true {
		t.Errorf("want maintenance mode, got %s", got.body)
	}
	if got := send(t, "POST", m.URL()+"/api/oauth/authorize", `{"redirectUri":"x"}`); got.status != 404 {
		t.Errorf("want 404 in maintenance mode, got %d", got.status)
	}
	m.Do(func() { m.Maintenance = false })
	whole := send(t, "GET", m.URL()+"/api/system-config", "", "X-Api-Key", oidctest.AdminKey).body
	got := send(t, "PUT", m.URL()+"/api/system-config", whole, "X-Api-Key", oidctest.AdminKey)
	if got.message() != "Cannot update configuration while IMMICH_CONFIG_FILE is in use" {
		t.Errorf("want the settings to stand, got %d %s", got.status, got.body)
	}
}

func TestCookiesFollowTheReleaseAndTheProxy(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		release string
		proxy   oidctest.Proxy
		want    string // the first cookie of a login with a password, without its value
	}{
		{release: "v1.43.0", want: "HttpOnly; Path=/; Max-Age=604800; SameSite=Strict;"},
		{release: "v1.44.0", proxy: oidctest.Proxy{ForwardedProto: "https"}, want: "HttpOnly; Path=/; Max-Age=604800; SameSite=Lax;"},
		{release: "v1.52.0", proxy: oidctest.Proxy{ForwardedProto: "https"}, want: "HttpOnly; Secure; Path=/; Max-Age=34560000; SameSite=Lax;"},
		{release: "v3.1.0", proxy: oidctest.Proxy{ForwardedProto: "https"}, want: "HttpOnly; Secure; SameSite=Lax"},
		{release: "v3.1.0", proxy: oidctest.Proxy{ForwardedProto: "https", Untrusted: true}, want: "GMT; HttpOnly; SameSite=Lax"},
		{release: "v3.1.0", proxy: oidctest.Proxy{ForwardedProto: "http"}, want: "GMT; HttpOnly; SameSite=Lax"},
	} {
		m := bare(t, test.release, func(m *oidctest.Immich) { m.Behind = test.proxy })
		got := send(t, "POST", m.URL()+"/api/auth/login", `{"email":"`+oidctest.AdminEmail+`","password":"`+oidctest.AdminPassword+`"}`)
		cookies := got.header.Values("Set-Cookie")
		if got.status != 201 || !strings.HasPrefix(cookies[0], "immich_access_token=") || !strings.HasSuffix(cookies[0], test.want) {
			t.Errorf("%s %+v: want …%s, got %q", test.release, test.proxy, test.want, cookies)
		}
	}
}

func TestInterceptSeesEachRequestFirst(t *testing.T) {
	t.Parallel()
	m := bare(t, "v3.1.0", func(m *oidctest.Immich) {
		m.TLS = true
		m.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/api/server/ping" {
				http.Redirect(w, r, "https://sso.example.test/", http.StatusFound)
				return true
			}
			return false
		}
	})
	for path, want := range map[string]int{"/api/server/ping": 302, "/api/server/version": 200} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", "https://photos.example.test"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		client := m.HTTP()
		req.URL.Host = strings.TrimPrefix(m.URL(), "https://")
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: want %d, got %d", path, want, res.StatusCode)
		}
	}
}

func TestReleasesThatAreNotKnownDoNotStart(t *testing.T) {
	t.Parallel()
	for release, want := range map[string]string{
		"v1.35.0": "known are v1.36.0 to v3.3.1", "v4.0.0": "known are", "nightly": "not a version",
		"v3.0.0-beta": "a candidate is called -rc.N", "3.1.0": "",
	} {
		m := oidctest.NewImmich(release)
		err := m.Start()
		m.Close()
		if got := ""; err != nil {
			got = err.Error()
			if want == "" || !strings.Contains(got, want) {
				t.Errorf("%s: want an error with %q, got %v", release, want, err)
			}
		} else if want != "" {
			t.Errorf("%s: want an error", release)
		}
	}
}

func TestLogHasNoDebugUnlessAsked(t *testing.T) {
	t.Parallel()
	for level, want := range map[string]bool{"": false, "debug": true} {
		m := bare(t, "v3.1.0", func(m *oidctest.Immich) { m.LogLevel = level })
		send(t, "POST", m.URL()+"/api/oauth/authorize", `{"redirectUri":"x"}`)
		is := slices.ContainsFunc(m.Log(), func(l string) bool { return strings.Contains(l, "DEBUG") && strings.Contains(l, "HttpException(400)") })
		if is != want {
			t.Errorf("level %q: want a line of debugging: %v, got %q", level, want, m.Log())
		}
	}
}
