package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
)

// image makes Go builder images; its subcommands are the ways and the parts.
func (a *app) image() *cobra.Command {
	c := a.command("image", msg.Text{
		EN: "Go builder images for Kylin, UOS, openEuler and others, with or without Docker",
		ZH: "面向麒麟、统信、openEuler 等系统的 Go 构建镜像，有无 Docker 均可",
	}, msg.Text{
		EN: "Two ways to one image: Dockerfiles for sites with an engine (render, lint), and layers put together here\n" +
			"without daemon, root, network or emulation (build, push). Either way the Go SDK is proven genuine (sdk).",
		ZH: "同一镜像有两条途径：为具备容器引擎的现场生成 Dockerfile（render、lint）；或在本地直接拼装镜像层，\n" +
			"无需守护进程、root、网络或模拟器（build、push）。无论哪种方式，Go SDK 的真实性都经过验证（sdk）。",
	})
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	c.AddCommand(a.imageList(), a.imageRender(), a.imageLint(), a.imageBuild(), a.imagePush(), a.imageLock(), a.imageSDK())
	return c
}

// platforms reads a list of linux targets without levels; the system may be left
// out.
func platforms(flag string, words []string) ([]target.Target, error) {
	var out []target.Target
	for _, word := range words {
		full := word
		if !strings.Contains(word, "/") {
			full = "linux/" + word
		}
		t, err := target.Parse(full)
		switch {
		case err != nil:
			return nil, err
		case t.OS != "linux" || t.Level != "":
			return nil, msg.Errorf("--%s: %s is no platform of an image", "--%s：%s 不是镜像的平台", flag, word).WithKind(msg.Usage).
				WithHint("for example linux/amd64, linux/arm64, linux/loong64, linux/loong64-abi1.0", "例如 linux/amd64、linux/arm64、linux/loong64、linux/loong64-abi1.0")
		case slices.Contains(out, t):
			return nil, msg.Errorf("--%s: %s is there twice", "--%s：%s 重复出现", flag, word).WithKind(msg.Usage).
				WithHint("name each platform once", "每个平台只写一次")
		}
		out = append(out, t)
	}
	return out, nil
}

// perPlatform reads values that may be for one platform: VALUE, PLATFORM=VALUE.
// The value for all has the empty platform.
func perPlatform(flag string, words []string) (map[string]string, error) {
	out := map[string]string{}
	for _, word := range words {
		name, value, named := strings.Cut(word, "=")
		t, err := platforms(flag, []string{name})
		switch {
		case named && err == nil:
			name = t[0].String()
		case named && strings.HasPrefix(name, "linux/"):
			return nil, err
		default:
			name, value = "", word
		}
		if _, twice := out[name]; twice {
			return nil, msg.Errorf("--%s: two values for the same platform", "--%s：同一平台给出了两个值", flag).WithKind(msg.Usage).
				WithHint("write PLATFORM=VALUE for each, for example linux/arm64=…", "请逐个写成 平台=值，例如 linux/arm64=…")
		}
		out[name] = value
	}
	return out, nil
}

// forPlatform is the value for one platform, else the one for all.
func forPlatform(values map[string]string, t target.Target) string {
	if v, ok := values[t.String()]; ok {
		return v
	}
	return values[""]
}
