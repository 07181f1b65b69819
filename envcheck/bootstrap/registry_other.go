//go:build !windows

package bootstrap

func (d *Desk) registryGo() string { return "" }

func (p *Plan) planRegistry() error { return nil }

func broadcast() {}
