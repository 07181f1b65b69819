package yingzao

import (
	_ "github.com/aliyun/aliyun-oss-go-sdk/oss"
	_ "github.com/johannesboyne/gofakes3"
	_ "github.com/minio/minio-go/v7"
	_ "github.com/tencentyun/cos-go-sdk-v5"
)
