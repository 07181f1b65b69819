package sources

import (
	"path"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

var (
	dockerFirst = lazyre.New(`(?i)^(FROM|ARG)\s+\S`)
	yamlFirst   = lazyre.New(`^[A-Za-z_.][\w .-]*:(\s|$)`)
	envLine     = lazyre.New(`^[A-Za-z_]\w*=`)
)

// KindOf says how a file is written: by its name, or where that tells nothing by
// its first lines; a shell script when these tell nothing either.
func KindOf(name string, data []byte) Kind {
	base := strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/")))
	switch {
	case strings.HasPrefix(base, "dockerfile"), strings.HasPrefix(base, "containerfile"), strings.HasSuffix(base, ".dockerfile"):
		return Dockerfile
	case strings.HasPrefix(base, "jenkinsfile"):
		return Jenkins
	case base == ".envrc":
		return Shell
	case base == ".env", strings.HasPrefix(base, ".env."), base == "environment", strings.HasSuffix(strings.ReplaceAll(name, `\`, "/"), "/go/env"):
		return EnvFile
	}
	switch path.Ext(base) {
	case ".yml", ".yaml":
		return GitLab
	case ".jenkinsfile", ".groovy":
		return Jenkins
	case ".fish":
		return Fish
	case ".sh", ".bash", ".zsh", ".ksh", ".profile", ".bashrc", ".zshrc":
		return Shell
	case ".env", ".conf":
		return EnvFile
	case ".cmd", ".bat":
		return Batch
	case ".ps1", ".psm1":
		return PowerShell
	case ".md", ".markdown":
		return Markdown
	}
	return guess(string(data))
}

// guess looks at the first lines that say something.
func guess(text string) Kind {
	if first, _, _ := strings.Cut(text, "\n"); strings.HasPrefix(first, "#!") {
		switch {
		case strings.Contains(first, "fish"):
			return Fish
		case strings.Contains(first, "pwsh"):
			return PowerShell
		case strings.Contains(first, "groovy"):
			return Jenkins
		}
		return Shell
	}
	envOnly := true
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		lower := strings.ToLower(line)
		switch {
		case line == "", strings.HasPrefix(line, "#"), line == "---":
			continue
		case dockerFirst.Re().MatchString(line):
			return Dockerfile
		case strings.HasPrefix(lower, "$env:"), strings.HasPrefix(lower, "[environment]::"):
			return PowerShell
		case strings.HasPrefix(lower, "@echo off"), strings.HasPrefix(lower, "set ") && strings.Contains(line, "="), strings.HasPrefix(lower, "setx "), strings.HasPrefix(lower, "rem "):
			return Batch
		case strings.HasPrefix(line, "pipeline {"), strings.HasPrefix(line, "node {"), strings.HasPrefix(line, "node("), strings.HasPrefix(line, "@Library"):
			return Jenkins
		case yamlFirst.Re().MatchString(line):
			return GitLab
		}
		if envOnly = envOnly && envLine.Re().MatchString(line) && !strings.ContainsAny(line, ";&|"); !envOnly {
			return Shell
		}
	}
	if envOnly && strings.Contains(text, "=") {
		return EnvFile
	}
	return Shell
}
