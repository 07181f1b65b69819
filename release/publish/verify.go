package publish

import (
	"cmp"
	"context"
	"errors"
	"hash"
	"slices"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/workdir"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/sbom"
)

// VerifyOptions say what to verify. The zero value verifies the latest version
// of every project in the store, without running anything.
type VerifyOptions struct {
	Project string        // "" = every project
	Version string        // "" = what latest.json names; else Project must be set
	Run     bool          // run each binary, natively or by qemu-user
	RunArgs [][]string    // argument lists to try in turn; nil = "version", then "--version"
	Dir     string        // base of the work directory for artifacts while they are looked at; "" = as workdir.New
	Pause   time.Duration // as in Options
	// Scan looks for known vulnerabilities in one program on the disk; nil = nobody
	// does. An error of it ends the verification: what was not asked has not passed.
	Scan func(ctx context.Context, file string) ([]Vulnerability, error)
	// Progress is told the key of each artifact before it is read; nil = nobody.
	Progress func(key string)
	// SM3 makes the hash of SM3SUMS, for stores where versions have it; nil = SM3SUMS
	// is not looked at.
	SM3 func() hash.Hash
	// Checks judge what this package does not understand, each version in turn.
	Checks []Check
}

// Verify reads a release back: latest.json, index.json, manifest.json, then
// every byte of every artifact in one pass each, and inspects every binary in
// archives anew. Binaries in packages (deb, rpm) are covered by the package's
// digest only.
//
// The report is complete whenever the error is nil or of kind msg.Findings. An
// error of kind msg.Incomplete means that the store could not be read.
func Verify(ctx context.Context, st store.Store, o VerifyOptions) (*Report, error) {
	if o.Version != "" && o.Project == "" {
		return nil, msg.Errorf("verify version %s: of which project?", "校验版本 %s：哪个项目的？", o.Version).WithKind(msg.Usage).
			WithHint("add --project NAME", "请添加 --project 名称")
	}
	for what, name := range map[string]string{"project": o.Project, "version": o.Version} {
		if name == "" {
			continue
		}
		if err := manifest.CheckName(what, name); err != nil {
			return nil, err
		}
	}
	work, err := workdir.New(o.Dir)
	if err != nil {
		return nil, msg.Errorf("verify %s: %w", "校验 %s：%w", st.URL(), err)
	}
	defer work.Close()
	r := &Report{Schema: 1, Store: st.URL(), Projects: []*ProjectReport{}}
	v := &verifier{st: patient{Store: st, pause: o.Pause}, o: o, dir: work.Path()}
	found, err := projects(ctx, v.st, o.Project)
	found = slices.DeleteFunc(found, func(p project) bool { // a claim alone is no release
		return len(p.objects.versions()) == 0 && !p.objects.has(LatestName) && !p.objects.has(IndexName)
	})
	if err == nil && len(found) == 0 {
		return r, nothing(st.URL(), o.Project)
	}
	for _, p := range found {
		if err != nil {
			break
		}
		v.p = &ProjectReport{Project: p.name, Artifacts: []*ArtifactReport{}, Findings: []Finding{}}
		r.Projects = append(r.Projects, v.p)
		v.sm3 = nil
		err = v.project(ctx, p.objects)
	}
	if err != nil {
		kind := msg.KindOf(err)
		if kind == msg.Failed {
			kind = msg.Incomplete
		}
		return r, msg.Errorf("verify %s: %w", "校验 %s：%w", st.URL(), err).WithKind(kind)
	}
	return r, r.finish()
}

func nothing(url, project string) error {
	e := msg.Errorf("verify %s: there is no release", "校验 %s：没有任何发布", url)
	if project != "" {
		e = msg.Errorf("verify %s: there is no release of %s", "校验 %s：没有 %s 的发布", url, project)
	}
	return e.WithHint("give the folder that holds the projects, not a project's own", "请给出包含各项目的目录，而不是某个项目自己的目录").WithKind(msg.Findings)
}

// verifier is one call of Verify.
type verifier struct {
	st  patient
	o   VerifyOptions
	dir string
	p   *ProjectReport

	bills    []bill                     // of the version at hand
	programs map[string][]*sbom.Program // what was found inside, by sha256
	scanned  map[string][]Vulnerability // by sha256
	sm3      map[string]string          // by artifact, of this project's version; nil = not wanted
}

// project verifies the pointers and one version. Errors are failures to read;
// everything else becomes a finding.
func (v *verifier) project(ctx context.Context, there *inventory) error {
	name := v.p.Project
	ix, _, problem, err := readJSON[Index](ctx, v.st, name+"/"+IndexName)
	if err != nil {
		return err
	}
	if problem != nil {
		v.p.fail(CodeIndex, name+"/"+IndexName, "the index cannot be read: %v", "无法读取索引：%v", problem)
	}
	latest, _, problem, err := readJSON[Latest](ctx, v.st, name+"/"+LatestName)
	if err != nil {
		return err
	}
	switch {
	case problem == nil:
	case errors.Is(problem, store.ErrNotFound) && ix != nil && len(ix.Versions) > 0 && ix.best() == nil:
		v.p.add(CodeYanked, "note", name+"/"+LatestName, "there is no latest version: all are yanked", "没有最新版：全部版本已撤回")
	default:
		v.p.fail(CodeLatest, name+"/"+LatestName, "the pointer to the latest version cannot be read: %v", "无法读取最新版指针：%v", problem)
	}
	if ix != nil {
		v.yanked(there, ix)
		if latest != nil {
			if err := v.pointers(ctx, there, ix, latest); err != nil {
				return err
			}
		}
	}
	if latest != nil {
		if err := v.pages(ctx, latest); err != nil {
			return err
		}
	}
	version := v.o.Version
	if version == "" && latest != nil {
		version = latest.Version
	}
	if version == "" {
		return nil // said above
	}
	if err := manifest.CheckName("version", version); err != nil {
		v.p.fail(CodeLatest, name+"/"+LatestName, "%v", "%v", err)
		return nil
	}
	v.p.Version = version
	if there.has(version, removingName) {
		v.p.add(CodeRemoving, "warning", name+"/"+version+"/"+removingName, "gc is removing this version, or was interrupted; run it again", "gc 正在删除该版本，或曾中断；请再次运行")
	}
	if there.claimed(version) {
		v.p.add(CodeClaim, "warning", ClaimKey(name, version), "the version is being published, or was interrupted", "该版本正在发布，或发布曾中断")
	}
	return v.version(ctx, there, ix, latest)
}

// pointers holds latest.json against the index and what was promoted.
func (v *verifier) pointers(ctx context.Context, there *inventory, ix *Index, latest *Latest) error {
	subject := v.p.Project + "/" + LatestName
	if latest.Project != v.p.Project || ix.Project != v.p.Project {
		v.p.fail(CodePointer, subject, "latest.json and index.json are about %q and %q", "latest.json 与 index.json 描述的是 %q 与 %q", latest.Project, ix.Project)
		return nil
	}
	pin, err := (&leader{st: v.st, project: v.p.Project}).promotion(ctx, there)
	if err != nil {
		return err
	}
	e := ix.find(latest.Version)
	switch want := choose(ix, pin); {
	case e == nil:
		v.p.fail(CodeIndex, v.p.Project+"/"+IndexName, "the index lacks the latest version %s", "索引中没有最新版 %s", latest.Version)
	case e.Manifest != latest.Manifest || e.Sequence != latest.Sequence:
		v.p.fail(CodePointer, subject, "latest.json and index.json disagree about version %s", "latest.json 与 index.json 对版本 %s 的记载不一致", latest.Version)
	case want == nil || want.Version != latest.Version:
		v.p.fail(CodePointer, subject, "latest.json names %s, which by the index is not the latest version: an old copy was put back, or a publication was interrupted; publish that version again",
			"latest.json 指向 %s，但按索引它不是最新版：可能被旧副本覆盖，或发布曾中断；请重新发布该版本", latest.Version)
	}
	return nil
}

// yanked tells which versions are yanked, which is nothing wrong, and whether
// the index knows it, for readers look there.
func (v *verifier) yanked(there *inventory, ix *Index) {
	for _, e := range ix.Versions {
		key := YankedKey(v.p.Project, e.Version)
		switch stone := there.has(e.Version, yankedName); {
		case stone != e.Yanked:
			v.p.fail(CodePointer, key, "index.json does not say what this mark says: yanking was interrupted, or an old copy was put back; yank the version again, or take it back again",
				"index.json 与此标记不一致：撤回操作曾中断，或被旧副本覆盖；请重新撤回或重新取消撤回")
		case stone:
			v.p.add(CodeYanked, "note", key, "version %s is yanked: %s", "版本 %s 已撤回：%s", e.Version, oneLine(e.YankReason))
		}
	}
}

// pages holds the two pages against latest.json: install.sh is executed by
// people who never look at it.
func (v *verifier) pages(ctx context.Context, latest *Latest) error {
	for _, page := range []struct{ name, digest string }{{PageName, latest.Page}, {InstallName, latest.Install}} {
		key := v.p.Project + "/" + page.name
		b, _, err := v.st.read(ctx, key)
		switch {
		case errors.Is(err, store.ErrNotFound):
			v.p.fail(CodePage, key, "it is missing; publish the version again to restore it", "文件缺失；重新发布该版本即可恢复")
		case err != nil:
			return err
		case sha256Of(b) != page.digest:
			v.p.fail(CodePage, key, "it is not what latest.json says: it was changed, or a publication was interrupted", "与 latest.json 的记载不符：被改动，或发布曾中断")
		}
	}
	return nil
}

// version verifies the manifest and all it lists.
func (v *verifier) version(ctx context.Context, there *inventory, ix *Index, latest *Latest) error {
	folder := v.p.Project + "/" + v.p.Version + "/"
	raw, _, err := v.st.read(ctx, folder+manifest.FileName)
	if errors.Is(err, store.ErrNotFound) {
		v.p.fail(CodeNoManifest, folder+manifest.FileName, "the manifest is missing", "清单缺失")
		return nil
	}
	if err != nil {
		return err
	}
	digest := sha256Of(raw)
	if ix != nil {
		switch e := ix.find(v.p.Version); {
		case e == nil && (latest == nil || latest.Version != v.p.Version):
			v.p.fail(CodeIndex, v.p.Project+"/"+IndexName, "the index lacks version %s", "索引中没有版本 %s", v.p.Version)
		case e != nil && e.Manifest != digest:
			v.p.fail(CodeTampered, folder+manifest.FileName, "its sha256 is %s, index.json says %s", "其 sha256 为 %s，而 index.json 记载 %s", digest, e.Manifest)
		}
	}
	if latest != nil && latest.Version == v.p.Version && latest.Manifest != digest {
		v.p.fail(CodeTampered, folder+manifest.FileName, "its sha256 is %s, latest.json says %s", "其 sha256 为 %s，而 latest.json 记载 %s", digest, latest.Manifest)
	}
	m, err := decodeManifest(raw)
	if err == nil && (m.Project != v.p.Project || m.Version != v.p.Version) {
		err = msg.Errorf("it is about %s %s", "它描述的是 %s %s", m.Project, m.Version)
	}
	if err != nil {
		v.p.fail(CodeManifest, folder+manifest.FileName, "the manifest is not valid: %v", "清单无效：%v", err)
		return nil
	}
	if err := v.sums(ctx, m); err != nil {
		return err
	}
	known := map[string]bool{manifest.FileName: true, manifest.SumsName: true, yankedName: true, removingName: true}
	v.bills, v.programs = nil, map[string][]*sbom.Program{}
	if v.o.SM3 != nil && there.has(v.p.Version, manifest.SM3SumsName) {
		v.sm3 = map[string]string{}
	}
	for _, a := range m.Artifacts {
		known[a.Name] = true
		if err := v.artifact(ctx, m, a); err != nil {
			return err
		}
	}
	v.materials(m)
	if err := v.sm3Sums(ctx, m); err != nil {
		return err
	}
	if err := v.checks(ctx, there, m, raw); err != nil {
		return err
	}
	for key := range there.objects {
		if rest, ok := strings.CutPrefix(key, v.p.Version+"/"); ok && !known[rest] && !manifest.Sidecar(rest) {
			v.p.add(CodeUnlisted, "warning", v.p.Project+"/"+key, "the manifest does not list it", "清单中没有它")
		}
	}
	slices.SortStableFunc(v.p.Findings, func(a, b Finding) int { return cmp.Compare(a.Subject, b.Subject) })
	return nil
}
