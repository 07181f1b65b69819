package rebuild

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/workdir"
)

// VerifyOptions are Options for a platform whose h1 is known. Without To the outcome
// is not kept.
type VerifyOptions struct {
	Options
	Want string // the h1 that the checksum database has for the outcome
	// Lists are asked for the official files when the outcome is another; nil: no
	// file can be named.
	Lists []gosdk.List
}

// Verified is what a verification found. It marshals to the JSON of `image sdk
// verify`.
type Verified struct {
	Result
	Want string `json:"want"`
	Same bool   `json:"same"`
	// Diff names the files that differ, as they are called in the module; nil when
	// they are the same or when no official list was at hand.
	Diff *gosdk.Diff `json:"diff,omitempty"`
}

// Verify proves the method: it builds a platform whose h1 is known and compares.
// A difference is no error but Same = false.
func Verify(ctx context.Context, o VerifyOptions) (*Verified, error) {
	if o.Want == "" {
		return nil, msg.Errorf("verify rebuilt Go SDK: no h1 to compare with", "验证重新构建的 Go SDK：没有可供比对的 h1").WithKind(msg.Incomplete).
			WithHint("ask the checksum database, or give the h1", "请查询校验数据库，或直接给出 h1")
	}
	if o.To != "" {
		return verify(ctx, o)
	}
	work, err := workdir.New(o.Work)
	if err != nil {
		return nil, msg.Errorf("verify rebuilt Go SDK: %w", "验证重新构建的 Go SDK：%w", err)
	}
	defer work.Close()
	o.To = work.Path()
	v, err := verify(ctx, o)
	if err != nil {
		return nil, err
	}
	v.Zip.Path, v.Archive.Path = "", ""
	return v, work.Close()
}

func verify(ctx context.Context, o VerifyOptions) (*Verified, error) {
	r, err := Build(ctx, o.Options)
	if err != nil {
		return nil, err
	}
	v := &Verified{Result: *r, Want: o.Want, Same: r.H1 == o.Want}
	if v.Same {
		return v, nil
	}
	target := r.release()
	tree, err := moduleTree(ctx, r.Zip.Path, target)
	if err != nil {
		return nil, msg.Errorf("verify rebuilt Go SDK: %w", "验证重新构建的 Go SDK：%w", err)
	}
	files, err := official(ctx, target, o.Want, o.Lists)
	if err != nil {
		return nil, err
	}
	if files != nil {
		v.Diff = diff(tree.Files, files)
	}
	return v, nil
}

// official is the first list that hashes to the known value; nil when there is
// none. Only a cancelled context is an error: names are a courtesy.
func official(ctx context.Context, r gosdk.Release, h1 string, lists []gosdk.List) ([]gosdk.File, error) {
	for _, list := range lists {
		files, err := list(ctx, r)
		switch {
		case ctx.Err() != nil:
			return nil, msg.Errorf("verify rebuilt Go SDK: %w", "验证重新构建的 Go SDK：%w", ctx.Err())
		case err != nil:
			continue
		}
		files = slices.Clone(files)
		slices.SortFunc(files, byName)
		if (&gosdk.Tree{Release: r, Files: files}).H1() == h1 {
			return files, nil
		}
	}
	return nil, nil
}

func byName(a, b gosdk.File) int { return cmp.Compare(a.Name, b.Name) }

// diff compares sorted files, by their names in the module.
func diff(have, want []gosdk.File) *gosdk.Diff {
	d := &gosdk.Diff{}
	for _, f := range have {
		i, ok := slices.BinarySearchFunc(want, f, byName)
		switch {
		case !ok:
			d.Added = append(d.Added, f.Name)
		case !bytes.Equal(want[i].Sum[:], f.Sum[:]):
			d.Changed = append(d.Changed, f.Name)
		}
	}
	for _, f := range want {
		if _, ok := slices.BinarySearchFunc(have, f, byName); !ok {
			d.Missing = append(d.Missing, f.Name)
		}
	}
	return d
}
