package oidctest

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// totpStep is the time step X of RFC 6238 4.1.
const totpStep = 30

// totp is the code of RFC 6238 4.2, six digits, for a step: HOTP of RFC 4226 5.3
// with SHA-1. It is empty if the secret is not base32.
func totp(secret string, step int64) string {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(strings.TrimRight(secret, "=")))
	if err != nil {
		return ""
	}
	mac := hmac.New(sha1.New, key)
	binary.Write(mac, binary.BigEndian, step)
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[offset:])&0x7fffffff)%1_000_000)
}

// totpAccepts allows one step before and after for the network and the typist,
// RFC 6238 5.2.
func totpAccepts(secret, code string, at time.Time) bool {
	now := at.Unix() / totpStep
	for step := now - 1; step <= now+1; step++ {
		if want := totp(secret, step); want != "" && want == code {
			return true
		}
	}
	return false
}
