package main

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
	"github.com/yingzao-dev/yingzao/release"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/publish"
)

// releasePublish sends a finished dist folder to stores.
func (a *app) releasePublish() *cobra.Command {
	c := a.command("publish", msg.Text{EN: "publish a finished dist folder, ours or GoReleaser's", ZH: "发布已完成的 dist 目录（本工具或 GoReleaser 生成）"}, msg.Text{})
	from := c.Flags().String("from", "dist", a.say("the dist folder", "dist 目录"))
	to := c.Flags().StringSlice("to", nil, a.say("store to publish to: a folder or a URL", "发布到的存储：目录或 URL"))
	reports := c.Flags().StringSlice("report", nil, a.say("also write what was published to a file, as dotenv=FILE or links=FILE", "另将发布结果写入文件，格式 dotenv=FILE 或 links=FILE"))
	project := a.signSection(c)
	required := c.Flags().Bool("require-signature", false, a.say("refuse a release, snapshots excepted, that nobody signed", "拒绝没有签名的发布（快照除外）"))
	addresses := a.addressFlags(c)
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if len(*to) == 0 {
			return msg.Errorf("publish: no store is named, so nothing would be published", "发布：未指定存储，不会发布任何内容").
				WithHint("add --to DIR or --to URL", "请添加 --to DIR 或 --to URL").WithKind(msg.Usage)
		}
		m, err := release.ReadDist(c.Context(), *from)
		if err != nil {
			return err
		}
		sidecars, err := a.signedDist(c.Context(), project, *from, m, *required)
		if err != nil {
			return err
		}
		var all []*publish.Result
		for _, url := range *to {
			st, err := a.stores().Open(c.Context(), url)
			if err != nil {
				return err
			}
			o := publish.Options{Journal: *from, Sidecars: sidecars}
			o.BaseURL, o.Mirrors = addresses()
			show, end := a.publishing()
			o.Progress = show
			r, err := publish.Publish(c.Context(), st, m, release.FilesIn(*from), o)
			end()
			if err != nil {
				return err
			}
			all = append(all, r)
			if !format.json() {
				a.printPublished(r)
			}
		}
		base, _ := addresses()
		if err := a.publishedReports(c.Context(), *reports, all[0], m, base); err != nil {
			return err
		}
		if format.json() {
			return a.printJSON(all)
		}
		return nil
	}
	return c
}

// signedDist signs with the environment's and the project's keys, if there are any, and
// returns what lies beside the manifest.
func (a *app) signedDist(ctx context.Context, project *signSection, dist string, m *manifest.Manifest, required bool) ([]publish.Sidecar, error) {
	keys, section, err := a.secrets().ForDist(project.dir, project.config, dist, m)
	if err == nil && (len(keys) > 0 || section.SM3) {
		_, err = release.SignDist(ctx, dist, m, keys, section.SM3)
	}
	if err != nil {
		return nil, err
	}
	sidecars, err := release.Sidecars(dist, m)
	signed := func(s publish.Sidecar) bool {
		_, ok := release.SignsManifest(s)
		return ok
	}
	if err == nil && (required || section.Required) && !m.Snapshot && !slices.ContainsFunc(sidecars, signed) {
		err = msg.Errorf("publish: the release is not signed", "发布：该发布没有签名").WithKind(msg.Usage).
			WithHint("run yingzao release sign first, or put a key into YINGZAO_SIGN_KEY or YINGZAO_SM2_KEY", "请先运行 yingzao release sign，或将密钥放入 YINGZAO_SIGN_KEY 或 YINGZAO_SM2_KEY")
	}
	return sidecars, err
}

// addressFlags say where readers find what is published.
func (a *app) addressFlags(c *cobra.Command) (given func() (base string, mirrors []string)) {
	base := c.Flags().String("base-url", "", a.say("where readers find the store, for the page and install.sh", "读者访问存储的地址，供页面与 install.sh 使用"))
	mirrors := c.Flags().StringSlice("mirror", nil, a.say("other addresses with the same files, tried in this order; '' for none (default: as before)", "其他提供相同文件的地址，按此顺序尝试；'' 表示没有（默认：沿用之前的）"))
	return func() (string, []string) {
		if !c.Flags().Changed("mirror") {
			return *base, nil
		}
		return *base, slices.DeleteFunc(append([]string{}, *mirrors...), func(m string) bool { return m == "" })
	}
}

// publishing shows on a terminal how far a publication is, until end is called.
func (a *app) publishing() (show func(publish.Event), end func()) {
	if !term.Interactive(a.err, a.getenv) {
		return nil, func() {}
	}
	const id = "publish"
	p, shown := term.NewProgress(a.err, true), int64(-1)
	return func(e publish.Event) {
		if shown < 0 {
			shown = 0
			p.Start(id, a.say("publish", "发布"), e.Total)
		}
		p.Add(id, e.Done-shown)
		shown = e.Done
		phase := ""
		switch {
		case e.Stage == "commit" || e.Stage == "point":
			phase = e.Name
		case e.ETA > 0:
			phase = a.say("time left ", "剩余时间 ") + term.Duration(max(e.ETA.Round(time.Second), time.Second))
		}
		p.Phase(id, phase)
	}, p.Close
}
