package export

import (
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/pipelines"
)

// Binary is yingzao for one target.
type Binary struct {
	Target target.Target
	Path   string // the file
}

// Options say what goes into an export.
type Options struct {
	// To is the folder to make. Its parent must exist.
	To string
	// Binaries are the programs, one for each target; jobs on other machines find
	// none. At least one.
	Binaries []Binary
	// Version is what the binaries are, for people; "" = not known.
	Version string
	// ToolURL is where the site will offer the folder bin, as the default of
	// tool_url; "" = every site or project sets it.
	ToolURL string
	// Desks makes the scripts that take a workstation from nothing, by file name, from
	// the sums of the programs by target; they lie beside them in bin. nil = none.
	Desks func(sums map[string]string) (map[string][]byte, error)
	// Library is the shared library for Jenkins: vars, src and resources.
	Library fs.FS
}

// File is a file of an export.
type File struct {
	Name string `json:"name"` // below the folder, with slashes
	archive.Sums
}

// Result is what was made. Its JSON is a contract.
type Result struct {
	Schema   int      `json:"schema"`
	Dir      string   `json:"dir"`
	Files    []File   `json:"files"`              // by name, SHA256SUMS last
	Pins     []string `json:"tool_sha256"`        // the templates' default: TARGET=SUM
	Replaced bool     `json:"replaced,omitempty"` // an earlier export was there
}

// FileName is the name under which jobs look for the binary of a target, and
// whether any job does: the scripts that bring yingzao know these machines alone.
func FileName(t target.Target) (string, bool) {
	name := "yingzao_" + t.OS + "_" + t.ArchName()
	switch {
	case t.Level != "":
		return "", false
	case (t.OS == "linux" || t.OS == "darwin") && (t.Arch == "amd64" || t.Arch == "arm64"), t.OS == "linux" && t.Arch == "loong64":
		return name, true
	case t.OS == "windows" && (t.Arch == "amd64" || t.Arch == "arm64"):
		return name + ".exe", true
	}
	return "", false
}

// Write makes the folder. After an error, what was in its place is as it was.
func Write(ctx context.Context, params []pipelines.Param, o Options) (*Result, error) {
	to, err := filepath.Abs(o.To)
	if err != nil {
		return nil, failed(err)
	}
	earlier, err := free(ctx, to)
	if err != nil {
		return nil, err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(to), "."+filepath.Base(to)+".part-")
	if err != nil {
		return nil, failed(err)
	}
	defer os.RemoveAll(tmp)
	w := &writer{ctx: ctx, dir: filepath.Join(tmp, "new")}
	r := &Result{Schema: 1, Dir: o.To, Replaced: earlier}
	if r.Pins, err = w.binaries(o.Binaries); err != nil {
		return nil, err
	}
	if err := w.desks(o.Desks, r.Pins); err != nil {
		return nil, err
	}
	if err := w.templates(params, o, r.Pins); err != nil {
		return nil, err
	}
	if err := w.finish(); err != nil {
		return nil, err
	}
	r.Files = w.files
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return r, swap(w.dir, to, filepath.Join(tmp, "old"), earlier)
}

// binaries copies the programs and returns their pins.
func (w *writer) binaries(all []Binary) ([]string, error) {
	if len(all) == 0 {
		return nil, msg.Errorf("export: there is no binary to export", "导出：没有可导出的二进制").WithKind(msg.Usage).
			WithHint("name binaries with --binary TARGET=FILE, or a release of yingzao with --from", "请用 --binary TARGET=FILE 指定二进制，或用 --from 指定营造的发布")
	}
	all = slices.SortedFunc(slices.Values(all), func(a, b Binary) int { return target.Compare(a.Target, b.Target) })
	var pins []string
	for i, b := range all {
		name, ok := FileName(b.Target)
		if !ok {
			return nil, msg.Errorf("export: no job would look for a binary for %s", "导出：没有任务会使用 %s 的二进制", b.Target).WithKind(msg.Usage).
				WithHint("jobs run on linux, darwin and windows with amd64 or arm64, on linux/loong64 and on linux/loong64-abi1.0", "任务运行于 linux、darwin、windows 的 amd64 或 arm64，以及 linux/loong64 与 linux/loong64-abi1.0")
		}
		if i > 0 && all[i-1].Target == b.Target {
			return nil, msg.Errorf("export: two binaries are for %s: %s and %s", "导出：%s 有两个二进制：%s 与 %s", b.Target, all[i-1].Path, b.Path).WithKind(msg.Usage).
				WithHint("leave one out", "请去掉其中一个")
		}
		sums, err := w.copy("bin/"+name, b.Path, 0o755)
		if err != nil {
			return nil, err
		}
		pins = append(pins, b.Target.String()+"="+sums.SHA256)
	}
	return pins, nil
}

// desks writes the scripts for workstations.
func (w *writer) desks(scripts func(map[string]string) (map[string][]byte, error), pins []string) error {
	if scripts == nil {
		return nil
	}
	sums := map[string]string{}
	for _, pin := range pins {
		platform, sum, _ := strings.Cut(pin, "=")
		sums[platform] = sum
	}
	all, err := scripts(sums)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if err := w.text("bin/"+name, string(all[name])); err != nil {
			return err
		}
	}
	return nil
}

func failed(err error) error { return msg.Errorf("export: %w", "导出：%w", err) }
