// Package remotetest tests the stores behind HTTP alike: each adapter describes
// itself by a [Site] and calls [Run], which lets it meet a server of its dialect
// that checks signatures and goes wrong on request. [storetest.Run] holds to what
// every store must do; this is about what goes over the wire: requests, faults,
// refusals and their remedies, keys that expire, versions, secrets.
//
// What only one service has, its adapter tests itself, with the helpers of Site.
package remotetest
