package release

import (
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
)

// Phase names one kind of work in reports; the texts are for people.
type Phase string

// The phases of a release, in the order in which a reader expects them.
const (
	phasePrepare Phase = "prepare" // configuration, git, go settings
	phaseHooks   Phase = "hooks"
	phaseCheck   Phase = "check" // preflight
	phaseBuild   Phase = "build"
	phaseInspect Phase = "inspect"
	phasePack    Phase = "pack"
	phaseReuse   Phase = "reuse" // an unchanged part was taken over
	phaseMerge   Phase = "merge"
	phaseSign    Phase = "sign"
	phasePublish Phase = "publish"
	phaseVerify  Phase = "verify"
)

// Phases lists all of them with what people read.
var phases = []struct {
	Phase Phase
	Text  msg.Text
}{
	{phasePrepare, msg.Text{EN: "prepare", ZH: "准备"}},
	{phaseHooks, msg.Text{EN: "hooks", ZH: "钩子"}},
	{phaseCheck, msg.Text{EN: "check", ZH: "预检"}},
	{phaseBuild, msg.Text{EN: "build", ZH: "编译"}},
	{phaseInspect, msg.Text{EN: "inspect", ZH: "检查"}},
	{phasePack, msg.Text{EN: "pack", ZH: "打包"}},
	{phaseReuse, msg.Text{EN: "reuse", ZH: "沿用"}},
	{phaseMerge, msg.Text{EN: "merge", ZH: "合并"}},
	{phaseSign, msg.Text{EN: "sign", ZH: "签名"}},
	{phasePublish, msg.Text{EN: "publish", ZH: "发布"}},
	{phaseVerify, msg.Text{EN: "verify", ZH: "验证"}},
}

// Text is the phase in both languages.
func (p Phase) Text() msg.Text {
	for _, e := range phases {
		if e.Phase == p {
			return e.Text
		}
	}
	return msg.Text{EN: string(p)}
}

// Span is a stretch of work on one subject (a target, or "" for the release as
// a whole). Times are seconds since the start of the run.
type Span struct {
	Subject string  `json:"subject,omitempty"`
	Phase   Phase   `json:"phase"`
	Start   float64 `json:"start"`
	End     float64 `json:"end"`
}

// trace collects spans and shows them as progress.
type trace struct {
	mu       sync.Mutex
	start    time.Time
	spans    []Span
	progress term.Progress
	lang     msg.Lang
}

func newTrace(p term.Progress, lang msg.Lang) *trace {
	return &trace{start: time.Now(), progress: p, lang: lang}
}

// begin opens a span; the returned function closes it.
func (t *trace) begin(subject string, p Phase) (end func()) {
	from := time.Since(t.start).Seconds()
	if subject != "" && t.progress != nil {
		t.progress.Phase(subject, p.Text().In(t.lang))
	}
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.spans = append(t.spans, Span{Subject: subject, Phase: p, Start: from, End: time.Since(t.start).Seconds()})
	}
}

// started and finished frame the work on one target in the progress.
func (t *trace) started(id string) {
	if t.progress != nil {
		t.progress.Start(id, id, 0)
		t.progress.Phase(id, msg.Text{EN: "waiting", ZH: "等待"}.In(t.lang)) // for its turn at the compiler
	}
}

func (t *trace) finished(id string, p *Part, err error) {
	if t.progress == nil {
		return
	}
	if err != nil {
		t.progress.Done(id, msg.Text{EN: "failed", ZH: "失败"}.In(t.lang), err)
		return
	}
	var size int64
	for _, a := range p.Artifacts {
		size += a.Size
	}
	linked := msg.Text{EN: "static", ZH: "静态"}
	for _, b := range p.Binaries {
		if !b.Verdict.Static {
			linked = msg.Text{EN: "not static", ZH: "非静态"}
		}
	}
	t.progress.Done(id, msg.Textf("built, %s, packed: %d files, %s", "已编译、%s、已打包：%d 个文件，%s", linked, len(p.Artifacts), term.Size(size)).In(t.lang), nil)
}

func (t *trace) log(line string) {
	if t.progress != nil {
		t.progress.Log(line)
	}
}
