package remote

import (
	"bytes"
	"cmp"
	"crypto/md5" //nolint:gosec // what ETags are made of
	"encoding/binary"
	"encoding/hex"
	"hash"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// checksum is of the kind that the service names with its answers: CRC-64, or
// the MD5 that an ETag is.
func (s *Store) checksum() hash.Hash {
	if s.Service.CRC64 != "" {
		return store.NewCRC64()
	}
	return md5.New() //nolint:gosec // see above
}

// named is the checksum that an answer names of the content, nil for none.
func (s *Store) named(x *Exchange) []byte {
	if s.Service.CRC64 == "" {
		return digestOf(x)
	}
	if crc, ok := store.ParseCRC64(x.Header(s.Service.CRC64)); ok {
		return binary.BigEndian.AppendUint64(nil, crc)
	}
	return nil
}

// digestOf is the MD5 that the ETag of an S3 service is, or nil: it is something
// else with encryption by a key service, and for an object of several parts.
func digestOf(x *Exchange) []byte {
	sum, err := hex.DecodeString(x.ETag())
	kms := cmp.Or(x.Header("X-Amz-Server-Side-Encryption"), "AES256") != "AES256"
	if err != nil || len(sum) != md5.Size || kms || x.Header("X-Amz-Server-Side-Encryption-Customer-Algorithm") != "" {
		return nil
	}
	return sum
}

// arrived compares what the service names with what was sent, and returns the
// CRC-64, if that is what was compared.
func (s *Store) arrived(x *Exchange, sent hash.Hash) (crc64 string, err error) {
	theirs, ours := s.named(x), sent.Sum(nil)
	if theirs != nil && !bytes.Equal(theirs, ours) {
		return "", msg.Errorf("%w: the checksum of what arrived is %x, of what was sent %x", "%w：到达内容的校验和为 %x，发送内容为 %x", store.ErrIntegrity, theirs, ours)
	}
	if s.Service.CRC64 == "" {
		return "", nil
	}
	return store.FormatCRC64(binary.BigEndian.Uint64(ours)), nil
}

// whole is the CRC-64 of the object that the parts make, "" when that of a part
// is not known.
func whole(parts []store.PartInfo) string {
	var all uint64
	for _, p := range parts {
		crc, ok := store.ParseCRC64(p.CRC64)
		if !ok {
			return ""
		}
		all = store.CombineCRC64(all, crc, p.Size)
	}
	return store.FormatCRC64(all)
}
