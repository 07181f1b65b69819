package assemble

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// sdkDir is matrix.GOROOT as layers write it.
const sdkDir = "usr/local/go"

// sdkForm is raised when the layer of an SDK comes to look different.
const sdkForm = "sdk layer 1"

// sdkTime is the release time of an SDK, which the file VERSION tells since Go 1.21;
// the Unix epoch where it does not.
func sdkTime(sdk *fetch.SDK) (time.Time, error) {
	epoch := time.Unix(0, 0).UTC()
	f, ok := fileOf(sdk, "VERSION")
	if !ok {
		return epoch, nil
	}
	text, err := readAll(f, 64<<10)
	if err != nil {
		return epoch, msg.Errorf("read VERSION of the SDK: %w", "读取 SDK 的 VERSION：%w", err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), "time "); ok {
			t, err := time.Parse(time.RFC3339, strings.TrimSpace(value))
			if err != nil {
				return epoch, msg.Errorf("read VERSION of the SDK: %q is no time", "读取 SDK 的 VERSION：%q 不是时间", value)
			}
			return t.UTC(), nil
		}
	}
	return epoch, nil
}

// sdkLayer returns the layer of an SDK. Its bytes are decided by the SDK's h1 and
// the compression.
func (c *cache) sdkLayer(ctx context.Context, sdk *fetch.SDK, packing Compression, at time.Time, on func(int)) (*blob, error) {
	l, err := c.layer(ctx, key(sdkForm, sdk.Release.Module().Version, sdk.H1, packing.id()), packing, func(w io.Writer) error {
		return writeSDK(ctx, w, sdk, at, on)
	})
	if err != nil {
		return nil, msg.Errorf("pack %s: %w", "打包 %s：%w", sdk.Release, err)
	}
	l.origin = OfSDK
	return l, nil
}

// writeSDK writes the tar: entries in the order of their names, directories
// included, and nothing above the SDK's own, because that belongs to the base. The
// content is held to the h1 that was vouched for: what lay in a directory may have
// changed since.
func writeSDK(ctx context.Context, w io.Writer, sdk *fetch.SDK, at time.Time, on func(int)) error {
	tree := gosdk.Tree{Release: sdk.Release}
	tw := tar.NewWriter(w)
	buf := make([]byte, 256<<10)
	dirs := map[string]bool{}
	last := ""
	for _, f := range sdk.Files {
		if !fs.ValidPath(f.Name) || f.Name == "." || f.Name <= last && last != "" {
			return msg.Errorf("file %q: the name is out of order or no path within", "文件 %q：名称未按序或不是内部路径", f.Name)
		}
		last = f.Name
		if err := writeDirs(tw, dirs, path.Join(sdkDir, f.Name), at); err != nil {
			return err
		}
		sum, err := writeSDKFile(ctx, tw, f, at, buf, on)
		if err != nil {
			return msg.Errorf("file %s: %w", "文件 %s：%w", f.Name, err)
		}
		tree.Files = append(tree.Files, gosdk.File{Name: inModule(f.Name), Sum: sum})
	}
	slices.SortFunc(tree.Files, func(a, b gosdk.File) int { return strings.Compare(a.Name, b.Name) })
	if got := tree.H1(); got != sdk.H1 {
		return msg.Errorf("its files give %s, and %s is vouched for: they changed while they were read", "其文件算得 %s，而经过验证的是 %s：文件在读取期间发生了变化", got, sdk.H1).
			WithHint("see who writes to %s", "请查看谁在写入 %s", sdk.Proof.Source).WithKind(msg.Findings)
	}
	return tw.Close()
}

// writeDirs writes the directories above a name, from the SDK's own downwards, that
// have not been written yet.
func writeDirs(tw *tar.Writer, done map[string]bool, name string, at time.Time) error {
	for i := len(sdkDir); i < len(name); i++ {
		dir := name[:i]
		if name[i] != '/' || done[dir] {
			continue
		}
		done[dir] = true
		if err := tw.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir + "/", Mode: 0o755, ModTime: at}); err != nil {
			return err
		}
	}
	return nil
}

func writeSDKFile(ctx context.Context, tw *tar.Writer, f fetch.File, at time.Time, buf []byte, on func(int)) (sum [sha256.Size]byte, err error) {
	mode := f.Mode.Perm()
	if mode != 0o755 && mode != 0o644 {
		return sum, msg.Errorf("mode %04o is neither 0755 nor 0644", "权限 %04o 既不是 0755 也不是 0644", mode)
	}
	r, err := f.Open()
	if err != nil {
		return sum, err
	}
	defer r.Close()
	// No Format: USTAR where the name fits, else PAX, entry by entry.
	if err := tw.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: path.Join(sdkDir, f.Name), Size: f.Size, Mode: int64(mode), ModTime: at}); err != nil {
		return sum, err
	}
	h := newHash()
	n, err := io.CopyBuffer(struct{ io.Writer }{io.MultiWriter(tw, h)}, struct{ io.Reader }{untilDone{ctx, r}}, buf)
	if err == nil && n != f.Size {
		err = fmt.Errorf("%d of %d bytes: %w", n, f.Size, io.ErrUnexpectedEOF)
	}
	if on != nil {
		on(int(n))
	}
	h.Sum(sum[:0])
	return sum, err
}

// inModule is a file's name in the toolchain module.
func inModule(name string) string {
	if dir, base := path.Split(name); base == "go.mod" {
		return dir + "_go.mod"
	}
	return name
}
