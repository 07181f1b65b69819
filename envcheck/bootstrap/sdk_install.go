package bootstrap

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// install fetches the SDK and puts it under its name, whole or not at all.
func (p *Plan) install(ctx context.Context) error {
	s := &p.SDK
	if s.State == Keep {
		return nil
	}
	sdk, err := fetch.Find(ctx, s.release, s.abi, s.fetch)
	if err != nil {
		return tlsHint(err)
	}
	if sdk.Close != nil {
		defer sdk.Close()
	}
	into := s.Dir
	if s.State == Replace {
		into = filepath.Join(filepath.Dir(s.Dir), ".fresh-"+s.Version)
	}
	if err := sdk.Extract(ctx, into); err != nil {
		return err
	}
	data, err := json.MarshalIndent(record{Schema: 1, H1: sdk.H1, Proof: sdk.Proof}, "", "  ")
	if err != nil {
		return err
	}
	if s.State == Replace {
		old := filepath.Join(filepath.Dir(s.Dir), ".old-"+s.Version)
		if err := os.Rename(s.Dir, old); err != nil {
			return inUse(msg.Errorf("replace %s: %w", "替换 %s：%w", s.Dir, err))
		}
		if err := os.Rename(into, s.Dir); err != nil {
			_ = os.Rename(old, s.Dir)
			return msg.Errorf("replace %s: %w", "替换 %s：%w", s.Dir, err)
		}
		_ = os.RemoveAll(old)
	}
	if err := goenv.WriteFile(s.recordFile(), append(data, '\n'), 0o644); err != nil {
		return msg.Errorf("write %s: %w", "写入 %s：%w", s.recordFile(), err)
	}
	s.H1, s.By, s.Source = sdk.H1, string(sdk.Proof.By), sdk.Proof.Source
	return nil
}

// inUse adds what is mostly the reason on Windows, where files that are open hold
// their folder.
func inUse(err *msg.Error) error {
	if !isWindows() {
		return err
	}
	return err.WithHint("end the programs that use it: go, gopls, editors", "请先结束正在使用它的程序：go、gopls、编辑器")
}

// sweep removes what killed bootstraps left of their own. The lock is ours.
func (d *Desk) sweep() {
	for _, dir := range []string{d.Root, d.join("go"), d.join("bin")} {
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			for _, mark := range []string{".part-", ".fresh-", ".old-", ".tools-", ".yingzao-"} {
				if n := e.Name(); strings.HasPrefix(n, ".") && strings.Contains(n, mark) {
					_ = os.RemoveAll(filepath.Join(dir, n))
				}
			}
		}
	}
}
