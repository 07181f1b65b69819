package preflight

import "fmt"

// gitRules are about the repository: PRE001–PRE009.
func gitRules() []Rule {
	nameVersion := text("create a tag (git tag v1.2.3), or give --version 1.2.3, or use --snapshot for a trial",
		"打标签（git tag v1.2.3），或用 --version 1.2.3 指定版本，或用 --snapshot 试发布")
	return []Rule{
		{
			Code: "PRE001", Severity: Error, Snapshot: true, Version: true,
			Title: text("no git repository around the project", "项目不在 git 仓库中"),
			Why:   text("Version, commit and commit time come from git.", "版本、提交和提交时间都取自 git。"),
			Fix:   text("release from a clone, or give --version 1.2.3, or use --snapshot for a trial", "请从克隆发布，或用 --version 1.2.3 指定版本，或用 --snapshot 试发布"),
			check: func(in Input) (bool, []string) { return !in.Git.Found, nil },
		},
		{
			Code: "PRE002", Severity: Error, Snapshot: true, Version: true,
			Title: text("the repository has no commit", "仓库中还没有提交"),
			Why:   text("A release names the commit it was made from.", "发布要写明它来自哪个提交。"),
			Fix:   text("commit the sources (git commit), or give --version 1.2.3, or use --snapshot for a trial", "请先提交源码（git commit），或用 --version 1.2.3 指定版本，或用 --snapshot 试发布"),
			check: func(in Input) (bool, []string) { return in.Git.Found && in.Git.Commit == "", nil },
		},
		{
			Code: "PRE003", Severity: Error, Snapshot: true,
			Title: text("the working tree is dirty", "工作区有未提交的改动"),
			Why: text("The binaries would contain something that the commit does not, so nobody could rebuild them.",
				"二进制会包含提交中没有的内容，别人无法重现。"),
			Fix: text("commit or stash the changes, ignore generated files (.gitignore), or use --snapshot for a trial",
				"提交或暂存改动，把生成的文件写进 .gitignore，或用 --snapshot 试发布"),
			check: func(in Input) (bool, []string) {
				g := in.Git
				if !g.Dirty {
					return false, nil
				}
				evidence := append([]string(nil), g.Changed...)
				if more := g.ChangedCount - len(g.Changed); more > 0 {
					evidence = append(evidence, fmt.Sprintf("… +%d", more))
				}
				return true, evidence
			},
		},
		{
			Code: "PRE004", Severity: Error, Snapshot: true, Version: true,
			Title: text("shallow clone without a version tag", "浅克隆，且没有版本标签"),
			Why: text("The tag may exist, but this clone does not have it; CI systems clone so by default.",
				"标签可能存在，但这个克隆里没有；CI 默认就是这样克隆的。"),
			Fix: text("fetch the history and tags (git fetch --unshallow --tags; GitLab: GIT_DEPTH: 0), or give --version 1.2.3, or use --snapshot",
				"取回历史和标签（git fetch --unshallow --tags；GitLab 设 GIT_DEPTH: 0），或用 --version 1.2.3 指定版本，或用 --snapshot 试发布"),
			check: func(in Input) (bool, []string) { return in.Git.Shallow && in.Git.Tag == "", nil },
		},
		{
			Code: "PRE005", Severity: Error, Snapshot: true, Version: true,
			Title: text("no version tag", "没有版本标签"),
			Why:   text("Without a tag there is no version to release.", "没有标签就没有要发布的版本。"),
			Fix:   nameVersion,
			check: func(in Input) (bool, []string) { return untagged(in.Git) && in.Git.PreviousTag == "", nil },
		},
		{
			Code: "PRE006", Severity: Error, Snapshot: true, Version: true,
			Title: text("HEAD is not at a version tag", "HEAD 不在版本标签上"),
			Why:   text("Commits after the last tag belong to no version yet.", "最后一个标签之后的提交还不属于任何版本。"),
			Fix: text("check the tag out (git checkout TAG), create a new one (git tag v1.2.3), give --version 1.2.3, or use --snapshot",
				"检出标签（git checkout TAG），打新标签（git tag v1.2.3），用 --version 1.2.3 指定版本，或用 --snapshot 试发布"),
			check: func(in Input) (bool, []string) {
				return untagged(in.Git) && in.Git.PreviousTag != "", []string{in.Git.Summary}
			},
		},
		{
			Code: "PRE007", Severity: Error, Snapshot: true, Version: true,
			Title: text("the tag at HEAD is not a semantic version", "HEAD 上的标签不是语义版本"),
			Why: text("Order of versions, Go modules and package managers all need MAJOR.MINOR.PATCH.",
				"版本排序、Go 模块和软件包管理器都需要 主版本.次版本.修订号 的形式。"),
			Fix: text("tag it as v1.2.3 (git tag v1.2.3), or give --version 1.2.3, or use --snapshot",
				"打成 v1.2.3 形式的标签（git tag v1.2.3），或用 --version 1.2.3 指定版本，或用 --snapshot 试发布"),
			check: func(in Input) (bool, []string) {
				bad := misnamed(in.Git)
				return in.Git.Tag == "" && !in.Git.Shallow && len(bad) > 0, bad
			},
		},
	}
}

// untagged reports whether the missing tag is the matter itself, not the
// consequence of something that another rule says better.
func untagged(g *Git) bool {
	return g.Commit != "" && g.Tag == "" && !g.Shallow && len(misnamed(g)) == 0
}

// misnamed are the tags at HEAD that are no versions at all.
func misnamed(g *Git) []string {
	var names []string
	for _, t := range g.IgnoredTags {
		if !t.Semver {
			names = append(names, t.Name)
		}
	}
	return names
}
