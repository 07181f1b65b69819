package gather

import (
	"path/filepath"
	"runtime"
	"testing"
)

func TestToolchains(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bin := filepath.Join(w.home, "b[in")
	w.write(filepath.Join(bin, "go1.24.1"), "#!/bin/sh\n")
	link(t, "/home/dev/nowhere", filepath.Join(bin, "go1.23.0"))
	cached := filepath.Join(w.home, "mod/golang.org/toolchain@v0.0.1-go1.25.3."+runtime.GOOS+"-"+runtime.GOARCH)
	mkdir(t, cached)
	mkdir(t, filepath.Join(w.home, "mod/golang.org/toolchain@v0.0.1-go1.25.4.plan9-mips"))
	s := w.set("PATH="+bin, "GOMODCACHE="+w.home+"/mod").look()
	if len(s.Toolchains) != 2 || s.Toolchains[0].Name != "go1.24.1" || s.Toolchains[0].From != "path" || s.Toolchains[1].Name != "go1.25.3" || s.Toolchains[1].Path != cached || s.Toolchains[1].From != "cache" {
		t.Errorf("%+v", s.Toolchains)
	}
}
