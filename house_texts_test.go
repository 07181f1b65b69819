package yingzao

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// verb finds a formatting verb: its argument index if it names one, its letter.
var verb = regexp.MustCompile(`%[-+# 0]*(?:\[(\d+)\])?[0-9.]*([a-zA-Z%])`)

// The two halves of a text take the same arguments, and both are there. The
// compiler cannot see that, and vet does not know our functions.
func TestTextsAreWellFormed(t *testing.T) {
	checked := 0
	goFiles(t, func(name string) {
		if strings.HasSuffix(name, "_test.go") || strings.Contains(name, "/testdata/") {
			return
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.CompositeLit); ok {
				if en, zh, ok := textLiteral(lit); ok {
					checked++
					if strings.Contains(en, " ") && !han(zh) && strings.ContainsFunc(en, isLetter) { // one word may be a name
						t.Errorf("%s: %q has no Chinese half: %q", set.Position(lit.Pos()), en, zh)
					}
				}
				return true
			}
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			first, ok := bilingual(call.Fun)
			if !ok || len(call.Args) < first+2 {
				return true
			}
			en, ok1 := literal(call.Args[first])
			zh, ok2 := literal(call.Args[first+1])
			if !ok1 || !ok2 {
				return true
			}
			checked++
			at := set.Position(call.Pos())
			if !han(zh) && strings.ContainsFunc(verb.ReplaceAllString(en, ""), isLetter) {
				t.Errorf("%s: the Chinese half %q has no Chinese in it", at, zh)
			}
			if call.Ellipsis.IsValid() {
				return true
			}
			for _, half := range []string{en, zh} {
				if used := arguments(half); used != len(call.Args)-first-2 {
					t.Errorf("%s: %q uses %d arguments, the call has %d", at, half, used, len(call.Args)-first-2)
				}
			}
			return true
		})
	})
	if checked < 100 {
		t.Errorf("only %d texts were found: the test looks in the wrong places", checked)
	}
}

// bilingual reports whether a call takes a text in both languages, and as which
// of its arguments the first comes.
func bilingual(fun ast.Expr) (first int, ok bool) {
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return 0, false
	}
	pkg, _ := sel.X.(*ast.Ident)
	switch sel.Sel.Name {
	case "Errorf", "Textf":
		return 0, pkg != nil && pkg.Name == "msg"
	case "WithHint":
		return 0, true
	case "Say", "Bad":
		return 1, pkg != nil && pkg.Name == "remote"
	}
	return 0, false
}

// textLiteral reads msg.Text{EN: "…", ZH: "…"}; ok is false for anything else and
// for halves that are put together at run time.
func textLiteral(lit *ast.CompositeLit) (en, zh string, ok bool) {
	sel, isSel := lit.Type.(*ast.SelectorExpr)
	if !isSel || sel.Sel.Name != "Text" || len(lit.Elts) == 0 {
		return "", "", false
	}
	for _, e := range lit.Elts {
		kv, isKV := e.(*ast.KeyValueExpr)
		if !isKV {
			return "", "", false
		}
		half, isLiteral := literal(kv.Value)
		if !isLiteral {
			return "", "", false
		}
		switch kv.Key.(*ast.Ident).Name {
		case "EN":
			en = half
		case "ZH":
			zh = half
		}
	}
	return en, zh, true
}

// literal is the value of a string constant, also one put together with +.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		x, ok1 := literal(e.X)
		y, ok2 := literal(e.Y)
		return x + y, ok1 && ok2
	}
	return "", false
}

// arguments counts the arguments a format uses.
func arguments(format string) int {
	next, most := 0, 0
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[2] == "%" {
			continue
		}
		next++
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		most = max(most, next)
	}
	return most
}

func han(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 0x2e80 && r < 0xfff0 })
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
