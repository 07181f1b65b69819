package bundle

import (
	"context"
	"os"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// From says where the wanted versions are told. The zero value is none.
type From struct {
	// Projects are go.mod, go.sum and go.work files. A go.mod without a go.sum beside
	// it costs the go.mod files of its graph.
	Projects []string
	// Logs are access logs, see [Log].
	Logs []string
	// Modules are path@version.
	Modules []string
	// Toolchains are Go releases, like go1.26.8, each for every one of Platforms, like
	// linux/arm64.
	Toolchains, Platforms []string
}

// Wants reads them all and merges them. files is asked for the graph of a project
// without a go.sum, and for nothing else.
func (f From) Wants(ctx context.Context, files Getter) ([]Want, error) {
	var all []Want
	add := func(some []Want, err error) error {
		all = append(all, some...)
		return err
	}
	for _, name := range f.Projects {
		_, err := os.Stat(filepath.Join(filepath.Dir(name), "go.sum"))
		if filepath.Base(name) == "go.mod" && os.IsNotExist(err) {
			err = add(Graph(ctx, name, files))
		} else {
			err = add(Project(name))
		}
		if err != nil {
			return nil, err
		}
	}
	for _, name := range f.Logs {
		if err := add(logFile(name)); err != nil {
			return nil, err
		}
	}
	for _, line := range f.Modules {
		w, err := Line(line)
		if err := add([]Want{w}, err); err != nil {
			return nil, err
		}
	}
	for _, release := range f.Toolchains {
		for _, platform := range f.Platforms {
			w, err := Toolchain(release, platform)
			if err := add([]Want{w}, err); err != nil {
				return nil, err
			}
		}
	}
	if len(all) == 0 {
		return nil, msg.Errorf("there is nothing to put into a bundle", "没有可放入离线包的内容").WithKind(msg.Usage).
			WithHint("name a project with --from-mod go.mod, a log with --from-log, or MODULE@VERSION", "请用 --from-mod go.mod 指定项目、用 --from-log 指定日志，或给出 MODULE@VERSION")
	}
	return Merge(all), nil
}

func logFile(name string) ([]Want, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, msg.Errorf("read access log: %w", "读取访问日志：%w", err).WithKind(msg.Usage)
	}
	defer f.Close()
	return Log(f)
}
