package goenv

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain lets tests start this program again as something else: a client that
// reads its proxies from its own environment, or a writer to be killed.
func TestMain(m *testing.M) {
	switch os.Getenv("YINGZAO_GOENV_CHILD") {
	case "client":
		childClient(os.Args[1:])
	case "writer":
		childWriter(os.Args[1])
	default:
		goleak.VerifyTestMain(m)
	}
}
