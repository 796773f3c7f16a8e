package main

import (
	"strings"

	"immich-oidc-doctor/checks/secret"
)

// No credential is ever the value of a flag, where the shell's history and the
// list of processes keep it: a flag names a file, "-" is standard input, and
// the environment may hold the credential itself. No error repeats what was
// given: it may be the credential, typed where its file was meant.

// maxCredential is more than any credential has.
const maxCredential = 16 << 10

// credential is what the file of --NAME-file holds, or else the environment
// under IMMICH_OIDC_DOCTOR_NAME; zero if neither is given. A newline behind it
// is the file's, not the credential's.
func (p *program) credential(name, file string) (secret.Value, error) {
	given, from := p.variable(name), environmentPrefix+environmentName(name)
	if file != "" {
		from = "--" + name + "-file"
		raw, err := p.read(from, file, "it takes the name of a file that holds it; - reads it from stdin")
		if err != nil {
			return secret.Value{}, err
		}
		if given = strings.TrimSpace(string(raw)); given == "" {
			return secret.Value{}, wrong("write it into the file, on one line", "%s: the file is empty", from)
		}
	}
	given = strings.TrimSpace(given)
	if len(given) > maxCredential || strings.ContainsFunc(given, func(r rune) bool { return r < ' ' || r > '~' }) {
		return secret.Value{}, wrong("it must hold nothing else", "%s: not a credential on one line", from)
	}
	return secret.New(given), nil
}

// variable is the environment variable of ours with that name.
func (p *program) variable(name string) string {
	for _, kv := range p.environ {
		if value, ok := strings.CutPrefix(kv, environmentPrefix+environmentName(name)+"="); ok {
			return value
		}
	}
	return ""
}

func environmentName(flag string) string {
	return strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}
