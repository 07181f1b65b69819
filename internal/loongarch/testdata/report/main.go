// Report prints what loongarch.Host finds. Tests run it under emulators.
package main

import (
	"context"
	"encoding/json"
	"os"

	"github.com/yingzao-dev/yingzao/internal/loongarch"
)

func main() {
	r, err := loongarch.Host(context.Background(), loongarch.HostOptions{})
	if err != nil {
		panic(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
		panic(err)
	}
}
