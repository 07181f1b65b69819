package stages

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/pipelines"
)

// Step is one command.
type Step struct {
	Args []string          // the program, yingzao or go, and its arguments
	Env  map[string]string // set for this command on top of the stage's; nil = nothing
}

// Line is the command as one would type it.
func (s Step) Line() string {
	words := make([]string, len(s.Args))
	for i, a := range s.Args {
		if a == "" || strings.ContainsAny(a, " \t\n'\"\\$`&|;<>()*?[]#~!{}") {
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		words[i] = a
	}
	return strings.Join(words, " ")
}

// Job is where a stage runs.
type Job struct {
	CI CI
	// Exists reports whether there is a file or folder of that name.
	Exists func(name string) bool
	// Targets are those of the plan that prefetch wrote.
	Targets func() ([]string, error)
	// Abs makes a path absolute, for programs that run in other folders.
	Abs func(name string) string
}

// Reports is the folder for reports, below the project's.
const Reports = "dist/reports"

// Steps are the commands of one stage. An error is about the parameters, or that
// there is no plan yet.
func Steps(stage string, v pipelines.Values, j Job) ([]Step, error) {
	s := &steps{v: v, job: j, dir: path.Clean(filepath.ToSlash(v["dir"]))}
	makers := map[string]func() error{
		"check": s.check, "prefetch": s.prefetch, "build": s.build, "verify": s.verify, "merge": s.merge, "publish": s.publish,
	}
	f, ok := makers[stage]
	if !ok {
		return nil, msg.Errorf("run stage: there is no stage %q", "运行阶段：没有 %q 这个阶段", stage).WithKind(msg.Usage).
			WithHint("the stages are %s, and release for all of them", "可用的阶段：%s，以及依次执行全部阶段的 release", strings.Join(pipelines.Stages(), ", "))
	}
	if err := f(); err != nil {
		return nil, err
	}
	return s.all, nil
}

type steps struct {
	v   pipelines.Values
	job Job
	dir string
	all []Step
}

func (s *steps) add(args ...string) { s.all = append(s.all, Step{Args: args}) }

// in is a path below the project's folder.
func (s *steps) in(name string) string { return path.Join(s.dir, name) }

func (s *steps) check() error {
	s.add("yingzao", "check", "--profile", s.v["profile"], "--fail-on", s.v["fail_on"],
		"--report", "junit="+s.in(Reports+"/check.junit.xml"),
		"--report", "codequality="+s.in(Reports+"/check.codequality.json"), s.dir)
	return nil
}

func (s *steps) prefetch() error {
	if s.download() {
		s.add("go", "-C", s.dir, "mod", "verify")
	}
	args := []string{"yingzao", "release", "plan", "--dir", s.dir, "--out", s.in("dist/plan.json")}
	if c := s.v["config"]; c != "" {
		args = append(args, "--config", c)
	}
	for _, t := range s.v.List("targets") {
		args = append(args, "--target", t)
	}
	switch version := s.version(); version {
	case "":
		args = append(args, "--snapshot")
	default:
		args = append(args, "--version", version)
	}
	s.add(s.common(args)...)
	return nil
}

// download fetches the modules and reports whether there is anything to fetch:
// with a vendor folder there is not, and go mod verify would look for a module
// cache that nobody filled. A read-only module cache would make the runner's own
// cleaning of the workspace fail.
func (s *steps) download() bool {
	if s.v.Bool("offline") || s.job.Exists(s.in("vendor/modules.txt")) {
		return false
	}
	s.add("go", "-C", s.dir, "mod", "download", "-modcacherw")
	return true
}

// version is what was asked for, or what the tag of the pipeline says.
func (s *steps) version() string {
	if s.v["version"] != "" {
		return s.v["version"]
	}
	return strings.TrimPrefix(s.tag(), "v")
}

// tag is the pipeline's tag if it is one of this project, without the folder that
// Go puts before the tags of a module in a subfolder: sub/v1.2.3.
func (s *steps) tag() string {
	folder, tag := path.Split(s.job.CI.Tag)
	if folder != "" && path.Clean(folder) != s.dir {
		return ""
	}
	return tag
}

func (s *steps) common(args []string) []string {
	for _, g := range s.v.List("goroot") {
		args = append(args, "--goroot", g)
	}
	if s.v.Bool("offline") {
		args = append(args, "--offline")
	}
	return args
}

func (s *steps) build() error {
	if t := s.v["target"]; t != "" {
		return s.parts([]string{t}, "parts", nil)
	}
	targets, err := s.job.Targets()
	if err != nil {
		return err
	}
	return s.parts(targets, "parts", nil)
}

// verify builds again what a build has given, with nothing kept.
func (s *steps) verify() error {
	targets := s.v.List("reproduce")
	if t := s.v["target"]; t != "" {
		targets = []string{t}
	}
	return s.parts(targets, "again", map[string]string{"GOCACHE": s.job.Abs(path.Join(s.cache(), "again"))})
}

func (s *steps) parts(targets []string, folder string, env map[string]string) error {
	if len(targets) > 0 {
		s.download() // nothing where the cache came along
	}
	for _, name := range targets {
		args := []string{"yingzao", "release", "build", "--dir", s.dir, "--plan", s.in("dist/plan.json"), "--target", name, "--part"}
		if err := s.part(&args, folder, name); err != nil {
			return err
		}
		s.all = append(s.all, Step{Args: s.common(args), Env: env})
	}
	return nil
}

// merge names the parts where some are there twice; otherwise the command finds
// one for each target of the plan, and a missing one is an error.
func (s *steps) merge() error {
	args := []string{"yingzao", "release", "merge", "--dir", s.dir, "--plan", s.in("dist/plan.json")}
	if again := s.v.List("reproduce"); len(again) > 0 {
		targets, err := s.job.Targets()
		if err != nil {
			return err
		}
		for _, t := range again {
			if !slices.Contains(targets, t) {
				return msg.Errorf("merge: %s shall be built a second time but is no target", "合并：要求再次构建 %s，但它不是构建目标", t).WithKind(msg.Usage).
					WithHint("targets are %s", "构建目标：%s", strings.Join(targets, ", "))
			}
		}
		for _, t := range targets {
			if err := s.part(&args, "parts", t); err != nil {
				return err
			}
		}
		for _, t := range again {
			if err := s.part(&args, "again", t); err != nil {
				return err
			}
		}
	}
	s.add(args...)
	return nil
}

func (s *steps) part(args *[]string, folder, name string) error {
	t, err := target.Parse(name)
	if err != nil {
		return err
	}
	*args = append(*args, s.in("dist/"+folder+"/"+t.Slug()))
	return nil
}

func (s *steps) publish() error {
	stores := s.v.List("publish_to")
	when := s.v["publish_when"]
	if len(stores) == 0 || when == "never" || when == "tag" && s.tag() == "" {
		return nil
	}
	args := []string{"yingzao", "release", "publish", "--dir", s.dir, "--from", s.in("dist")}
	for _, to := range stores {
		args = append(args, "--to", to)
	}
	if b := s.v["base_url"]; b != "" {
		args = append(args, "--base-url", b)
	}
	s.add(append(args, "--report", "dotenv="+s.in(Reports+"/publish.env"), "--report", "links="+s.in(Reports+"/links.json"))...)
	for _, to := range stores {
		s.add("yingzao", "release", "verify", to)
	}
	return nil
}

func (s *steps) cache() string { return path.Join(s.dir, s.v["cache_dir"]) }
