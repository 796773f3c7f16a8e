// Package checks says what a check is, runs checks over sealed facts, and
// folds their results into the journeys of a login. It does no I/O.
//
// # The model
//
// Learn first, judge later. Everything that touches the world runs first
// (package gather) and leaves one sealed, immutable value, facts.Facts. Checks
// are pure functions over it. A report is one document with many renderings
// (package report). So a live run and a replay of its saved facts are the same
// function of the same value, and no check can slow, hang, reach a server or
// leak.
//
// A Fact is something that we tried to learn: its value, or why there is none.
// What the network did is itself a known value, an Attempt: a refused
// connection is a fact, and some check fails on it. Parts of a fact are claims,
// each with its vantage: seen by Immich outranks seen by the provider, that
// what this machine sees, that what is written in a file or flag, that what was
// inferred, and that a default.
//
// A Check asks one question about one thing. Run decides whether to ask at all
// by the ladder: the release is in range, nothing that explains us has failed
// (After), what we need is known (Needs). Then it asks, and a failure yields to
// another check that says the same more exactly (YieldsTo). Every check has a
// result, always: pass, fail, skip, blocked, n/a, or broken, which is our bug.
//
// A verdict says how it is known. Its Grade is capped by its evidence: observed,
// implied by a rule, or assumed. Whoever decides by a default says so through
// facts.Or, and what is assumed is never an Error.
//
// Journeys are what people have: a login that breaks at a step. A failed Error
// breaks the steps that it names. A check that saw a step work, by Immich's or
// the provider's own answer, is its witness; a witness takes that step from any
// finding of a lesser vantage. What is left over of failed Errors are the root
// causes, the one to mend first first. ExitCode makes one number of it all.
//
// # Where things are
//
//	secret    what may be shown: Value, Text, URI, Name, and Seal, the one door
//	facts     plain data, one file per role
//	gather    the only code that opens sockets or files; wire is its one client
//	know      knowledge as data: releases of Immich, providers, what stands in front
//	catalog   every check, one file each: family_name.go holds family/name
//	checktest proves what checks declare, case by case
//	oidctest  a faulty provider and an Immich stand-in; knows nothing of the rest
//
// Who may import what is a table in imports_test.go.
package checks
