package buildkit

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/yingzao-dev/yingzao/internal/dockerfile"
)

// theirs and ours put an instruction into one form that can be compared.
func theirs(n *parser.Node, deferred bool) string {
	var b strings.Builder
	name := strings.ToUpper(n.Value)
	if !deferred {
		fmt.Fprintf(&b, "%d-%d ", n.StartLine, n.EndLine)
	}
	fmt.Fprintf(&b, "%s", name)
	if name == "ONBUILD" && n.Next != nil {
		return b.String() + " " + theirs(n.Next.Children[0], true) + docsOf(n.Heredocs)
	}
	flags := []string{}
	for _, f := range n.Flags {
		flags = append(flags, strings.TrimRight(f, "="))
	}
	fmt.Fprintf(&b, " flags %q json %v args", flags, n.Attributes["json"])
	for a := n.Next; a != nil; a = a.Next {
		fmt.Fprintf(&b, " %q", a.Value)
	}
	return b.String() + docsOf(n.Heredocs)
}

func docsOf(docs []parser.Heredoc) string {
	var b strings.Builder
	for _, d := range docs {
		if d.Chomp {
			d.Content = parser.ChompHeredocContent(d.Content)
		}
		fmt.Fprintf(&b, " doc %q %v %q", d.Name, !d.Expand, d.Content)
	}
	return b.String()
}

func ours(in *dockerfile.Instruction, deferred bool) string {
	var b strings.Builder
	if !deferred {
		fmt.Fprintf(&b, "%d-%d ", in.Line, in.End)
	}
	fmt.Fprintf(&b, "%s", in.Name)
	if in.On != nil {
		return b.String() + " " + ours(in.On, true)
	}
	flags := []string{}
	for _, f := range in.Flags {
		word := "--" + f.Name
		if f.Value != "" {
			word += "=" + f.Value
		}
		flags = append(flags, strings.TrimRight(word, "="))
	}
	fmt.Fprintf(&b, " flags %q json %v args", flags, in.JSON)
	for _, a := range in.Args {
		fmt.Fprintf(&b, " %q", a)
	}
	for _, p := range in.Pairs {
		switch {
		case in.Name == "ARG" && p.Set:
			fmt.Fprintf(&b, " %q", p.Key+"="+p.Raw)
		case in.Name == "ARG":
			fmt.Fprintf(&b, " %q", p.Key)
		case p.Legacy:
			fmt.Fprintf(&b, " %q %q %q", p.Key, p.Raw, "")
		default:
			fmt.Fprintf(&b, " %q %q %q", p.Key, p.Raw, "=")
		}
	}
	for _, d := range in.Docs {
		fmt.Fprintf(&b, " doc %q %v %q", d.Name, d.Quoted, d.Body)
	}
	return b.String()
}

// compare reads src both ways and tells where they differ; "" is agreement.
func compare(src []byte) string {
	f, err := dockerfile.Parse(src)
	r, theirErr := parser.Parse(bytes.NewReader(src))
	if theirErr != nil {
		if err == nil {
			return "BuildKit refuses: " + theirErr.Error()
		}
		return ""
	}
	if err != nil {
		// We also refuse what BuildKit refuses one step later, and in ONBUILD
		// what it refuses when that is carried out.
		_, _, later := instructions.Parse(r.AST, linter.New(&linter.Config{}))
		for _, n := range r.AST.Children {
			if later == nil && strings.EqualFold(n.Value, "ONBUILD") && n.Next != nil {
				_, later = instructions.ParseInstruction(n.Next.Children[0])
			}
		}
		if later == nil {
			return "only we refuse: " + err.Error()
		}
		return ""
	}
	if f.Escape != byte(r.EscapeToken) {
		return fmt.Sprintf("escape %q", f.Escape)
	}
	var a, b []string
	for _, n := range r.AST.Children {
		a = append(a, theirs(n, false))
	}
	for i := range f.Instructions {
		b = append(b, ours(&f.Instructions[i], false))
	}
	if slices.Equal(a, b) {
		return ""
	}
	for i := range max(len(a), len(b)) {
		x, y := "", ""
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			return "BuildKit " + x + "\nours     " + y
		}
	}
	return ""
}

// corpus are our own files: the shapes beside the parser, the linter's fixtures,
// and the Dockerfiles that are shipped.
func corpus(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, root := range []string{"../../../internal/dockerfile/testdata", "../testdata", "../../dockerfiles"} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.Contains(filepath.Base(name), "Dockerfile") {
				return err
			}
			src, err := os.ReadFile(name)
			out[filepath.ToSlash(name)] = src
			return err
		})
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	if len(out) < 10 {
		t.Fatalf("only %d files were found: the test looks in the wrong places", len(out))
	}
	return out
}

func TestParserAgreesWithBuildKit(t *testing.T) {
	for name, src := range corpus(t) {
		if diff := compare(src); diff != "" {
			t.Errorf("%s:\n%s\n%s", name, diff, src)
		}
	}
}

// pieces are what mutations put in: everything that the grammar treats in a way of
// its own.
var pieces = []string{
	"\\\n", " \\ \n", "\\\\\n", "`\n", "\n", "\r\n", "\t", " ", "#", "# x\n", "\"", "'", "\\", "`", "$", "${", "}", "${A:-b c}", "$(", "=", "==", " = ",
	"<<EOF", "<<-EOF", "<<\"EOF\"", "<< EOF", "3<<EOF", "\nEOF\n", "\n\tEOF\n", "<", "[", "]", "[\"a\", \"b\"]", "[1]", ",", "--", "--x=y", "--mount=type=cache,target=/x ", "-- ",
	"RUN ", "ENV ", "ENV A b c", "ARG ", "ARG A B=1", "COPY ", "FROM x AS y\n", "ONBUILD ", "HEALTHCHECK ", "LABEL ", "CMD ", "# escape=`\n", "# syntax=x\n", "\ufeff", "缓存", "\v", "\f", "run ", ";", "|", "&&",
}

func mutate(r *rand.Rand, src []byte) []byte {
	s := slices.Clone(src)
	for range 1 + r.IntN(4) {
		at := r.IntN(len(s) + 1)
		switch r.IntN(4) {
		case 0, 1:
			s = slices.Insert(s, at, []byte(pieces[r.IntN(len(pieces))])...)
		case 2:
			s = slices.Delete(s, at, min(len(s), at+1+r.IntN(6)))
		case 3:
			from := r.IntN(len(s) + 1)
			s = slices.Insert(s, at, slices.Clone(s[from:min(len(s), from+r.IntN(40))])...)
		}
	}
	return s
}

// inBraces is a here-document in a variable's default: BuildKit's reader of words
// calls itself there and loses what it had.
var inBraces = regexp.MustCompile(`\$\{[^}]*<<|<<\S*\$\{`)

// known are differences that we mean: that one, and that BuildKit writes the bytes
// of a flag one by one as letters, and splits flags and HEALTHCHECK at some of them.
func known(src []byte) bool {
	if !utf8.Valid(src) || bytes.LastIndex(src, []byte("\ufeff")) > 0 || inBraces.Match(src) {
		return true
	}
	f, _ := dockerfile.Parse(src)
	for i := range f.Instructions {
		for in := &f.Instructions[i]; in != nil; in = in.On {
			about := ""
			if in.Name == "HEALTHCHECK" {
				about = in.Rest.String()
			}
			for _, fl := range in.Flags {
				about += fl.Name + fl.Value
			}
			if strings.ContainsFunc(about, func(r rune) bool { return r >= utf8.RuneSelf }) {
				return true
			}
		}
	}
	return false
}

func TestParserAgreesOnMutations(t *testing.T) {
	files := corpus(t)
	names := slices.Sorted(func(yield func(string) bool) {
		for n := range files {
			if !yield(n) {
				return
			}
		}
	})
	rounds := 10000
	if testing.Short() {
		rounds = 2000
	}
	r := rand.New(rand.NewPCG(1, 2))
	agreed, bad := 0, 0
	for range rounds {
		name := names[r.IntN(len(names))]
		src := mutate(r, files[name])
		if known(src) {
			continue
		}
		if diff := compare(src); diff != "" {
			if bad++; bad <= 15 {
				t.Errorf("a mutation of %s:\n%s\n%s", name, diff, src)
			}
			continue
		}
		agreed++
	}
	t.Logf("%d of %d mutations are read alike, %d are left out", agreed, rounds, rounds-agreed-bad)
	if agreed < rounds/2 {
		t.Errorf("only %d of %d mutations were compared", agreed, rounds)
	}
}

func FuzzParserAgrees(f *testing.F) {
	f.Add([]byte("FROM a AS b\nRUN --mount=type=cache,target=/x <<EOF cat\nx\nEOF\nENV A=1 B=\"2 3\"\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) > 4096 || known(src) {
			t.Skip()
		}
		if diff := compare(src); diff != "" {
			t.Errorf("%s\n%q", diff, src)
		}
	})
}
