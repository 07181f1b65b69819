package bucket

import (
	"net/http"
	"time"
)

// skew is how far a client's clock may be off.
const skew = 15 * time.Minute

// claim is what a request says about its signer, with the means to check it.
type claim struct {
	scheme    string // "OSS V1", "OSS V4", "q-sign", "SigV4"
	id        string
	token     string
	presigned bool
	signature string
	compute   func(secret string) string
}

// authenticate finds out who signed the request.
func (c *call) authenticate() *failure {
	var cl *claim
	var f *failure
	switch c.s.o.Dialect {
	case OSS:
		cl, f = c.claimOSS()
	case COS:
		cl, f = c.claimCOS()
	case S3:
		cl, f = c.claimS3()
	}
	if f != nil {
		return f
	}
	if cl == nil {
		if c.s.o.PublicRead && c.key != "" && len(c.params) == 0 && (c.r.Method == http.MethodGet || c.r.Method == http.MethodHead) {
			return nil
		}
		return c.anonymous()
	}
	c.s.mu.Lock()
	c.entry.SignedAs, c.entry.Scheme, c.entry.Presigned = cl.id, cl.scheme, cl.presigned
	c.s.mu.Unlock()
	return c.check(cl)
}

func (c *call) check(cl *claim) *failure {
	key, known := c.s.key(cl.id)
	if !known || key.Token != "" && cl.token == "" {
		message := map[Dialect]string{
			OSS: "The OSS Access Key Id you provided does not exist in our records.",
			COS: "The Access Key Id you provided does not exist in our records",
			S3:  "The AWS Access Key Id you provided does not exist in our records.",
		}[c.s.o.Dialect]
		return fail(http.StatusForbidden, "InvalidAccessKeyId", message, element{"AccessKeyId", cl.id})
	}
	if !key.Expires.IsZero() && !c.now.Before(key.Expires) {
		switch c.s.o.Dialect {
		case OSS:
			return fail(http.StatusForbidden, "SecurityTokenExpired", "The security token you provided has expired.")
		case COS:
			return fail(http.StatusForbidden, "ExpiredToken", "The provided token has expired.")
		default:
			return fail(http.StatusBadRequest, "ExpiredToken", "The provided token has expired.")
		}
	}
	if !equal(key.Token, cl.token) {
		switch c.s.o.Dialect {
		case OSS:
			return fail(http.StatusForbidden, "InvalidSecurityToken", "The security token you provided is invalid.")
		case COS:
			return accessDenied("The token you provided is invalid.")
		default:
			return fail(http.StatusBadRequest, "InvalidToken", "The provided token is malformed or otherwise invalid.")
		}
	}
	if !equal(cl.compute(key.Secret), cl.signature) {
		return signatureMismatch(cl.id)
	}
	return nil
}

func (c *call) anonymous() *failure {
	if c.s.o.Dialect == OSS {
		return accessDenied("You have no right to access this object because of bucket acl.")
	}
	return accessDenied("Access Denied.")
}

// within holds a request's own time against the server's clock.
func (c *call) within(t time.Time) *failure {
	if d := c.now.Sub(t); d > skew || d < -skew {
		return tooSkewed(t, c.now)
	}
	return nil
}

// signedURL checks the time of a presigned URL: not before its date, less the
// skew, and not after its end.
func (c *call) signedURL(from, to time.Time) *failure {
	if from.Sub(c.now) > skew {
		return tooSkewed(from, c.now)
	}
	if c.now.After(to) {
		return expired(to, c.now)
	}
	return nil
}

func expired(end, now time.Time) *failure {
	const iso = "2006-01-02T15:04:05.000Z"
	return accessDenied("Request has expired.", element{"Expires", end.UTC().Format(iso)}, element{"ServerTime", now.UTC().Format(iso)})
}
