package remotetest

import "testing"

// Run tests an adapter.
func Run(t *testing.T, s Site) {
	for name, test := range map[string]func(*testing.T, Site){
		"faults": faults, "cancel": cancelled, "token expires": tokenExpires, "body is free": bodyIsFree,
		"pages": pages, "parts": parts, "whole object": wholeObject, "small parts": smallParts, "long keys": longKeys, "sweep": sweep,
		"written": written, "versions": versions, "versions, raced": overwritten, "versions, may not ask": mayNotAsk, "versions, no answer": noAnswer,
		"other servers": otherServers, "lies": lies, "codes": sharedCodes, "clock": clock, "HEAD explained": headExplained, "inside only": insideOnly,
		"keys are looked for": keysAreLookedFor, "public": public, "presigned": presigned, "not presigned": notPresigned,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, s)
		})
	}
}
