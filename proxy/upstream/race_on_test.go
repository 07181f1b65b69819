//go:build race

package upstream

// raced: moving gigabytes is 20 times slower under the race detector.
const raced = true
