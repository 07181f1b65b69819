package publish

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

var (
	//go:embed page/page.html.tmpl
	pageText string
	//go:embed page/page.css
	pageStyle string
	//go:embed page/page.js
	pageCode string
)

// pageVersions is how many other versions the page shows.
const pageVersions = 20

var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{
		"text": func(en, zh string) msg.Text { return msg.Text{EN: en, ZH: zh} },
	}).Parse(pageText))
})

// pageVersion is one version as the page shows it.
type pageVersion struct {
	Entry
	Folder, Day, Published string
	Files                  []pageFile
	OwnSums                bool          // SHA256SUMS is among the files
	Beside                 []pageSidecar // signatures and attestations
	Prerelease             bool
	Passed                 bool // ranks above the current version, which was chosen by hand
}

func versionOnPage(e Entry) pageVersion {
	v := pageVersion{Entry: e, Folder: "./" + url.PathEscape(e.Version), Day: e.Published.Format("2006-01-02"), Published: e.Published.Format(time.RFC3339)}
	for _, f := range e.Files {
		v.Files = append(v.Files, fileOnPage(v.Folder, f))
		v.OwnSums = v.OwnSums || f.Name == manifest.SumsName
	}
	slices.SortStableFunc(v.Files, func(a, b pageFile) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.OS, b.OS), cmp.Compare(a.Arch, b.Arch), cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Name, b.Name))
	})
	v.Beside = sidecarsOnPage(v.Folder, e.Sidecars)
	_, rank := class(e)
	v.Prerelease = rank == prerelease
	return v
}

// pageData is what the template is filled with.
type pageData struct {
	pageVersion
	Project, CSP     string
	Base, MirrorList string // folders of the project; of the mirrors with blanks between them
	Mirrors          []pageMirror
	Install, Verify  []pageCommand
	Signed           []pageSigned
	Script           bool // install.sh has something for this version
	AnyScript, More  bool
	Over             string // the version that was passed over
	OverText         msg.Text
	Worlds           []msg.Text
	Picks            []pageFile
	Groups           [][]pageFile
	Older            []pageVersion
	Style            template.CSS
	Code             template.JS
}

// renderPage writes the download page: one file, no request but for downloads,
// its only style and script allowed by their digests.
func renderPage(ix *Index, latest *Latest) ([]byte, error) {
	base, mirrors := ix.places()
	data := pageData{Project: ix.Project, CSP: csp(), Base: base, MirrorList: strings.Join(mirrors, " "), Mirrors: pageMirrors(mirrors),
		Style: template.CSS(pageStyle), Code: template.JS(pageCode)} //nolint:gosec // both are ours
	var current *Entry
	if latest != nil {
		current = ix.find(latest.Version)
		data.current(*current, latest)
		data.Install, data.Verify = pageCommands(ix.Project, base, mirrors, *current, data.Files)
		data.Signed = signedOnPage(*current, data.Files[0])
	}
	for _, e := range ix.Versions {
		data.AnyScript = data.AnyScript || !e.Yanked && len(installRows(e)) > 0
		switch {
		case current != nil && e.Version == current.Version:
		case len(data.Older) == pageVersions:
			data.More = true
		default:
			v := versionOnPage(e)
			v.Passed = data.Over != "" && !e.Yanked && compareVersions(e, *current) > 0
			data.Older = append(data.Older, v)
		}
	}
	var b bytes.Buffer
	err := pageTemplate().Execute(&b, data)
	return b.Bytes(), err
}

// current fills in the version that the page offers.
func (d *pageData) current(e Entry, latest *Latest) {
	d.pageVersion = versionOnPage(e)
	d.Commit = e.Commit[:min(12, len(e.Commit))]
	d.Script = len(installRows(e)) > 0
	if d.Over = latest.Over; d.Over != "" {
		d.OverText = msg.Textf("The maintainers chose %s by hand; the newer %s is passed over for now.", "维护者人工选定了 %s；较新的 %s 暂不采用。", e.Version, d.Over)
	}
	d.Worlds = worldsOf(d.Files)
	seen := map[string]bool{}
	for i, f := range d.Files {
		if i == 0 || f.order != d.Files[i-1].order {
			d.Groups = append(d.Groups, nil)
		}
		d.Groups[len(d.Groups)-1] = append(d.Groups[len(d.Groups)-1], f)
		if f.OS != "" && !seen[f.system] {
			seen[f.system] = true
			d.Picks = append(d.Picks, f)
		}
	}
}

// render makes both pages.
func render(ix *Index, latest *Latest) (page, install []byte, err error) {
	if page, err = renderPage(ix, latest); err == nil {
		install, err = renderInstall(ix, latest)
	}
	if err != nil {
		return nil, nil, msg.Errorf("write download page: %w", "生成下载页面：%w", err)
	}
	return page, install, nil
}

func csp() string {
	digest := func(s string) string {
		d := sha256.Sum256([]byte(s))
		return "'sha256-" + base64.StdEncoding.EncodeToString(d[:]) + "'"
	}
	return "default-src 'none'; style-src " + digest(pageStyle) + "; script-src " + digest(pageCode) +
		"; img-src data:; base-uri 'none'; form-action 'none'"
}
