package oidctest

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// part decodes a part of a JWT into an object.
func part(s string) (map[string]any, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
	if err != nil {
		return nil, false
	}
	var out map[string]any
	return out, json.Unmarshal(raw, &out) == nil && out != nil
}

// seconds is the time of Immich's clock in seconds.
func seconds(t time.Time) float64 { return float64(t.Unix()) }

// has is whether an audience holds the client.
func has(aud any, client string) bool {
	if s, ok := aud.(string); ok {
		return s == client
	}
	list, _ := aud.([]any)
	return slices.Contains(list, any(client))
}

// inspectClaims prints claims as the cause of an error.
func inspectClaims(claims map[string]any) []member {
	names := make([]string, 0, len(claims))
	for name := range claims {
		names = append(names, name)
	}
	slices.Sort(names)
	out := make([]member, len(names))
	for i, name := range names {
		out[i] = member{name: name, value: string(plainJSON(claims[name]))}
		if s, ok := claims[name].(string); ok {
			out[i].value = quoted(s)
		}
	}
	return out
}
