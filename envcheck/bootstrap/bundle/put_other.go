//go:build !linux

package bundle

// exchange puts the folder from under the name to; what was there is then under
// aside, which the caller removes.
func exchange(from, to, aside string) error { return replace(from, to, aside) }
