package immich

import (
	"slices"
	"testing"
)

func TestTheWayInWhichAReleaseShowsItsSecret(t *testing.T) {
	for _, c := range []struct {
		release string
		secret  bool
		listed  []string
		setting string
		want    string
	}{
		{"v1.131.3", true, nil, "", AuthBasic},
		{"v1.131.3", true, []string{}, "", AuthBasic},
		{"v1.131.3", true, []string{AuthPost}, "", AuthPost},
		{"v1.131.3", true, []string{AuthPost, AuthBasic}, "", AuthBasic},
		{"v1.131.3", true, []string{"private_key_jwt"}, "", AuthBasic},
		{"v1.131.3", false, nil, "", AuthBasic},
		{"v1.132.3", true, []string{AuthBasic}, AuthBasic, AuthPost},
		{"v1.132.3", false, nil, "", AuthPost},
		{"v1.133.0", true, []string{AuthBasic}, "", AuthPost},
		{"v1.133.0", true, []string{AuthPost}, AuthBasic, AuthBasic},
		{"v1.133.0", false, nil, AuthBasic, AuthNone},
		{"nightly", true, nil, AuthBasic, AuthBasic},
	} {
		var lists func(string) bool
		if c.listed != nil {
			lists = func(m string) bool { return slices.Contains(c.listed, m) }
		}
		if got := AuthMethod(c.release, c.secret, lists, c.setting); got != c.want {
			t.Errorf("%+v: got %s", c, got)
		}
	}
}

// The pairs are those of formUrlEncode in either library, by hand.
func TestABasicHeaderIsSpeltAsTheReleaseSpellsIt(t *testing.T) {
	for _, c := range []struct{ release, id, secret, pair, header string }{
		{"v1.131.3", "immich", "s3cret", "immich:s3cret", "Basic aW1taWNoOnMzY3JldA=="},
		{"v2.7.5", "immich", "s3cret", "immich:s3cret", "Basic aW1taWNoOnMzY3JldA=="},
		{"v1.131.3", "im-mich", "a b+c/d%:é-_.!~*'()", "im-mich:a+b%2Bc%2Fd%25%3A%C3%A9-_.!~*'()", ""},
		{"v1.132.0", "im-mich", "a b+c/d%:é-_.!~*'()", "im%2Dmich:a+b%2Bc%2Fd%25%3A%C3%A9%2D%5F%2E%21%7E%2A%27%28%29", ""},
	} {
		pair, header := Basic(c.release, c.id, c.secret)
		if pair != c.pair || c.header != "" && header != c.header || pair != Spelt(c.release, c.id)+":"+Spelt(c.release, c.secret) {
			t.Errorf("%s: want %s, got %s %s", c.release, c.pair, pair, header)
		}
	}
}

func TestTheVerifierFollowsTheChallengeButForThreeReleases(t *testing.T) {
	for _, c := range []struct {
		release                  string
		challenged, listed, want bool
	}{
		{"v1.131.3", false, true, false}, {"v1.132.0", true, false, false}, {"v1.132.0", true, true, true},
		{"v1.134.0", true, false, false}, {"v1.135.0", true, true, true}, {"v3.3.1", true, true, true}, {"v3.3.1", false, true, false},
	} {
		if got := SendsVerifier(c.release, c.challenged, c.listed); got != c.want {
			t.Errorf("%+v: got %v", c, got)
		}
	}
}
