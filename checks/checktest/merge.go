package checktest

import (
	"fmt"
	"strconv"
	"strings"
)

// merge applies a patch to what stands at path.
func merge(path string, was, patch any) (any, error) {
	w, isObject := was.(map[string]any)
	if isObject && isPart(w) {
		return mergePart(path, w, patch)
	}
	p, ok := patch.(map[string]any)
	if !ok {
		return patch, nil
	}
	if list, ok := was.([]any); ok {
		return mergeList(path, list, p)
	}
	out := map[string]any{}
	for name, v := range w {
		out[name] = v
	}
	for name, change := range p {
		if change == nil && (out[name] == nil || !isPartOrNil(out[name])) {
			delete(out, name)
			continue
		}
		v, err := merge(path+"."+name, out[name], change)
		if err != nil {
			return nil, err
		}
		out[name] = v
	}
	return out, nil
}

// mergeList reaches into a list: each member of the patch names an element by
// its number or its journey; null takes it out.
func mergeList(path string, list []any, patch map[string]any) (any, error) {
	out := append([]any{}, list...)
	for key, change := range patch {
		at := -1
		for i, e := range out {
			o, _ := e.(map[string]any)
			if n, err := strconv.Atoi(key); err == nil && n == i || o != nil && o["journey"] == key {
				at = i
			}
		}
		if at < 0 {
			return nil, fmt.Errorf("%s: the list has no %s", path, key)
		}
		v, err := merge(path+"."+key, out[at], change)
		if err != nil {
			return nil, err
		}
		out[at] = v
	}
	kept := []any{}
	for _, e := range out {
		if e != nil {
			kept = append(kept, e)
		}
	}
	return kept, nil
}

// isPart reports whether o is a Known or a List of facts.
func isPart(o map[string]any) bool {
	for name := range o {
		switch name {
		case "claims", "why", "values", "from":
		default:
			return false
		}
	}
	_, origin := o["from"].([]any) // of a key set: a plain list
	return len(o) > 0 && !origin
}

func isPartOrNil(v any) bool {
	o, ok := v.(map[string]any)
	return ok && isPart(o)
}

// mergePart gives a part another value, said by the same place, or takes it away.
func mergePart(path string, was map[string]any, patch any) (any, error) {
	name := path[strings.LastIndex(path, ".")+1:]
	switch p := patch.(type) {
	case map[string]any: // spelt out, or the value of a part that is an object
		if claims, ok := was["claims"].([]any); ok && p["claims"] == nil && p["why"] == nil {
			return map[string]any{"claims": []any{map[string]any{"value": p, "from": claims[0].(map[string]any)["from"]}}}, nil
		}
		return p, nil
	case nil:
		return why("not there", "no member "+name), nil
	case []any:
		if from, ok := was["from"]; ok {
			return map[string]any{"values": p, "from": from}, nil
		}
	default:
		if claims, ok := was["claims"].([]any); ok {
			claim := claims[0].(map[string]any)
			return map[string]any{"claims": []any{map[string]any{"value": p, "from": claim["from"]}}}, nil
		}
		if path == "settings."+name { // nobody said it so far; now the user does
			from := map[string]any{"vantage": "written", "ref": "oauth." + name}
			return map[string]any{"claims": []any{map[string]any{"value": p, "from": from}}}, nil
		}
	}
	return nil, fmt.Errorf("%s: not known in the healthy set-up: spell out its claims or its values", path)
}
