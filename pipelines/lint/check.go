package lint

import (
	"bytes"
	"context"
	"io/fs"

	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
)

// Options are what else is known. The zero value is good.
type Options struct {
	// Project is the folder that the file lies in: it tells whether there is a vendor
	// folder or a go.mod, and has the files that include:local names. nil = nothing is
	// known of it, and rules that need it find nothing.
	Project fs.FS
}

// maxGroovy is more than a person writes into a Jenkinsfile. YAML has the limits of
// yamlfile.
const maxGroovy = 256 << 10

// Check reads a pipeline file and returns its findings in the order of lines. name
// helps to tell the kind of the file, and is named in the findings. The error says
// that the file is none, or cannot be read, with its line.
func Check(ctx context.Context, name string, src []byte, o Options) ([]lint.Finding, error) {
	v, early, err := read(name, src, o)
	if err != nil {
		return nil, msg.Errorf("lint %w", "检查 %w", err).WithKind(msg.KindOf(err))
	}
	if v == nil {
		return lint.Sort(name, early), nil
	}
	return Rules().Check(ctx, name, v)
}

// read makes the view of a file. Findings without a view come from a file that does
// not parse, for a reason that a rule knows.
func read(name string, src []byte, o Options) (*view, []lint.Finding, error) {
	if err := yamlfile.CheckText(name, src); err != nil {
		return nil, nil, err
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	v := &view{name: name, lines: splitLines(string(src)), options: o}
	var err error
	switch kind := kindOf(name, v.lines); kind {
	case jenkins:
		if len(src) > maxGroovy {
			return nil, nil, msg.Errorf("%s: %d bytes are too many for a Jenkinsfile, the limit is %d", "%s：Jenkinsfile 有 %d 字节，超过上限 %d", name, len(src), maxGroovy).WithKind(msg.Usage)
		}
		v.groovy, err = readGroovy(name, string(src))
	case gitlab:
		v.gitlab, err = readGitLab(name, src, o.Project)
		if found := inFlow(v.lines); err != nil && len(found) > 0 {
			return nil, found, nil
		}
	case bkci:
		v.bkci, err = readBlueKing(name, src)
	default:
		return nil, nil, msg.Errorf("%s: this is no pipeline of GitLab, Jenkins or BlueKing that could be recognised", "%s：无法识别为 GitLab、Jenkins 或蓝盾的流水线文件", name).WithKind(msg.Usage).
			WithHint("usual names are .gitlab-ci.yml, Jenkinsfile and .ci/NAME.yml", "常用的文件名为 .gitlab-ci.yml、Jenkinsfile 和 .ci/名称.yml")
	}
	if err != nil {
		return nil, nil, err
	}
	v.collect()
	return v, nil, nil
}
