package main

import (
	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

type (
	matrixReport struct {
		Schema   int             `json:"schema"`
		Go       string          `json:"go"`
		Default  string          `json:"default_base"`
		Bases    []baseReport    `json:"bases"`
		Variants []variantReport `json:"variants"`
	}
	baseReport struct {
		Name      string           `json:"name"`
		Title     msg.Text         `json:"title"`
		Ref       string           `json:"ref,omitempty"`
		Family    matrix.Family    `json:"family"`
		Managers  []string         `json:"package_managers,omitempty"`
		Libc      string           `json:"libc,omitempty"`
		Tier      string           `json:"tier"`
		Platforms []platformReport `json:"platforms"`
		Evidence  string           `json:"evidence"`
		Verified  string           `json:"verified"`
		Note      *msg.Text        `json:"note,omitempty"`
	}
	platformReport struct {
		Platform string    `json:"platform"`
		World    string    `json:"loong_world,omitempty"`
		Ref      string    `json:"ref,omitempty"`
		Digest   string    `json:"digest,omitempty"`
		Hole     *msg.Text `json:"hole,omitempty"`
	}
	variantReport struct {
		Name     string                     `json:"name"`
		Title    msg.Text                   `json:"title"`
		Packages map[matrix.Family][]string `json:"packages,omitempty"`
	}
)

// matrixJSON is the table for machines, with the given bases alone.
func matrixJSON(m *matrix.Matrix, bases []matrix.Base) matrixReport {
	r := matrixReport{Schema: 1, Go: m.Go, Default: m.Default}
	for _, b := range bases {
		one := baseReport{
			Name: b.Name, Title: b.Title, Ref: b.Ref, Family: b.Family, Managers: b.Managers, Libc: b.Libc, Tier: b.Tier,
			Evidence: b.Evidence, Verified: b.Verified, Note: textOrNone(b.Note),
		}
		for _, p := range b.Platforms {
			one.Platforms = append(one.Platforms, platformReport{"linux/" + archOf(p), p.World, b.RefFor(p.Arch), p.Digest, textOrNone(p.Hole)})
		}
		r.Bases = append(r.Bases, one)
	}
	for _, v := range m.Variants {
		r.Variants = append(r.Variants, variantReport{v.Name, v.Title, v.Packages})
	}
	return r
}

func textOrNone(t msg.Text) *msg.Text {
	if t.IsZero() {
		return nil
	}
	return &t
}
