// Command goproxy serves a directory with the goproxy library, as its README shows
// it: the reference of scripts/bench/proxy. It is a module of its own, so that
// nothing else depends on the library.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/goproxy/goproxy"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: goproxy DIR")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(l.Addr())
	log.Fatal(http.Serve(l, &goproxy.Goproxy{
		Fetcher: &goproxy.GoFetcher{Env: []string{"GOPROXY=off", "GOSUMDB=off"}},
		Cacher:  goproxy.DirCacher(os.Args[1]),
	}))
}
