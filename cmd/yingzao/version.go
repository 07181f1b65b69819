package main

import (
	"encoding/json"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Set by a release build (see .yingzao.yaml); other builds ask the build
// information.
var (
	version string
	commit  string
)

// version prints what this binary is.
func (a *app) version() *cobra.Command {
	c := a.command("version", msg.Text{EN: "print what this yingzao is", ZH: "显示 yingzao 的版本信息"}, msg.Text{})
	format := a.formatFlag(c)
	c.RunE = func(*cobra.Command, []string) error {
		v := buildVersion()
		if format.json() {
			return json.NewEncoder(a.out).Encode(v)
		}
		a.printf("yingzao %s", "yingzao %s", v.Version)
		if v.Commit != "" {
			a.printf(" (%s)", "（%s）", v.Commit)
		}
		a.printf(", built with %s for %s\n", "，以 %s 构建，平台 %s\n", v.Go, v.Platform)
		return nil
	}
	return c
}

type versionInfo struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func buildVersion() versionInfo {
	v := versionInfo{Version: version, Commit: commit, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if v.Version == "" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && v.Commit == "" {
			v.Commit = s.Value
		}
	}
	return v
}
