// Package config reads the proxy's configuration, one YAML file, into a value.
// It is pure: files with secrets are named in it and read by whoever needs them.
package config
