package immich

import "immich-oidc-doctor/checks/cite"

const (
	image     = "server/Dockerfile"
	baseImage = "https://github.com/immich-app/base-images/blob/main/server/Dockerfile"
)

func base(tag string) cite.Citation {
	return cite.Citation{Source: "immich-app/base-images", Section: "server/Dockerfile, of " + tag, URL: baseImage}
}

// Node is the Node.js of the official image of a release, as exactly as it is
// known. Other builds (NixOS, snap, Unraid) choose their own.
var Node = Table[string]{
	{To: "v1.56.1", Value: "16", Cite: cite.Immich("v1.36.0", image)},
	{From: "v1.56.1", To: "v1.81.0", Value: "18", Cite: cite.Immich("v1.61.0", image)},
	{From: "v1.81.0", To: "v1.86.0", Value: "20.8", Cite: cite.Immich("v1.81.0", image)},
	{From: "v1.86.0", To: "v1.108.0", Value: "20", Cite: base("v1.86.0")},
	{From: "v1.108.0", To: "v1.111.0", Value: "20.15.1", Cite: base("v1.108.0")},
	{From: "v1.111.0", To: "v1.115.0", Value: "20.16.0", Cite: base("v1.111.0")},
	{From: "v1.115.0", To: "v1.118.0", Value: "20.17.0", Cite: base("v1.115.0")},
	{From: "v1.118.0", To: "v1.120.0", Value: "20.18.0", Cite: base("v1.118.0")},
	{From: "v1.120.0", To: "v1.123.0", Value: "22.11.0", Cite: base("v1.120.0")},
	{From: "v1.123.0", To: "v1.125.0", Value: "22.12.0", Cite: base("v1.123.0")},
	{From: "v1.125.0", To: "v1.130.0", Value: "22.13.1", Cite: base("v1.125.0")},
	{From: "v1.130.0", To: "v1.136.0", Value: "22.14.0", Cite: base("v1.130.0")},
	{From: "v1.136.0", To: "v1.138.0", Value: "22.17.0", Cite: base("v1.136.0")},
	{From: "v1.138.0", To: "v1.139.0", Value: "22.17.1", Cite: base("v1.138.0")},
	{From: "v1.139.0", To: "v1.141.0", Value: "22.18.0", Cite: base("v1.139.0")},
	{From: "v1.141.0", To: "v2.5.0", Value: "22.19.0", Cite: base("v1.141.0")},
	{From: "v2.5.0", To: "v2.6.3", Value: "24.12.0", Cite: base("v2.5.0")},
	{From: "v2.6.3", To: "v3.2.0", Value: "24.14.1", Cite: base("v2.6.3")},
	{From: "v3.2.0", To: "v3.2.4", Value: "24.18", Cite: base("v3.2.0")},
	{From: "v3.2.4", Value: "24.21", Cite: base("v3.2.4")},
}

// TriesEveryAddress says whether Node goes on to a host's next address when one
// does not answer ("happy eyeballs", autoSelectFamily): on since Node 20.
var TriesEveryAddress = Table[bool]{
	{To: "v1.81.0", Value: false, Cite: cite.Node("net.html#netsetdefaultautoselectfamilyvalue")},
	{From: "v1.81.0", Value: true, Cite: cite.Node("net.html#netsetdefaultautoselectfamilyvalue")},
}

// TakesSystemCAFlag says whether NODE_OPTIONS may hold --use-system-ca. Before,
// Node 20 refuses to start with it. NODE_EXTRA_CA_CERTS works in every release.
var TakesSystemCAFlag = Table[bool]{
	{To: "v1.136.0", Value: false, Cite: cite.Node("cli.html#--use-system-ca")},
	{From: "v1.136.0", Value: true, Cite: cite.Node("cli.html#--use-system-ca")},
}

// ReadsSystemCA says whether NODE_USE_SYSTEM_CA=1 has an effect: from Node
// 22.19. The image has no ca-certificates, so by itself it finds nothing.
var ReadsSystemCA = Table[bool]{
	{To: "v1.141.0", Value: false, Cite: cite.Node("cli.html#node_use_system_ca1")},
	{From: "v1.141.0", Value: true, Cite: cite.Node("cli.html#node_use_system_ca1")},
}

// ReadsProxy says whether NODE_USE_ENV_PROXY=1 makes Immich heed HTTPS_PROXY,
// which alone has no effect in any release: for fetch from Node 22.21 and 24.0.
var ReadsProxy = Table[bool]{
	{To: "v2.5.0", Value: false, Cite: cite.Node("cli.html#node_use_env_proxy1")},
	{From: "v2.5.0", Value: true, Cite: cite.Node("cli.html#node_use_env_proxy1")},
}
