package main

import (
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/publish"
)

// versionState says what is special about a version.
func versionState(p publish.ProjectListing, v publish.VersionListing) (out []msg.Text) {
	add := func(is bool, en, zh string, args ...any) {
		if is {
			out = append(out, msg.Textf(en, zh, args...))
		}
	}
	add(v.Latest && !v.Promoted, "latest", "最新")
	add(v.Promoted, "latest, chosen by hand over %s", "最新，人工指定（越过 %s）", p.Over)
	add(v.Yanked, "yanked: %s", "已撤回：%s", v.YankReason)
	add(v.Snapshot, "snapshot", "快照版")
	add(v.Prerelease && !v.Snapshot, "prerelease", "预发布版")
	add(v.Missing > 0, "%d files are missing", "缺少 %d 个文件", v.Missing)
	return out
}

func unfinishedState(u publish.UnfinishedListing) msg.Text {
	switch {
	case u.Removing:
		return msg.Text{EN: "being removed by gc, or gc was interrupted", ZH: "gc 正在删除，或 gc 曾中断"}
	case u.Claimed:
		return msg.Textf("unfinished: claimed by %s since %s", "未完成：自 %[2]s 起由 %[1]s 占用", u.By, u.Since.Format(time.RFC3339))
	}
	return msg.Textf("files without a manifest, the last of %s", "没有清单的文件，最后一个于 %s", u.Newest.Format(time.RFC3339))
}

func (a *app) join(texts []msg.Text) string {
	var out []string
	for _, t := range texts {
		out = append(out, t.In(a.lang))
	}
	return strings.Join(out, a.say(", ", "，"))
}
