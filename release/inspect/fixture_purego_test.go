//go:build fixture

package inspect

// The fixture in testdata/purego is invisible to go mod tidy; this keeps its
// requirement.
import _ "github.com/ebitengine/purego"
