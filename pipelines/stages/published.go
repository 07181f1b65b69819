package stages

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// PublishedFormats are the reports of a publication.
var PublishedFormats = []string{"dotenv", "links"}

// Published is what was published, for CI systems to pass on.
type Published struct {
	Project, Version string
	URL              string   // of the version's folder
	Page             string   // of the download page; "" = not known
	Files            []string // names in that folder
}

// Write writes a report: "dotenv" are variables for the jobs that follow, "links"
// is a JSON array in the form of GitLab's release asset links.
func (p Published) Write(format string, w io.Writer) error {
	url := strings.TrimSuffix(p.URL, "/")
	if format == "dotenv" {
		_, err := fmt.Fprintf(w, "YINGZAO_PROJECT=%s\nYINGZAO_VERSION=%s\nYINGZAO_URL=%s\nYINGZAO_SHA256SUMS_URL=%s/SHA256SUMS\nYINGZAO_PAGE_URL=%s\n",
			p.Project, p.Version, url, url, p.Page)
		return err
	}
	type link struct {
		Name string `json:"name"`
		URL  string `json:"url"`
		Type string `json:"link_type"`
	}
	links := []link{}
	for _, name := range p.Files {
		kind := "package"
		if name == "SHA256SUMS" || strings.HasSuffix(name, ".json") {
			kind = "other"
		}
		links = append(links, link{name, url + "/" + name, kind})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(links)
}
