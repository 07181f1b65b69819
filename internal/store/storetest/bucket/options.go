package bucket

import "time"

// Dialect is the service a server imitates.
type Dialect int

// The dialects.
const (
	OSS Dialect = iota // Aliyun OSS, V1 and V4 signatures
	COS                // Tencent COS, q-sign
	S3                 // S3 and what is compatible with it, SigV4
)

// String is the scheme of store URLs: "oss", "cos", "s3".
func (d Dialect) String() string { return [...]string{"oss", "cos", "s3"}[d] }

// Credential is a key the server knows.
type Credential struct {
	ID, Secret string
	Token      string    // of a temporary credential; "" for a lasting one
	Expires    time.Time // zero: never
}

// RateLimit throttles the link, each direction by itself.
type RateLimit struct {
	PerConnection int64 // bytes a second; 0 = no limit
	Total         int64 // bytes a second over all connections; 0 = no limit
}

// Options describe a server. The zero value is an OSS bucket that knows no key.
type Options struct {
	Dialect Dialect
	Bucket  string       // "" is "releases", for COS "releases-1250000000"
	Region  string       // "" is cn-hangzhou, ap-guangzhou or us-east-1
	Keys    []Credential // more come by Grant
	// Endpoint is the host without the bucket; "" is the service's own for the
	// region, for S3 "s3.<region>.storage.test".
	Endpoint string
	// Domains are custom domains bound to the bucket (CNAME).
	Domains []string
	// TLS makes the URL helpers say https. The port speaks both anyway.
	TLS bool
	// Versioned makes forbid-overwrite void, as OSS and COS do.
	Versioned bool
	// Suspended says that versioning was switched off again: nothing else changes.
	Suspended bool
	// PublicRead lets anybody get objects without a signature.
	PublicRead bool
	// PathStyle lets OSS and COS be addressed as host/bucket/key, as private
	// clouds allow. S3 always can be.
	PathStyle bool
	// NoCRC64 leaves out the CRC64 headers. S3 has none anyway.
	NoCRC64 bool
	// PublicEndpointForbidden refuses data calls by the public OSS endpoint, as
	// for accounts opened since March 2025.
	PublicEndpointForbidden bool
	// ForceDownload makes pages of the service's own domain a download, as OSS
	// and COS do; custom domains are not touched.
	ForceDownload bool
	// MinPart is the least size of a part but the last in bytes; 0 is the
	// service's own: 100 KiB for OSS, 1 MiB for COS, 5 MiB for S3.
	MinPart int64
	// Page is the most entries in one page of a listing; 0 is 1000.
	Page int
	Rate RateLimit
	// Now is the server's clock; nil is time.Now.
	Now func() time.Time
}

// versions is the status of versioning.
func (o Options) versions() string {
	switch {
	case !o.Versioned:
		return ""
	case o.Suspended:
		return "Suspended"
	}
	return "Enabled"
}

func (o Options) withDefaults() Options {
	def := func(s *string, perDialect ...string) {
		if *s == "" {
			*s = perDialect[o.Dialect]
		}
	}
	def(&o.Bucket, "releases", "releases-1250000000", "releases")
	def(&o.Region, "cn-hangzhou", "ap-guangzhou", "us-east-1")
	def(&o.Endpoint, "oss-"+o.Region+".aliyuncs.com", "cos."+o.Region+".myqcloud.com", "s3."+o.Region+".storage.test")
	if o.MinPart == 0 {
		o.MinPart = []int64{100 << 10, 1 << 20, 5 << 20}[o.Dialect]
	}
	if o.Page == 0 {
		o.Page = 1000
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}
