package rebuild

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestVerify(t *testing.T) {
	needBash(t)
	other := maps.Clone(product)
	other["go.env"] = "edited"
	other["bin/go"] = "with a backdoor"
	delete(other, "VERSION")
	good, h1 := packed(t, product)
	bad, _ := packed(t, other)
	zip := func(dir string) gosdk.List { return gosdk.ZipList(filepath.Join(dir, module+".zip")) }
	failing := func(context.Context, gosdk.Release) ([]gosdk.File, error) { return nil, errors.New("unreachable") }
	none := func(context.Context, gosdk.Release) ([]gosdk.File, error) { return nil, fs.ErrNotExist }
	names := &gosdk.Diff{Changed: []string{"bin/go"}, Missing: []string{"VERSION"}, Added: []string{"go.env"}}
	for _, c := range []struct {
		name, built string
		lists       []gosdk.List
		same        bool
		diff        *gosdk.Diff
	}{
		{"the same", good, []gosdk.List{failing}, true, nil},
		{"another, with the official list", bad, []gosdk.List{zip(good)}, false, names},
		{"another, with lists that are no use before", bad, []gosdk.List{failing, none, zip(bad), zip(good)}, false, names},
		{"another, with a list that lies", bad, []gosdk.List{zip(bad)}, false, nil},
		{"another, without a list", bad, nil, false, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := VerifyOptions{Options: options(t, tree(t, "cp "+c.built+"/* $DIST/")), Want: h1, Lists: c.lists}
			v, err := Verify(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(v.Zip.Path); err != nil {
				t.Error(err)
			}
			kept := *v
			o.To = ""
			v, err = Verify(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if v.Zip.Path != "" || v.Archive.Path != "" || v.Zip.SHA256 != kept.Zip.SHA256 {
				t.Errorf("%+v", v)
			}
			empty(t, o.Work)
			if v.Same != c.same || v.Want != h1 || v.Same != (v.H1 == h1) || !reflect.DeepEqual(v.Diff, c.diff) {
				t.Errorf("%+v", v)
			}
		})
	}
	if _, err := Verify(t.Context(), VerifyOptions{}); msg.KindOf(err) != msg.Incomplete {
		t.Errorf("nothing to compare with: %v", err)
	}
}
