package checktest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"

	"golang.org/x/mod/semver"

	"immich-oidc-doctor/checks/facts"
)

// A Base is the facts of one healthy set-up, as JSON: the newest Immich, its
// provider, and a user who gave --issuer.
type Base []byte

// ReadBase reads a Base.
func ReadBase(path string) (Base, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the healthy set-up: %w", err)
	}
	return b, nil
}

// Facts returns the base with a patch applied, as Immich of that release would
// have it. A patch is a JSON merge patch (RFC 7386) over the base, with these
// liberties:
//
//	"server": {…}           is about the fact's value, without saying "value"
//	"network": "cancelled"  makes the fact unknown for that reason
//	"oauth": false          replaces the value of a known part, and who says so stays
//	"issuer": null          makes a part or a list one that is not there
//	"tries": {"mobile": …}  reaches into a list, by journey or by number
//
// and these members, which stand for what changes together:
//
//	"release"  Immich's release; with it change what the phone app asks for,
//	           whether accounts can be linked, and what is sent of PKCE
//	"issuer"   the --issuer that the user gave, in place of the base's; or
//	           "inferred" from the authorization URL, "guessed" if several
//	           issuers have that, "unknown" if it tells nothing
//	"refused"  Immich starts no login and answers this message instead
//	"administrator": true  the user gave an API key too, and Immich shows its
//	           settings: the defaults, which a patch of "settings" may change;
//	           the provider accepts the client secret among them
func (b Base) Facts(patch []byte, release string) (*facts.Facts, error) {
	var tree, p map[string]any
	if err := json.Unmarshal(b, &tree); err != nil {
		return nil, fmt.Errorf("the healthy set-up: %w", err)
	}
	if err := json.Unmarshal(patch, &p); err != nil {
		return nil, fmt.Errorf("the patch: %w", err)
	}
	s := setup(tree)
	if release != "" {
		s.asOf(release, listsS256(p))
	}
	if issuer, ok := p["issuer"].(string); ok {
		s.issuer(issuer)
	}
	if message, ok := p["refused"].(string); ok {
		s.refuse(message)
	}
	if p["administrator"] == true {
		s.administrator(release)
	}
	for _, short := range []string{"release", "issuer", "refused", "administrator"} {
		delete(p, short)
	}
	for name, change := range p {
		if tree[name] == nil {
			return nil, fmt.Errorf("%q is neither a fact nor a short form", name)
		}
		if reason, unknown := change.(string); unknown {
			tree[name] = map[string]any{"why": map[string]any{"reason": reason}}
			continue
		}
		value, err := merge(name, s.value(name), change)
		if err != nil {
			return nil, err
		}
		tree[name] = map[string]any{"value": value}
	}
	return decode(tree)
}

// decode refuses what facts have no place for: a misspelt name in a patch.
func decode(tree map[string]any) (*facts.Facts, error) {
	merged, err := json.Marshal(tree)
	if err != nil {
		return nil, err
	}
	f := new(facts.Facts)
	if err := json.Unmarshal(merged, f); err != nil {
		if wrong := new(json.UnmarshalTypeError); errors.As(err, &wrong) && wrong.Type.Kind() == reflect.Struct {
			return nil, fmt.Errorf("healthy.json lacks %s: add it there, with who says so, for the patch to replace (%w)", wrong.Field, err)
		}
		return nil, fmt.Errorf("the patched set-up: %w", err)
	}
	again, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	var kept any
	if err := json.Unmarshal(again, &kept); err != nil {
		return nil, err
	}
	return f, lost("", tree, kept)
}

// lost reports the first member of was that kept lacks or has otherwise. What
// is zero may be left out.
func lost(path string, was, kept any) error {
	switch w := was.(type) {
	case map[string]any:
		k, _ := kept.(map[string]any)
		for name, v := range w {
			if err := lost(path+"."+name, v, k[name]); err != nil {
				return err
			}
		}
		return nil
	case []any:
		k, _ := kept.([]any)
		if len(w) != len(k) {
			return fmt.Errorf("%s: facts have no such list", path)
		}
		for i := range w {
			if err := lost(fmt.Sprintf("%s.%d", path, i), w[i], k[i]); err != nil {
				return err
			}
		}
		return nil
	}
	if was != nil && !reflect.ValueOf(was).IsZero() && !reflect.DeepEqual(was, kept) {
		return fmt.Errorf("%s: facts have no place for %v", path, was)
	}
	return nil
}

// setup is the tree of a whole facts.json.
type setup map[string]any

func (s setup) value(name string) map[string]any {
	v, _ := s[name].(map[string]any)["value"].(map[string]any)
	return v
}

// tries is the logins that were started, or the provider's answers to them.
func (s setup) tries(name string) (ts []map[string]any) {
	list, _ := s.value(name)["tries"].([]any)
	for _, t := range list {
		ts = append(ts, t.(map[string]any))
	}
	return ts
}

func reset(claimed any, v any) {
	claimed.(map[string]any)["claims"].([]any)[0].(map[string]any)["value"] = v
}

func why(reason, detail string) map[string]any {
	return map[string]any{"why": map[string]any{"reason": reason, "detail": detail}}
}

// asOf changes what the release itself decides; s256 says whether the provider
// lists S256.
func (s setup) asOf(release string, s256 bool) {
	reset(s.value("server")["version"], release)
	challenge := "S256"
	switch {
	case before(release, "v1.132.0"):
		challenge = "none"
	case s256 || before(release, "v1.135.0"):
	case before(release, "v1.143.0"):
		challenge = "empty"
	default:
		challenge = "none"
	}
	for _, name := range []string{"authorize", "redirects"} {
		var kept []any
		for _, t := range s.tries(name) {
			if t["journey"] == "linking" && before(release, "v1.40.0") {
				continue
			}
			if t["journey"] == "mobile" && before(release, "v1.113.0") {
				t["redirect"] = "app.immich:/"
				if name == "authorize" {
					reset(t["redirectUri"], t["redirect"])
				}
			}
			if name == "authorize" {
				reset(t["codeChallenge"], challenge)
			}
			kept = append(kept, t)
		}
		s.value(name)["tries"] = kept
	}
}

// before reports whether release comes before v.
func before(release, v string) bool {
	plain, _, _ := strings.Cut(semver.Canonical(release), "-")
	return plain != "" && semver.Compare(plain, v) < 0
}

// issuer changes which issuer was given, or how it was found.
func (s setup) issuer(given string) {
	d := s.value("discovery")
	vantage := map[string]string{"inferred": "inferred", "guessed": "default"}[given]
	switch {
	case given == "unknown":
		s.value("settings")["issuerUrl"] = why("not asked for", "only administrators are told: give --api-key-file")
		s.forgetProvider()
	case vantage != "":
		s.value("settings")["issuerUrl"] = why("not asked for", "only administrators are told: give --api-key-file")
		from := map[string]any{"vantage": vantage, "ref": "discovery.1"}
		d["setting"].(map[string]any)["claims"].([]any)[0].(map[string]any)["from"] = from
		s.value("network")["host"].(map[string]any)["claims"].([]any)[0].(map[string]any)["from"] =
			map[string]any{"vantage": "seen by Immich", "ref": "authorize.web.1"}
		seenAs(d, vantage)
		seenAs(s.value("keys"), vantage)
	default:
		reset(s.value("settings")["issuerUrl"], given)
		reset(d["setting"], given)
	}
}

// seenAs changes the vantage of all that was seen from here.
func seenAs(n any, vantage string) {
	switch n := n.(type) {
	case map[string]any:
		if n["vantage"] == "seen from here" {
			n["vantage"] = vantage
		}
		for _, v := range n {
			seenAs(v, vantage)
		}
	case []any:
		for _, v := range n {
			seenAs(v, vantage)
		}
	}
}

// refuse makes Immich answer a message to each login that is started. Without
// --issuer nothing is then known of the provider.
func (s setup) refuse(message string) {
	status := 500.0 // as JSON has numbers
	if strings.HasPrefix(message, "OAuth") {
		status = 400
	}
	for _, t := range s.tries("authorize") {
		a := t["immich"].(map[string]any)
		a["status"] = status
		delete(a, "cookies")
		from := map[string]any{"vantage": "seen by Immich", "ref": a["exchange"]}
		t["message"] = map[string]any{"claims": []any{map[string]any{"value": message, "from": from}}}
		for _, part := range []string{"authorizationUrl", "endpoint", "redirectUri", "clientId", "scope", "codeChallenge"} {
			t[part] = why("not there", fmt.Sprintf("Immich gave no authorization URL (%s)", a["exchange"]))
		}
	}
	for i, t := range s.tries("redirects") {
		for _, gone := range []string{"back", "stateEchoed", "error", "description"} {
			delete(t, gone)
		}
		t["provider"] = map[string]any{"exchange": "", "url": "", "answer": ""}
		t["why"] = s.tries("authorize")[i]["authorizationUrl"].(map[string]any)["why"]
	}
	if _, given := s.value("settings")["issuerUrl"].(map[string]any)["claims"]; !given {
		s.forgetProvider()
	}
}

// forgetProvider leaves nothing known of the provider.
func (s setup) forgetProvider() {
	const ask = "the issuer is not known: give --issuer"
	d := map[string]any{}
	for name := range s.value("discovery") {
		if d[name] = why("not asked for", ask); name == "try" {
			delete(d, name)
		}
	}
	d["setting"] = why("not asked for", "Immich names no provider: give --issuer")
	s["discovery"] = map[string]any{"value": d}
	s["network"] = map[string]any{"value": map[string]any{"host": why("not asked for", "the provider is not known: give --issuer")}}
	s["keys"] = why("not asked for", ask)
	s["hosts"] = map[string]any{"value": map[string]any{}}
}

// listsS256 reports whether the provider lists S256 with the patch.
func listsS256(patch map[string]any) bool {
	d, _ := patch["discovery"].(map[string]any)
	methods, changed := d["code_challenge_methods_supported"]
	return !changed || strings.Contains(fmt.Sprint(methods), "S256")
}
