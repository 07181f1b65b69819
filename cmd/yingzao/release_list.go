package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/term"
	"github.com/yingzao-dev/yingzao/release/publish"
)

// releaseList tells what a store holds.
func (a *app) releaseList() *cobra.Command {
	c := a.command("list [PROJECT]", msg.Text{EN: "list the versions in a store", ZH: "列出存储中的版本"}, msg.Text{
		EN: "Shows every version with its date, files and state, and what lies there without being a version:\nuploads that are under way or were interrupted, folders without a manifest.",
		ZH: "显示每个版本的日期、文件与状态，以及尚不成为版本的内容：进行中或已中断的上传、没有清单的目录。",
	})
	c.Args = nil
	to := a.toFlag(c)
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		st, project, _, err := a.storeAnd(c, *to, args, 0, 1)
		if err != nil {
			return err
		}
		l, err := publish.List(c.Context(), st, project, publish.ManageOptions{})
		if err != nil {
			return err
		}
		if format.json() {
			return a.printJSON(l)
		}
		return a.printListing(l)
	}
	return c
}

// toFlag is the one store that a command works on.
func (a *app) toFlag(c *cobra.Command) *string {
	return c.Flags().String("to", "", a.say("the store: a folder or a URL", "存储：目录或 URL"))
}

// storeAnd opens the store and takes the arguments PROJECT and VERSION apart, of
// which there are between least and most.
func (a *app) storeAnd(c *cobra.Command, to string, args []string, least, most int) (st store.Store, project, version string, err error) {
	if len(args) < least || len(args) > most {
		want := msg.Text{EN: "at most a project", ZH: "至多一个项目"}
		if most == 2 {
			want = msg.Text{EN: "a project and a version", ZH: "一个项目和一个版本"}
		}
		return nil, "", "", msg.Errorf("%s: it takes %s, and %d arguments were given", "%s：参数应为%s，实际给出 %d 个", c.CommandPath(), want, len(args)).WithKind(msg.Usage).
			WithHint("%s --help shows how", "%s --help 可查看用法", c.CommandPath())
	}
	if to == "" {
		return nil, "", "", msg.Errorf("%s: no store is named", "%s：未指定存储", c.CommandPath()).WithKind(msg.Usage).
			WithHint("add --to DIR or --to URL", "请添加 --to DIR 或 --to URL")
	}
	args = slices.Concat(args, []string{"", ""})
	st, err = a.stores().Open(c.Context(), to)
	return st, args[0], args[1], err
}

func (a *app) printListing(l *publish.Listing) error {
	t := term.Table{Columns: []term.Column{
		{Title: a.say("project", "项目")}, {Title: a.say("version", "版本")}, {Title: a.say("published", "发布日期")},
		{Title: a.say("files", "文件"), Right: true}, {Title: a.say("size", "大小"), Right: true}, {Title: a.say("state", "状态")},
	}}
	for _, p := range l.Projects {
		for _, v := range p.Versions {
			t.Add(p.Project, v.Version, v.Published.Format("2006-01-02"), fmt.Sprint(v.Files), term.Size(v.Size), a.join(versionState(p, v)))
		}
		for _, u := range p.Unfinished {
			t.Add(p.Project, u.Version, "", fmt.Sprint(u.Files), term.Size(u.Size), unfinishedState(u).In(a.lang))
		}
		for _, w := range p.Warnings {
			a.note("warning: %s\n", "警告：%s\n", w)
		}
		if !p.Fresh {
			a.note("warning: index.json or latest.json of %s is out of date; the next publish, promote or yank writes them anew\n",
				"警告：%s 的 index.json 或 latest.json 已过时；下一次发布、提升或撤回会重新写入\n", p.Project)
		}
	}
	if len(t.Rows) == 0 {
		a.note("%s holds no release\n", "%s 中没有任何发布\n", l.Store)
		return nil
	}
	return t.Write(a.out)
}
