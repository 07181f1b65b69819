// Package scripts holds what brings yingzao to a desk that has nothing:
// bootstrap.sh, bootstrap.cmd and bootstrap.ps1.
//
// Each fetches one file, the program, compares it with the sum in the script's own
// head, and hands over to `yingzao bootstrap`. All that a script can do and a
// program cannot is in them: to say why no Go program would start here (old-world
// LoongArch, a 32-bit system, a malformed GOMEMLIMIT), and nothing else. Exit
// codes are those of yingzao: 0 done, 1 could not do it, 2 usage, 3 refused, 4 a
// download was impossible.
//
// The files in this folder have empty heads and refuse to run. [Bootstrap] fills
// them in; `yingzao bootstrap bundle` and whoever publishes the program call it.
//
// # A cut download runs nothing
//
// bootstrap.sh is one group in braces, bootstrap.ps1 one block: their shells read
// such a thing to its end before they run any of it. cmd runs line by line, so
// bootstrap.cmd looks first whether its last line is there.
//
// # Environment
//
// YINGZAO_TOOL_URL is where the program is, as in pipelines; YINGZAO_TOOL_SHA256
// is the pin ("linux/amd64=…,windows/amd64=…") for a script without one in its
// head. A head that is filled in cannot be overruled.
package scripts
