package oidctest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A jsError is an error as JavaScript throws it. Its name and message are what
// Immich answers with; code, cause and further members only ever stand in the
// server log, and which of them depends on the release.
type jsError struct {
	name    string
	message string
	code    string
	frames  []string // of the stack, without "at"; none where Node has none
	members []member // further members, as they are printed
	cause   *jsError
	detail  member // the cause where that is not an error
	profile bool   // it came of the userinfo endpoint
}

// A member is a property of a printed JavaScript value.
type member struct {
	name  string
	value string // as printed
	of    []member
	list  bool // a list of what is in of, whose names are empty
}

// carried is a cause that is a plain object.
func carried(of ...member) member { return member{name: "[cause]", of: of} }

// Error is what String makes of it: the name and the message.
func (e *jsError) Error() string {
	if e.message == "" {
		return e.name
	}
	return e.name + ": " + e.message
}

// asyncFrame stands for the stacks, whose lines differ from build to build.
const asyncFrame = "process.processTicksAndRejections (node:internal/process/task_queues:105:5)"

func newError(name, format string, args ...any) *jsError {
	return &jsError{name: name, message: fmt.Sprintf(format, args...), frames: []string{asyncFrame}}
}

// stack is the error with its frames.
func (e *jsError) stack() string {
	var b strings.Builder
	b.WriteString(e.Error())
	for _, f := range e.frames {
		b.WriteString("\n    at " + f)
	}
	return b.String()
}

// inspect prints the error as Node's console does: with its code and cause.
func (e *jsError) inspect() string { return e.inspectAt("") }

func (e *jsError) inspectAt(indent string) string {
	var b strings.Builder
	head := e.Error()
	if len(e.frames) == 0 {
		head = "[" + head + "]"
	}
	b.WriteString(head)
	for _, f := range e.frames {
		b.WriteString("\n" + indent + "    at " + f)
	}
	if e.code == "" && len(e.members) == 0 && e.cause == nil && e.detail.of == nil {
		return b.String()
	}
	inner := indent + "  "
	b.WriteString(" {\n")
	// The cause that is no error was set with the error itself, before its code;
	// so is the number of an error of the system.
	first := func(m member) bool { return m.name == "errno" || m.name == "cause" }
	for _, m := range e.members {
		if first(m) {
			b.WriteString(inner + m.print(inner) + ",\n")
		}
	}
	if e.code != "" {
		b.WriteString(inner + "code: " + quoted(e.code) + ",\n")
	}
	for _, m := range e.members {
		if !first(m) {
			b.WriteString(inner + m.print(inner) + ",\n")
		}
	}
	switch {
	case e.cause != nil:
		b.WriteString(inner + "[cause]: " + e.cause.inspectAt(inner) + ",\n")
	case e.detail.of != nil:
		b.WriteString(inner + e.detail.print(inner) + ",\n")
	}
	return strings.TrimSuffix(b.String(), ",\n") + "\n" + indent + "}"
}

func (m member) print(indent string) string {
	head := ""
	if m.name != "" {
		head = m.name + ": "
	}
	if m.of == nil {
		return head + m.value
	}
	if m.value != "" {
		head += m.value + " " // the class, if it is not a plain object
	}
	open, end := "{", "}"
	if m.list {
		open, end = "[", "]"
	}
	if len(m.of) == 0 {
		return head + open + end
	}
	lines := make([]string, len(m.of))
	for i, o := range m.of {
		lines[i] = indent + "  " + o.print(indent+"  ")
	}
	return head + open + "\n" + strings.Join(lines, ",\n") + "\n" + indent + end
}

var identifier = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$]*$`)

// inspectJSON is a JSON value as a member, the members of objects sorted.
func inspectJSON(name string, v any) member {
	if name != "" && !identifier.MatchString(name) {
		name = quoted(name)
	}
	m := member{name: name}
	switch v := v.(type) {
	case string:
		m.value = quoted(v)
	case []any:
		m.list, m.of = true, []member{}
		for _, e := range v {
			m.of = append(m.of, inspectJSON("", e))
		}
	case map[string]any:
		m.of = []member{}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			m.of = append(m.of, inspectJSON(key, v[key]))
		}
	default:
		m.value = string(plainJSON(v))
	}
	return m
}

// quoted writes a string as Node prints it inside a value.
func quoted(s string) string {
	r := strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\t", `\t`, "\r", `\r`)
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		return `"` + r.Replace(s) + `"`
	}
	return "'" + strings.ReplaceAll(r.Replace(s), "'", `\'`) + "'"
}
