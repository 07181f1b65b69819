//go:build !unix

package bootstrap

func (d *Desk) underSudo() bool { return false }
