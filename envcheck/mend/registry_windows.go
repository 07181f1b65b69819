package mend

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"

	"golang.org/x/sys/windows/registry"
)

// The types that a value may have, as the first line of its content.
const (
	plain  = "REG_SZ"
	expand = "REG_EXPAND_SZ" // %NAME% in it is replaced
)

// ReadRegistry looks at a text value of the user's, HKCU\…, which need not exist. A
// value of another type is an error.
func ReadRegistry(path string) (File, error) {
	f := File{Path: path, Registry: true}
	key, name := splitRegistry(path)
	k, err := registry.OpenKey(registry.CURRENT_USER, key, registry.QUERY_VALUE)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return f, err
	}
	defer k.Close()
	text, kind, err := k.GetStringValue(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f, nil
	case err != nil:
		return f, err
	}
	word := plain
	if kind == registry.EXPAND_SZ {
		word = expand
	}
	f.Existed, f.Before = true, []byte(word+"\n"+text)
	f.After = bytes.Clone(f.Before)
	return f, nil
}

func putRegistry(path string, data []byte) error {
	key, name := splitRegistry(path)
	k, _, err := registry.CreateKey(registry.CURRENT_USER, key, registry.SET_VALUE)
	if err != nil {
		return err
	}
	defer k.Close()
	if word, text, _ := strings.Cut(string(data), "\n"); word == expand {
		return k.SetExpandStringValue(name, text)
	} else {
		return k.SetStringValue(name, text)
	}
}

func removeRegistry(path string) error {
	key, name := splitRegistry(path)
	k, err := registry.OpenKey(registry.CURRENT_USER, key, registry.SET_VALUE)
	if err != nil {
		return err
	}
	defer k.Close()
	return k.DeleteValue(name)
}

func splitRegistry(path string) (key, name string) {
	path = strings.TrimPrefix(path, `HKCU\`)
	i := strings.LastIndexByte(path, '\\')
	return path[:max(i, 0)], path[i+1:]
}
