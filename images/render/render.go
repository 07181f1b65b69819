package render

import (
	"bytes"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

//go:embed templates/*.tmpl
var templates embed.FS

// view is what a template sees.
type view struct {
	Title, VariantTitle    msg.Text
	GoTitle                string // Go 1.26.8
	Fetch                  string // flags of image sdk fetch
	File                   string // name of the Dockerfile
	Remarks                []msg.Text
	BaseArg, Ref, Digest   string
	From                   string
	SDKs                   []viewSDK
	Arches                 string
	Unpinned               bool   // an SDK's h1 is not known
	Loong                  string // "", new, old
	Packages, Managers     string
	User, Home, WorkDir    string
	UID                    int
	GoRoot, GoParent       string
	Writable, WritableHere string
	Env, LabelArgs, Labels []string
}

type viewSDK struct{ Arch, Sum string } // Sum: SHA-256 of the list in hexadecimal

// Dockerfile renders the variant on the base for the platforms of the SDKs, which
// are of one Go release and one ABI. tools is where the first stage of a base
// without a shell runs (scratch); other bases do not look at it. It fails for SDKs
// that do not fit the base or each other and for a variant that the base cannot
// carry.
func Dockerfile(base matrix.Base, variant matrix.Variant, sdks []matrix.SDK, tools matrix.Base) ([]byte, error) {
	if err := fits(base, variant, sdks); err != nil {
		return nil, msg.Errorf("render a Dockerfile for %s/%s: %w", "为 %s/%s 生成 Dockerfile：%w", base.Name, variant.Name, err)
	}
	v := look(base, variant, sdks, tools)
	name := string(base.Family)
	if base.Family == matrix.None {
		name = "scratch"
	}
	t, err := template.ParseFS(templates, "templates/*.tmpl")
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, name+".tmpl", v); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// fits reports why the rows do not go together.
func fits(base matrix.Base, variant matrix.Variant, sdks []matrix.SDK) error {
	if hole := variant.Hole(base); !hole.IsZero() {
		return msg.Errorf("%v", "%v", hole)
	}
	if len(sdks) == 0 {
		return msg.Errorf("there is no SDK for it", "没有可用的 SDK")
	}
	for _, s := range sdks {
		p, ok := base.Platform(s.Arch)
		switch {
		case !ok || !p.Hole.IsZero():
			return msg.Errorf("nothing is built for %s", "不为 %s 构建", s.Arch)
		case (s.ABI == matrix.ABI1) != (p.World == "old"):
			return msg.Errorf("the SDK for %s is of the other LoongArch world", "%s 的 SDK 属于另一个龙架构世界", s.Arch)
		case s.Go != sdks[0].Go || s.ABI != sdks[0].ABI:
			return msg.Errorf("go%s %s and go%s %s in one file", "同一文件中有 go%s %s 与 go%s %s", sdks[0].Go, sdks[0].ABI, s.Go, s.ABI)
		}
	}
	return nil
}

func look(base matrix.Base, variant matrix.Variant, sdks []matrix.SDK, tools matrix.Base) view {
	v := view{
		Title: base.Title, VariantTitle: variant.Title,
		GoTitle: "Go " + sdks[0].Go,
		File:    FileName(sdks[0].ABI),
		BaseArg: "BASE",
		User:    matrix.User, UID: matrix.UID, Home: matrix.Home, WorkDir: matrix.WorkDir,
		GoRoot: matrix.GOROOT, GoParent: matrix.GOROOT[:strings.LastIndex(matrix.GOROOT, "/")],
		Writable: strings.Join(matrix.Writable(), " "),
		Env:      matrix.Env(),
		Managers: strings.Join(base.Managers, " "),
		Packages: strings.Join(variant.Packages[base.Family], " "),
	}
	v.WritableHere = strings.ReplaceAll(" "+v.Writable, " /", " ")[1:]
	from := base
	if base.Family == matrix.None {
		from, v.BaseArg = tools, "TOOLS"
	}
	v.From = "${" + v.BaseArg + "}${" + v.BaseArg + "_DIGEST:+@${" + v.BaseArg + "_DIGEST}}"

	var arches, words []string
	for _, s := range sdks {
		sum := hexOf(s.H1)
		v.SDKs = append(v.SDKs, viewSDK{s.Arch, sum})
		v.Unpinned = v.Unpinned || sum == ""
		arches = append(arches, s.Arch)
		word := "linux/" + s.Arch
		if s.ABI != "" {
			word += "-" + s.ABI
			v.GoTitle += " " + strings.ToUpper(s.ABI)
		}
		words = append(words, word)
		if p, _ := base.Platform(s.Arch); p.World != "" {
			v.Loong = p.World
		}
	}
	v.Arches = strings.Join(arches, " ")
	v.Fetch = "--go " + sdks[0].Go + " --platform " + strings.Join(words, ",")
	v.Ref, v.Digest, v.Remarks = reference(from, arches, v.BaseArg)
	v.Remarks = append([]msg.Text{seen(base)}, v.Remarks...)
	if v.Unpinned {
		v.Remarks = append(v.Remarks, msg.Text{
			EN: "No database knows the h1 of this SDK; --build-arg SDK_SUM=… (the SHA-256 of sdk/loong64/h1) pins it.",
			ZH: "没有数据库收录此 SDK 的 h1；可用 --build-arg SDK_SUM=…（sdk/loong64/h1 的 SHA-256）固定。"})
	}
	v.LabelArgs, v.Labels = labels(base, variant, sdks, v)
	return v
}

// hexOf turns an h1 into the hexadecimal SHA-256 that sha256sum prints; "" for none.
func hexOf(h1 string) string {
	b, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(h1, "h1:"))
	if err != nil {
		return ""
	}
	return hex.EncodeToString(b)
}

// reference chooses the defaults of BASE and BASE_DIGEST: those that hold for all
// architectures. What holds for some only is told in remarks, because a default of
// one architecture would be taken, wrongly, for another.
func reference(base matrix.Base, arches []string, arg string) (ref, digest string, remarks []msg.Text) {
	refs, digests := map[string]string{}, []string{}
	for _, arch := range arches {
		p, _ := base.Platform(arch)
		refs[arch] = base.RefFor(arch)
		if !slices.Contains(digests, p.Digest) {
			digests = append(digests, p.Digest)
		}
	}
	ref = refs[arches[0]]
	if len(digests) == 1 {
		digest = digests[0]
	}
	for _, arch := range arches {
		p, _ := base.Platform(arch)
		var flags []string
		if refs[arch] != ref {
			flags = append(flags, "--build-arg "+arg+"="+refs[arch])
		}
		if p.Digest != digest {
			flags = append(flags, "--build-arg "+arg+"_DIGEST="+p.Digest)
		}
		if len(flags) > 0 {
			args := strings.Join(flags, " ")
			remarks = append(remarks, msg.Textf("For %s: %s", "%s 请加：%s", arch, args))
		}
	}
	if slices.Contains(digests, "") {
		remarks = append(remarks, msg.Textf("The base is not pinned; --build-arg %s_DIGEST=sha256:… pins it.",
			"基础镜像未按摘要固定；--build-arg %s_DIGEST=sha256:… 可将其固定。", arg))
	}
	return ref, digest, remarks
}

// seen says how much is known about the base.
func seen(base matrix.Base) msg.Text {
	if base.Family == matrix.None {
		return base.Note
	}
	verified := msg.Text{EN: "we have never pulled it", ZH: "我们从未拉取过"}
	if base.Verified != "never" {
		verified = msg.Textf("we pulled it on %s", "我们于 %s 拉取过", base.Verified)
	}
	note := base.Note
	if !note.IsZero() {
		note = msg.Textf(" %v", "%v", note)
	}
	return msg.Textf("The base: %v.%v", "关于基础镜像：%v。%v", verified, note)
}

// labels are the label instruction's pairs and the arguments they need.
func labels(base matrix.Base, variant matrix.Variant, sdks []matrix.SDK, v view) (args, pairs []string) {
	add := func(key, value string) { pairs = append(pairs, key+"="+strconv.Quote(value)) }
	const oci = "org.opencontainers.image."
	args = []string{"VERSION=" + sdks[0].Go, "REVISION=", "CREATED="}
	add(oci+"title", base.Title.EN+": "+variant.Title.EN)
	add(oci+"version", "${VERSION}")
	add(oci+"revision", "${REVISION}")
	add(oci+"created", "${CREATED}")
	add(oci+"source", "https://github.com/yingzao-dev/yingzao")
	add(oci+"licenses", "BSD-3-Clause") // Go's; a base's are its own labels' affair
	if base.Family != matrix.None {
		args = append(args, "BASE", "BASE_DIGEST")
		add(oci+"base.name", "${BASE}")
		add(oci+"base.digest", "${BASE_DIGEST}")
	}
	add(matrix.LabelGoVersion, sdks[0].Go)
	for _, s := range sdks {
		if s.H1 != "" {
			add(matrix.LabelSDKH1+"."+s.Arch, s.H1)
		}
	}
	if v.Loong != "" {
		add(matrix.LabelWorld, v.Loong)
	}
	add(matrix.LabelFamily, string(base.Family))
	return args, pairs
}
