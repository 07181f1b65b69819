package sources

import (
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// Kind is how a file is written.
type Kind string

// The kinds.
const (
	Shell      Kind = "shell" // sh, bash, zsh
	Fish       Kind = "fish"
	EnvFile    Kind = "env" // K=V lines: .env, /etc/environment, environment.d
	Dockerfile Kind = "dockerfile"
	GitLab     Kind = "gitlab-ci"
	Jenkins    Kind = "jenkinsfile"
	Batch      Kind = "batch" // .cmd, .bat
	PowerShell Kind = "powershell"
	Markdown   Kind = "markdown" // its fenced code blocks, each by its language
)

// Source is one file.
type Source struct {
	Path   string // for Place.File
	Kind   Kind   // "" = KindOf
	Origin string // of its settings; "" = FromDocker, FromGitLab, FromJenkins by kind, else FromScript
	Data   []byte // UTF-8, or UTF-16 with a byte order mark
	// SettingsOnly leaves the commands out: they are nobody's business in a
	// person's own start files.
	SettingsOnly bool
}

// Result is what a file says.
type Result struct {
	Settings []envcheck.Setting
	Files    []envcheck.CIFile // one, or for an article one a kind of block that has commands
}

// Parse reads a file.
func Parse(s Source) Result {
	text, _, err := transform.Bytes(unicode.BOMOverride(encoding.Nop.NewDecoder()), s.Data)
	if err != nil {
		text = s.Data
	}
	if s.Kind == "" {
		s.Kind = KindOf(s.Path, text)
	}
	p := &parser{path: s.Path, origin: s.Origin, quiet: s.SettingsOnly}
	if p.origin == "" {
		p.origin = originOf(s.Kind)
	}
	p.file.Path, p.file.Kind = s.Path, p.origin
	src := strings.ReplaceAll(string(text), "\r\n", "\n")
	if s.Kind == Markdown {
		return markdown(s, src)
	}
	p.parse(s.Kind, src, 1)
	if p.quiet {
		return Result{Settings: p.settings}
	}
	return Result{Settings: p.settings, Files: []envcheck.CIFile{p.file}}
}

func originOf(k Kind) string {
	switch k {
	case Dockerfile:
		return envcheck.FromDocker
	case GitLab:
		return envcheck.FromGitLab
	case Jenkins:
		return envcheck.FromJenkins
	}
	return envcheck.FromScript
}

// parser collects what one file says.
type parser struct {
	path, origin string
	settings     []envcheck.Setting
	file         envcheck.CIFile
	quiet        bool
	kept         int // bytes of lines
	depth        int // of text inside text: sh -c, echo … >> ~/.profile
}

func (p *parser) parse(k Kind, src string, line int) {
	switch k {
	case Shell, Fish:
		p.shell(src, line)
	case EnvFile:
		p.envFile(src, line)
	case Dockerfile:
		p.dockerfile(src, line)
	case GitLab:
		p.gitlab(src, line)
	case Jenkins:
		p.jenkins(src, line)
	case Batch:
		p.batch(src, line)
	case PowerShell:
		p.powershell(src, line)
	}
}

// A line is cut at maxText, and of one file no more than maxKept bytes of lines
// and maxSettings are kept: no file that a person wrote comes near, and a hostile one must not
// hold us up.
const (
	maxText = 4000
	maxKept = 256 << 10

	maxSettings = 2000
)

func cut(s string) string { return strings.ToValidUTF8(s[:min(len(s), maxText)], "") }

// set records a setting if it is one. raw is the text as written.
func (p *parser) set(key, value, raw string, line int) {
	if len(p.settings) >= maxSettings || len(key) > 100 || !Relevant(key) {
		return
	}
	s := envcheck.Setting{Key: key, Value: value, Place: envcheck.Place{Origin: p.origin, File: p.path, Line: line}}
	if SecretName(key) {
		s.Value = masked
	} else if raw != value || strings.Contains(value, "$") {
		s.Raw = Scrub(strings.TrimSpace(cut(raw)))
	}
	p.settings = append(p.settings, s)
}

// says records a command.
func (p *parser) says(text string, line int) {
	if p.quiet || p.kept > maxKept {
		return
	}
	if text = strings.Join(strings.Fields(cut(text)), " "); text != "" {
		p.kept += len(text)
		p.file.Lines = append(p.file.Lines, envcheck.CILine{Text: Scrub(text), Line: line})
	}
}
