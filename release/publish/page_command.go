package publish

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

// pageMirror is another place with the same files.
type pageMirror struct{ Host, URL string }

func pageMirrors(folders []string) []pageMirror {
	var out []pageMirror
	for _, f := range folders {
		if u, err := url.Parse(f); err == nil {
			out = append(out, pageMirror{u.Host, f})
		}
	}
	return out
}

// pageCommand is a command line for one of the tools.
type pageCommand struct{ Tool, Text string }

// pageCommands is what stands on the page until its script knows the address
// and the computer. base is "" when nobody said where the page is.
func pageCommands(project, base string, mirrors []string, e Entry, files []pageFile) (install, verify []pageCommand) {
	folder, end := shWord(base), " | sh"
	if base == "" {
		folder = "https://…/" + shWord(url.PathEscape(project))
		end = " | sh -s -- --base " + folder
	}
	f := files[0]
	path := shWord(url.PathEscape(e.Version) + "/" + url.PathEscape(f.Name))
	places := []string{folder}
	for _, m := range mirrors {
		places = append(places, shWord(m))
	}
	check := "echo " + shQuote(f.SHA256+"  "+f.Name) + " | sha256sum -c -"
	for _, tool := range []struct{ name, print, save string }{{"curl", "curl -fsSL ", "curl -fLo "}, {"wget", "wget -qO- ", "wget -O "}} {
		install = append(install, pageCommand{tool.name, tool.print + folder + "/install.sh" + end})
		get := tool.save + shWord(f.Name) + " "
		text := get + folder + "/" + path + "\n" + check
		if len(places) > 1 {
			text = fmt.Sprintf("for from in %s; do\n  %s\"$from\"/%s &&\n  %s && break\ndone",
				strings.Join(places, " "), get, path, check)
		}
		verify = append(verify, pageCommand{tool.name, text})
	}
	return install, verify
}

var plainWord = lazyre.New(`^[\w./:@%+=,~-]+$`)

// shWord quotes for a shell what needs it.
func shWord(s string) string {
	if plainWord.Re().MatchString(s) {
		return s
	}
	return shQuote(s)
}
