package lint

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func jenkinsRules() rules {
	all := rules{{
		Code: "PPL060", Severity: lint.Note, Since: "0.6.0",
		Title:  msg.Text{EN: "A loop over an iterator, or a closure method, calls a step", ZH: "迭代器循环或闭包方法中调用了步骤"},
		Why:    msg.Text{EN: "Jenkins saves a pipeline's variables at every step, and an iterator is alive in between. Jenkins has stand-ins for lists; maps, streams and older installations end in NotSerializableException, and collect { } around a step can lose what follows it.", ZH: "Jenkins 在每个步骤处保存流水线的变量，而迭代器此时仍在使用。Jenkins 对列表有替代实现；映射、流和较旧的版本会报 NotSerializableException，collect { } 中包含步骤时还可能丢失其后的内容。"},
		Fix:    msg.Text{EN: "for (int i = 0; i < list.size(); i++) works everywhere.", ZH: "for (int i = 0; i < list.size(); i++) 在任何版本都可用。"},
		Before: "node {\n  for (t in targets) {\n    sh 'make'\n  }\n}",
		After:  "node {\n  for (int i = 0; i < targets.size(); i++) {\n    sh 'make'\n  }\n}",
		Find:   func(v *view) []lint.Finding { return v.groovy.iterating() },
	}, {
		Code: "PPL061", Severity: lint.Warning, Since: "0.6.0",
		Title:  msg.Text{EN: "A variable that Jenkins cannot save is alive across a step", ZH: "Jenkins 无法保存的变量跨越了步骤"},
		Why:    msg.Text{EN: "A Matcher of =~, what JsonSlurper gives, and map entries cannot be written down: the next step ends in java.io.NotSerializableException.", ZH: "=~ 得到的 Matcher、JsonSlurper 的结果、映射的 Entry 都无法保存：下一个步骤会报 java.io.NotSerializableException。"},
		Fix:    msg.Text{EN: "Take out the text at once, (s =~ /x(.*)/)[0][1], or do it in a @NonCPS method; use readJSON, or JsonSlurperClassic.", ZH: "立即取出文本：(s =~ /x(.*)/)[0][1]，或放到 @NonCPS 方法中；改用 readJSON 或 JsonSlurperClassic。"},
		Before: "node {\n  def m = version =~ /v(.*)/\n  sh 'make'\n  echo m[0][1]\n}",
		After:  "node {\n  def v = (version =~ /v(.*)/)[0][1]\n  sh 'make'\n  echo v\n}",
		Find:   func(v *view) []lint.Finding { return v.groovy.unsaved() },
	}, {
		Code: "PPL062", Severity: lint.Warning, Since: "0.6.0",
		Title:  msg.Text{EN: "Groovy acts on the controller, not on the machine of the job", ZH: "Groovy 代码作用于控制器，而不是作业所在的机器"},
		Why:    msg.Text{EN: "new File, a URL that is read, and 'cmd'.execute() run where Jenkins runs. The workspace is elsewhere, and whoever may change the Jenkinsfile has the controller.", ZH: "new File、读取 URL、'cmd'.execute() 都在 Jenkins 控制器上执行。工作区并不在那里，而能改 Jenkinsfile 的人就能控制整个控制器。"},
		Fix:    msg.Text{EN: "Use steps: readFile, writeFile, fileExists, sh.", ZH: "改用步骤：readFile、writeFile、fileExists、sh。"},
		Before: "node {\n  def v = new File('VERSION').text\n  sh 'make'\n}",
		After:  "node {\n  def v = readFile('VERSION')\n  sh 'make'\n}",
		Find:   func(v *view) []lint.Finding { return v.groovy.onController() },
	}, {
		Code: "PPL063", Severity: lint.Error, Since: "0.6.0",
		Title:  msg.Text{EN: "A branch uses the loop's own counter", ZH: "分支中使用了循环计数器本身"},
		Why:    msg.Text{EN: "The closure runs after the loop has ended; then the counter has its last value in every branch.", ZH: "闭包在循环结束之后才执行，此时每个分支看到的都是计数器的最后一个值。"},
		Fix:    msg.Text{EN: "Copy the element into a variable inside of the loop, before the closure.", ZH: "在循环内、闭包之前，把元素复制到局部变量。"},
		Before: "def branches = [:]\nfor (int i = 0; i < targets.size(); i++) {\n  branches[targets[i]] = { node { sh \"make ${targets[i]}\" } }\n}\nparallel branches",
		After:  "def branches = [:]\nfor (int i = 0; i < targets.size(); i++) {\n  String target = targets[i]\n  branches[target] = { node { sh \"make ${target}\" } }\n}\nparallel branches",
		Find:   func(v *view) []lint.Finding { return v.groovy.captured() },
	}, {
		Code: "PPL064", Severity: lint.Error, Since: "0.6.0",
		Title:  msg.Text{EN: "Groovy writes a secret into a script", ZH: "Groovy 把机密写进了脚本"},
		Why:    msg.Text{EN: "In a double-quoted string Groovy replaces ${TOKEN} before the shell sees it: the secret is in the process list and, where a shell prints its commands in another form than the masked one, in the log.", ZH: "在双引号字符串中，Groovy 会先于 shell 替换 ${TOKEN}：机密会出现在进程列表中；shell 回显命令的形式与被屏蔽的形式不同时，还会出现在日志里。"},
		Fix:    msg.Text{EN: "Single quotes: sh 'curl -H \"Authorization: $TOKEN\" …'. The variable is in the environment; in a batch file it is %TOKEN%.", ZH: "改用单引号：sh 'curl -H \"Authorization: $TOKEN\" …'。该变量已在环境中；批处理中写 %TOKEN%。"},
		Before: "node {\n  withCredentials([string(credentialsId: 'x', variable: 'TOKEN')]) {\n    sh \"deploy --token ${TOKEN}\"\n  }\n}",
		After:  "node {\n  withCredentials([string(credentialsId: 'x', variable: 'TOKEN')]) {\n    sh 'deploy --token \"$TOKEN\"'\n  }\n}",
		Find: func(v *view) []lint.Finding {
			return v.groovy.interpolated(func(name, scope string) bool {
				return v.groovy.binding[name] && scope != "params" || scope == "params" && v.groovy.hidden[name] ||
					scope != "params" && secretWord.Re().MatchString(name) && name == strings.ToUpper(name) && !slices.Contains([]string{"PWD", "OLDPWD"}, name)
			}, "Groovy writes %s into the script", "Groovy 会把 %s 写进脚本")
		},
	}, {
		Code: "PPL065", Severity: lint.Warning, Since: "0.6.0",
		Title:  msg.Text{EN: "What a user chooses becomes part of a script", ZH: "用户填写的内容成为脚本的一部分"},
		Why:    msg.Text{EN: "Groovy puts the text into the script unquoted: a parameter, a branch name or the title of a change with ; or $(…) in it is a command, with the job's credentials.", ZH: "Groovy 把文本不加引号地放进脚本：参数、分支名或合并请求标题中只要含有 ; 或 $(…)，就会作为命令、带着作业的凭据执行。"},
		Fix:    msg.Text{EN: "Parameters and branch names are in the environment: sh 'git checkout \"$BRANCH\"'.", ZH: "参数与分支名都在环境变量中：sh 'git checkout \"$BRANCH\"'。"},
		Before: "node {\n  sh \"git checkout ${params.BRANCH}\"\n}",
		After:  "node {\n  sh 'git checkout \"$BRANCH\"'\n}",
		Find: func(v *view) []lint.Finding {
			return v.groovy.interpolated(func(name, scope string) bool {
				return scope == "params" && !v.groovy.choices[name] && !v.groovy.hidden[name] || slices.Contains(chosen, name) && scope != "params"
			}, "%s is put into the script unquoted", "%s 不加引号地放进了脚本")
		},
	}}
	for i := range all {
		find := all[i].Find
		all[i].Find = func(v *view) []lint.Finding {
			if v.groovy == nil {
				return nil
			}
			return find(v)
		}
	}
	return all
}
