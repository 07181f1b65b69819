// Package bootstrap takes a desk from whatever it is to a proven Go with the right
// settings and tools: plan, show, apply, undo.
//
// [Look] collects what the desk is: system, shells and their start files, what Go
// there is already, the env file, git's settings. [Make] compares it with what is
// wanted and gives a [Plan]: an SDK to install, files to change, tools to build,
// and notes about what was found and is left to its owner (gvm, asdf, a
// distribution's Go, GOPATH mode, a GOROOT that is set). Nothing is touched before
// [Apply], and a plan that was applied is empty when it is made again.
//
// # Where things go
//
// Below <home>/.local/share/yingzao on Unix, %LOCALAPPDATA%\yingzao on Windows:
//
//	go/<version>      an SDK, proven; several live side by side and none is changed
//	go/<version>.json what it hashed to when it was proven, and who vouched
//	go/current        a link to one of them; switched by rename. Not on Windows
//	bin               tools, each built by the SDK that was proven
//	ca                the site's certificate
//	git/config        what the user's git configuration includes
//	state.json        the highest sequence numbers seen
//
// PATH is a block between two marks in the start files that the desk's shells
// really read. GOROOT is never set. Settings go into the user's env file through
// internal/goenv, so that a go command that is absent or bricked is no hindrance.
//
// # Windows
//
// A link needs a privilege there, and a junction cannot be switched in one step. So
// PATH names the version itself: the value Path below HKEY_CURRENT_USER\Environment is
// written whole, and whoever reads it has the old or the new one. It keeps its type,
// REG_EXPAND_SZ or REG_SZ, and every byte of what is not ours; what is there in
// %…% stays unexpanded. Running programs are told with WM_SETTINGCHANGE. The system's
// PATH comes first and takes an administrator to change: a Go that stands there is
// named in a note, and so are variables that the user and the system set differently.
//
// A program that runs cannot be replaced there. Tools and yingzao.exe get another name
// and go at a later run; for an SDK the programs that use it have to end.
//
// # Taking it back
//
// Every file that is changed is in the journal of package mend before it is
// changed; Undo restores it byte for byte, and removes links and folders that were
// made. SDKs and tools that were installed stay until they are asked to go: they
// harm nobody who does not have them on PATH. Where somebody changed a start file, the
// env file or the user's PATH in between, our part alone goes; where he wrote between
// our marks, the file stays and is named. A run that was killed, also one of undo, is
// taken back by the next apply, under the lock, before it makes its plan.
//
// # When the organisation's file changes
//
// What a later file sets takes the place of what an earlier one set. Hosts for git and
// a certificate that it no longer has go. GOPROXY, GOSUMDB and GOTOOLCHAIN that it says
// nothing about go back to what stood before any of these files, which the journal
// knows, but for a GOSUMDB of off; what somebody has set since stays and is named. So do
// patterns of private modules, for taking one away could tell strangers a name. A run
// without any file leaves all of it.
//
// # The site's certificate
//
// Our own requests, git (for the hosts that are named) and tools trust it at once.
// For other Go programs on Linux the block sets SSL_CERT_DIR to the system's folder
// and ours; SSL_CERT_FILE would take the system's authorities away. On macOS and
// Windows programs ask the system's store, and a note tells the command for it.
//
// # Whom it believes
//
// An SDK is believed as internal/gosdk/fetch does: the checksum database, a proof, or
// a pin. An organisation's file decides where modules come from, so it is believed
// only from a local path or a bundle, by a SHA-256 on the command line, or by a
// signature beside it; never because it came over https alone. A sequence number that is lower than one seen is refused, also after undo.
package bootstrap
