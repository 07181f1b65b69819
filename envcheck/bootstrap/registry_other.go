//go:build !windows

package bootstrap

func (d *Desk) registryGo() string { return "" }

func (d *Desk) systemGos() []string { return nil }

func (d *Desk) behindSystem([]string) int { return 0 }

func (p *Plan) planRegistry() error { return nil }

func (d *Desk) withoutOurPath(_, _ []byte) []byte { return nil }

func broadcast() {}
