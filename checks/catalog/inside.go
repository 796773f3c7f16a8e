package catalog

import (
	"strings"

	"immich-oidc-doctor/checks/secret"
)

// fromInside is the command that asks for u as Immich does, from where it
// stands. Its image has no list of authorities but Node's own, so that curl in it
// trusts nobody: it is Node that must ask, which has whatever Immich has of
// resolver, trust and proxy, and names the reason if it fails.
func fromInside(u secret.URI) secret.Text {
	if u == "" || strings.ContainsAny(string(u), "'\"\\\n") { // not to be pasted into a shell
		u = "ISSUER/.well-known/openid-configuration"
	}
	return secret.Textf(`docker exec immich_server node -e 'fetch("%s",{redirect:"manual"}).then(r=>console.log(r.status),e=>console.log(e.cause))'`, u)
}
