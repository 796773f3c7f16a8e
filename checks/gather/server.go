package gather

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/secret"
)

// server asks Immich what it tells everybody. Releases from 1.107 answer below
// /api/server, those before below /api/server-info; between, both.
var server = &Source[facts.ServerInfo]{
	Gives: facts.Server,
	After: []facts.Kind{facts.Target},
	Sends: serverSends,
	Learn: func(ctx context.Context, w *wire.Wire, f *facts.Facts) facts.Fact[facts.ServerInfo] {
		base := f.Target.Get().Server
		w = toImmich(w, f)
		info := askServer(ctx, w, base, "/api/server")
		if info.Ask.OK(http.StatusNotFound) {
			old := askServer(ctx, w.Branch("old"), base, "/api/server-info")
			if old.Ask.OK(http.StatusOK) {
				old.Others = info.Tried()
				info = old
			}
		}
		return facts.Is(info)
	},
}

func serverSends(t facts.TargetSpec) (all []Send) {
	for _, what := range []struct{ name, why string }{
		{"version", "which release answers"}, {"features", "whether OAuth is on"}, {"config", "where people open Immich"},
	} {
		all = append(all, Send{ID: "server." + what.name + ".1", Method: "GET", URL: string(t.Server) + "/api/server/" + what.name, To: ToImmich, Why: what.why})
	}
	for _, s := range all[:3:3] {
		s.ID, s.URL = strings.Replace(s.ID, "server.", "server.old.", 1), strings.Replace(s.URL, "/api/server/", "/api/server-info/", 1)
		s.If = "the release is older than v1.107"
		all = append(all, s)
	}
	return all
}

func askServer(ctx context.Context, w *wire.Wire, base secret.URI, path secret.URI) (info facts.ServerInfo) {
	var version, features, config []byte
	get := func(at *facts.Attempt, body *[]byte, what string) func() {
		w := w.Branch(what)
		return func() { *at, *body = w.Get(ctx, base+path+secret.URI("/"+what)) }
	}
	parallel(get(&info.Ask, &version, "version"), get(&info.Features, &features, "features"), get(&info.Config, &config, "config"))
	info.Version = release(info.Ask, version)
	from := info.Features.From(facts.ByImmich)
	o := only200(info.Features, features)
	info.OAuth = member(o, "oauth", from, asBool)
	info.AutoLaunch = member(o, "oauthAutoLaunch", from, asBool)
	info.PasswordLogin = member(o, "passwordLogin", from, asBool)
	info.ConfigFile = member(o, "configFile", from, asBool)
	from, o = info.Config.From(facts.ByImmich), only200(info.Config, config)
	info.Maintenance = member(o, "maintenanceMode", from, asBool)
	info.ButtonText = member(o, "oauthButtonText", from, asText)
	info.ExternalDomain = member(o, "externalDomain", from, asURI)
	info.Initialized = member(o, "isInitialized", from, asBool)
	return info
}

func only200(a facts.Attempt, body []byte) object {
	if !a.OK(http.StatusOK) {
		return nil
	}
	return decode(body)
}

// release reads {major, minor, patch}; from 3.0 a release candidate adds prerelease.
func release(a facts.Attempt, body []byte) facts.Known[secret.Name] {
	if a.Answer != facts.Answered {
		return facts.NotKnown[secret.Name](facts.Unanswered, secret.Textf("%s", a.Exchange))
	}
	var v struct {
		Major, Minor, Patch *int
		Prerelease          any
	}
	if a.Status != http.StatusOK || json.Unmarshal(body, &v) != nil || v.Major == nil || v.Minor == nil || v.Patch == nil {
		return facts.NotKnown[secret.Name](facts.Absent, secret.Textf("the answer has no version (%s)", a.Exchange))
	}
	tag := fmt.Sprintf("v%d.%d.%d", *v.Major, *v.Minor, *v.Patch)
	switch pre := v.Prerelease.(type) {
	case float64:
		tag += fmt.Sprintf("-rc.%d", int(pre))
	case string:
		if pre != "" {
			tag += "-" + strings.TrimPrefix(pre, "-")
		}
	}
	return facts.Says(secret.Name(tag), a.From(facts.ByImmich))
}

// origins settles where people open Immich: the flag; the URL that was given,
// if people can have that; or else what Immich calls its external domain. That
// one is for the links that it hands out, and often the address of another
// service, so it stands in only where nothing better is known.
var origins = &Source[facts.OriginList]{
	Gives: facts.Origins,
	After: []facts.Kind{facts.Target},
	Waits: []facts.Kind{facts.Server},
	Sends: sendsNothing,
	Learn: func(_ context.Context, _ *wire.Wire, f *facts.Facts) facts.Fact[facts.OriginList] {
		var l facts.OriginList
		t := f.Target.Get()
		for _, o := range t.Origins {
			l.All = append(l.All, facts.Origin{Name: o, From: facts.Provenance{Vantage: facts.Written, Ref: "--origin"}})
		}
		if len(l.All) == 0 && !private(string(t.Server)) {
			l.All = append(l.All, facts.Origin{Name: secret.Name(t.Server), From: facts.Provenance{Vantage: facts.Inferred, Ref: "the address that was given"}})
		}
		facts.If(f.Server, func(s facts.ServerInfo) {
			facts.If(s.ExternalDomain, func(d secret.URI) {
				o := originOf(string(d))
				if len(l.All) == 0 && o != "" && (o == secret.Name(t.Server) || !private(string(o))) {
					l.All = append(l.All, facts.Origin{Name: o, From: s.Config.From(facts.ByImmich)})
				}
			})
		})
		if len(l.All) == 0 {
			l.Why = facts.Why{Reason: facts.NotAsked, Detail: secret.Textf("%s is no address that people use from everywhere: give --origin", t.Server)}
		}
		return facts.Is(l)
	},
}

// originOf is scheme and host of a URL, "" if it has none.
func originOf(s string) secret.Name {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return secret.Name(u.Scheme + "://" + hostOf(u))
}

// hostOf is host and port of u as browsers write them: without a default port.
func hostOf(u *url.URL) string {
	host := strings.TrimSuffix(strings.ToLower(u.Host), ":")
	if u.Scheme == "https" {
		return strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":80")
}

// private reports whether the host of a URL is one that only some machines
// have: loopback, a private range, a container's or a local name.
func private(s string) bool {
	u, err := url.Parse(s)
	if err != nil {
		return true
	}
	host := strings.ToLower(u.Hostname())
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast()
	}
	for _, end := range []string{".local", ".svc", ".internal", ".lan", ".home.arpa", "localhost"} {
		if strings.HasSuffix(host, end) {
			return true
		}
	}
	return !strings.Contains(host, ".")
}
