package release

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
	"github.com/yingzao-dev/yingzao/release/inspect"
)

var (
	//go:embed page/report.html.tmpl
	reportPageText string
	//go:embed page/report.css
	reportPageStyle string
	//go:embed page/report.js
	reportPageCode string
)

var reportPageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("report").Funcs(template.FuncMap{
		"text": func(en, zh string) msg.Text { return msg.Text{EN: en, ZH: zh} },
		"took": took,
		"size": term.Size,
		"cut":  cut,
	}).Parse(reportPageText))
})

// reportPage is the report as the page shows it. Everything that is computed is
// computed here, so that the page tells all of it without its script.
type reportPage struct {
	*Report
	CSP      string
	Style    template.CSS
	Code     template.JS
	Targets  []pageTarget
	Rows     []pageRow
	Ticks    []pageTick
	Legend   []Phase
	Phases   []pagePhase
	Work     float64 // seconds, all phases together
	AtOnce   string  // how many times the elapsed time that is; "" when it is not more
	Size     int64
	Files    int
	Binaries int
	Judged   int // targets that have binaries
	Static   int // of those, the ones whose binaries are all static
	Reused   int
	Dense    bool // many rows
}

type pageTarget struct {
	TargetReport
	Size  int64
	Took  string // as in its row
	World *msg.Text
}

type pagePhase struct {
	PhaseTime
	Width string // an SVG length: the share of the longest phase
	Share string
}

// pageRow is one line of the timeline; its subject is "" for the release.
type pageRow struct {
	ID      string
	Subject string
	Took    string // "" when nothing was done
	Bars    []pageBar
}

type pageBar struct {
	Span
	ID, From, To, Took string
	Thin, Wide         bool // too narrow to be found among others; wide enough for its name
}

type pageTick struct {
	ID    string
	Label string
}

// writePage writes the report as one file that needs nothing else: no request,
// its only style and script allowed by their digests.
func (r *Report) writePage(ctx context.Context, path string) error {
	b, err := r.page()
	if err != nil {
		return msg.Errorf("write report page: %w", "生成报告页面：%w", err)
	}
	_, err = archive.WriteFile(ctx, path, 0o644, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
	return err
}

func (r *Report) page() ([]byte, error) {
	p := &reportPage{Report: r, Code: template.JS(reportPageCode)} //nolint:gosec // ours
	positions := p.timeline()
	p.sums()
	style := reportPageStyle + positions
	p.Style = template.CSS(style) //nolint:gosec // ours, and numbers
	p.CSP = "default-src 'none'; style-src " + cspDigest(style) + "; script-src " + cspDigest(reportPageCode) +
		"; img-src data:; base-uri 'none'; form-action 'none'"
	var b bytes.Buffer
	err := reportPageTemplate().Execute(&b, p)
	return b.Bytes(), err
}

// timeline lays the spans out: a row for the release, one a target, one for any
// other subject. It returns style rules for the places of the bars, because the
// page's policy forbids style attributes.
func (p *reportPage) timeline() (css string) {
	spans := make([]Span, 0, len(p.Report.Spans))
	end := finite(p.Seconds)
	for _, s := range p.Report.Spans {
		s.Start = finite(s.Start)
		s.End = max(s.Start, finite(s.End))
		spans, end = append(spans, s), max(end, s.End)
	}
	if len(spans) == 0 {
		return ""
	}
	slices.SortStableFunc(spans, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	axis := end
	if axis == 0 {
		axis = 1 // one second of nothing
	}
	subjects := []string{""}
	for _, t := range p.Report.Targets {
		subjects = append(subjects, t.Target.String())
	}
	for _, s := range spans {
		if !slices.Contains(subjects, s.Subject) {
			subjects = append(subjects, s.Subject)
		}
	}
	p.Dense = len(subjects) > 16
	var rules strings.Builder
	bars := 0
	for i, subject := range subjects {
		row := pageRow{ID: "r" + strconv.Itoa(i), Subject: subject}
		var lanes []float64     // where the last bar of each lane ends
		busy, until := 0.0, 0.0 // overlapping work counts once
		for _, s := range spans {
			if s.Subject != subject {
				continue
			}
			lane := slices.IndexFunc(lanes, func(end float64) bool { return end <= s.Start+1e-6 })
			if lane < 0 {
				lane, lanes = len(lanes), append(lanes, 0)
			}
			lanes[lane] = s.End
			left, width := 100*s.Start/axis, 100*(s.End-s.Start)/axis
			b := pageBar{Span: s, ID: "b" + strconv.Itoa(bars), From: took(s.Start), To: took(s.End), Took: took(s.End - s.Start), Thin: width < .6, Wide: width >= 9}
			row.Bars = append(row.Bars, b)
			bars++
			busy += max(0, s.End-max(s.Start, until))
			until = max(until, s.End)
			fmt.Fprintf(&rules, "#%s{--x:%.3f%%;--w:%.3f%%;--lane:%d}", b.ID, left, width, lane)
			// the details stay inside the row: they hang from the nearer end
			if left <= 50 {
				fmt.Fprintf(&rules, "#%s+.tip{left:%.3f%%}", b.ID, left)
			} else {
				fmt.Fprintf(&rules, "#%s+.tip{right:%.3f%%}", b.ID, max(0, 100-left-width))
			}
		}
		switch {
		case subject == "":
			row.Took = took(end)
		case len(row.Bars) > 0:
			row.Took = took(busy)
		}
		fmt.Fprintf(&rules, "#%s{--lanes:%d}", row.ID, max(1, len(lanes)))
		p.Rows = append(p.Rows, row)
	}
	step := tickStep(axis)
	for at := 0.0; at <= axis*1.0001; at += step {
		t := pageTick{ID: "t" + strconv.Itoa(len(p.Ticks)), Label: strconv.FormatFloat(at, 'f', max(0, -int(math.Floor(math.Log10(step)+1e-9))), 64)}
		fmt.Fprintf(&rules, "#%s{left:%.3f%%}", t.ID, min(100, 100*at/axis))
		if at/axis > .97 {
			fmt.Fprintf(&rules, "#%s{translate:-100%% 0}", t.ID)
		}
		p.Ticks = append(p.Ticks, t)
	}
	fmt.Fprintf(&rules, ".gantt{--step:%.4f%%}", 100*step/axis)
	for _, known := range phases {
		if slices.ContainsFunc(spans, func(s Span) bool { return s.Phase == known.Phase }) {
			p.Legend = append(p.Legend, known.Phase)
		}
	}
	return rules.String()
}

// sums fills in what the page says beside the timeline.
func (p *reportPage) sums() {
	longest := 0.0
	for _, t := range p.Report.Phases {
		p.Work += finite(t.Seconds)
		longest = max(longest, finite(t.Seconds))
	}
	for _, t := range p.Report.Phases {
		f := pagePhase{PhaseTime: t, Width: "0", Share: "–"}
		if p.Work > 0 {
			f.Width = fmt.Sprintf("%.2f%%", 100*finite(t.Seconds)/longest)
			f.Share = fmt.Sprintf("%.1f %%", 100*finite(t.Seconds)/p.Work)
		}
		p.Phases = append(p.Phases, f)
	}
	if s := finite(p.Seconds); s > 0 && p.Work/s >= 1.05 {
		p.AtOnce = fmt.Sprintf("%.1f", p.Work/s)
	}
	for _, t := range p.Report.Targets {
		v := pageTarget{TargetReport: t, World: worldText(t.World)}
		for _, a := range t.Artifacts {
			v.Size += a.Size
		}
		for _, r := range p.Rows {
			if r.Subject == t.Target.String() {
				v.Took = r.Took
			}
		}
		p.Targets = append(p.Targets, v)
		p.Size += v.Size
		p.Files += len(t.Artifacts)
		p.Binaries += t.Binaries
		if t.Binaries > 0 {
			p.Judged++
			if t.Static {
				p.Static++
			}
		}
		if t.Reused {
			p.Reused++
		}
	}
}

func worldText(world string) *msg.Text {
	switch world {
	case "":
		return nil
	case inspect.NewWorld:
		return &msg.Text{EN: "LoongArch, new world", ZH: "龙架构 · 新世界"}
	case inspect.OldWorld:
		return &msg.Text{EN: "LoongArch, old world", ZH: "龙架构 · 旧世界"}
	case inspect.ConflictWorld:
		return &msg.Text{EN: "LoongArch, worlds in conflict", ZH: "龙架构 · 新旧世界特征矛盾"}
	}
	return &msg.Text{EN: "LoongArch, world unknown", ZH: "龙架构 · 世界未知"}
}

// tickStep is the round number of seconds that puts four to ten marks on an
// axis of the given length.
func tickStep(end float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(end/5)))
	for _, m := range []float64{1, 2, 5} {
		if end/(m*power) <= 10 {
			return m * power
		}
	}
	return 10 * power
}

// finite makes a usable length of time of any number, a century at most.
func finite(seconds float64) float64 {
	if math.IsNaN(seconds) {
		return 0
	}
	return min(max(seconds, 0), 100*365*24*3600)
}

func took(seconds float64) string {
	return term.Duration(time.Duration(finite(seconds) * float64(time.Second)))
}

// cut shortens a digest for the eye; whoever copies it gets all of it.
func cut(digest string, n int) string {
	if prefix, rest, ok := strings.Cut(digest, ":"); ok {
		return prefix + ":" + cut(rest, n)
	}
	if r := []rune(digest); len(r) > n {
		return string(r[:n]) + "…"
	}
	return digest
}

func cspDigest(s string) string {
	d := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(d[:]) + "'"
}
