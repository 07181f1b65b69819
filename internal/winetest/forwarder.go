package winetest

import (
	"bytes"
	"encoding/binary"
)

// forwarder is a bcryptprimitives.dll whose one function is one of advapi32: wine 8
// has none, and without it no Go program starts.
func forwarder() []byte {
	const rva = 0x1000
	names := "bcryptprimitives.dll\x00ProcessPrng\x00advapi32.SystemFunction036\x00"
	name, function, target := 50, 50+21, 50+21+12
	var d bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			_ = binary.Write(&d, binary.LittleEndian, v) // a buffer takes everything
		}
	}
	size := uint32(50 + len(names))
	d.WriteString("MZ")
	d.Write(make([]byte, 0x3a))
	put(uint32(0x40))
	d.WriteString("PE\x00\x00")
	put(uint16(0x8664), uint16(1), uint32(0), uint32(0), uint32(0), uint16(240), uint16(0x2022))
	put(uint16(0x20b), uint16(0), uint32(0), uint32(0), uint32(0), uint32(0), uint32(0), uint64(0x180000000), uint32(0x1000), uint32(0x200))
	put(uint16(6), uint16(0), uint16(0), uint16(0), uint16(6), uint16(0), uint32(0), uint32(0x2000), uint32(0x200), uint32(0), uint16(2), uint16(0x160))
	put(uint64(0), uint64(0), uint64(0), uint64(0), uint32(0), uint32(16))
	put(uint32(rva), size, make([]byte, 15*8))
	d.WriteString(".rdata\x00\x00")
	put(size, uint32(rva), uint32(0x200), uint32(0x200), make([]byte, 12), uint32(0x40000040))
	d.Write(make([]byte, 0x200-d.Len()))
	put(uint32(0), uint32(0), uint32(0), uint32(rva+name), uint32(1), uint32(1), uint32(1), uint32(rva+40), uint32(rva+44), uint32(rva+48))
	put(uint32(rva+target), uint32(rva+function), uint16(0))
	d.WriteString(names)
	d.Write(make([]byte, 0x400-d.Len()))
	return d.Bytes()
}
