// Command purego is a test subject: it calls into C libraries without cgo and
// is therefore not static.
package main

import "github.com/ebitengine/purego"

func main() {
	_, err := purego.Dlopen("libm.so.6", purego.RTLD_NOW)
	println(err == nil)
}
