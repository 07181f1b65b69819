package rebuild

import (
	"os"
	"path/filepath"
	"runtime"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/subproc"
)

// need is what the copy and the build take at their peak, with room.
const need = 2 << 30

// require finds what is missing before minutes are spent.
func require(o Options) error {
	if runtime.GOOS == "windows" {
		return msg.Errorf("build Go SDK: not on Windows: it is built by make.bash", "构建 Go SDK：不支持 Windows：它由 make.bash 构建").
			WithHint("build it on Linux or macOS, or in WSL, and copy the folder", "请在 Linux、macOS 或 WSL 中构建后复制该目录")
	}
	if o.GOROOT == "" || o.GOARCH == "" || o.To == "" {
		return msg.Errorf("build Go SDK: an SDK to build from, a platform and a folder are needed", "构建 Go SDK：需要指定来源 SDK、目标平台与输出目录").WithKind(msg.Usage)
	}
	if _, ok := subproc.Look("bash", o.Environ); !ok {
		return msg.Errorf("build Go SDK: no bash on PATH: make.bash needs it", "构建 Go SDK：PATH 中没有 bash：make.bash 需要它").
			WithHint("install bash; nothing else is needed, no C compiler either", "请安装 bash；无需其他软件，也不需要 C 编译器")
	}
	if fi, err := os.Stat(filepath.Join(o.GOROOT, "src", "make.bash")); err != nil || !fi.Mode().IsRegular() {
		return msg.Errorf("build Go SDK: %s has no src/make.bash", "构建 Go SDK：%s 中没有 src/make.bash", o.GOROOT).
			WithHint("some distributions ship Go without its sources; use an official SDK", "部分系统的 Go 软件包不含源码；请使用官方 SDK")
	}
	if fi, err := os.Stat(filepath.Join(o.GOROOT, "bin", "go")); err != nil || fi.Mode()&0o111 == 0 {
		return msg.Errorf("build Go SDK: %s/bin/go cannot be run", "构建 Go SDK：%s/bin/go 无法执行", o.GOROOT).
			WithHint("take an SDK that was unpacked with its modes: the module cache strips them", "请使用保留了权限位的 SDK：模块缓存会去掉执行权限")
	}
	return nil
}

// roomFor refuses a disk that would be full in the middle.
func roomFor(dir string) error {
	free, known := freeBytes(dir)
	if !known || free >= need {
		return nil
	}
	return msg.Errorf("build Go SDK: %d MB free where it would be built, %d needed (%s)", "构建 Go SDK：构建所在处剩余 %d MB，需要 %d MB（%s）", free>>20, int64(need)>>20, filepath.Dir(dir)).
		WithHint("set TMPDIR to a folder on a larger disk", "请将 TMPDIR 设为空间更大的磁盘上的目录")
}
