package main

import (
	"crypto/x509"
	"encoding/pem"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/gather/wire"
	"immich-oidc-doctor/checks/secret"
)

// What the flags say of the set-up that is asked about.
type targetFlags struct {
	server, issuer, algorithm string
	origins, resolve          []string
	caFile, immichCAFile      string
	apiKeyFile                string
	apiKey                    secret.Value
	clientID, secretFile      string
	clientSecret              secret.Value
	secretFrom                secret.Name // the flag or the variable that it was given by
	trusted                   []string
	skipVerify, noProbe       bool
	timeout                   time.Duration

	headerFile string
	read       func(flag, name, hint string) ([]byte, error) // of a file, or of stdin
}

func (t *targetFlags) register(fs *pflag.FlagSet) {
	fs.StringVarP(&t.server, "server", "s", "", "Immich's `ADDRESS`, in place of the argument")
	fs.StringVar(&t.issuer, "issuer", "", "the issuer `URL` in Immich's settings")
	fs.StringVar(&t.algorithm, "signing-algorithm", "", "the signing `ALGORITHM` in Immich's settings, such as RS256")
	fs.StringArrayVar(&t.origins, "origin", nil, "`URL` where people open Immich, such as https://photos.example.com")
	fs.StringVar(&t.headerFile, "header-file", "", "`FILE` with lines 'Name: value' to send to Immich, such as a service token; - is stdin")
	fs.StringVar(&t.caFile, "ca-file", "", "`FILE` with certificates (PEM) that this machine trusts as well")
	fs.StringVar(&t.immichCAFile, "immich-ca-file", "", "`FILE` with the certificates that Immich's container trusts as well:\nwhat NODE_EXTRA_CA_CERTS names there")
	fs.StringVar(&t.apiKeyFile, "api-key-file", "", "`FILE` with an API key of Immich that may read its settings\n(permission systemConfig.read); - is stdin")
	fs.StringVar(&t.clientID, "client-id", "", "the client `ID` in Immich's settings, if Immich starts no login")
	fs.StringVar(&t.secretFile, "client-secret-file", "", "`FILE` with the client secret in Immich's settings: the provider is shown it\nwith a made-up code; - is stdin")
	fs.StringArrayVar(&t.trusted, "trust-endpoint", nil, "`HOST` of the token endpoint that may be shown the client secret, although\nit is not of the issuer's domain")
	fs.StringArrayVar(&t.resolve, "resolve", nil, "`HOST:ADDRESS` to use in place of DNS; several for several")
	fs.BoolVar(&t.skipVerify, "skip-verify-ssl", false, "go on although a certificate is not trusted")
	fs.DurationVar(&t.timeout, "client-timeout", 20*time.Second, "`TIME` for the whole run; a single request gets a quarter of it")
	fs.BoolVar(&t.noProbe, "no-probe", false, "send the provider no request that it may log as a failed one, only read")
}

// credentials reads what stands in files, on standard input, in the environment.
func (t *targetFlags) credentials(p *program) (err error) {
	t.read = p.read
	var piped []string
	for _, f := range []struct{ flag, file string }{{"--header-file", t.headerFile}, {"--api-key-file", t.apiKeyFile}, {"--client-secret-file", t.secretFile}} {
		if f.file == "-" {
			piped = append(piped, f.flag)
		}
	}
	if len(piped) > 1 {
		return wrong("put the others into files", "%s: standard input holds one of them", strings.Join(piped, " and "))
	}
	if t.apiKey, err = p.credential("api-key", t.apiKeyFile); err != nil {
		return err
	}
	t.clientSecret, t.secretFrom, err = p.clientSecret(t.secretFile)
	return err
}

// target returns what is known from the start.
func (t *targetFlags) target(args []string) (*facts.Facts, error) {
	given := t.server
	if len(args) > 0 {
		if given != "" && given != args[0] {
			return nil, wrong("give the address once", "two addresses: the argument and --server")
		}
		given = args[0]
	}
	if given == "" {
		return nil, wrong("immich-oidc-doctor check https://photos.example.com", "the address of Immich is missing")
	}
	server, err := serverURL(given)
	if err != nil {
		return nil, err
	}
	spec := facts.TargetSpec{Given: secret.URI(server), Server: secret.URI(server), APIKey: t.apiKey}
	for _, o := range t.origins {
		origin, err := serverURL(o)
		if err != nil {
			return nil, err
		}
		spec.Origins = append(spec.Origins, secret.Name(origin))
	}
	if spec.Headers, err = t.headers(server); err != nil {
		return nil, err
	}
	if t.issuer != "" {
		if u, err := url.Parse(strings.TrimSpace(t.issuer)); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
			return nil, wrong("copy it from Administration > Settings > Authentication Settings > OAuth", "--issuer: not an http or https address")
		}
		spec.Settings.IssuerURL = facts.Says(secret.URI(strings.TrimSpace(t.issuer)), written("--issuer"))
	}
	if t.algorithm != "" {
		spec.Settings.SigningAlgorithm = facts.Says(secret.Name(t.algorithm), written("--signing-algorithm"))
	}
	if err = t.client(&spec); err != nil {
		return nil, err
	}
	if spec.ImmichCA.Why = (facts.Why{Reason: facts.NotAsked, Detail: secret.Textf("give --immich-ca-file")}); t.immichCAFile != "" {
		spec.ImmichCA = facts.Says(secret.Name(t.immichCAFile), written("--immich-ca-file"))
	}
	return &facts.Facts{Target: facts.Is(spec)}, nil
}

// client is what the flags say of Immich as a client of its provider.
func (t *targetFlags) client(spec *facts.TargetSpec) error {
	if id := strings.TrimSpace(t.clientID); id != "" {
		spec.Settings.ClientID = facts.Says(secret.Name(id), written("--client-id"))
	}
	if !t.clientSecret.IsZero() {
		spec.Settings.ClientSecret = t.clientSecret
		spec.Settings.SecretShape = facts.Says(t.clientSecret.Shape(), written(t.secretFrom))
	}
	for _, host := range t.trusted {
		host = strings.ToLower(strings.TrimSpace(host))
		if u, err := url.Parse("https://" + host); err != nil || u.Host != host || u.Hostname() == "" {
			return wrong("such as --trust-endpoint login.example.com", "--trust-endpoint: not the name of a host")
		}
		spec.Trusted = append(spec.Trusted, secret.Name(host))
	}
	return nil
}

func written(name secret.Name) facts.Provenance {
	return facts.Provenance{Vantage: facts.Written, Ref: name}
}

// serverURL understands an address as people paste it: without a scheme, with
// the path of a page or of the API behind it.
func serverURL(given string) (string, error) {
	s := strings.TrimSpace(given)
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "":
		return "", wrong("write it as https://photos.example.com", "not an address of Immich")
	case u.User != nil:
		return "", wrong("leave the user and the password out", "the address of Immich holds a password")
	case u.Scheme != "http" && u.Scheme != "https":
		return "", wrong("write it as https://photos.example.com", "%s: only http and https lead to Immich", u.Scheme)
	}
	path := strings.TrimSuffix(u.Path, "/")
	for _, page := range []string{"/api", "/auth/login", "/user-settings", "/photos", "/login", "/admin/system-settings"} {
		path = strings.TrimSuffix(path, page)
	}
	if path != "" {
		return "", wrong("Immich answers only at the root of its host; give the address without the path", "%s: Immich cannot live below a path", path)
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return "", wrong("ports go from 1 to 65535; Immich's own is 2283", "%s: no such port", port)
		}
	}
	host := strings.TrimSuffix(strings.ToLower(u.Host), ":") // as browsers write it: without a default port
	return u.Scheme + "://" + strings.TrimSuffix(host, map[string]string{"http": ":80", "https": ":443"}[u.Scheme]), nil
}

// certificates reads those that Immich's container trusts, as Node reads them.
func certificates(file string) (all []*x509.Certificate, err error) {
	const hint = "give the file that NODE_EXTRA_CA_CERTS names in Immich's container, with blocks that begin with -----BEGIN CERTIFICATE-----"
	rest, err := os.ReadFile(file)
	if err != nil {
		return nil, wrong(hint, "--immich-ca-file: cannot read that file: %v", cause(err))
	}
	for block := new(pem.Block); block != nil; {
		if block, rest = pem.Decode(rest); block == nil || block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, wrong(hint, "--immich-ca-file: a certificate in that file cannot be read: %v", err)
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, wrong(hint, "--immich-ca-file: no certificate in that file")
	}
	return all, nil
}

// wire returns the client that the flags describe.
func (t *targetFlags) wire() (wire.Config, error) {
	c := wire.Config{Hop: t.timeout / 4, UserAgent: "immich-oidc-doctor/" + buildVersion(), SkipVerify: t.skipVerify}
	if t.timeout <= 0 {
		return c, wrong("such as --client-timeout 20s", "--client-timeout: not a time above zero")
	}
	if t.caFile != "" {
		pem, err := os.ReadFile(t.caFile)
		if err != nil {
			return c, wrong("give the path of a file with certificates", "--ca-file: cannot read that file: %v", cause(err))
		}
		if c.Roots, err = x509.SystemCertPool(); err != nil {
			c.Roots = x509.NewCertPool()
		}
		if !c.Roots.AppendCertsFromPEM(pem) {
			return c, wrong("the file must hold blocks that begin with -----BEGIN CERTIFICATE-----", "--ca-file: no certificate in that file")
		}
	}
	if t.immichCAFile != "" {
		var err error
		if c.Immich, err = certificates(t.immichCAFile); err != nil {
			return c, err
		}
	}
	for _, r := range t.resolve {
		host, address, ok := strings.Cut(r, ":")
		ip, err := netip.ParseAddr(strings.Trim(address, "[]"))
		if !ok || err != nil || host == "" {
			return c, wrong("write it as --resolve auth.example.com:192.168.1.10", "--resolve %s: not HOST:ADDRESS", r)
		}
		if c.Resolve == nil {
			c.Resolve = map[string][]netip.Addr{}
		}
		c.Resolve[strings.ToLower(host)] = append(c.Resolve[strings.ToLower(host)], ip)
	}
	return c, nil
}
