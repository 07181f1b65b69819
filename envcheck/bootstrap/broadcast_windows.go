package bootstrap

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

var sendMessage = windows.NewLazySystemDLL("user32.dll").NewProc("SendMessageTimeoutW")

// broadcast tells running programs, Explorer above all, that the environment
// changed; new consoles then see it. A program that hangs is not waited for.
func broadcast() {
	const hwndBroadcast, settingChange, abortIfHung = 0xffff, 0x1a, 2
	name, err := windows.UTF16PtrFromString("Environment")
	if err != nil || sendMessage.Find() != nil {
		return
	}
	var result uintptr
	_, _, _ = sendMessage.Call(hwndBroadcast, settingChange, 0, uintptr(unsafe.Pointer(name)), abortIfHung, 2000, uintptr(unsafe.Pointer(&result)))
}
