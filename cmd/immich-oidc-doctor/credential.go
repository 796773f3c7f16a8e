package main

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"immich-oidc-doctor/checks/secret"
)

// No credential is ever the value of a flag, where the shell's history and the
// list of processes keep it: a flag names a file, "-" is standard input, and
// the environment may hold the credential itself. No error repeats what was
// given: it may be the credential, typed where its file was meant.

// maxCredential is more than any credential has.
const maxCredential = 16 << 10

// credential is what the file of --NAME-file holds, or else the environment
// under IMMICH_OIDC_DOCTOR_NAME; zero if neither is given. White space around it
// is the file's, not the credential's.
func (p *program) credential(name, file string) (secret.Value, error) {
	given, from, err := p.given(name, file)
	given = strings.TrimSpace(given)
	if err != nil || given == "" {
		return secret.Value{}, err
	}
	if len(given) > maxCredential || strings.ContainsFunc(given, func(r rune) bool { return r < ' ' || r > '~' }) {
		return secret.Value{}, notOne(from)
	}
	return secret.New(given), nil
}

// clientSecret is Immich's, with who says so. Every byte of it counts: of what
// the file holds only one newline at the end is the file's.
func (p *program) clientSecret(file string) (secret.Value, secret.Name, error) {
	given, from, err := p.given("client-secret", file)
	given = strings.TrimSuffix(strings.TrimSuffix(given, "\n"), "\r")
	if err != nil || given == "" {
		return secret.Value{}, "", err
	}
	if len(given) > maxCredential || strings.ContainsFunc(given, unicode.IsControl) || !utf8.ValidString(given) {
		return secret.Value{}, "", notOne(from)
	}
	return secret.New(given), secret.Name(from), nil
}

// given is what stands in the file or in the environment, and where it stood.
func (p *program) given(name, file string) (text, from string, err error) {
	if file == "" {
		return p.variable(name), environmentPrefix + environmentName(name), nil
	}
	from = "--" + name + "-file"
	raw, err := p.read(from, file, "it takes the name of a file that holds it; - reads it from stdin")
	if err == nil && strings.TrimSpace(string(raw)) == "" {
		err = wrong("write it into the file, on one line", "%s: the file is empty", from)
	}
	return string(raw), from, err
}

func notOne(from string) error {
	return wrong("it must hold nothing else", "%s: not a credential on one line", from)
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
