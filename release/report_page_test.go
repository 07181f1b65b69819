package release

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"golang.org/x/net/html"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/inspect"
)

// pageReport is a run over the targets as two cores would do it: two builds at
// a time, packing beside the next build, every fifth target reused.
func pageReport(t testing.TB, names ...string) *Report {
	t.Helper()
	r := &Report{
		Schema: Schema, Project: "营造示例 demo", Version: "v1.4.0-rc.1", Go: "go1.26.1",
		Plan:    "sha256:" + strings.Repeat("3f9c1a", 10) + "beef",
		Started: time.Date(2026, 3, 5, 1, 2, 3, 456e6, time.UTC),
		Stores:  []string{"file:///srv/www/releases", "oss://example-bucket/releases?region=cn-hangzhou"},
		Notices: []msg.Text{
			{EN: "section brews is for another publisher and was skipped", ZH: "brews 一节用于其他发布方式，已跳过"},
			{EN: "only English here"},
		},
	}
	span := func(subject string, p Phase, start, took float64) float64 {
		r.Spans = append(r.Spans, Span{subject, p, start, start + took})
		return start + took
	}
	at := span("", phasePrepare, 0, .084)
	at = span("", phaseHooks, at, 1.31)
	at = span("", phasePrepare, at, .41)
	cores := []float64{at, at}
	for i, name := range names {
		tt, err := target.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		tr := TargetReport{Target: tt, Static: true, Binaries: 1 + i%2, Reused: i%5 == 4}
		if tt.Arch == "loong64" {
			tr.World = inspect.NewWorld
			if tt.ABI1 {
				tr.World = inspect.OldWorld
			}
		}
		format := "tar.gz"
		if tt.OS == "windows" {
			format = "zip"
		}
		for j, ext := range []string{format, "deb", "rpm"} {
			if j > 0 && tt.OS != "linux" {
				break
			}
			tr.Artifacts = append(tr.Artifacts, ReportArtifact{
				Name: fmt.Sprintf("demo_1.4.0-rc.1_%s.%s", tt.Slug(), ext), Size: int64(4_812_345 + 193_000*i + 7*j),
				SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(name+ext))),
			})
		}
		r.Targets = append(r.Targets, tr)
		if tr.Reused {
			span(name, phaseReuse, at, .012)
			continue
		}
		c := i % 2
		done := span(name, phaseBuild, cores[c], 3.1+.37*float64(i%7))
		cores[c] = done
		done = span(name, phaseInspect, done, .006)
		span(name, phasePack, done, 1.24)
		span(name, phasePack, done+.3, .7) // a second archive meanwhile
	}
	span("", phaseCheck, at, 2.2)
	end := max(cores[0], cores[1]) + 1.4
	end = span("", phaseMerge, end, .09)
	end = span("", phasePublish, end, .63)
	r.Seconds = span("", phaseVerify, end, .34) + .002
	for _, p := range phases {
		sum := 0.0
		for _, s := range r.Spans {
			if s.Phase == p.Phase {
				sum += s.End - s.Start
			}
		}
		if sum > 0 {
			r.Phases = append(r.Phases, PhaseTime{p.Phase, sum})
		}
	}
	return r
}

var fiveTargets = []string{"linux/amd64", "linux/arm64", "linux/loong64", "windows/amd64", "darwin/arm64"}

// manyTargets is forty targets that Go has.
var manyTargets = strings.Fields(`linux/amd64 linux/amd64/v2 linux/amd64/v3 linux/amd64/v4 linux/arm64 linux/arm64/v8.1 linux/arm64/v8.2,lse linux/arm64/v9.0
	linux/loong64 linux/loong64-abi1.0 linux/386 linux/386/softfloat linux/arm/5 linux/arm/6 linux/arm/7 linux/riscv64 linux/riscv64/rva22u64 linux/ppc64le
	linux/ppc64le/power9 linux/ppc64le/power10 linux/s390x linux/mips linux/mipsle linux/mips64 linux/mips64le windows/amd64 windows/amd64/v2 windows/amd64/v3
	windows/386 windows/arm64 darwin/amd64 darwin/arm64 freebsd/amd64 freebsd/arm64 freebsd/386 openbsd/amd64 openbsd/arm64 netbsd/amd64 netbsd/arm64 plan9/amd64`)

// parsed is a page read back.
type parsed struct {
	text  string // of all nodes, script and style left out
	nodes []*html.Node
}

func parsePage(t *testing.T, r *Report) parsed {
	t.Helper()
	b, err := r.page()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	var p parsed
	var text strings.Builder
	for n := range doc.Descendants() {
		p.nodes = append(p.nodes, n)
		if n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "style" {
			text.WriteString(n.Data + "\n")
		}
	}
	p.text = text.String()
	return p
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// having lists the values of an attribute in the order of the page.
func (p parsed) having(key string) (values []string) {
	for _, n := range p.nodes {
		if v := attr(n, key); v != "" {
			values = append(values, v)
		}
	}
	return values
}

func (p parsed) class(name string) (found []*html.Node) {
	for _, n := range p.nodes {
		if slices.Contains(strings.Fields(attr(n, "class")), name) {
			found = append(found, n)
		}
	}
	return found
}

func TestReportPageTellsEverything(t *testing.T) {
	for _, names := range [][]string{fiveTargets, manyTargets, {"linux/loong64-abi1.0"}} {
		r := pageReport(t, names...)
		p := parsePage(t, r)
		want := []string{r.Project, r.Version, r.Go, "2026-03-05 01:02:03 UTC", took(r.Seconds), "sha256:3f9c1a3f9c1a…"}
		want = append(want, r.Stores...)
		for _, n := range r.Notices {
			want = append(want, n.EN, n.ZH)
		}
		for _, f := range r.Phases {
			want = append(want, f.Phase.Text().EN, f.Phase.Text().ZH, took(f.Seconds))
		}
		copies, subjects := p.having("data-copy"), p.having("data-subject")
		for _, tr := range r.Targets {
			want = append(want, tr.Target.String())
			if !slices.Contains(subjects, tr.Target.String()) {
				t.Errorf("%d targets: no row for %s", len(names), tr.Target)
			}
			for _, a := range tr.Artifacts {
				want = append(want, a.Name)
				if !slices.Contains(copies, a.SHA256) {
					t.Errorf("the sum of %s cannot be copied", a.Name)
				}
			}
			if w := worldText(tr.World); w != nil {
				want = append(want, w.EN, w.ZH)
			}
		}
		for _, w := range want {
			if !strings.Contains(p.text, w) {
				t.Errorf("%d targets: %q is not on the page", len(names), w)
			}
		}
		if got := len(p.class("bit")); got != len(r.Spans) {
			t.Errorf("%d targets: %d bars for %d spans", len(names), got, len(r.Spans))
		}
		if got := len(p.class("row")); got != len(names)+1 {
			t.Errorf("%d targets: %d rows", len(names), got)
		}
	}
}

// TestReportPageIsAlone: nothing on the page asks the network, runs from an
// attribute or escapes the policy.
func TestReportPageIsAlone(t *testing.T) {
	p := parsePage(t, pageReport(t, fiveTargets...))
	policy := ""
	for _, n := range p.nodes {
		if attr(n, "http-equiv") == "Content-Security-Policy" {
			policy = attr(n, "content")
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
				t.Errorf("<%s> has the attribute %s", n.Data, a.Key)
			}
			if strings.Contains(a.Val, "://") {
				t.Errorf("<%s %s=%q> names an address", n.Data, a.Key, a.Val)
			}
			if slices.Contains([]string{"src", "srcset", "action", "data", "poster", "background"}, a.Key) {
				t.Errorf("<%s> loads %s=%q", n.Data, a.Key, a.Val)
			}
			if a.Key == "href" && a.Val != "data:," && a.Val != ReportFile {
				t.Errorf("<%s> refers to %q", n.Data, a.Val)
			}
		}
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "style", "script":
			if !strings.Contains(policy, n.Data+"-src "+cspDigest(n.FirstChild.Data)+";") {
				t.Errorf("the policy %q does not allow the page's own %s", policy, n.Data)
			}
			if strings.Contains(n.FirstChild.Data, "@import") || strings.Contains(n.FirstChild.Data, "url(") {
				t.Errorf("<%s> loads something", n.Data)
			}
		}
	}
	if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy: %q", policy)
	}
}

func TestReportPageEscapes(t *testing.T) {
	const evil = `"'></style></script><script>alert(1)</script><img src=x onerror=alert(1)>{{.}}`
	r := pageReport(t, fiveTargets...)
	plain := len(parsePage(t, r).nodes)
	r.Project, r.Version, r.Go, r.Plan = evil, evil, evil, evil
	r.Stores[0], r.Notices[0] = evil, msg.Text{EN: evil, ZH: evil}
	r.Targets[0].Artifacts[0] = ReportArtifact{Name: evil, SHA256: evil}
	r.Targets[0].World = evil
	r.Spans[0].Phase, r.Phases[0].Phase = evil, evil
	r.Spans[5].Subject = evil
	p := parsePage(t, r)
	if n := strings.Count(p.text, evil); n < 10 {
		t.Errorf("the text appears %d times as text", n)
	}
	scripts := 0
	for _, n := range p.nodes {
		if n.Type == html.ElementNode && n.Data == "script" {
			scripts++
		}
		if n.Type == html.ElementNode && n.Data == "img" || attr(n, "onerror") != "" {
			t.Errorf("<%s> came out of the data", n.Data)
		}
	}
	if scripts != 1 {
		t.Errorf("%d scripts on a page of %d nodes (%d without the attack)", scripts, len(p.nodes), plain)
	}
}

func TestReportPageOddReports(t *testing.T) {
	one := func(spans ...Span) *Report {
		return &Report{Project: "营造", Spans: spans, Targets: []TargetReport{{Target: target.Target{OS: "linux", Arch: "amd64"}}}}
	}
	for name, tc := range map[string]struct {
		r          *Report
		rows, bars int
		says       string
	}{
		"nothing at all":      {&Report{}, 0, 0, "没有用时记录"},
		"no spans":            {one(), 0, 0, "no binary"},
		"not a number":        {one(Span{"linux/amd64", phaseBuild, math.NaN(), math.Inf(1)}), 2, 1, "linux/amd64"},
		"backwards":           {one(Span{"linux/amd64", phaseBuild, 3, -2}), 2, 1, "linux/amd64"},
		"no time passed":      {one(Span{"", phaseBuild, 0, 0}), 2, 1, "whole release"},
		"unplanned subject":   {one(Span{"plan9/386", phaseBuild, 0, 1}), 3, 1, "plan9/386"},
		"phase of the future": {one(Span{"", "polish", 0, 1}), 2, 1, "polish"},
	} {
		t.Run(name, func(t *testing.T) {
			p := parsePage(t, tc.r)
			if rows, bars := len(p.class("row")), len(p.class("bit")); rows != tc.rows || bars != tc.bars {
				t.Errorf("%d rows and %d bars, want %d and %d", rows, bars, tc.rows, tc.bars)
			}
			if !strings.Contains(p.text, tc.says) {
				t.Errorf("the page does not say %q", tc.says)
			}
			if b, _ := tc.r.page(); bytes.Contains(b, []byte("NaN")) || bytes.Contains(b, []byte("Inf%")) || bytes.Contains(b, []byte("ZgotmplZ")) {
				t.Error("something could not be written")
			}
		})
	}
}

func TestReportPageVerdicts(t *testing.T) {
	r := pageReport(t, fiveTargets...)
	if p := parsePage(t, r); len(p.class("bad")) != 0 {
		t.Error("something is wrong on the page of a good release")
	}
	r.Targets[1].Static = false
	if p := parsePage(t, r); len(p.class("bad")) != 2 || !strings.Contains(p.text, "not static") {
		t.Errorf("%d marks for a target that is not static, want one in the summary and one at the target", len(p.class("bad")))
	}
}

// TestReportPageLanes: work on one subject that overlaps is drawn side by side.
func TestReportPageLanes(t *testing.T) {
	p := &reportPage{Report: &Report{Spans: []Span{{"", phaseBuild, 0, 2}, {"", phasePack, 1, 3}, {"", phaseVerify, 2, 4}}}}
	css := p.timeline()
	for _, rule := range []string{
		"#b0{--x:0.000%;--w:50.000%;--lane:0}", "#b1{--x:25.000%;--w:50.000%;--lane:1}", "#b2{--x:50.000%;--w:50.000%;--lane:0}", "#r0{--lanes:2}",
	} {
		if !strings.Contains(css, rule) {
			t.Errorf("no rule %s in %s", rule, css)
		}
	}
	p = &reportPage{Report: &Report{Seconds: 9, Spans: []Span{{"a", phaseBuild, 0, 2}, {"a", phasePack, 1, 3}, {"a", phaseVerify, 5, 6}}}}
	p.timeline()
	if whole, a := p.Rows[0].Took, p.Rows[1].Took; whole != "9.00 s" || a != "4.00 s" {
		t.Errorf("the release took %s, want 9 s; work on the subject went on for %s, want 4 s: what overlaps counts once", whole, a)
	}
}

func TestTickStep(t *testing.T) {
	for end, want := range map[float64]float64{1: .1, .004: .0005, 12: 2, 34: 5, 61: 10, 3600: 500} {
		if got := tickStep(end); math.Abs(got-want) > want/1e6 {
			t.Errorf("%v seconds: a mark every %v, want %v", end, got, want)
		}
	}
	for end := .001; end < 1e6; end *= 1.13 {
		if n := end / tickStep(end); n < 3.99 || n > 10.01 {
			t.Errorf("%v seconds: %v marks", end, n)
		}
	}
}

func TestReportPageWrites(t *testing.T) {
	r := pageReport(t, fiveTargets...)
	dir := t.TempDir()
	path := filepath.Join(dir, reportPageFile)
	if err := r.writePage(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	want, _ := r.page()
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("read back %d bytes of %d: %v", len(got), len(want), err)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if err := (&Report{}).writePage(stopped, path); err == nil {
		t.Error("written although cancelled")
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(after, want) {
		t.Error("a cancelled write changed the page")
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("left behind: %v", files)
	}
}

// browser is a headless chromium that notes what a page must not do.
type browser struct {
	context.Context
	mu       sync.Mutex
	problems []string
}

func openBrowser(t *testing.T) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("YINGZAO_E2E") == "require" {
			t.Fatal("chromium is missing and YINGZAO_E2E=require")
		}
		t.Skip("chromium is missing")
	}
	opts := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("lang", "en-US"), chromedp.WSURLReadTimeout(2*time.Minute))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // for a busy machine; nothing waits for it to pass
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(cancel)
	ctx, _ = chromedp.NewContext(ctx)
	b := &browser{Context: ctx}
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx)
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, p := range b.problems {
			t.Error(p)
		}
	})
	chromedp.ListenTarget(ctx, func(ev any) {
		problem := ""
		switch ev := ev.(type) {
		case *network.EventRequestWillBeSent:
			if u := ev.Request.URL; !strings.HasPrefix(u, "data:") && !(strings.HasPrefix(u, "file:") && strings.HasSuffix(u, reportPageFile)) {
				problem = "request: " + u
			}
		case *runtime.EventConsoleAPICalled:
			problem = fmt.Sprintf("console: %s %s", ev.Type, ev.Args[0].Value)
		case *runtime.EventExceptionThrown:
			problem = "exception: " + ev.ExceptionDetails.Error()
		case *log.EventEntryAdded:
			problem = "log: " + ev.Entry.Text
		}
		if problem != "" {
			b.mu.Lock()
			b.problems = append(b.problems, problem)
			b.mu.Unlock()
		}
	})
	if err := chromedp.Run(ctx, network.Enable(), log.Enable(), emulation.SetFocusEmulationEnabled(true)); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *browser) run(t *testing.T, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(b, actions...); err != nil {
		t.Fatal(err)
	}
}

// open writes the page of r and goes there as one does from a file manager.
func (b *browser) open(t *testing.T, r *Report, width, height int64) {
	t.Helper()
	path := filepath.Join(t.TempDir(), reportPageFile)
	if err := r.writePage(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	b.run(t, chromedp.EmulateViewport(width, height), chromedp.Navigate((&url.URL{Scheme: "file", Path: path}).String()))
}

// misplaced lists the bars and details that cannot be seen, and says by how much the page
// is wider than the window.
const misplaced = `(() => {
	const w = document.documentElement.clientWidth;
	const bad = [...document.querySelectorAll(".bit")].map(e => [e.getAttribute("aria-label"), e.getBoundingClientRect(), e.parentElement.getBoundingClientRect()])
		.filter(([, r, track]) => r.width < 2 || r.height < 8 || r.left < track.left - .1 || r.right > track.right + .1 || r.left < 0 || r.right > w || r.top < track.top || r.bottom > track.bottom + .1)
		.map(([name, r]) => name + " " + JSON.stringify(r));
	for (const e of document.querySelectorAll(".bit")) {
		e.focus();
		const r = e.nextElementSibling.getBoundingClientRect();
		if (r.width < 100 || r.left < 0 || r.right > w) bad.push("details of " + e.getAttribute("aria-label") + " " + JSON.stringify(r));
	}
	document.activeElement.blur();
	const over = document.documentElement.scrollWidth - w;
	if (over > 0) bad.push("the page is " + over + " pixels too wide");
	if (!document.querySelector(".bit")) bad.push("no bars");
	return bad;
})()`

func TestReportPageInBrowser(t *testing.T) {
	b := openBrowser(t)
	short := pageReport(t, "linux/amd64")
	short.Spans = append(short.Spans, Span{"linux/amd64", phaseReuse, short.Seconds, short.Seconds}, Span{"", phaseCheck, 0, 0})
	for _, size := range [][2]int64{{1280, 900}, {360, 800}} {
		for name, r := range map[string]*Report{"five": pageReport(t, fiveTargets...), "forty": pageReport(t, manyTargets...), "short": short} {
			for _, scripts := range []bool{true, false} {
				b.run(t, emulation.SetScriptExecutionDisabled(!scripts))
				b.open(t, r, size[0], size[1])
				var bad []string
				b.run(t, chromedp.Evaluate(misplaced, &bad))
				for _, m := range bad[:min(3, len(bad))] {
					t.Errorf("%s at %d pixels, scripts %v: %s", name, size[0], scripts, m)
				}
			}
			b.run(t, emulation.SetScriptExecutionDisabled(false))
		}
	}
}

func TestReportPageWorks(t *testing.T) {
	b := openBrowser(t)
	r := pageReport(t, fiveTargets...)
	b.open(t, r, 1280, 900)
	heading := func() (s string) {
		b.run(t, chromedp.Evaluate(`document.querySelector("#timeline h2").innerText`, &s))
		return s
	}
	if h := heading(); h != "Timeline" {
		t.Errorf("an English browser reads %q", h)
	}
	// The browser writes a choice down when it finds the time.
	reload := func(want, wrong string) {
		for b.run(t, chromedp.Reload()); heading() != want; b.run(t, chromedp.Reload()) {
			if b.Err() != nil {
				t.Fatal(wrong)
			}
		}
	}
	b.run(t, chromedp.Click("#lang"))
	if h := heading(); h != "时间线" {
		t.Errorf("after the button: %q", h)
	}
	var lang, notice string
	b.run(t, chromedp.Evaluate(`document.documentElement.lang`, &lang), chromedp.Evaluate(`document.querySelectorAll(".notices li")[1].innerText`, &notice))
	if lang != "zh-CN" || notice != "only English here" {
		t.Errorf("lang %q; a notice without Chinese reads %q", lang, notice)
	}
	reload("时间线", "the choice is forgotten")
	b.run(t, chromedp.Click("#lang"))
	if h := heading(); h != "Timeline" {
		t.Errorf("back again: %q", h)
	}
	// a Chinese browser that has chosen nothing
	b.run(t, chromedp.Evaluate(`localStorage.clear()`, nil), emulation.SetUserAgentOverride("test").WithAcceptLanguage("zh-CN"))
	reload("时间线", "a Chinese browser reads another language")
	b.run(t, chromedp.Click("#lang"))

	// the keyboard: one stop, arrows within, details shown
	focus := func(keys string) (label string) {
		var tip bool
		b.run(t, chromedp.KeyEvent(keys),
			chromedp.Evaluate(`document.activeElement.getAttribute("aria-label")`, &label),
			chromedp.Evaluate(`getComputedStyle(document.activeElement.nextElementSibling).display !== "none"`, &tip))
		if !tip {
			t.Errorf("no details shown at %s", label)
		}
		return label
	}
	b.run(t, chromedp.Focus(".key:last-child"))
	for _, step := range []struct{ keys, want string }{
		{kb.Tab, "prepare 准备, 84.0 ms"}, {kb.ArrowRight, "hooks 钩子, 1.31 s"}, {kb.End, "verify 验证, 340 ms"}, {kb.ArrowDown, "linux/amd64: pack 打包"}, {kb.Home, "linux/amd64: build 编译, 3.10 s"}, {kb.ArrowDown, "linux/arm64: build 编译"},
	} {
		if got := focus(step.keys); !strings.HasPrefix(got, step.want) {
			t.Errorf("at %q, want %q", got, step.want)
		}
	}
	b.run(t, chromedp.KeyEvent(kb.Tab))
	var inside bool
	b.run(t, chromedp.Evaluate(`document.activeElement.closest("#gantt") !== null`, &inside))
	if inside {
		t.Error("Tab does not leave the timeline")
	}

	// the legend and the copy buttons
	var chosen int
	b.run(t, chromedp.Click(`.key[data-phase="pack"]`), chromedp.Evaluate(`[...document.querySelectorAll(".gantt.alone .chosen")].filter(b => b.dataset.phase === "pack").length`, &chosen))
	if chosen != 8 {
		t.Errorf("%d bars chosen, want the 8 of packing", chosen)
	}
	var toast string
	b.run(t, chromedp.Click(`tbody .copy`), chromedp.Poll(`document.getElementById("toast").textContent`, &toast, chromedp.WithPollingTimeout(0)))
	if toast != "Copied" {
		t.Errorf("copying says %q", toast)
	}
}
