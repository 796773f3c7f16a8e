package immich

// MayPass reports whether a cause may pass by itself, as while a provider
// starts: nothing was there, or a gateway said that nothing is. detail is
// Decode's. From 1.132 a certificate that is not trusted reads like a provider
// that is down; then only a look from here can tell.
func (c Cause) MayPass(detail string) bool {
	switch c {
	case NoName, NoConnection, NoAnswer, Unreached:
		return true
	case BadStatus: // openid-client 5 says which: "502 Bad Gateway"
		switch detail[:min(len(detail), 3)] {
		case "502", "503", "504":
			return true
		}
	}
	return false
}
