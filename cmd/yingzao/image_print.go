package main

import (
	"strings"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/images/assemble"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
)

// progress shows steps on a terminal and nothing anywhere else.
func (a *app) progress() term.Progress {
	if term.Interactive(a.err, a.getenv) {
		return term.NewProgress(a.err, true)
	}
	return silence{}
}

// silence is a progress that nobody sees.
type silence struct{}

func (silence) Start(string, string, int64) {}
func (silence) Add(string, int64)           {}
func (silence) Phase(string, string)        {}
func (silence) Done(string, string, error)  {}
func (silence) Log(string)                  {}
func (silence) Close()                      {}

// imageProgress turns the assembler's events into steps.
func imageProgress(p term.Progress) func(assemble.Event) {
	var mu sync.Mutex
	seen := map[string]int64{}
	return func(e assemble.Event) {
		id := strings.TrimSpace(e.Arch + " " + e.Stage)
		mu.Lock()
		before, begun := seen[id]
		seen[id] = e.Done
		mu.Unlock()
		if !begun {
			p.Start(id, id, e.Total)
		}
		p.Add(id, e.Done-before)
		if e.End {
			p.Done(id, "", nil)
		}
	}
}

func (a *app) printImage(r *assemble.Result) {
	for _, w := range r.Warnings {
		a.note("%s %s: %v (%s)\n", "%s %s：%v（%s）\n", a.style.Yellow(a.say("warning:", "警告：")), w.Platform, w.Text, w.Code)
	}
	for _, p := range r.Platforms {
		a.printf("%s  %s  base %s  %s\n", "%s  %s  基础镜像 %s  %s\n", term.Pad(p.Platform, 14), p.Digest, p.Base.Source, term.Duration(asDuration(p.Seconds)))
		for _, l := range p.Layers {
			reused := ""
			if l.Reused {
				reused = a.say("  (from the cache)", "  （取自缓存）")
			}
			a.printf("  %v  %s  %s%s\n", "  %v  %s  %s%s\n", layerWord(l.Origin), l.Digest, term.Size(l.Size), reused)
		}
	}
	for _, f := range r.SBOMFiles {
		a.printf("bill of materials  %s\n", "物料清单  %s\n", f)
	}
	a.printf("%s  %s  in %s\n", "%s  %s  用时 %s\n", r.Output, r.Digest, term.Duration(asDuration(r.Seconds)))
}

func layerWord(o assemble.Origin) msg.Text {
	return map[assemble.Origin]msg.Text{assemble.OfBase: {EN: "base", ZH: "基础镜像"}, assemble.OfUser: {EN: "user", ZH: "用户"}, assemble.OfSDK: {EN: "sdk ", ZH: "SDK "}}[o]
}

func asDuration(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }
