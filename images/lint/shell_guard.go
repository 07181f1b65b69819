package lint

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// managers are the package managers and the families they belong to.
var managers = map[string]string{
	"apt-get": "deb", "apt": "deb", "aptitude": "deb", "dpkg": "deb", "apt-key": "deb",
	"dnf": "rpm", "microdnf": "rpm", "yum": "rpm", "tdnf": "rpm", "zypper": "rpm", "rpm": "rpm",
	"apk": "apk",
}

// installers install; dpkg and rpm only unpack what is there.
var installers = []string{"apt-get", "apt", "aptitude", "dnf", "microdnf", "yum", "tdnf", "zypper", "apk"}

// tests reports whether a condition asks which package manager or which system
// there is.
func (r *reader) tests(s *syntax.Stmt) bool {
	if s == nil {
		return false
	}
	asks := false
	r.walk(s, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CallExpr:
			words := make([]string, len(n.Args))
			for i, w := range n.Args {
				words[i] = r.source(w)
			}
			asks = asks || question(words)
		case *syntax.TestClause:
			asks = asks || question(append([]string{"["}, strings.Fields(r.source(n))...))
		}
		return !asks
	})
	return asks
}

func question(words []string) bool {
	if len(words) < 2 {
		return false
	}
	switch words[0] {
	case "command", "type", "which", "hash", "[", "test", "grep", "egrep":
	default:
		return false
	}
	return slices.ContainsFunc(words[1:], func(w string) bool {
		w = strings.Trim(w, `"'`)
		_, manager := managers[path.Base(w)]
		return manager || namesSystem(w)
	})
}

// namesSystem: /etc/debian_version, /etc/os-release, $ID, ${ID_LIKE}, $pm.
func namesSystem(w string) bool {
	if strings.HasPrefix(w, "/etc/") && (strings.HasSuffix(w, "release") || strings.HasSuffix(w, "_version")) {
		return true
	}
	name := strings.Trim(w, `${}"'`)
	return strings.HasPrefix(strings.Trim(w, `"`), "$") && slices.Contains([]string{"ID", "ID_LIKE", "OS", "os", "DISTRO", "distro", "PM", "pm", "PKG", "pkg", "family", "FAMILY"}, name)
}

// aboutSystem reports whether a case is about systems or package managers.
func (r *reader) aboutSystem(c *syntax.CaseClause) bool {
	if c.Word != nil && namesSystem(r.source(c.Word)) {
		return true
	}
	for _, item := range c.Items {
		for _, p := range item.Patterns {
			word := strings.Trim(r.source(p), `*"'`)
			if _, ok := managers[word]; ok || slices.Contains([]string{"debian", "ubuntu", "centos", "rhel", "fedora", "alpine", "kylin", "openEuler", "uos", "anolis"}, word) {
				return true
			}
		}
	}
	return false
}

// installs reports whether a statement runs a package manager.
func (r *reader) installs(s *syntax.Stmt) bool {
	found := false
	r.walk(s, func(n syntax.Node) bool {
		if call, ok := n.(*syntax.CallExpr); ok && !found {
			found = slices.Contains(installers, r.program(call))
		}
		return !found
	})
	return found
}

// program is the command of a call; "" where that is a variable.
func (r *reader) program(call *syntax.CallExpr) string {
	for _, w := range call.Args {
		name := path.Base(w.Lit())
		if name == "." {
			break
		}
		if !slices.Contains(wrappers, name) && !strings.HasPrefix(name, "-") && !strings.Contains(name, "=") {
			return name
		}
	}
	return ""
}

// names are the commands of a statement.
func (r *reader) names(s *syntax.Stmt) []string {
	var out []string
	r.walk(s, func(n syntax.Node) bool {
		call, ok := n.(*syntax.CallExpr)
		if !ok {
			return true
		}
		if name := r.program(call); name != "" {
			out = append(out, name)
		}
		return false
	})
	return out
}

// walk visits nodes until the script's steps are used up.
func (r *reader) walk(n syntax.Node, visit func(syntax.Node) bool) {
	syntax.Walk(n, func(n syntax.Node) bool {
		if *r.steps--; *r.steps < 0 {
			return false
		}
		return n == nil || visit(n)
	})
}

// leaves reports whether a statement ends the script.
func leaves(s *syntax.Stmt) bool {
	call, ok := s.Cmd.(*syntax.CallExpr)
	return ok && len(call.Args) > 0 && slices.Contains([]string{"exit", "return"}, call.Args[0].Lit())
}
