package cache

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"strings"

	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/proxy"
)

// judge compares an object with what belongs to it. An error without a fault is the
// bucket's, and says nothing about the object.
func (s *sharedCheck) judge(ctx context.Context, out *Stored) error {
	key := out.Key
	if file, ok := strings.CutPrefix(key, recordDir+"/"); ok && strings.HasSuffix(file, ".json") {
		return s.judgeRecord(ctx, out, strings.TrimSuffix(file, ".json"))
	}
	if err := checkKey(key); err != nil {
		return s.fault(out, Foreign, msg.Errorf("no key of a proxy", "不是代理的键"))
	}
	f, err := proxy.Parse(key)
	switch {
	case isZip(key) && err == nil:
		return s.judgeZip(ctx, out, f)
	case strings.HasPrefix(key, "dl/"):
		return s.judgeSum(ctx, out)
	case strings.HasPrefix(key, "sumdb/"):
		return s.judgeProof(ctx, out)
	case err == nil:
		return s.judgeText(ctx, out, f)
	}
	zip, ok := strings.CutSuffix(key, hashExt)
	if f, err := proxy.Parse(zip + zipExt); !ok || err != nil || f.Kind != proxy.Zip {
		return s.fault(out, Foreign, msg.Errorf("no key of a proxy", "不是代理的键"))
	}
	if _, err := s.head(ctx, zip+zipExt); errors.Is(err, store.ErrNotFound) {
		return s.fault(out, Half, msg.Errorf("the zip that it is about is not there", "它所对应的 zip 不存在"))
	} else if err != nil {
		return err
	}
	return nil // told of the zip
}

// judgeRecord reads a record and looks whether its file is there.
func (s *sharedCheck) judgeRecord(ctx context.Context, out *Stored, key string) error {
	var buf bytes.Buffer
	if err := s.receive(ctx, out.Key, &buf, maxRecord); err != nil {
		return s.broken(out, err)
	}
	r, err := parseRecord(key, buf.Bytes())
	if err != nil {
		return s.damaged(out, err)
	}
	if f, err := proxy.Parse(key); err == nil && r.H1 != "" && s.Proven != nil {
		want, err := s.Proven(ctx, f)
		if err != nil {
			return err
		}
		if want != "" && want != r.H1 {
			return s.fault(out, Damaged, msg.Errorf("it has the hash %s, but the checksum database %s", "其中的哈希是 %s，而校验和数据库记录为 %s", r.H1, want))
		}
	}
	if _, err := s.head(ctx, key); errors.Is(err, store.ErrNotFound) {
		return s.fault(out, Orphan, msg.Errorf("the file that it is about is not there", "它所对应的文件不存在"))
	} else if err != nil {
		return err
	}
	return nil
}

// small reads an object into memory and holds it to the bucket's checksum.
func (s *sharedCheck) small(ctx context.Context, out *Stored) ([]byte, error) {
	if out.Size > maxChecked {
		return nil, s.fault(out, Damaged, msg.Errorf("larger than %d bytes", "超过 %d 字节", int64(maxChecked)))
	}
	var buf bytes.Buffer
	info, err := s.receiveInfo(ctx, out.Key, &buf, maxChecked)
	if err != nil {
		return nil, s.broken(out, err)
	}
	sum := store.NewCRC64()
	_, _ = sum.Write(buf.Bytes())
	return buf.Bytes(), s.damaged(out, sameCRC(store.FormatCRC64(sum.Sum64()), info))
}

func sameCRC(got string, info store.Info) error {
	if info.CRC64 == "" || info.CRC64 == got {
		return nil
	}
	return msg.Errorf("CRC-64 %s, not %s", "CRC-64 是 %s，而不是 %s", got, info.CRC64)
}

func (s *sharedCheck) judgeText(ctx context.Context, out *Stored, f proxy.File) error {
	data, err := s.small(ctx, out)
	if err != nil {
		return err
	}
	switch f.Kind {
	case proxy.Info, proxy.Latest:
		return s.damaged(out, checkInfo(f, data))
	case proxy.Mod:
		h1, err := hashMod(data)
		if err != nil {
			return s.damaged(out, err)
		}
		return s.vouched(ctx, out, f, h1)
	}
	return nil
}

// vouched compares an h1 with what the database proves, and else with the record.
func (s *sharedCheck) vouched(ctx context.Context, out *Stored, f proxy.File, h1 string) error {
	proven := false
	if s.Proven != nil {
		want, err := s.Proven(ctx, f)
		if err != nil {
			return err
		}
		proven = want != ""
		if proven && want != h1 {
			return s.fault(out, Damaged, msg.Errorf("its hash is %s, but the checksum database has %s", "其哈希是 %s，而校验和数据库记录为 %s", h1, want))
		}
	}
	var buf bytes.Buffer
	info, err := s.receiveInfo(ctx, recordKey(out.Key), &buf, maxRecord)
	switch {
	case errors.Is(err, store.ErrNotFound):
		out.bare = true
		return nil
	case errors.Is(err, proxy.ErrContent):
		return nil // told of the record
	case err != nil:
		return err
	}
	r, err := parseRecord(out.Key, buf.Bytes())
	if err != nil {
		return nil // told of the record
	}
	out.Record = r
	if proven || r.H1 == "" || r.H1 == h1 {
		return nil // told of the record, if it is that which is wrong
	}
	if s.unsettled(info) || s.unsettled(out.info) {
		out.Young = true // of a try that came to nothing, and about to be replaced
		return nil
	}
	return s.fault(out, Damaged, msg.Errorf("its hash is %s, but its record has %s", "其哈希是 %s，而其记录为 %s", h1, r.H1))
}

func (s *sharedCheck) judgeZip(ctx context.Context, out *Stored, f proxy.File) error {
	if out.Size > modzip.MaxZipFile {
		return s.fault(out, Damaged, msg.Errorf("larger than %d bytes", "超过 %d 字节", int64(modzip.MaxZipFile)))
	}
	scratch, err := os.CreateTemp(s.Scratch, "zip-*")
	if err != nil {
		return err
	}
	defer func() {
		_ = scratch.Close()
		_ = os.Remove(scratch.Name())
	}()
	info, err := s.download(ctx, out.Key, scratch, false)
	if err == nil {
		err = checkCRC(scratch, info)
	}
	if err != nil {
		return s.broken(out, err)
	}
	got, err := hashZip(scratch, info.Size)
	if err == nil {
		var checked modzip.CheckedFiles
		if checked, err = modzip.CheckZip(module.Version{Path: f.Module, Version: f.Version}, scratch.Name()); err == nil {
			err = checked.Err()
		}
	}
	if err != nil {
		return s.damaged(out, err)
	}
	if err := s.vouched(ctx, out, f, got); err != nil || out.Young {
		return err
	}
	var buf bytes.Buffer
	err = s.receive(ctx, hashKey(out.Key), &buf, 256)
	if errors.Is(err, store.ErrNotFound) {
		if out.Record.H1 == got {
			out.h1 = got // what its writer would have put there
		}
		return s.fault(out, Half, msg.Errorf("no .ziphash beside it", "旁边没有 .ziphash"))
	}
	if err != nil {
		return s.broken(out, err)
	}
	want, err := parseHash(buf.Bytes())
	if err == nil && got != want {
		err = msg.Errorf("the zip's hash is %s, not %s", "zip 的哈希是 %s，而不是 %s", got, want)
	}
	return s.damaged(out, err)
}

// judgeSum compares an archive with the .sha256 beside it, where there is one.
func (s *sharedCheck) judgeSum(ctx context.Context, out *Stored) error {
	sum, crc := sha256.New(), store.NewCRC64()
	var info store.Info
	err := s.retry(ctx, func() error {
		sum.Reset()
		crc.Reset()
		body, got, err := s.o.Shared.Get(ctx, out.Key, 0, -1)
		if err != nil {
			return err
		}
		n, err := io.Copy(io.MultiWriter(sum, crc), body)
		if err = msg.Join(err, body.Close()); err == nil && n != got.Size {
			err = msg.Errorf("%w: %d of %d bytes", "%w：%d 字节，应为 %d 字节", store.ErrTransient, n, got.Size)
		}
		info = got
		return err
	})
	if err != nil {
		return s.broken(out, err)
	}
	if err := sameCRC(store.FormatCRC64(crc.Sum64()), info); err != nil {
		return s.damaged(out, err)
	}
	var want bytes.Buffer
	err = s.receive(ctx, out.Key+".sha256", &want, 256)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	} else if err != nil {
		return s.broken(out, err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != strings.TrimSpace(want.String()) {
		err = msg.Errorf("its SHA-256 is %s, not %.64s", "其 SHA-256 是 %s，而不是 %.64s", got, want.String())
	}
	return s.damaged(out, err)
}

func (s *sharedCheck) judgeProof(ctx context.Context, out *Stored) error {
	data, err := s.small(ctx, out)
	if err != nil {
		return err
	}
	if err := checkProof(strings.TrimPrefix(out.Key, "sumdb/"), data); err != nil {
		return s.damaged(out, err)
	}
	if s.Proof == nil {
		return nil
	}
	if err := s.Proof(ctx, out.Key, data); errors.Is(err, proxy.ErrContent) {
		return s.fault(out, Damaged, err)
	} else if err != nil {
		return err
	}
	return nil
}
