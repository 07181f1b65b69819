package loongarch

import (
	"encoding/binary"
	"strings"
)

// The sizes of a signal set in bytes: 64 signals in the new world, 128 in the old.
const (
	newSigset = 8
	oldSigset = 16
)

// What the probe exits with.
const (
	exitFirst   = 0  // the kernel takes the first size
	exitSecond  = 10 // it takes the second one
	exitNeither = 20
)

// Probe is an ELF program of 212 bytes for LoongArch Linux that needs no library.
// It asks the kernel by rt_sigprocmask for its signal set with the first size and,
// where that fails, with the second, and exits with 0, 10 or, when both fail, 20.
// The question that tells the worlds is Probe(8, 16); other pairs, each below
// 2048, are for tests. The bytes are the same everywhere.
func Probe(first, second int) []byte {
	return elf(program(first, second))
}

// Registers of the calling convention of system calls. r0 is always zero.
const (
	r0 = 0
	a0 = 4 // first argument, and the result: 0 is success
	a1 = 5
	a2 = 6
	a3 = 7
	a7 = 11 // number of the system call
)

const (
	sysExitGroup      = 94
	sysRtSigprocmask  = 135
	syscallWord       = 0x002b0000
	wordsOfExit       = 3
	baseAddress       = 0x120000000 // where LoongArch's linkers put programs
	headerSize        = 64
	programHeaderSize = 56
)

// li sets a register to a small constant: addi.w rd, r0, value.
func li(rd, value uint32) uint32 { return 0x0a<<22 | value&0xfff<<10 | r0<<5 | rd }

// beqz branches over words, counted from itself, when rj is zero.
func beqz(rj, words uint32) uint32 { return 0x10<<26 | words&0xffff<<10 | rj<<5 | words>>16&0x1f }

func program(first, second int) []uint32 {
	ask := func(size int) []uint32 { // rt_sigprocmask(0, NULL, NULL, size) changes nothing
		return []uint32{li(a7, sysRtSigprocmask), li(a0, 0), li(a1, 0), li(a2, 0), li(a3, uint32(size)), syscallWord}
	}
	exit := func(code uint32) []uint32 { return []uint32{li(a0, code), li(a7, sysExitGroup), syscallWord} }
	again := ask(second)
	var code []uint32
	code = append(code, ask(first)...)
	code = append(code, beqz(a0, uint32(1+len(again)+1+2*wordsOfExit))) // to exit(0), behind all that follows
	code = append(code, again...)
	code = append(code, beqz(a0, 1+wordsOfExit)) // to exit(10)
	code = append(code, exit(exitNeither)...)
	code = append(code, exit(exitSecond)...)
	return append(code, exit(exitFirst)...)
}

// elf wraps code into one segment that holds the file as a whole, so that
// nothing has to be aligned. The alignment serves kernels with pages up to 64 KiB.
func elf(code []uint32) []byte {
	const execFile, machine, flags, load, readExecute = 2, 258, 0x43, 1, 5
	size := uint64(headerSize + programHeaderSize + 4*len(code))
	o := binary.LittleEndian
	b := []byte("\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 9))
	b = o.AppendUint16(b, execFile)
	b = o.AppendUint16(b, machine)
	b = o.AppendUint32(b, 1) // version
	b = o.AppendUint64(b, baseAddress+headerSize+programHeaderSize)
	b = o.AppendUint64(b, headerSize) // program headers follow
	b = o.AppendUint64(b, 0)          // no sections
	b = o.AppendUint32(b, flags)
	for _, half := range []uint16{headerSize, programHeaderSize, 1, 0, 0, 0} {
		b = o.AppendUint16(b, half)
	}
	b = o.AppendUint32(b, load)
	b = o.AppendUint32(b, readExecute)
	for _, word := range []uint64{0, baseAddress, baseAddress, size, size, 64 << 10} {
		b = o.AppendUint64(b, word)
	}
	for _, word := range code {
		b = o.AppendUint32(b, word)
	}
	return b
}
