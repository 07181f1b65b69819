package file

import (
	"errors"
	"io/fs"
	"os"
	"path"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// place moves the finished file temp to key, at once, and flushes every
// directory above it: one that another writer has just made may not be on the
// disk yet. When the flush fails the object is visible all the same.
func (s *Store) place(root *os.Root, temp, key string, ifAbsent bool) error {
	if err := s.moveTo(root, temp, key, ifAbsent); err != nil {
		prune(root, path.Dir(key))
		return err
	}
	for dir := path.Dir(key); ; dir = path.Dir(dir) {
		f, err := root.Open(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // somebody has deleted the object since, and pruned
		}
		if err != nil {
			return err
		}
		err = flushDir(f)
		f.Close()
		if err != nil || dir == "." {
			return err
		}
	}
}

func (s *Store) moveTo(root *os.Root, temp, key string, ifAbsent bool) error {
	var err error
	for range 100 { // a deleter may prune the directories at any moment
		if err = root.MkdirAll(path.Dir(key), 0o755); errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrExist) {
			continue
		} else if err != nil {
			break
		}
		if ifAbsent {
			err = s.link(root, temp, key)
			if noLinks(err) {
				err = renameNoReplace(root, temp, key)
			}
			if errors.Is(err, fs.ErrExist) {
				if absentErr := s.mustBeAbsent(root, key); absentErr != nil {
					return absentErr
				}
				if !isDir(root, key) {
					continue // it was there and is gone again
				}
			}
		} else {
			err = root.Rename(temp, key)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errors.ErrUnsupported):
		return msg.Errorf("this file system cannot keep a present file from being replaced: %w", "该文件系统无法保证不覆盖已有文件：%w", err).
			WithHint("use a directory on a file system with hard links (ext4, xfs, btrfs, NTFS, APFS, NFS)", "请使用支持硬链接的文件系统上的目录（ext4、xfs、btrfs、NTFS、APFS、NFS）")
	}
	if isDir(root, key) {
		return clash(key, err)
	}
	for dir := path.Dir(key); dir != "."; dir = path.Dir(dir) {
		if fi, e := root.Stat(dir); e == nil && !fi.IsDir() {
			return clash(dir, err)
		}
	}
	return err
}

// mustBeAbsent answers ErrExists for an object, and for a link even if it leads
// nowhere: the name is taken. A directory is no object.
func (s *Store) mustBeAbsent(root *os.Root, key string) error {
	fi, err := root.Lstat(key)
	switch {
	case err == nil && !fi.IsDir():
		return store.ErrExists
	case err == nil || absent(err):
		return nil
	}
	return err
}

func isDir(root *os.Root, name string) bool {
	fi, err := root.Lstat(name)
	return err == nil && fi.IsDir()
}

// prune removes the directory and those above it as far as they are empty, so
// that a name which held objects is free again. Those that were never made, when
// the disk is full, are passed over.
func prune(root *os.Root, dir string) {
	for ; dir != "."; dir = path.Dir(dir) {
		if isDir(root, dir) && root.Remove(dir) != nil {
			return
		}
	}
}
