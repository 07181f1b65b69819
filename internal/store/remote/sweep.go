package remote

import "github.com/yingzao-dev/yingzao/internal/store"

// Unfinished is what the stores of this kind find of uploads that were begun and
// neither committed nor aborted.
type Unfinished = store.Unfinished
