// Package config reads the section proxy: of .yingzao.yaml into a [Config]. It is
// pure: it opens no file, resolves no name and asks nobody. example.yaml beside it
// says what every key means; a test reads it.
//
// Secrets never stand in the file, which lies in a repository. They are named: a
// file that holds a token, a private key, the digests of the clients' tokens. A URL
// with a password or a parameter that looks like a secret is refused.
//
// A path that is not absolute is meant from the folder that the configuration lies
// in, so that a service finds its files wherever it is started.
package config
