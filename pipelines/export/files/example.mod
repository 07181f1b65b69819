module example.cn/yingzao/example

go 1.21
