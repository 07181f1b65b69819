package lint

import (
	"go.yaml.in/yaml/v3"

	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// GitLab's limits; the first can be changed by an administrator.
const (
	maxCaches   = 4
	maxKeyFiles = 2
)

func cacheRules() rules {
	return rules{{
		Code: "PPL001", Severity: lint.Error, Since: "0.6.0",
		Title:  msg.Text{EN: "Part of a cache section has lost its indentation", ZH: "缓存配置的一部分缩进丢失"},
		Why:    msg.Text{EN: "YAML nests by indentation. A key: or paths: beside cache: instead of below it does not belong to the cache: GitLab refuses the file, or at the top level takes it for something else, and nothing is cached as it was meant.", ZH: "YAML 靠缩进表示层级。与 cache: 平级而非其下级的 key: 或 paths: 不属于缓存：GitLab 会拒绝该文件，或在顶层把它当作别的内容，缓存不会按预期工作。"},
		Fix:    msg.Text{EN: "Indent it below cache:.", ZH: "把它缩进到 cache: 之下。"},
		Before: "build:\n  script: [go build ./...]\n  cache:\n  key: go\n  paths: [.cache/]",
		After:  "build:\n  script: [go build ./...]\n  cache:\n    key: go\n    paths: [.cache/]",
		Find: func(v *view) []lint.Finding {
			var out []lint.Finding
			for _, s := range v.gitlab.strays() {
				out = append(out, lint.Found(s.Line, s.Value+":", "%q stands outside of the cache section that it is meant for", "%q 位于它所属的 cache 配置之外", s.Value+":"))
			}
			return out
		},
	}, {
		Code: "PPL002", Severity: lint.Warning, Since: "0.6.0",
		Title:  msg.Text{EN: "A GitLab cache path lies outside of the project", ZH: "GitLab 缓存路径位于项目目录之外"},
		Why:    msg.Text{EN: "The runner saves only what lies below CI_PROJECT_DIR. A path like $HOME/go/pkg/mod matches no files there: the job succeeds, and every job downloads all modules again.", ZH: "Runner 只保存 CI_PROJECT_DIR 之下的内容。$HOME/go/pkg/mod 这样的路径在其中匹配不到文件：作业照常成功，而每个作业都会重新下载全部模块。"},
		Fix:    msg.Text{EN: "Move Go's caches into the project by variables, GOMODCACHE: $CI_PROJECT_DIR/.cache/go-mod, and cache those folders.", ZH: "用 variables 把 Go 的缓存移到项目目录内，如 GOMODCACHE: $CI_PROJECT_DIR/.cache/go-mod，再缓存这些目录。"},
		Before: "build:\n  script: [go build ./...]\n  cache:\n    paths: [$HOME/go/pkg/mod/]",
		After:  "variables:\n  GOMODCACHE: $CI_PROJECT_DIR/.cache/go-mod\nbuild:\n  image: golang:1.26\n  script: [go build ./...]\n  cache:\n    paths: [.cache/go-mod/]",
		Find: func(v *view) []lint.Finding {
			var out []lint.Finding
			for _, c := range v.gitlab.caches() {
				for _, p := range c.paths() {
					if v.gitlab.outside(c.job, p.Value) {
						out = append(out, lint.Found(p.Line, p.Value, "the cache path %s is not below CI_PROJECT_DIR: nothing is kept", "缓存路径 %s 不在 CI_PROJECT_DIR 之下：什么也不会保存", p.Value))
					}
				}
			}
			return out
		},
	}, {
		Code: "PPL003", Severity: lint.Error, Since: "0.6.0",
		Title:  msg.Text{EN: "A job has more than four caches", ZH: "一个作业的缓存超过四个"},
		Why:    msg.Text{EN: "GitLab takes at most four caches in a job unless an administrator allows more; neither its schema nor gitlab-ci-local say so beforehand.", ZH: "除非管理员放宽，GitLab 每个作业最多接受四个缓存；它的 schema 和 gitlab-ci-local 都不会提前指出。"},
		Fix:    msg.Text{EN: "Put folders with the same key into one cache.", ZH: "把 key 相同的目录合并到一个缓存中。"},
		Before: "a:\n  script: [make]\n  cache: [{paths: [.a]}, {paths: [.b]}, {paths: [.c]}, {paths: [.d]}, {paths: [.e]}]",
		After:  "a:\n  script: [make]\n  cache: [{paths: [.a, .b]}, {paths: [.c]}, {paths: [.d]}, {paths: [.e]}]",
		Find: func(v *view) []lint.Finding {
			var out []lint.Finding
			for _, l := range v.gitlab.cacheLists() {
				if n := len(l.Content); l.Kind == yaml.SequenceNode && n > maxCaches {
					out = append(out, lint.Found(l.Line, "cache", "%d caches in one job, and GitLab takes %d", "一个作业有 %d 个缓存，GitLab 最多接受 %d 个", n, maxCaches))
				}
			}
			return out
		},
	}, {
		Code: "PPL004", Severity: lint.Error, Since: "0.6.0",
		Title:  msg.Text{EN: "A cache key is made from more than two files", ZH: "缓存 key 由两个以上的文件生成"},
		Why:    msg.Text{EN: "GitLab refuses the file: \"cache:key:files should be an array of one or two file paths\".", ZH: "GitLab 会拒绝该文件：“cache:key:files should be an array of one or two file paths”。"},
		Fix:    msg.Text{EN: "For modules go.sum alone is enough.", ZH: "模块缓存只用 go.sum 就够了。"},
		Before: "a:\n  script: [make]\n  cache: {key: {files: [go.mod, go.sum, Makefile]}, paths: [.cache]}",
		After:  "a:\n  script: [make]\n  cache: {key: {files: [go.sum]}, paths: [.cache]}",
		Find: func(v *view) []lint.Finding {
			var out []lint.Finding
			for _, c := range v.gitlab.caches() {
				_, key := own(c.node, "key")
				if k, files := own(key, "files"); files != nil && files.Kind == yaml.SequenceNode && len(files.Content) > maxKeyFiles {
					out = append(out, lint.Found(k.Line, "files", "%d files for one key, and GitLab takes %d", "一个 key 用了 %d 个文件，GitLab 最多接受 %d 个", len(files.Content), maxKeyFiles))
				}
			}
			return out
		},
	}}
}
