package immich

import (
	"reflect"
	"testing"

	"golang.org/x/mod/semver"
)

// rows is what TestKnow needs of a table, whatever it holds.
type rows interface{ ranges() [][3]string }

func (t Table[T]) ranges() (rs [][3]string) {
	for _, r := range t {
		rs = append(rs, [3]string{r.From, r.To, r.Cite.Source})
	}
	return rs
}

func TestTablesHaveNoHolesAndNoOverlaps(t *testing.T) {
	for name, table := range map[string]rows{
		"Library": Library, "ComparesIssuer": ComparesIssuer, "RefusesHTTP": RefusesHTTP, "ReadsKeysAtLogin": ReadsKeysAtLogin,
		"BackChannel": BackChannel, "UserinfoUnlessEmail": UserinfoUnlessEmail, "PKCE": PKCE, "AppRedirect": AppRedirect,
		"OverrideApplied": OverrideApplied, "DefaultAlgorithm": DefaultAlgorithm, "Leeway": Leeway, "AuthorizePath": AuthorizePath,
		"FollowsList":  FollowsList,
		"PublicClient": PublicClient, "KeyPermissions": KeyPermissions,
		"MePath": MePath, "StateInCookie": StateInCookie, "Trusts": Trusts,
		"Authenticates": Authenticates, "BasicKeeps": BasicKeeps, "FormType": FormType, "NeedsIDToken": NeedsIDToken, "LogoutSetting": LogoutSetting, "ParsesLogout": ParsesLogout,
		"Node": Node, "TriesEveryAddress": TriesEveryAddress, "TakesSystemCAFlag": TakesSystemCAFlag, "ReadsSystemCA": ReadsSystemCA, "ReadsProxy": ReadsProxy,
	} {
		last := ""
		for i, r := range table.ranges() {
			if r[0] != last || r[2] == "" || (r[1] == "") != (i == len(table.ranges())-1) {
				t.Errorf("%s: row %d %v does not follow %q, is open too soon or uncited", name, i, r, last)
			}
			if r[1] != "" && semver.Canonical(r[1]) != r[1] {
				t.Errorf("%s: %q is not a release", name, r[1])
			}
			last = r[1]
		}
	}
}

func TestBothSidesOfEveryBoundary(t *testing.T) {
	for _, c := range []struct {
		release string
		want    []any
	}{
		{"v1.112.1", []any{OpenIDClient5, false, true, PKCENever, "app.immich:/", true}},
		{"v1.113.0", []any{OpenIDClient5, false, true, PKCENever, "app.immich:///oauth-callback", true}},
		{"v1.118.0", []any{OpenIDClient5, false, true, PKCENever, "app.immich:///oauth-callback", false}},
		{"v1.131.3", []any{OpenIDClient5, false, true, PKCENever, "app.immich:///oauth-callback", true}},
		{"v1.132.0", []any{OpenIDClient6, false, false, PKCEUnhinged, "app.immich:///oauth-callback", true}},
		{"v1.135.0", []any{OpenIDClient6, false, false, PKCEBlank, "app.immich:///oauth-callback", true}},
		{"v1.143.0", []any{OpenIDClient6, false, false, PKCEIfOffered, "app.immich:///oauth-callback", true}},
		{"v2.7.5", []any{OpenIDClient6, false, false, PKCEIfOffered, "app.immich:///oauth-callback", true}},
		{"v3.0.0-rc.1", []any{OpenIDClient6, true, false, PKCEIfOffered, "app.immich:///oauth-callback", true}},
		{"v9.0.0", []any{OpenIDClient6, true, false, PKCEIfOffered, "app.immich:///oauth-callback", true}},
		{"nightly", []any{OpenIDClient6, true, false, PKCEIfOffered, "app.immich:///oauth-callback", true}},
	} {
		v := c.release
		got := []any{Library.At(v).Value, RefusesHTTP.At(v).Value, ReadsKeysAtLogin.At(v).Value, PKCE.At(v).Value, AppRedirect.At(v).Value, OverrideApplied.At(v).Value}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: want %v, got %v", v, c.want, got)
		}
	}
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		release, message string
		cause            Cause
		detail           string
	}{
		{"v3.1.0", "OAuth is not enabled", Disabled, ""},
		{"v1.117.0", "OAuth2 is not enabled", Disabled, ""},
		{"v3.1.0", "Error in OAuth discovery: TypeError: fetch failed", Unreached, ""},
		{"v3.1.0", "Error in OAuth discovery: ClientError: only requests to HTTPS are allowed", OnlyHTTPS, ""},
		{"v2.7.5", "Error in OAuth discovery: ClientError: only requests to HTTP or HTTPS are allowed", BadURL, ""},
		{"v2.7.5", "Error in OAuth discovery: ClientError: unexpected HTTP response status code", BadStatus, ""},
		{"v2.7.5", "Error in OAuth discovery: ClientError: unexpected response content-type", NotJSON, ""},
		{"v2.7.5", "Error in OAuth discovery: ClientError: discovered metadata issuer does not match the expected issuer", OtherIssuer, ""},
		{"v2.7.5", "Error in OAuth discovery: ClientError: operation timed out", NoAnswer, ""},
		{"v2.7.5", `Error in OAuth discovery: TypeError: Invalid URL`, BadURL, ""},
		{"v1.118.2", "Error in OAuth discovery: OPError: expected 200 OK, got: 404 Not Found", BadStatus, "404 Not Found"},
		{"v1.118.2", "Error in OAuth discovery: Error: getaddrinfo ENOTFOUND idp.example", NoName, "idp.example"},
		{"v1.118.2", "Error in OAuth discovery: Error: connect ECONNREFUSED 127.0.0.1:9", NoConnection, "127.0.0.1:9"},
		{"v1.118.2", "Error in OAuth discovery: Error: self-signed certificate", NotTrusted, "self-signed certificate"},
		{"v1.118.2", `Error in OAuth discovery: SyntaxError: Unexpected token '<', "<!doctype "... is not valid JSON`, NotJSON, ""},
		{"v1.118.2", "Error in OAuth discovery: RPError: outgoing request timed out after 30000ms", NoAnswer, ""},
		{"v3.1.0", "Failed to start oauth", BadEndpoint, ""},
		{"v1.80.0", "Internal server error", UnknownReason, ""},
		{"nightly", "Error in OAuth discovery: Error: self-signed certificate", NotTrusted, "self-signed certificate"},
	} {
		if cause, detail := Decode(c.release, c.message); cause != c.cause || detail != c.detail {
			t.Errorf("%s %q: want %s %q, got %s %q", c.release, c.message, c.cause, c.detail, cause, detail)
		}
	}
}

func TestSameIssuer(t *testing.T) {
	for _, c := range []struct {
		setting, named string
		want           bool
	}{
		{"https://h", "https://h/", true}, {"https://H:443", "https://h", true}, {"http://h:80", "http://h/", true}, {" https://h ", "https://h", true},
		{"https://h/op", "https://h/op/", false}, {"https://h/op", "https://h/OP", false}, {"http://h", "https://h", false},
		{"https://localhost:1", "https://127.0.0.1:1", false}, {"https://h/op?x", "https://h/op", false},
		{"https://other/.well-known/openid-configuration", "https://h", true},
		{"https://login.microsoftonline.com/common/v2.0", "https://login.microsoftonline.com/{tenantid}/v2.0", true},
		{"https://a.b2clogin.com/x", "https://y", true},
	} {
		if got := SameIssuer(c.setting, c.named); got != c.want {
			t.Errorf("%q %q: want %v", c.setting, c.named, c.want)
		}
	}
}

func TestTokenRedirect(t *testing.T) {
	for _, c := range []struct{ release, redirect, want string }{
		{"v1.131.3", "https://H:443/x?y", "https://H:443/x?y"},
		{"v1.132.0", "https://H:443/x?y", "https://h/x"},
		{"v2.7.5", "https://h/api/oauth/mobile-redirect", "https://h/api/oauth/mobile-redirect"},
		{"v2.7.5", "app.immich:///oauth-callback", "app.immich:///oauth-callback"},
	} {
		if got := TokenRedirect(c.release, c.redirect); got != c.want {
			t.Errorf("%s %s: want %s, got %s", c.release, c.redirect, c.want, got)
		}
	}
}

// What a release's Node can do is what Node's own changelog says of its version.
func TestWhatNodeCanDoFollowsItsVersion(t *testing.T) {
	for _, r := range Node {
		v := "v" + r.Value
		since := func(lines ...string) bool { // of one line of Node each: "v22.19.0" and "v24.6.0"
			for _, l := range lines {
				if semver.Major(v) == semver.Major(l) {
					return semver.Compare(v, l) >= 0
				}
			}
			return semver.Compare(v, lines[len(lines)-1]) > 0
		}
		from := r.From
		for name, c := range map[string][2]bool{
			"TriesEveryAddress": {TriesEveryAddress.At(from).Value, since("v20.0.0")},
			"TakesSystemCAFlag": {TakesSystemCAFlag.At(from).Value, since("v22.15.0", "v24.0.0")},
			"ReadsSystemCA":     {ReadsSystemCA.At(from).Value, since("v22.19.0", "v24.6.0")},
			"ReadsProxy":        {ReadsProxy.At(from).Value, since("v22.21.0", "v24.0.0")},
		} {
			if from != "" && c[0] != c[1] {
				t.Errorf("%s at %s: %v, but Node %s says %v", name, from, c[0], r.Value, c[1])
			}
		}
	}
}
