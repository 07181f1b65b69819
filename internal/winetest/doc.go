// Package winetest runs Windows programs in tests, as far as wine is a Windows.
//
// [New] makes a prefix of its own for a test, that is a drive C: and a registry that
// nobody else has, and takes wine's processes away with it. [Build] and [BuildTest]
// compile for Windows; a package's tests that need the real system are ordinary
// tests in files named _windows_test.go, which [Windows.Test] runs inside.
//
// Without wine a test is skipped with the reason; YINGZAO_E2E=require makes that a
// failure.
//
// What wine 8 cannot show: symbolic links (os.Symlink says nil and makes none),
// PowerShell (an empty stub), Microsoft's certutil and curl, Explorer's answer to a
// changed environment, the privileges of an ordinary user (everybody may write
// HKEY_LOCAL_MACHINE), folders that hold open files (they may be renamed here), the
// read-only attribute as an obstacle, consoles, virus scanners that hold files, power
// cuts as a disk sees them. Programs that run can be neither replaced nor removed, but
// renamed, as it is on Windows; so with files that are open.
package winetest
