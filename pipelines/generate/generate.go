package generate

import (
	_ "embed"
	"maps"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/loongarch"
	"github.com/yingzao-dev/yingzao/pipelines"
)

//go:embed files/install.sh
var install string

// Install is the script that brings yingzao into a job: POSIX sh, to be sourced or
// pasted into one. It reads YINGZAO_TOOL_URL, YINGZAO_TOOL_SHA256,
// YINGZAO_TOOL_VERSION and YINGZAO_CACHE_DIR, and ends with yingzao on PATH.
var Install = strings.Replace(install, "@LOONG_WORLD@\n", loongarch.ShellProbe(), 1)

// Files are the generated files by their names below pipelines. The parameters
// are those of [pipelines.Params].
func Files(params []pipelines.Param) (map[string][]byte, error) {
	all := map[string][]byte{}
	for _, make := range []func([]pipelines.Param) (map[string][]byte, error){bkci, yunxiao, gitlab, jenkins} {
		files, err := make(params)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, files)
	}
	return all, nil
}

// of are the parameters that a system has, in their order.
func of(system string, params []pipelines.Param) []pipelines.Param {
	var all []pipelines.Param
	for _, p := range params {
		if p.In(system) {
			all = append(all, p)
		}
	}
	return all
}
