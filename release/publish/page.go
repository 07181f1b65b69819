package publish

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
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
}

func versionOnPage(e Entry) pageVersion {
	v := pageVersion{Entry: e, Folder: "./" + url.PathEscape(e.Version), Day: e.Published.Format("2006-01-02"), Published: e.Published.Format(time.RFC3339)}
	for _, f := range e.Files {
		v.Files = append(v.Files, fileOnPage(v.Folder, f))
	}
	slices.SortStableFunc(v.Files, func(a, b pageFile) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.OS, b.OS), cmp.Compare(a.Arch, b.Arch), cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Name, b.Name))
	})
	return v
}

// renderPage writes the download page: one file, no request but for downloads,
// its only style and script allowed by their digests.
func renderPage(ix *Index, latest *Latest, base string) ([]byte, error) {
	data := struct {
		pageVersion
		Project, CSP, InstallCommand, VerifyCommand string
		Prerelease, Script, TwoWorlds, More         bool
		Worlds                                      msg.Text
		Groups                                      [][]pageFile
		Older                                       []pageVersion
		Style                                       template.CSS
		Code                                        template.JS
	}{Project: ix.Project, CSP: csp(), Worlds: worlds, Style: template.CSS(pageStyle), Code: template.JS(pageCode)} //nolint:gosec // both are ours
	current := ""
	if latest != nil {
		e := ix.find(latest.Version)
		current = e.Version
		data.pageVersion = versionOnPage(*e)
		data.Commit = e.Commit[:min(12, len(e.Commit))]
		_, rank := class(*e)
		data.Prerelease = rank == prerelease
		data.Script = len(installRows(*e)) > 0
		data.TwoWorlds = slices.ContainsFunc(data.Files, func(f pageFile) bool { return f.loong })
		for i, f := range data.Files {
			if i == 0 || f.order != data.Files[i-1].order {
				data.Groups = append(data.Groups, nil)
			}
			data.Groups[len(data.Groups)-1] = append(data.Groups[len(data.Groups)-1], f)
		}
		data.InstallCommand, data.VerifyCommand = pageCommands(ix.Project, base, *e)
	}
	for _, e := range ix.Versions {
		switch {
		case e.Version == current:
		case len(data.Older) == pageVersions:
			data.More = true
		default:
			data.Older = append(data.Older, versionOnPage(e))
		}
	}
	var b bytes.Buffer
	err := pageTemplate().Execute(&b, data)
	return b.Bytes(), err
}

// pageCommands is what stands on the page until its script knows the address
// and the computer.
func pageCommands(project, base string, e Entry) (install, verify string) {
	folder := base
	if folder == "" {
		folder = "https://…/" + url.PathEscape(project)
	}
	install = fmt.Sprintf("curl -fsSL %s/install.sh | sh -s -- --base %[1]s", folder)
	f := e.Files[0]
	verify = fmt.Sprintf("curl -fLo %s %s/%s/%s\necho %s | sha256sum -c -", shQuote(f.Name), folder, url.PathEscape(e.Version), url.PathEscape(f.Name), shQuote(f.SHA256+"  "+f.Name))
	return install, verify
}

// render makes both pages. base is the store's public address or "".
func render(ix *Index, latest *Latest, base string) (page, install []byte, err error) {
	if base != "" {
		base = join(base, url.PathEscape(ix.Project))
	}
	if page, err = renderPage(ix, latest, base); err == nil {
		install, err = renderInstall(ix, latest, base)
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
