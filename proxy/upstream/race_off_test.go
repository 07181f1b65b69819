//go:build !race

package upstream

const bigSize = 20 << 20
