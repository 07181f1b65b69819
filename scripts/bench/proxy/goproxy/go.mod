module github.com/yingzao-dev/yingzao/scripts/bench/proxy/goproxy

go 1.26.1

require github.com/goproxy/goproxy v0.20.0

require golang.org/x/mod v0.24.0 // indirect
