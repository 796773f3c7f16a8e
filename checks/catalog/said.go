package catalog

import (
	"encoding/base64"
	"html"
	"net/url"
	"regexp"
	"strings"

	"immich-oidc-doctor/checks/facts"
	"immich-oidc-doctor/checks/secret"
)

// What a provider says on a page of its own, in place of going back.
var (
	blocks = regexp.MustCompile(`(?is)<(script|style)\b.*?(</(script|style)>|$)|<[^>]*>`)
	inline = regexp.MustCompile(`(?i)</?(a|abbr|b|code|em|font|i|kbd|mark|small|span|strong|tt|u|var)(\s[^>]*)?>`)
	// echo is a parameter of the request as error pages repeat it, in a URL, a
	// form or JSON: that says nothing of what is wrong.
	echo = regexp.MustCompile(`(?i)\b(redirect_uri|code_challenge(_method)?)["']?(=|%3D|\\u003d|: ?["'])[^\s"'<>]*|\bredirect_uri: ?[^\s"'<>]*(:/|%3A)[^\s"'<>]*`)
)

// item begins a line that is one of a list, however that is written.
const item = "•"

var listItem = regexp.MustCompile(`(?i)<li\b[^>]*>(\s*<[^>]*>)*|(<br[^>]*>|<p[^>]*>)\s*([-*·•‣–]|[0-9]+[.)])\s`)

// said is what the provider says on an error page, or by leading to one of its
// own; "" if it says nothing.
func said(t facts.RedirectTry) string {
	a := t.Provider
	switch {
	case a.Answer != facts.Answered || t.Back:
		return ""
	case a.Status >= 400:
		return text(a.Body.String())
	case a.Status >= 300:
		to := leadsTo(string(a.URL), string(a.Location))
		var words []string
		for _, name := range []string{"error", "error_description", "error_hint", "authError"} {
			words = append(words, unpacked(to, name))
		}
		return strings.TrimSpace(strings.Join(words, " "))
	}
	return ""
}

// text is what people read of a page, a line for each of its blocks, without
// what it repeats of the request.
func text(page string) string {
	page = strings.Join(strings.Fields(page), " ")
	page = listItem.ReplaceAllString(inline.ReplaceAllString(page, " "), "\n"+item+" ")
	page = blocks.ReplaceAllString(page, "\n")
	var lines []string
	for line := range strings.Lines(strings.ReplaceAll(echo.ReplaceAllString(html.UnescapeString(page), " "), item, "\n"+item)) {
		if words := strings.Fields(line); len(words) > 0 {
			lines = append(lines, strings.Join(words, " "))
		}
	}
	return strings.Join(lines, "\n")
}

// unpacked is a parameter of an error page's URL. Google's is base64 around text.
func unpacked(u *url.URL, name string) string {
	v := u.Query().Get(name)
	if name != "authError" {
		return v
	}
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(strings.NewReplacer("+", "-", "/", "_", " ", "-").Replace(v), "="))
	if err != nil {
		return v
	}
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return ' '
		}
		return r
	}, string(b))), " ")
}

// excerpt is what stands around the first match of re in text. It is sealed
// once more, since unpacking may have brought a credential to light.
func excerpt(re *regexp.Regexp, text string) secret.Text {
	at := re.FindStringIndex(text)
	if at == nil {
		return secret.Text{}
	}
	from, to := max(0, at[0]-80), min(len(text), at[1]+120)
	if space := strings.IndexByte(text[from:at[0]], ' '); from > 0 && space >= 0 { // no half a word
		from += space
	}
	if space := strings.LastIndexByte(text[at[1]:to], ' '); to < len(text) && space >= 0 {
		to = at[1] + space
	}
	return secret.Seal(secret.Raw(strings.ToValidUTF8(strings.Join(strings.Fields(text[from:to]), " "), "")))
}
