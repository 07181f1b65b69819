// Command yingzao builds, proves and publishes Go programs for sites with slow,
// filtered or no internet. Each command lives in a file of its own: flags to
// options, one library call, print.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
}
