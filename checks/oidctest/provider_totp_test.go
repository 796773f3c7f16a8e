package oidctest

import (
	"testing"
	"time"
)

// The vectors of RFC 6238 appendix B for SHA-1, their last six digits; the key is
// the ASCII text 12345678901234567890.
func TestTOTPGivesTheCodesOfTheRFC(t *testing.T) {
	t.Parallel()
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got := totp(secret, at/totpStep); got != want {
			t.Errorf("at %d: want %s, got %s", at, want, got)
		}
		for late, accepted := range map[time.Duration]bool{0: true, 30 * time.Second: true, -30 * time.Second: true, 90 * time.Second: false} {
			if got := totpAccepts(secret, want, time.Unix(at, 0).Add(late)); got != accepted {
				t.Errorf("at %d, %v late: want accepted %t, got %t", at, late, accepted, got)
			}
		}
	}
	if totpAccepts("not base32!", "", time.Unix(59, 0)) {
		t.Error("a bad secret accepts the empty code")
	}
}
