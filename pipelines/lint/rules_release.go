package lint

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func releaseRules() rules {
	return rules{{
		Code: "PPL020", Severity: lint.Error, Since: "0.6.0",
		Title:  msg.Text{EN: "A secret stands in the file", ZH: "文件中写有机密"},
		Why:    msg.Text{EN: "Whoever can read the repository has it, and its history keeps it. Logs do not mask it either.", ZH: "能读仓库的人都能得到它，历史记录还会一直保留；日志也不会屏蔽它。"},
		Fix:    msg.Text{EN: "Keep it in the CI system: a masked and protected variable in GitLab, credentials in Jenkins and BlueKing. Change a secret that has been in a repository.", ZH: "交给 CI 系统保管：GitLab 用屏蔽且受保护的变量，Jenkins 与蓝盾用凭据。曾进入仓库的机密请立即更换。"},
		Before: "variables:\n  DEPLOY_TOKEN: 4f1d9c02b7\nbuild:\n  script: [make]",
		After:  "variables:\n  DEPLOY_TOKEN: $RELEASE_TOKEN\nbuild:\n  script: [make]",
		Find:   findSecrets,
	}, {
		Code: "PPL021", Severity: lint.Warning, Since: "0.6.0",
		Title:  msg.Text{EN: "A release is published for branches as well", ZH: "分支上的流水线也会发布版本"},
		Why:    msg.Text{EN: "Nothing ties the job to a tag: every push publishes, under a version that no tag names, or fails for want of one.", ZH: "作业没有与标签绑定：每次推送都会发布，版本号没有对应的标签，或因没有标签而失败。"},
		Fix:    msg.Text{EN: "GitLab: rules: [{if: $CI_COMMIT_TAG}]. Jenkins: when { buildingTag() }. BlueKing: on: tag alone, or if: on the step.", ZH: "GitLab：rules: [{if: $CI_COMMIT_TAG}]；Jenkins：when { buildingTag() }；蓝盾：只写 on: tag，或在步骤上加 if:。"},
		Before: "release:\n  script: [goreleaser release --clean]",
		After:  "release:\n  script: [goreleaser release --clean]\n  rules: [{if: $CI_COMMIT_TAG}]",
		Find:   findUntagged,
	}, {
		Code: "PPL022", Severity: lint.Warning, Since: "0.6.0",
		Title:  msg.Text{EN: "The report of a failing job is lost", ZH: "作业失败时报告会丢失"},
		Why:    msg.Text{EN: "A report matters most when a test fails, and that is when it is not kept: GitLab uploads artifacts only on success unless told otherwise, and in Jenkins a step behind one that failed does not run.", ZH: "测试失败时最需要报告，偏偏此时报告没有保留：GitLab 默认只在成功时上传制品；在 Jenkins 中，某一步失败后，其后的步骤不再执行。"},
		Fix:    msg.Text{EN: "GitLab: artifacts: when: always. Jenkins: junit in post { always { … } }, or sh(returnStatus: true), junit, then error.", ZH: "GitLab：artifacts: when: always；Jenkins：在 post { always { … } } 中执行 junit，或先 sh(returnStatus: true)，再 junit，最后 error。"},
		Before: "test:\n  script: [gotestsum --junitfile report.xml]\n  artifacts: {reports: {junit: report.xml}}",
		After:  "test:\n  script: [gotestsum --junitfile report.xml]\n  artifacts: {when: always, reports: {junit: report.xml}}",
		Find:   findLostReports,
	}}
}

var (
	secretWord = lazyre.New(`(?i)(^|_)(TOKEN|PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|SECRET|SECRETS|CREDENTIALS?|APIKEY|COOKIE|NETRC|(API|ACCESS|PRIVATE|SECRET|SIGNING|DEPLOY|ENCRYPTION|SSH|AUTH)_?KEY)(_?(BASE64|B64|VALUE))?$`)
	camelWord  = lazyre.New(`(Token|Password|Passwd|Secret|ApiKey|AccessKey|PrivateKey|SecretKey)$`)
	userinfo   = lazyre.New(`://[^/\s:@$]*:[^/\s@$]+@`)
	tokenForm  = lazyre.New(`(^|[^A-Za-z0-9])(ghp_|gho_|ghs_|github_pat_|glpat-|glrt-|xox[bp]-|AKIA|LTAI|AKID)[A-Za-z0-9_-]{12,}|-----BEGIN [A-Z ]*PRIVATE KEY`)
	harmless   = lazyre.New(`(?i)^(true|false|yes|no|on|off|none|null|\d{1,4}|<.*>|\**|x+|changeme|example|placeholder|todo|dummy|test|password|secret|root|admin|postgres|mysql|guest)$`)
	database   = lazyre.New(`(?i)^(POSTGRES|PG|MYSQL|MARIADB|REDIS|RABBITMQ|MINIO|MONGO|MONGODB|CLICKHOUSE|ELASTIC|KAFKA|ETCD|NATS|MSSQL|ORACLE|DB|DATABASE|SQL|TEST|CI|DM|KINGBASE|OPENGAUSS|OB)_`)
	location   = lazyre.New(`^[a-z0-9._-]+(/[a-z0-9._@-]+)+$`) // in a vault
	keyID      = lazyre.New(`^(0x)?[0-9A-F]{8,40}$`)
	pathName   = lazyre.New(`(?i)(FILE|PATH|DIR|CONFIG|KEYSTORE|CERT|CERTS|NETRC)$`)
)

// findSecrets finds them by name and by form. A password of a database that the
// pipeline starts for its tests is none.
func findSecrets(v *view) []lint.Finding {
	var out []lint.Finding
	for _, s := range v.settings {
		value := strings.TrimSpace(s.value)
		switch {
		case tokenForm.Re().MatchString(value), userinfo.Re().MatchString(value) && !v.testing(s.key):
			out = append(out, lint.Found(s.line, s.key, "the value of %s holds a password or token", "%s 的值中含有密码或令牌", s.key))
		case !secretWord.Re().MatchString(s.key) && !camelWord.Re().MatchString(s.key), s.key == "PWD", s.key == "OLDPWD":
		case !s.known() || harmless.Re().MatchString(value) || v.testing(s.key):
		case location.Re().MatchString(value) || strings.Contains(s.key, "SIGNING") && keyID.Re().MatchString(value):
		case strings.HasPrefix(value, "/") || strings.HasPrefix(value, "./") || strings.HasPrefix(value, "~") || strings.HasPrefix(value, "file:"):
		default:
			out = append(out, lint.Found(s.line, s.key, "the value of %s stands in the file", "%s 的值写在文件中", s.key))
		}
	}
	return out
}

// testing reports whether a variable is for a database that the pipeline starts.
func (v *view) testing(key string) bool {
	if !database.Re().MatchString(key) && !strings.HasSuffix(key, "_DSN") && !strings.HasSuffix(key, "_URL") {
		return false
	}
	started := func(l string) bool {
		l = strings.TrimSpace(l)
		return strings.HasPrefix(l, "services:") || strings.HasPrefix(l, "docker run") || strings.Contains(l, "docker compose up") || strings.Contains(l, "docker-compose up") || strings.Contains(l, ".withRun(")
	}
	return slices.ContainsFunc(v.lines, started)
}

var releaseName = lazyre.New(`(?i)(^|[^a-z])(release|publish)([^a-z]|$)`)

// releasing reports whether a command publishes a version; named says that the job is
// called a release, so that uploading is publishing.
func releasing(c command, named bool) bool {
	first := ""
	if len(c.args) > 0 {
		first = c.args[0]
	}
	dry := slices.ContainsFunc(c.args, func(a string) bool {
		return a == "--snapshot" || strings.HasPrefix(a, "--skip-publish") || strings.HasPrefix(a, "--skip") && strings.Contains(a, "publish") || a == "--dry-run" || a == "--help"
	})
	switch {
	case dry:
		return false
	case c.name == "goreleaser":
		return c.has("release") && !slices.ContainsFunc(c.args, func(a string) bool {
			return strings.HasPrefix(a, "publish") && strings.Contains(a, ",") || a == "publish"
		})
	case c.name == "yingzao":
		return first == "release" && (c.has("publish") || len(c.args) > 1 && (c.args[1] == "--to" || strings.HasPrefix(c.args[1], "--to=")))
	case c.name == "release-cli", c.name == "gh" && first == "release", c.name == "glab" && first == "release":
		return c.has("create")
	case !named:
		return false
	case c.name == "coscli", c.name == "coscmd", c.name == "rclone", c.name == "mc", strings.HasPrefix(c.name, "ossutil"):
		return c.has("cp", "sync", "upload", "copy", "mirror")
	case c.name == "aws":
		return first == "s3" && c.has("cp", "sync")
	case c.name == "curl":
		return c.has("-T", "--upload-file")
	}
	return false
}

func findUntagged(v *view) []lint.Finding {
	switch {
	case v.gitlab != nil:
		return v.gitlab.untagged(v)
	case v.groovy != nil:
		for i, t := range v.groovy.tokens {
			if t.is("buildingTag") || t.is("TAG_NAME") || t.is("input") || strings.Contains(t.text, "TAG_NAME") || t.is("tag") && v.groovy.inside(i, "when") {
				return nil
			}
			for _, e := range t.exprs {
				if strings.Contains(e.text, "TAG_NAME") {
					return nil
				}
			}
		}
	case v.bkci != nil:
		if !v.bkci.branches() {
			return nil
		}
		for _, s := range v.bkci.steps {
			if strings.Contains(strings.ToLower(s.ifs), "tag") {
				return nil // which step that is for is not worth a mistake
			}
		}
	}
	for _, c := range v.commands {
		if releasing(c, false) {
			return []lint.Finding{lint.Found(c.line, c.name, "%s publishes, whatever the pipeline runs for", "无论流水线因何运行，%s 都会发布", c.name)}
		}
	}
	return nil
}

var (
	tagCondition = lazyre.New(`CI_COMMIT_TAG|CI_COMMIT_REF_PROTECTED|\bREF_NAME *=~ */\^?v|CI_COMMIT_REF_NAME *=~ */\^?v|!reference|\$\[\[|schedule|inputs\.`)
	tagInScript  = lazyre.New(`(\[|\btest\b|\bcase\b|\bif\b)[^\n]*CI_COMMIT_TAG`)
	tagOnly      = lazyre.New(`(?m)^(tags|schedules|triggers|web|api|/\^?v.*/\w?|.*CI_COMMIT_TAG.*)$`)
)

func (g *gitlabFile) untagged(v *view) []lint.Finding {
	if g.workflowForTags() {
		return nil
	}
	var out []lint.Finding
	for _, j := range g.jobs {
		if j.hidden() {
			continue
		}
		line, what := g.publishes(v, j)
		if line == 0 {
			continue
		}
		rules, known := g.lookup(j, "rules")
		only, known2 := g.lookup(j, "only")
		when, known3 := g.lookup(j, "when")
		switch {
		case !known && rules == nil || !known2 && only == nil || !known3 && when == nil && rules == nil:
		case scalar(when) == "manual" || scalar(when) == "never" || tagCondition.Re().MatchString(g.scalars(rules)) || strings.Contains(g.scalars(rules), "\nmanual"):
		case tagOnly.Re().MatchString(g.scalars(only)) || strings.Contains(g.scalars(only), "!reference"):
		default:
			out = append(out, lint.Found(line, j.name, "%[1]s publishes (%[2]s), and no rule asks for a tag", "%[1]s 会发布（%[2]s），却没有规则要求标签", j.name, what))
		}
	}
	return out
}

// publishes is the line where a job publishes, and with what; 0 = it does not.
func (g *gitlabFile) publishes(v *view, j *job) (int, string) {
	if k, r := own(j.node, "release"); r != nil {
		return k.Line, "release:"
	}
	chain, _ := g.chain(j)
	stage, _ := g.lookup(j, "stage")
	named := releaseName.Re().MatchString(j.name) || releaseName.Re().MatchString(scalar(stage))
	script, _ := g.lookup(j, "script")
	if tagInScript.Re().MatchString(g.scalars(script)) {
		return 0, ""
	}
	for _, c := range v.commandsOf(chain) {
		if releasing(c, named) {
			if c.job != j {
				return j.key.Line, c.name
			}
			return c.line, c.name
		}
	}
	return 0, ""
}

// workflowForTags reports whether all pipelines of the file are for tags.
func (g *gitlabFile) workflowForTags() bool {
	for _, root := range g.roots {
		_, w := own(root, "workflow")
		_, rules := own(w, "rules")
		if rules == nil || len(rules.Content) == 0 {
			continue
		}
		all := true
		for _, r := range rules.Content {
			_, when := own(r, "when")
			all = all && (scalar(when) == "never" || strings.Contains(g.scalars(r), "CI_COMMIT_TAG"))
		}
		if all {
			return true
		}
	}
	return false
}

// branches reports whether the pipeline runs for branches by itself.
func (b *blueFile) branches() bool {
	_, on := own(b.root, "on")
	for _, event := range []string{"push", "mr", "schedules"} {
		if k, _ := own(on, event); k != nil {
			return true
		}
	}
	return false
}
