package fetch

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// vouchers are who vouches for one release.
type vouchers struct {
	o    *Options
	want gosdk.Release
	abi  string

	asked bool // the log, or the proof file
	h1    string
	by    Voucher
	err   error
}

// checkPins refuses pins that can agree with nothing.
func checkPins(o Options) error {
	if o.H1 != "" {
		sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(o.H1, "h1:"))
		if !strings.HasPrefix(o.H1, "h1:") || err != nil || len(sum) != 32 {
			return msg.Errorf("read pin %q: not of the form h1:…=", "读取固定的哈希 %q：应为 h1:…= 形式", o.H1).WithKind(msg.Usage)
		}
	}
	if sum, err := hex.DecodeString(o.SHA256); o.SHA256 != "" && (err != nil || len(sum) != 32) {
		return msg.Errorf("read pin %q: not a SHA-256 in 64 hexadecimal digits", "读取固定的哈希 %q：应为 64 位十六进制的 SHA-256", o.SHA256).WithKind(msg.Usage)
	}
	return nil
}

// files gives the h1 that a release must have. It asks once, and only where no pin
// answers.
func (v *vouchers) files(ctx context.Context) (string, Voucher, error) {
	switch {
	case v.o.H1 != "":
		return v.o.H1, PinnedH1, nil
	case !v.asked:
		v.asked = true
		v.h1, v.by, v.err = v.ask(ctx)
	}
	return v.h1, v.by, v.err
}

func (v *vouchers) ask(ctx context.Context) (string, Voucher, error) {
	if v.abi != "" {
		return "", "", msg.Errorf("vouch for Go SDK %s (%s): toolchains of this ABI are in no checksum database", "证明 Go SDK %s（%s）的真实性：此 ABI 的工具链不在任何校验数据库中", v.want, v.abi).
			WithHint("pin the SHA-256 that its makers publish for the archive, or the h1 of its files", "请固定其发布者公布的安装包 SHA-256，或文件的 h1").WithKind(msg.Usage)
	}
	var failed error
	if v.o.Proof != nil {
		h1, err := gosdk.LoggedH1(ctx, v.o.Proof, v.want)
		if err == nil {
			return h1, ProofFile, nil
		}
		failed = err
	}
	if v.o.Log != nil && !v.o.Offline {
		h1, err := gosdk.LoggedH1(ctx, v.o.Log, v.want)
		if err == nil {
			return h1, Database, nil
		}
		failed = err
	}
	if failed == nil {
		return "", "", msg.Errorf("vouch for Go SDK %s: there is neither a pin nor a proof file nor access to the checksum database", "证明 Go SDK %s 的真实性：既没有固定哈希，也没有证明文件，也无法访问校验数据库", v.want).
			WithHint("pin its h1 or the SHA-256 of its archive, or bring a proof file (yingzao check --deep --online --write-proof) from where the network is", "请固定其 h1 或安装包的 SHA-256，或从有网络的机器带来证明文件（yingzao check --deep --online --write-proof）").WithKind(msg.Incomplete)
	}
	e := msg.Errorf("vouch for Go SDK %s: %w", "证明 Go SDK %s 的真实性：%w", v.want, failed)
	if errors.Is(failed, fs.ErrNotExist) {
		e = msg.Errorf("vouch for Go SDK %s: the checksum database, as it was shown here, does not know it: %w", "证明 Go SDK %s 的真实性：就此处所见，校验数据库中没有它：%w", v.want, failed)
	}
	return "", "", e.WithHint("some mirrors leave architectures out: ask another one, pin the SHA-256 of the archive from go.dev/dl, or make this SDK from a proven one of another architecture", "有的镜像不收录某些架构：请换一个镜像查询，或固定 go.dev/dl 公布的安装包 SHA-256，或用另一架构的已验证 SDK 重新构建")
}

// archive refuses an archive that is not the pinned one. "" is no archive.
func (v *vouchers) archive(source, sha256 string) error {
	if v.o.SHA256 == "" || sha256 == "" || strings.EqualFold(sha256, v.o.SHA256) {
		return nil
	}
	return msg.Errorf("verify %s: its SHA-256 is %s, pinned is %s", "验证 %s：其 SHA-256 为 %s，固定的是 %s", source, sha256, v.o.SHA256).
		WithHint("it was altered, or is another file under this name", "文件被改动过，或是同名的另一个文件").WithKind(msg.Findings)
}

// judge says in s.Proof who vouches for the SDK, or why nobody does: an error of
// kind msg.Findings when it is not what somebody vouches for. sha256 is that of the
// archive that it came from, "" if none.
func (v *vouchers) judge(ctx context.Context, s *SDK, sha256 string) error {
	if err := v.archive(s.Proof.Source, sha256); err != nil {
		return err
	}
	if v.o.H1 == "" && v.o.SHA256 != "" && sha256 != "" {
		s.Proof.By, s.Proof.Value = PinnedSHA256, strings.ToLower(sha256)
		return v.identity(s)
	}
	h1, by, err := v.files(ctx)
	switch {
	case err != nil:
		return err
	case h1 != s.H1:
		return msg.Errorf("verify %s: its files hash to %s, %v says %s", "验证 %s：其文件的哈希为 %s，%v为 %s", s.Proof.Source, s.H1, words[by], h1).
			WithHint("something in it was changed: use another source", "其中有内容被改动：请换一个来源").WithKind(msg.Findings)
	}
	s.Proof.By, s.Proof.Value = by, h1
	return v.identity(s)
}

var words = map[Voucher]msg.Text{
	Database:  {EN: "the checksum database", ZH: "校验数据库的记录"},
	ProofFile: {EN: "the proof file", ZH: "证明文件的记录"},
	PinnedH1:  {EN: "the pin", ZH: "固定的值"},
}

// identity catches a pin of the wrong release.
func (v *vouchers) identity(s *SDK) error {
	if s.file("pkg/tool/"+v.want.GOOS+"_"+v.want.GOARCH+"/compile") == nil && s.file("pkg/tool/"+v.want.GOOS+"_"+v.want.GOARCH+"/compile.exe") == nil {
		return msg.Errorf("verify %s: it is pinned, but holds no compiler of %s", "验证 %s：与固定值相符，但其中没有 %s 的编译器", s.Proof.Source, v.want).
			WithHint("the pin is that of another platform", "固定的是另一平台的哈希").WithKind(msg.Findings)
	}
	if v.abi != "" {
		return nil // how others write their VERSION is theirs
	}
	version := ""
	if f := s.file("VERSION"); f != nil {
		if r, err := f.Open(); err == nil {
			b, _ := io.ReadAll(io.LimitReader(r, 256))
			_ = r.Close()
			version, _, _ = strings.Cut(string(b), "\n")
		}
	}
	if strings.TrimSpace(version) != v.want.Version {
		return msg.Errorf("verify %s: it is pinned as %s, but says %q", "验证 %s：固定为 %s，但其自身版本为 %q", s.Proof.Source, v.want, version).
			WithHint("the pin is that of another release", "固定的是另一发行版的哈希").WithKind(msg.Findings)
	}
	return nil
}
