package shellscript

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Substitutions visits what is run in $(…), `…`, <(…) and >(…) below a node; what stands
// in those in turn is the visitor's.
func Substitutions(n syntax.Node, visit func([]*syntax.Stmt)) {
	syntax.Walk(n, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CmdSubst:
			visit(n.Stmts)
			return false
		case *syntax.ProcSubst:
			visit(n.Stmts)
			return false
		}
		return true
	})
}

// Argument is the script that a shell's arguments hold: what is behind -c, or behind
// other letters that end in it; "" where there is none.
func Argument(args []string) string {
	for i, a := range args {
		if i+1 < len(args) && strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--") && strings.HasSuffix(a, "c") {
			return args[i+1]
		}
	}
	return ""
}
