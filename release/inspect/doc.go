// Package inspect reads executables and says whether they may be shipped.
//
// It has two halves that never mix:
//
//   - [Read] and [File] collect [Facts] from an ELF, PE, Mach-O or universal
//     file and from the build information that Go puts inside. Facts are
//     judged by nobody.
//   - [Judge] holds facts against a [Policy] and returns a [Verdict]. What it
//     knows are the [Rules]: each has a stable code, a severity, and a title,
//     a reason and a remedy in both languages.
//
// # Static
//
// A file is static when starting it needs nothing but the kernel: an ELF
// program without PT_INTERP, PT_DYNAMIC and DT_NEEDED. All three are needed:
// a position-independent program that Go links without cgo has an interpreter
// and a dynamic segment, but an empty list of libraries. Windows and macOS have
// no stable kernel interface, so there a file is static when it loads only
// libraries that are part of the system.
//
// Flags prove nothing: CGO_ENABLED=0 with -buildmode=pie, or with purego, is
// dynamic. Only the file itself is asked.
//
// # The two worlds of LoongArch
//
// A program for new-world LoongArch dies on an old-world kernel (Kylin V10,
// UOS 20, Loongnix 20) before its first line, because the signal set has
// another size. Three witnesses are heard:
//
//   - the size that the program passes to rt_sigprocmask, decoded from its
//     machine code: 8 is the new world, 16 the old. It is found in stripped
//     files too, through the function table that Go keeps.
//   - the path of the dynamic loader, for dynamic files.
//   - the object ABI in e_flags. The kernel ignores it and old binutils set it
//     wrong, so it never decides alone.
//
// When two of them disagree the world is "conflict", which is always an error.
// When only e_flags spoke the world is "unknown", never "new": for a target it
// is a warning if e_flags fit the target and an error if they do not.
//
// # Here, or anywhere
//
// With [Policy.Host] another question is asked: not whether a file may be shipped
// but whether one [Machine] can run it. A kernel asks for architecture, page size
// and, on LoongArch, its own signal set; the processor for the level; the file tree
// for the loader and the C library. What is not known of a machine makes the answer
// unknown where it could matter, never yes. internal/loongarch finds out what a
// machine is; TestEvidence holds the answers against what emulators did.
//
// # Severity
//
// What keeps a file from starting where it is meant to run, or makes it lie
// about its origin, is an error. What makes it harder to reproduce or is
// unusual is a warning. The rest are notes. A verdict is OK when it holds no
// error.
//
// # Hostile files
//
// Files come from strangers. Headers are checked against the size of the file
// before they are believed, tables have limits, every pass over a file has a
// budget of bytes, names are cut at a length, and the standard library's
// parsers are shown the file without its symbol tables, which they would expand
// without bound. A broken file gives an error that is [ErrMalformed].
//
// Nothing here proves that a program works; it proves what it is.
package inspect
