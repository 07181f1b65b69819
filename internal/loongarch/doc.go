// Package loongarch tells the two worlds of LoongArch apart, and what the machine
// is that we run on.
//
// The old world (Kylin V10, UOS 20, Loongnix 20; kernels 4.19 and 5.4 of the
// vendors) and the new one (upstream Linux since 5.19) run the same instructions
// and differ in system calls and libraries. A program of the new world dies on an
// old-world kernel before its first line; see release/inspect for programs.
//
// Three questions are answered here:
//
//   - of a kernel: [Probe] is a program of 212 bytes that asks it for the size of
//     a signal set. It exits with 0 in the new world, 10 in the old, 20 when the
//     kernel takes neither. Only a kernel can answer; under an emulator the answer
//     is the emulator's. [ShellProbe] is the same for scripts.
//   - of a file tree, a container image or a root: [TreeWorld] knows the
//     paths of the dynamic loaders. It is decided without running anything.
//   - of the machine we are on: [Host].
//
// In a container both count: the kernel's world decides for static programs, the
// tree's for dynamic ones.
//
// # What is not proved
//
// No old-world kernel was available. That the probe exits with 10 there follows
// from the order of its two questions, which was run with the sizes swapped. An
// upstream Go program, yingzao among them, does not start on an old-world kernel
// at all, so there [Host] needs a yingzao built with Loongson's ABI1.0 Go; the
// probe and the shell function need nothing.
package loongarch

// World is one of the two worlds, or that it is not known. The words are those of
// release/inspect and of JSON.
type World string

// The worlds.
const (
	New     World = "new"
	Old     World = "old"
	Both    World = "both"    // a tree with both loaders
	Unknown World = "unknown" // nothing that tells, or not LoongArch
)
