package trace

import (
	"cmp"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/workdir"
)

// Options say what to run.
type Options struct {
	Go        string          // the go command; "" = the one on this process's PATH
	Dir       string          // the project; "" = the current folder
	Environ   []string        // the user's environment; nil = this process's
	Timeout   time.Duration   // for everything together; 0 = 2 minutes
	Simulated []leak.Exposure // what to compare with
}

// Trace runs the go command and compares. That the go command fails is part of
// the result, not an error; errors are those of preparing, and a context that
// ended. It is gone, with all it started, within two seconds of that.
func Trace(ctx context.Context, o Options) (_ *leak.Trace, err error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(o.Timeout, 2*time.Minute))
	defer cancel()
	if o.Environ == nil {
		o.Environ = os.Environ()
	}
	o.Go = cmp.Or(o.Go, "go")
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return nil, msg.Errorf("trace %s: %w", "追踪 %s：%w", o.Dir, err)
	}
	work, err := workdir.New("")
	if err != nil {
		return nil, err
	}
	defer func() { err = msg.Join(err, work.Close()) }()
	t := &tracer{o: o, base: work.Path(), seen: map[leak.Asked]bool{}}
	if err := t.prepare(ctx); err != nil {
		return nil, err
	}
	for _, c := range t.courses() {
		if err := t.run(ctx, c); err != nil {
			return nil, err
		}
	}
	return t.result(), nil
}

// tracer is one trace under way.
type tracer struct {
	o       Options
	base    string
	env     map[string]string // go env of the user
	proxies goenv.Proxies
	broken  bool // the go command refuses GOPROXY
	sumdb   goenv.SumDB
	project *project
	content *content
	db      *database

	seen map[leak.Asked]bool
	runs []leak.Run
}

// prepare asks the go command for the settings in force and reads the project.
func (t *tracer) prepare(ctx context.Context) error {
	out, stderr, err := execute(ctx, t.o.Go, t.o.Dir, append(slices.Clone(t.o.Environ), "GOTOOLCHAIN=local"),
		"env", "-json", "GOPROXY", "GOSUMDB", "GOENV", "GOMOD", "GOWORK", "GOMODCACHE", "GOVERSION", "GOFLAGS")
	if err == nil {
		err = json.Unmarshal(out, &t.env)
	}
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		e := msg.Errorf("ask go for its settings: %w", "向 go 查询设置：%w", err)
		if stderr != "" {
			e = e.WithHint("go says: %s", "go 的输出：%s", stderr)
		}
		return e
	}
	if t.proxies, err = goenv.ParseProxies(t.env["GOPROXY"]); err != nil {
		t.broken = true
	}
	t.sumdb, _ = goenv.ParseSumDB(t.env["GOSUMDB"]) // broken: left as it is, the go command stops at it
	if t.project, err = readProject(t.env["GOMOD"], t.env["GOWORK"], t.env["GOVERSION"]); err != nil {
		return err
	}
	t.content = newContent(t.env["GOMODCACHE"], t.env["GOVERSION"], t.project, t.o.Simulated)
	if t.sumdb.Name != "" {
		t.db, err = newDatabase(t.sumdb, t.content)
	}
	return err
}

// course is what the mirrors do during one run.
type course struct {
	name       string
	modulesAt  int // the first mirror that has modules; those before it say 404
	databaseAt int // the first that supports the checksum database
}

func (t *tracer) courses() []course {
	n := len(t.proxies.Mirrors())
	if t.broken || n == 0 {
		return []course{{name: "no mirror"}}
	}
	if t.project.vendored(t.env["GOFLAGS"]) {
		return []course{{name: "vendored"}}
	}
	var out []course
	for k := range n + 1 {
		name := "all mirrors say 404"
		if k < n {
			name = "mirror " + t.proxies.Mirrors()[k].URL.Host + " has everything"
		}
		out = append(out, course{name: name, modulesAt: k, databaseAt: k})
	}
	if t.db != nil && t.sumdb.URL == nil {
		out = append(out, course{name: "no mirror has the checksum database", databaseAt: n})
	}
	return out
}

// run lets one course happen.
func (t *tracer) run(ctx context.Context, c course) error {
	dir, err := os.MkdirTemp(t.base, "run-")
	if err != nil {
		return msg.Errorf("make run folder: %w", "创建运行目录：%w", err)
	}
	where, gowork, err := t.project.write(filepath.Join(dir, "project"), t.content)
	if err != nil {
		return err
	}
	r, err := startRecorder(t, c)
	if err != nil {
		return err
	}
	defer r.close()
	env, err := t.environ(dir, gowork, r)
	if err != nil {
		return err
	}
	for _, args := range t.commands() {
		_, says, err := execute(ctx, t.o.Go, where, env, args...)
		if ctx.Err() != nil {
			return msg.Errorf("trace go %s: %w", "追踪 go %s：%w", args[0], ctx.Err())
		}
		run := leak.Run{Course: c.name, Args: args, Failed: err != nil}
		if err != nil {
			run.Says = strings.ReplaceAll(says, dir, "…")
		}
		t.runs = append(t.runs, run)
	}
	for _, a := range r.asked() {
		t.seen[a] = true
	}
	return nil
}

// commands are the go commands of each course.
func (t *tracer) commands() [][]string {
	if t.project.vendored(t.env["GOFLAGS"]) {
		return [][]string{append([]string{"list", "-m"}, t.project.required()...)}
	}
	out := [][]string{{"list", "-m", "all"}}
	for args := range slices.Chunk(t.project.downloads(), 200) {
		out = append(out, append([]string{"mod", "download", "-json"}, args...))
	}
	if t.project.tools() > 0 {
		out = append(out, []string{"list", "-e", "tool"})
	}
	return out
}

func (t *tracer) result() *leak.Trace {
	r := &leak.Trace{Runs: t.runs, Vendored: t.project.vendored(t.env["GOFLAGS"])}
	foreseen, named := map[leak.Asked]bool{}, map[string]bool{"": true}
	// What only go.sum names is named in the versions that it lists; the checksum
	// of another version, which "go list -m all" comes across, is not.
	listed := map[string]bool{}
	for _, e := range t.o.Simulated {
		named[e.Path] = true
		listed[e.Path] = e.Why == "go.sum"
		for _, a := range e.Asks {
			named[a.Path] = true
			if a.Host == "" {
				continue
			}
			k := leak.Asked{Kind: a.Kind, Host: a.Host, Path: a.Path}
			if a.Kind == leak.Direct || a.Kind == leak.Database && t.sumdb.URL == nil && a.Host == databaseHost(t.sumdb) {
				k.Path = "" // encrypted
			}
			foreseen[k] = true
			if a.When != leak.Cached && !t.seen[k] {
				r.Unasked = append(r.Unasked, k)
			}
		}
	}
	beyond := func(k leak.Asked) bool {
		return !named[k.Path] || k.Kind == leak.Database && listed[k.Path] && !foreseen[k]
	}
	strays := false // then the database itself is asked for them too, as in the last course
	for k := range t.seen {
		strays = strays || k.Kind == leak.Database && beyond(k)
	}
	for k := range t.seen {
		r.Asked = append(r.Asked, k)
		switch {
		case beyond(k) || strays && k.Kind == leak.Database && k.Path == "" && !foreseen[k]:
			r.Unnamed = append(r.Unnamed, k)
		case !foreseen[k]:
			r.Unforeseen = append(r.Unforeseen, k)
		}
	}
	for _, list := range []*[]leak.Asked{&r.Asked, &r.Unforeseen, &r.Unnamed, &r.Unasked} {
		slices.SortFunc(*list, func(a, b leak.Asked) int {
			return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Host, b.Host), cmp.Compare(a.Path, b.Path))
		})
		*list = slices.Compact(*list)
	}
	return r
}
