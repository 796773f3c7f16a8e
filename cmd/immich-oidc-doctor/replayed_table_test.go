package main

// A score counts what was said to the recorded answers of one provider.
type score struct{ Right, NotVisible, Either int }

// What the recorded answers show, and what they do not:
//   - LemonLDAP::NG and Gitea answer every authorization request with their login page.
//     Gitea's token endpoint tells of the web page's address, if the secret is right.
//     LemonLDAP::NG's has one answer for an unknown client and a wrong secret.
//   - Glewlwyd has one answer for an unknown client and a redirect URI that is not
//     registered, and at its token endpoint the same for a wrong secret.
//   - At Authelia from 4.38 a method that is refused hides the secret, and everywhere a
//     wrong secret hides whether the method is right.
//   - The login page that Authelia shows for the app's address is here also its answer
//     to the requests at which it would go back.
var replayedScores = map[string]map[string]score{
	"authelia-4.37.5":     {"client/known": {31, 0, 0}, "client/secret": {8, 0, 0}, "redirect/registered": {24, 1, 0}, "token/auth-method": {5, 3, 0}},
	"authelia-4.38.0-pre": {"client/known": {43, 0, 0}, "client/secret": {11, 4, 0}, "redirect/registered": {38, 1, 0}, "token/auth-method": {10, 5, 0}},
	"dex-2.13":            {"client/known": {33, 0, 0}, "client/secret": {7, 0, 0}, "redirect/registered": {23, 0, 0}},
	"dex-2.45":            {"client/known": {33, 0, 0}, "client/secret": {7, 0, 0}, "redirect/registered": {26, 0, 0}},
	"dex-2.45-sessions":   {"client/known": {33, 0, 0}, "client/secret": {7, 0, 0}, "redirect/registered": {26, 0, 0}},
	"gitea-1.26.4":        {"client/known": {33, 0, 0}, "client/secret": {7, 0, 0}, "redirect/registered": {19, 5, 0}},
	"glewlwyd":            {"client/known": {22, 11, 0}, "client/secret": {6, 1, 0}, "redirect/registered": {18, 6, 0}},
	"lemonldap":           {"client/known": {25, 8, 0}, "client/secret": {4, 0, 3}, "redirect/registered": {0, 23, 0}},
	"oidc-provider":       {"client/known": {38, 0, 0}, "client/secret": {12, 0, 0}, "redirect/registered": {28, 0, 0}},
}

// replayedVerdicts is what is said of web, linking, app, and of client, secret,
// method: y for yes, n for no, e for one of two, - for not visible; and the checks
// that are blamed.
var replayedVerdicts = map[string]string{
	"authelia-4.37.5/all right":        "yyy yyy",
	"authelia-4.37.5/the other method": "yyy yyy",
	"authelia-4.37.5/web missing":      "nyy yyy redirect/registered",
	"authelia-4.37.5/app missing":      "yyn yyy redirect/registered",
	"authelia-4.37.5/unknown client":   "--- n-- client/known",
	"authelia-4.37.5/wrong secret":     "yyy yn- client/secret",

	"authelia-4.38.0-pre/all right":      "yyy yyy",
	"authelia-4.38.0-pre/web missing":    "nyy yyy redirect/registered",
	"authelia-4.38.0-pre/app missing":    "yyn yyy redirect/registered",
	"authelia-4.38.0-pre/unknown client": "--- n-- client/known",
	"authelia-4.38.0-pre/wrong secret":   "yyy yn- client/secret",
	"authelia-4.38.0-pre/wrong method":   "yyy y-n token/auth-method",
	"authelia-4.38.0-pre/PKCE required":  "yyy yyy pkce/accepted",

	"dex-2.13/all right":      "yyy yyy",
	"dex-2.13/web missing":    "nyy yyy redirect/registered",
	"dex-2.13/app missing":    "yyn yyy redirect/registered",
	"dex-2.13/unknown client": "--- n-- client/known",
	"dex-2.13/wrong secret":   "yyy yn- client/secret",

	"dex-2.45/all right":      "yyy yyy",
	"dex-2.45/web missing":    "nyy yyy redirect/registered",
	"dex-2.45/app missing":    "yyn yyy redirect/registered",
	"dex-2.45/unknown client": "--- n-- client/known",
	"dex-2.45/wrong secret":   "yyy yn- client/secret",

	"dex-2.45-sessions/all right":      "yyy yyy",
	"dex-2.45-sessions/web missing":    "nyy yyy redirect/registered",
	"dex-2.45-sessions/app missing":    "yyn yyy redirect/registered",
	"dex-2.45-sessions/unknown client": "--- n-- client/known",
	"dex-2.45-sessions/wrong secret":   "yyy yn- client/secret",

	"gitea-1.26.4/all right":      "y-- yyy",
	"gitea-1.26.4/web missing":    "n-- yyy redirect/registered",
	"gitea-1.26.4/app missing":    "y-- yyy",
	"gitea-1.26.4/unknown client": "--- n-- client/known",
	"gitea-1.26.4/wrong secret":   "--- yn- client/secret",

	"glewlwyd/all right":      "yyy yyy",
	"glewlwyd/web missing":    "nyy y-- redirect/registered",
	"glewlwyd/app missing":    "yyn yyy redirect/registered",
	"glewlwyd/unknown client": "--- e-- client/known",
	"glewlwyd/wrong secret":   "yyy yn- client/secret",

	"lemonldap/all right":      "--- yyy",
	"lemonldap/web missing":    "--- yyy",
	"lemonldap/app missing":    "--- yyy",
	"lemonldap/unknown client": "--- -e- client/secret",
	"lemonldap/wrong secret":   "--- -e- client/secret",

	"oidc-provider/all right":      "yyy yyy",
	"oidc-provider/web missing":    "nyy yyy redirect/registered",
	"oidc-provider/app missing":    "yyn yyy redirect/registered",
	"oidc-provider/unknown client": "--- n-- client/known",
	"oidc-provider/wrong secret":   "yyy yn- client/secret",
}
