package export

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/loongarch"
)

// pluginStart stands in the plug-in's package under the name that task.json starts.
// One package serves machines of several architectures.
var pluginStart = `#!/bin/sh
# Starts the yingzao of this machine.
set -eu
` + loongarch.ShellProbe() + `
dir=$(cd "$(dirname "$0")" && pwd)
case $(uname -m) in
  x86_64 | amd64) arch=amd64 ;;
  aarch64 | arm64) arch=arm64 ;;
  loongarch64)
    case $(loong_world) in
      new) arch=loong64 ;;
      old) arch=loong64-abi1.0 ;;
      *) if [ -e /lib64/ld-linux-loongarch-lp64d.so.1 ]; then arch=loong64; else arch=loong64-abi1.0; fi ;;
    esac ;;
  *) arch=$(uname -m) ;;
esac
file=$dir/yingzao_linux_$arch
if [ ! -e "$file" ]; then echo "yingzao: this plug-in has no binary for $arch" >&2; exit 2; fi
chmod +x "$file"
exec "$file" "$@"
`

// plugin writes what BlueKing's workbench takes as one upload: task.json, and beside
// it the package that task.json names, with the binaries for Linux. Without any there
// is no plug-in.
func (w *writer) plugin(all []Binary, task []byte) error {
	entries := []archive.Entry{inMemory("yingzao", 0o755, []byte(pluginStart))}
	for _, b := range all {
		if b.Target.OS != "linux" {
			continue
		}
		e, err := onDisk(strings.TrimPrefix(binName(b), "bin/"), 0o755, filepath.Join(w.dir, filepath.FromSlash(binName(b))))
		if err != nil {
			return failed(err)
		}
		entries = append(entries, e)
	}
	if len(entries) == 1 {
		return nil
	}
	// Beside the folder, and gone with what surrounds it.
	inner := filepath.Join(filepath.Dir(w.dir), "yingzao.zip")
	if _, err := archive.WriteFile(w.ctx, inner, 0o644, func(to io.Writer) error {
		return archive.Write(w.ctx, to, archive.Zip, entries, archive.Options{})
	}); err != nil {
		return err
	}
	e, err := onDisk("yingzao.zip", 0o644, inner)
	if err != nil {
		return failed(err)
	}
	_, err = w.put("bkci/yingzao_release.zip", 0o644, func(to io.Writer) error {
		return archive.Write(w.ctx, to, archive.Zip, []archive.Entry{inMemory("task.json", 0o644, task), e}, archive.Options{Level: 1})
	})
	return err
}

func binName(b Binary) string {
	name, _ := FileName(b.Target)
	return "bin/" + name
}

func inMemory(name string, mode os.FileMode, data []byte) archive.Entry {
	return archive.Entry{Name: name, Mode: mode, Size: int64(len(data)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), nil
	}}
}

func onDisk(name string, mode os.FileMode, path string) (archive.Entry, error) {
	info, err := os.Stat(path)
	if err != nil {
		return archive.Entry{}, err
	}
	return archive.Entry{Name: name, Mode: mode, Size: info.Size(), Open: func() (io.ReadCloser, error) { return os.Open(path) }}, nil
}
