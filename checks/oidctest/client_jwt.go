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
