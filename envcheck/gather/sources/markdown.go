package sources

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

var (
	fence  = lazyre.New("^([ \t>]*)(```+|~~~+)[ \t]*\\{?\\.?([A-Za-z0-9_+#.-]*)")
	prompt = lazyre.New(`^\s*(\$|%|>|❯|PS [^>]*>|[A-Za-z]:\\[^>]*>|[\w.-]+@[\w.-]+[^$#%]*[$#%]) +`)
)

// languages are the names of fenced blocks; others are not for a shell.
var languages = map[string]Kind{
	"sh": Shell, "bash": Shell, "shell": Shell, "zsh": Shell, "console": Shell, "shell-session": Shell, "shellsession": Shell, "terminal": Shell, "shellscript": Shell,
	"fish": Fish, "dockerfile": Dockerfile, "docker": Dockerfile, "containerfile": Dockerfile, "yaml": GitLab, "yml": GitLab, "gitlab-ci": GitLab,
	"groovy": Jenkins, "jenkinsfile": Jenkins, "jenkins": Jenkins, "powershell": PowerShell, "ps1": PowerShell, "pwsh": PowerShell, "ps": PowerShell,
	"bat": Batch, "batch": Batch, "cmd": Batch, "dos": Batch, "env": EnvFile, "dotenv": EnvFile, "ini": EnvFile, "properties": EnvFile, "conf": EnvFile,
}

// markdown reads the fenced code blocks of an article, each by its language, or
// where none is given by its looks. Lines are those of the article.
func markdown(s Source, src string) Result {
	var out Result
	var block []string
	var kind Kind
	var marks, indent string
	open, known, start := false, false, 0
	finish := func() {
		if text := strings.Join(block, "\n"); open && known {
			if kind == "" {
				kind = guess(text)
			}
			if kind == Shell || kind == Fish || kind == PowerShell || kind == Batch {
				text = unprompted(block)
			}
			out.take(s, kind, text, start)
		}
		open, block = false, nil
	}
	for i, line := range strings.Split(src, "\n") {
		m := fence.Re().FindStringSubmatch(line)
		switch {
		case !open && m != nil:
			open, indent, marks, start = true, m[1], m[2], i+2
			kind, known = languages[strings.ToLower(m[3])]
			known = known || m[3] == "" || strings.EqualFold(m[3], "text") || strings.EqualFold(m[3], "txt") || strings.EqualFold(m[3], "plaintext")
		case open && m != nil && m[3] == "" && strings.HasPrefix(m[2], marks):
			finish()
		case open:
			n := 0
			for n < len(indent) && n < len(line) && strings.IndexByte(" \t>", line[n]) >= 0 {
				n++
			}
			block = append(block, line[n:])
		}
	}
	finish()
	return out
}

// unprompted takes prompts off: where a block has any, lines without one are the
// output of commands, and are emptied so that lines keep their numbers.
func unprompted(block []string) string {
	if !slices.ContainsFunc(block, prompt.Re().MatchString) {
		return strings.Join(block, "\n")
	}
	out := make([]string, len(block))
	more := false
	for i, l := range block {
		if loc := prompt.Re().FindStringIndex(l); loc != nil {
			out[i] = l[loc[1]:]
		} else if more {
			out[i] = l
		}
		more = strings.HasSuffix(out[i], `\`)
	}
	return strings.Join(out, "\n")
}

// take adds what one block says.
func (r *Result) take(s Source, kind Kind, text string, line int) {
	p := &parser{path: s.Path, origin: s.Origin}
	if p.origin == "" {
		p.origin = originOf(kind)
	}
	p.parse(kind, text, line)
	r.Settings = append(r.Settings, p.settings...)
	i := slices.IndexFunc(r.Files, func(f envcheck.CIFile) bool { return f.Kind == p.origin })
	if i < 0 {
		i = len(r.Files)
		r.Files = append(r.Files, envcheck.CIFile{Path: s.Path, Kind: p.origin})
	}
	f := &r.Files[i]
	f.Caches, f.Lines = append(f.Caches, p.file.Caches...), append(f.Lines, p.file.Lines...)
	if f.Error == "" {
		f.Error = p.file.Error
	}
}
