package oidctest

import (
	"fmt"
	"strings"
)

// log writes an entry as the console shows it. Releases before v1.102.0 have no
// correlation ID.
func (c *call) log(level, logger, text string) {
	context := logger
	if c.cid != "" {
		context = "Api:" + logger + "~" + c.cid
	}
	now := c.m.Now().Format("01/02/2006, 3:04:05 PM")
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	if level == "DEBUG" && c.m.LogLevel != "debug" {
		return
	}
	entry := fmt.Sprintf("[Nest] 7  - %s %7s [%s] %s", now, level, context, text)
	c.m.lines = append(c.m.lines, strings.Split(entry, "\n")...)
}

// logDiscovery tells of a discovery that failed, v1.84.0 and later.
func (c *call) logDiscovery(e *jsError) {
	logger := clientLogger.at(c.m.r)
	switch {
	case c.m.r.since("v3.2.0"):
		c.log("ERROR", logger, "Error in OAuth discovery")
		c.log("ERROR", logger, e.inspect())
	default:
		c.log("ERROR", logger, "Error in OAuth discovery: "+e.Error())
		c.log("ERROR", logger, e.stack())
	}
}

// logExchange tells of a token, an ID token or a profile that was refused, as
// the client's own logger does; what becomes of the request is logged by
// logUncaught.
func (c *call) logExchange(e *jsError) {
	logger := clientLogger.at(c.m.r)
	// The text is one of the older client: with the newer one this never fires,
	// which the releases since v1.132.0 have not noticed.
	if c.m.r.since("v1.95.0") && strings.Contains(e.message, "unexpected JWT alg received") {
		c.log("WARN", logger, "Algorithm mismatch. Make sure the signing algorithm is set correctly in the OAuth settings. "+
			"Or, that you have specified a signing key in your OAuth provider.")
	}
	switch failureTexts.at(c.m.r) {
	case unableFailure:
		c.log("ERROR", logger, "Unable to complete OAuth login: "+e.Error())
	case causeFailure:
		if e.code == "OAUTH_INVALID_RESPONSE" && e.cause != nil {
			c.log("WARN", logger, "Invalid response from authorization server. Cause: "+e.cause.message)
		}
	case twoFacedFailure:
		c.log("ERROR", logger, "OAuth login failed: "+e.message)
		c.log("ERROR", logger, e.inspect())
	case splitFailure:
		c.log("ERROR", logger, "OAuth login failed")
		c.log("ERROR", logger, e.inspect())
	}
}

// logUncaught tells of an error that ended a request with status 500.
func (c *call) logUncaught(e *jsError, text string) {
	logger := interceptorLogger.at(c.m.r)
	switch failureTexts.at(c.m.r) {
	case plainFailure, unableFailure:
		c.log("ERROR", logger, e.message+"\n"+e.stack())
	case namedFailure:
		// These releases hand the stack to the logger in the place of the
		// context, so that it stands in the brackets.
		c.log("ERROR", e.stack(), text)
		c.log("ERROR", e.stack(), e.Error())
	case unknownFailure:
		c.log("ERROR", logger, "Unknown error: "+e.Error())
	default:
		c.log("ERROR", logger, "Unknown error: "+e.Error()+"\n"+e.stack())
	}
}
