package publish

import (
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/publish/transfer"
)

// Options say how to publish. The zero value is what most callers want.
type Options struct {
	Progress    func(Event)   // told what happens, from one goroutine at a time; nil = nobody
	PartSize    int64         // bytes sent at once; 0 = chosen by size and store; raised where the store demands it
	Connections int           // most requests at the same time; 0 = what the store finds sensible, else 64
	Journal     string        // folder for the file that lets a later call resume what this one could not finish, the dist folder; "" = a failure throws away what was sent
	BaseURL     string        // where readers find the store, e.g. https://dl.example.cn/tools; "" = the page finds out itself and install.sh has to be told
	Mirrors     []string      // other such addresses with the same files, tried in this order after BaseURL; nil = those that the index remembers, empty = none
	By          string        // who publishes, for the claim; "" = host and process
	ForceLatest bool          // promote this version: latest.json names it even if another ranks above it
	Pause       time.Duration // before the first repetition of a failed request; 0 = 200 ms; doubled each time
	Sidecars    []Sidecar     // signatures and attestations of this very manifest; nil = none
}

// Event is one step of a publication.
type Event struct {
	Stage string        // "upload", "commit", "point", "done"
	Name  string        // artifact or object; "" for the stage as a whole
	Done  int64         // bytes of all artifacts that are in the store so far, those of an interrupted run included
	Total int64         // bytes of all artifacts to be sent
	Rate  int64         // bytes a second of late; 0 = not known
	ETA   time.Duration // until everything is sent; 0 = not known
}

// Opener opens an artifact by its name. It is called for each artifact that the
// store lacks, again only if the store loses an upload; the reader is closed. One
// that is an [io.ReaderAt], as files are, needs no memory.
type Opener func(name string) (io.ReadSeekCloser, error)

// Result tells what Publish did.
type Result struct {
	URL      string     `json:"url"` // the version's folder
	Project  string     `json:"project"`
	Version  string     `json:"version"`
	Already  bool       `json:"already"`  // the identical version was there
	Uploaded int        `json:"uploaded"` // artifacts sent
	Skipped  int        `json:"skipped"`  // artifacts that were there
	Bytes    int64      `json:"bytes"`    // of artifacts, sent; parts that had to be sent twice count once
	Resumed  int64      `json:"resumed"`  // of these bytes, those that an interrupted run had sent
	Requests int        `json:"requests"` // asked of the store, repetitions included
	Peak     int        `json:"peak"`     // most parts that were under way at the same time
	Latest   string     `json:"latest"`   // what latest.json names now; "" when nothing can be latest
	Pages    []string   `json:"pages"`    // download page and install script
	Warnings []msg.Text `json:"warnings,omitempty"`
}

// Publish sends one release to a store as one transaction; the package comment
// gives its order. Errors wrap the store's classes; one that wraps
// store.ErrExists means that the version, or an artifact of it, is there with
// other bytes or is being published with other bytes. After any error but that
// one, the same call again completes the publication.
func Publish(ctx context.Context, st store.Store, m *manifest.Manifest, open Opener, o Options) (*Result, error) {
	if err := checkManifest(m); err != nil {
		return nil, err
	}
	if err := checkSidecars(o.Sidecars); err != nil {
		return nil, err
	}
	o, err := o.PublicURLs()
	if err != nil {
		return nil, err
	}
	own := *m
	own.Schema = manifest.Schema
	own.Artifacts = sorted(m.Artifacts)
	body, err := own.Marshal()
	if err != nil {
		return nil, err
	}
	// What cannot be read back could never be in an index, nor be verified.
	if _, err := decodeManifest(body); err != nil {
		return nil, err
	}
	s := &session{m: &own, body: body, open: open, o: o}
	s.st = patient{st, o.Pause, &s.requests}
	s.t = s.transfer(st)
	s.res = Result{Project: m.Project, Version: m.Version, URL: inStore(st.URL(), m.Project, m.Version), Pages: []string{}}
	err = s.run(ctx)
	// What was sent is of use to a later call, but not for bytes that will never
	// be this version.
	s.t.Close(ctx, err != nil && !errors.Is(err, store.ErrExists))
	if err != nil {
		return nil, msg.Errorf("publish %s %s: %w", "发布 %s %s：%w", m.Project, m.Version, err)
	}
	stats := s.t.Stats()
	s.res.Requests, s.res.Resumed, s.res.Peak = int(s.requests.Load())+stats.Requests, stats.Resumed, stats.Connections
	s.tell(Event{Stage: "done"})
	return &s.res, nil
}

// session is one call of Publish.
type session struct {
	st       patient
	t        *transfer.Transfer
	m        *manifest.Manifest
	body     []byte // of manifest.json
	open     Opener
	o        Options
	requests atomic.Int64

	mu    sync.Mutex // of what follows, while artifacts are completed
	res   Result
	total int64 // bytes to send
	sent  int64
}

func (s *session) run(ctx context.Context) error {
	there, err := list(ctx, s.st, s.m.Project)
	if err != nil {
		return err
	}
	if there.has(s.m.Version, removingName) {
		return removing(s.m.Project, s.m.Version)
	}
	present, err := s.present(ctx, there.has(s.m.Version, manifest.FileName))
	if err != nil {
		return err
	}
	if !present && there.claimed(s.m.Version) {
		if present, err = s.courtesy(ctx); err == nil && present {
			there, err = list(ctx, s.st, s.m.Project)
		}
		if err != nil {
			return err
		}
	}
	s.res.Already = present
	if !present && !s.st.Caps().IfAbsent {
		s.warn("this store cannot promise that an object is never overwritten; objects are looked for before and compared after instead",
			"该存储不能保证对象不被覆盖；改为写入前先查、写入后再比对")
	}
	missing, err := s.missing(ctx, there)
	if err != nil {
		return err
	}
	switch {
	case present && len(missing) > 0:
		err = s.repair(ctx, missing, there)
	case present && !hasSums(s.m) && !there.has(s.m.Version, manifest.SumsName):
		err = s.putFixed(ctx, manifest.SumsName, s.m.Sums())
	case !present:
		err = s.complete(ctx, missing)
	}
	if err == nil && present && there.claimed(s.m.Version) {
		err = s.release(ctx) // of a run that died just before that
	}
	if err != nil {
		return err
	}
	added, err := s.sidecars(ctx, there)
	if err != nil {
		return err
	}
	if added {
		if there, err = list(ctx, s.st, s.m.Project); err != nil {
			return err
		}
	}
	return s.point(ctx, there)
}

// present looks at a manifest that is in the store already: the same artifacts
// are fine, others are refused.
func (s *session) present(ctx context.Context, listed bool) (bool, error) {
	if !listed {
		return false, nil
	}
	b, _, err := s.st.read(ctx, s.key(manifest.FileName))
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	have, err := decodeManifest(b)
	if err != nil {
		return false, msg.Errorf("the version is there with a manifest that is not valid: %w", "该版本已存在，但其清单无效：%w", err).
			WithHint("run `yingzao release verify` on the store", "请对该存储运行 `yingzao release verify`")
	}
	if diff := differences(have, s.m); len(diff) > 0 {
		return false, published(diff)
	}
	return true, nil
}

// courtesy refuses before the upload what the claim would refuse after it. A
// claim of others may be void already: then the version is present.
func (s *session) courtesy(ctx context.Context) (present bool, err error) {
	claimErr := s.checkClaim(ctx)
	switch {
	case claimErr == nil, errors.Is(claimErr, store.ErrNotFound):
		return false, nil
	case !errors.Is(claimErr, store.ErrExists):
		return false, claimErr
	}
	if present, err = s.present(ctx, true); err == nil && !present {
		err = claimErr
	}
	return present, err
}

// complete does everything from the first part to the manifest.
func (s *session) complete(ctx context.Context, missing []manifest.Artifact) error {
	sent, err := s.upload(ctx, missing)
	if err != nil {
		return err
	}
	claimErr := s.claim(ctx)
	if claimErr != nil && !errors.Is(claimErr, store.ErrExists) {
		return claimErr
	}
	// Whoever finished since the listing put its manifest in before it dropped
	// its claim. With the manifest there, any claim is void, be it ours or one of
	// somebody who is about to find out.
	done, err := s.present(ctx, true)
	switch {
	case errors.Is(err, store.ErrExists):
		_ = s.release(ctx)
		return err
	case err != nil:
		return err
	case !done && claimErr != nil:
		return claimErr
	}
	if !done {
		lost, err := s.recheck(ctx, sent)
		if err != nil {
			return err
		}
		if err := s.commit(ctx, append(sent, lost...)); err != nil {
			return err
		}
		if !hasSums(s.m) {
			if err := s.putFixed(ctx, manifest.SumsName, s.m.Sums()); err != nil {
				return err
			}
		}
		if err := s.putManifest(ctx); err != nil {
			return err
		}
	}
	if done {
		s.res.Already, s.res.Skipped = true, len(s.m.Artifacts)
	}
	return s.release(ctx)
}

// repair puts back artifacts that an existing version has lost. The manifest
// in the store says what they must be, so no claim is needed.
func (s *session) repair(ctx context.Context, missing []manifest.Artifact, there *inventory) error {
	s.warn("the version was there but %d of its artifacts were missing; they are restored", "该版本已存在，但缺少其中 %d 个制品；现已补齐", len(missing))
	if err := s.send(ctx, missing); err != nil {
		return err
	}
	if !hasSums(s.m) && !there.has(s.m.Version, manifest.SumsName) {
		return s.putFixed(ctx, manifest.SumsName, s.m.Sums())
	}
	return nil
}

// send uploads and completes artifacts for which no claim is needed.
func (s *session) send(ctx context.Context, missing []manifest.Artifact) error {
	sent, err := s.upload(ctx, missing)
	if err != nil {
		return err
	}
	return s.commit(ctx, sent)
}

// putFixed writes a small object of the version; the same content is fine.
func (s *session) putFixed(ctx context.Context, name string, body []byte) error {
	err := s.st.write(ctx, s.key(name), body, fixed(name))
	if !errors.Is(err, store.ErrExists) {
		return err
	}
	have, _, err := s.st.read(ctx, s.key(name))
	if err != nil {
		return err
	}
	if string(have) != string(body) {
		return published([]string{name})
	}
	return nil
}

func (s *session) putManifest(ctx context.Context) error {
	err := s.st.write(ctx, s.key(manifest.FileName), s.body, fixed(manifest.FileName))
	if errors.Is(err, store.ErrExists) || err == nil && !s.st.Caps().IfAbsent {
		_, err = s.present(ctx, true)
	}
	return err
}

// recheck looks at the version once our claim is made or renewed: gc either sees
// the claim and spares the version, or its mark is here by now. What was here
// before, and is gone because gc had come and finished, is sent after all.
func (s *session) recheck(ctx context.Context, sent []manifest.Artifact) ([]manifest.Artifact, error) {
	there, err := list(ctx, s.st, path.Join(s.m.Project, s.m.Version))
	if err != nil {
		return nil, err
	}
	if there.has(removingName) {
		return nil, removing(s.m.Project, s.m.Version)
	}
	var lost []manifest.Artifact
	for _, a := range s.m.Artifacts {
		if !there.has(a.Name) && !slices.ContainsFunc(sent, func(b manifest.Artifact) bool { return a.Name == b.Name }) {
			lost = append(lost, a)
			s.total += a.Size
			s.res.Skipped--
		}
	}
	if len(lost) == 0 {
		return nil, nil
	}
	return s.upload(ctx, lost)
}

func (s *session) key(name string) string { return path.Join(s.m.Project, s.m.Version, name) }

func (s *session) tell(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.o.Progress != nil {
		e.Done, e.Total = s.sent, s.total
		s.o.Progress(e)
	}
}

func (s *session) warn(en, zh string, args ...any) {
	s.res.Warnings = append(s.res.Warnings, msg.Textf(en, zh, args...))
}

// published is the refusal to replace bytes by other bytes.
func published(names []string) error {
	return msg.Errorf("the version is already published with other bytes: %s: %w", "该版本已发布且内容不同：%s：%w", strings.Join(names, ", "), store.ErrExists).
		WithHint("a published version never changes; publish a new version (the builds of yingzao are reproducible, so other bytes mean other inputs)",
			"已发布的版本不可更改；请发布新版本（yingzao 的构建可复现，字节不同说明输入不同）")
}

// inStore is the address of something in a store: its path goes before the
// parameters of the store's URL.
func inStore(url string, elems ...string) string {
	address, parameters, some := strings.Cut(url, "?")
	if address = join(address, elems...); some {
		address += "?" + parameters
	}
	return address
}

func join(base string, elems ...string) string {
	return strings.TrimRight(base, "/") + "/" + path.Join(elems...)
}

// inventory is what one listing of a project found.
type inventory struct {
	objects map[string]store.Info // by key without the project
}

func list(ctx context.Context, st patient, project string) (*inventory, error) {
	inv := &inventory{}
	err := st.retry(ctx, func() error {
		inv.objects = map[string]store.Info{}
		return st.List(ctx, project+"/", func(i store.Info) error {
			inv.objects[strings.TrimPrefix(i.Key, project+"/")] = i
			return nil
		})
	})
	return inv, err
}

func (i *inventory) has(elems ...string) bool {
	_, ok := i.objects[path.Join(elems...)]
	return ok
}

func (i *inventory) claimed(version string) bool { return i.has(claimPrefix + version + ".json") }

// versions are those with a manifest that gc is not removing, in the order of
// their names.
func (i *inventory) versions() []string {
	var out []string
	for key := range i.objects {
		if v, rest, ok := strings.Cut(key, "/"); ok && rest == manifest.FileName && !i.has(v, removingName) {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return out
}
