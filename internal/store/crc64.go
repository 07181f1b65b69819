package store

import (
	"hash"
	"hash/crc64"
	"strconv"
)

// NewCRC64 returns the checksum that OSS and COS compute: CRC-64 with the
// ECMA-182 polynomial.
func NewCRC64() hash.Hash64 { return crc64.New(crc64.MakeTable(crc64.ECMA)) }

// FormatCRC64 prints a checksum as Info carries it: unsigned decimal.
func FormatCRC64(sum uint64) string { return strconv.FormatUint(sum, 10) }

// ParseCRC64 reads what FormatCRC64 wrote; ok is false for anything else, ""
// included.
func ParseCRC64(s string) (sum uint64, ok bool) {
	sum, err := strconv.ParseUint(s, 10, 64)
	return sum, err == nil && FormatCRC64(sum) == s
}

// CombineCRC64 returns the checksum of a followed by b, given the checksums of
// both and the length of b in bytes: what a multipart object must have when its
// parts are known. It costs some thousand operations, whatever the length.
func CombineCRC64(a, b uint64, lenB int64) uint64 {
	// Appending b multiplies a by x^(8·lenB) in GF(2)[x] modulo the polynomial.
	power, square := polyOne, polyOne>>8 // x^0, x^8
	for n := uint64(lenB); n > 0; n >>= 1 {
		if n&1 != 0 {
			power = polyMul(power, square)
		}
		square = polyMul(square, square)
	}
	return polyMul(a, power) ^ b
}

// Polynomials are bit-reversed: the top bit is the coefficient of x^0.
const polyOne = uint64(1) << 63

func polyMul(a, b uint64) (product uint64) {
	for ; a != 0; a <<= 1 {
		if a&polyOne != 0 {
			product ^= b
		}
		carry := b & 1
		b >>= 1 // times x
		if carry != 0 {
			b ^= crc64.ECMA
		}
	}
	return product
}
