package inspect

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
)

func patched(b []byte, at int, with ...byte) []byte {
	b = bytes.Clone(b)
	copy(b[at:], with)
	return b
}

const eFlagsAt = 48

func TestLoongArchWorlds(t *testing.T) {
	for _, tc := range []struct {
		name, fixture string
		flags         byte // 0: as built
		sigset        int
		world         string
	}{
		{"upstream", "linux-loong64", 0, 8, NewWorld},
		{"upstream pie", "pie-loong64", 0, 8, NewWorld},
		{"upstream with old flags", "linux-loong64", 0x3, 8, ConflictWorld},
		{"upstream pie with old flags", "pie-loong64", 0x3, 8, ConflictWorld},
		{"sigset 16 with new flags", "sigset16", 0, 16, ConflictWorld},
		{"sigset 16 with old flags", "sigset16", 0x3, 16, OldWorld},
		{"reserved object ABI", "linux-loong64", 0x83, 8, ConflictWorld},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := program(t, tc.fixture)
			if tc.flags != 0 {
				b = patched(b, eFlagsAt, tc.flags)
			}
			if f := factsOf(t, b); f.Sigset != tc.sigset || f.World != tc.world || !f.Stripped {
				t.Errorf("sigset %d, world %s, flags %#x; want %d, %s", f.Sigset, f.World, f.EFlags, tc.sigset, tc.world)
			}
		})
	}
}

// Without the function table only e_flags are left, and they do not decide.
func TestLoongArchUnknown(t *testing.T) {
	b := program(t, "linux-loong64")
	i := bytes.Index(b, []byte("\x00runtime.rtsigprocmask\x00"))
	if i < 0 {
		t.Fatal("the function table holds no such name")
	}
	if f := factsOf(t, patched(b, i+1, 'x')); f.Sigset != 0 || f.World != UnknownWorld {
		t.Errorf("sigset %d, world %s", f.Sigset, f.World)
	}
	if f := factsOf(t, tinyELF()); f.World != UnknownWorld || f.Type != Exec || !f.Static() {
		t.Errorf("hand-made ELF: %+v", f)
	}
}

func TestWorldWitnesses(t *testing.T) {
	const newLoader, oldLoader = "/lib64/ld-linux-loongarch-lp64d.so.1", "/lib64/ld.so.1"
	for _, tc := range []struct {
		sigset int
		interp string
		flags  uint32
		want   string
	}{
		{8, "", 0x43, NewWorld},
		{16, "", 0x3, OldWorld},
		{0, newLoader, 0x43, NewWorld},
		{0, oldLoader, 0x3, OldWorld},
		{0, "/lib/ld-musl-loongarch-lp64d.so.1", 0x43, NewWorld},
		{0, "/opt/loader", 0x43, UnknownWorld},
		{0, "", 0x43, UnknownWorld},
		{0, "", 0x3, UnknownWorld},
		{8, oldLoader, 0x43, ConflictWorld},
		{16, newLoader, 0x43, ConflictWorld},
		{0, newLoader, 0x3, ConflictWorld},
		{16, "", 0x43, ConflictWorld},
	} {
		if got := world(&Facts{Sigset: tc.sigset, Interp: tc.interp, EFlags: tc.flags}); got != tc.want {
			t.Errorf("%+v: %s", tc, got)
		}
	}
}

// Instructions of LoongArch, enough to write calls by hand.
func setImmediate(op, rd, imm uint32) uint32 { return op<<22 | imm<<10 | rd }
func storeWord(op, rd, imm uint32) uint32    { return op<<22 | imm<<10 | 3<<5 | rd }
func branchLink(from, to int) uint32 {
	n := uint32(int32(to-from)) & 0x3ffffff
	return 0x15<<26 | (n&0xffff)<<10 | n>>16
}

// code assembles words; a zero word stands for a call of word 0.
func code(words ...uint32) *io.SectionReader {
	var b []byte
	for i, w := range words {
		if w == 0 {
			w = branchLink(i, 0)
		}
		b = binary.LittleEndian.AppendUint32(b, w)
	}
	return io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b)))
}

func TestCallSizes(t *testing.T) {
	const nop, addiW, addiD, ori, stW, stD = 0x03400000, 0xa, 0xb, 0xe, 0xa6, 0xa7
	r7 := func(v uint32) uint32 { return setImmediate(addiW, 7, v) }
	for name, tc := range map[string]struct {
		words []uint32
		want  int
	}{
		"register 8":             {[]uint32{nop, r7(8), nop, 0}, 8},
		"register 16 by addi.d":  {[]uint32{nop, setImmediate(addiD, 7, 16), 0}, 16},
		"register 8 by ori":      {[]uint32{nop, setImmediate(ori, 7, 8), 0}, 8},
		"stack 8":                {[]uint32{nop, setImmediate(ori, 19, 8), storeWord(stW, 19, 32), nop, 0}, 8},
		"stack 16 by st.d":       {[]uint32{nop, setImmediate(addiD, 5, 16), nop, storeWord(stD, 5, 32), 0}, 16},
		"stack before register":  {[]uint32{nop, r7(2), setImmediate(ori, 19, 8), storeWord(stW, 19, 32), 0}, 8}, // Go 1.24: the register form finds 2
		"another stack slot":     {[]uint32{nop, setImmediate(ori, 19, 8), storeWord(stW, 19, 24), 0}, 0},
		"neither 8 nor 16":       {[]uint32{nop, r7(2), 0}, 0},
		"nearest wins":           {[]uint32{nop, r7(16), r7(8), 0}, 8},
		"two of one mind":        {[]uint32{nop, r7(8), 0, r7(8), 0}, 8},
		"two that disagree":      {[]uint32{nop, r7(8), 0, r7(16), 0}, 0},
		"one undecoded":          {[]uint32{nop, r7(8), 0, nop, nop, nop, nop, nop, nop, nop, nop, nop, 0}, 0},
		"too far away":           {[]uint32{nop, r7(8), nop, nop, nop, nop, nop, nop, nop, nop, 0}, 0},
		"no call":                {[]uint32{nop, r7(8), nop}, 0},
		"call of something else": {[]uint32{nop, r7(8), branchLink(2, 1)}, 0},
		"empty":                  {nil, 0},
	} {
		if got := callSizes(code(tc.words...), 0); got != tc.want {
			t.Errorf("%s: %d, want %d", name, got, tc.want)
		}
	}
}

// The look-back has to work across the seam of two chunks.
func TestCallSizesAcrossChunks(t *testing.T) {
	for shift := -12; shift <= 12; shift++ {
		words := make([]uint32, 1<<18+64)
		for i := range words {
			words[i] = 0x03400000
		}
		at := 1<<18 + shift
		words[at-8], words[at] = setImmediate(0xa, 7, 16), 0
		if got := callSizes(code(words...), 0); got != 16 {
			t.Errorf("call %d words from the seam: %d", shift, got)
		}
	}
}

func TestCallsBackwards(t *testing.T) {
	for _, distance := range []int{1, 1 << 10, 1<<25 - 1} {
		forward, back := branchLink(0, distance), branchLink(distance, 0)
		for w, want := range map[uint32]int64{forward: int64(distance) * 4, back: int64(-distance) * 4} {
			if got := branchTarget(w); got != want {
				t.Errorf("distance %d: %d, want %d", distance, got, want)
			}
		}
	}
}
