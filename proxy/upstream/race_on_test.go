//go:build race

package upstream

// bigSize is small where moving gigabytes is 20 times slower, in bytes.
const bigSize = 2 << 20
