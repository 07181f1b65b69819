// Package adopt takes over what another program stored: a GOMODCACHE, goproxy's
// cache directory, Athens' disk storage. Everything is proven as if it had been
// fetched.
package adopt
