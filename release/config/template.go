package config

import (
	"bytes"
	"text/template"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// maxExpanded bounds what one template may expand to, in bytes.
const maxExpanded = 1 << 20

// Expand fills in a template with GoReleaser's names and functions. A name that
// is not there is an error, never an empty text.
//
// Time is the commit's: {{ .Date }}, {{ .Timestamp }}, {{ .Now }} and time give
// the same in every build of a commit, unless f.WallClock says otherwise.
// Files are read below f.Dir only. Errors name the template and the place in
// it; [In] adds the field of the configuration it stands in.
func Expand(text string, f Fields) (string, error) {
	t, err := template.New("t").Option("missingkey=error").Funcs(functions(f)).Parse(text)
	if err != nil {
		return "", templateError(text, f, err)
	}
	out := limited{left: maxExpanded}
	if err := t.Execute(&out, f.values()); err != nil {
		return "", templateError(text, f, err)
	}
	return out.String(), nil
}

// In says in which field of the configuration err arose, for example
// In("builds.ldflags", err). nil stays nil.
func In(field string, err error) error {
	if err == nil {
		return nil
	}
	return msg.Errorf("%s: %w", "%s：%w", field, err)
}

// limited is a buffer that refuses to grow without end.
type limited struct {
	bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	if l.left -= len(p); l.left < 0 {
		return 0, msg.Errorf("the result is longer than %d bytes", "结果超过 %d 字节", maxExpanded)
	}
	return l.Buffer.Write(p)
}
