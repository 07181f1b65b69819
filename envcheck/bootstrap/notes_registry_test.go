package bootstrap

import (
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

// The registry's part of the notes, on every system.
func TestRegistryNotes(t *testing.T) {
	user := envcheck.Place{Origin: envcheck.FromUserReg, File: `HKCU\Environment`}
	system := envcheck.Place{Origin: envcheck.FromSysReg, File: `HKLM\Environment`}
	d := &Desk{OS: "windows", env: goenv.Resolve(goenv.Sources{OS: "windows", Environ: []string{"GOSUMDB=stale.example"}}), Snapshot: &envcheck.Snapshot{Settings: []envcheck.Setting{
		{Key: "GOPROXY", Value: "https://s:secret@system.example", Place: system},
		{Key: "GOPROXY", Value: "https://user.example", Place: user},
		{Key: "TEMP", Value: "a", Place: user}, {Key: "TEMP", Value: "b", Place: system},
		{Key: "GOFLAGS", Value: "-mod=mod", Place: user}, {Key: "GOFLAGS", Value: "-mod=mod", Place: system},
		{Key: "GOSUMDB", Value: "wanted.example", Place: system},
		{Key: "GOPRIVATE", Value: "shell.example", Place: envcheck.Place{Origin: envcheck.FromShell, File: "profile", Line: 3}},
	}}}
	p := &Plan{desk: d}
	p.registryNotes()
	if len(p.Notes) != 1 || p.Notes[0].Code != "conflict" {
		t.Fatalf("%+v", p.Notes)
	}
	if en, want := p.Notes[0].Text.EN, `GOPROXY is https://user.example in HKCU\Environment and https://system.example in HKLM\Environment: this user has the first, services have the second; keep one`; en != want {
		t.Errorf("%s", en)
	}
	if zh, want := p.Notes[0].Text.ZH, `GOPROXY 在 HKCU\Environment 中为 https://user.example，在 HKLM\Environment 中为 https://system.example：当前用户用的是前者，服务用的是后者；请只保留一处`; zh != want {
		t.Errorf("%s", zh)
	}
	p.Notes = nil
	for key, value := range map[string]string{
		"GOPROXY":   "https://user.example", // what the user's registry says is what we write
		"GOSUMDB":   "wanted.example",       // this shell is older than the registry
		"GOPRIVATE": "any",                  // a start file that this shell did not read
	} {
		p.shadowed(key, value)
	}
	if len(p.Notes) != 0 {
		t.Errorf("%+v", p.Notes)
	}
	p.shadowed("GOPROXY", "https://system.example")
	if len(p.Notes) != 1 || p.Notes[0].Text.EN != `GOPROXY is set to https://user.example by HKCU\Environment, which hides what is written to the env file: remove it there` {
		t.Errorf("%+v", p.Notes)
	}
	if at := p.setIn("GOPROXY"); at.EN != ` in HKLM\Environment, HKCU\Environment` {
		t.Errorf("%s", at.EN)
	}
	if at := p.setIn("GOPRIVATE"); at.ZH != "，位于 profile:3" {
		t.Errorf("%s", at.ZH)
	}
}
