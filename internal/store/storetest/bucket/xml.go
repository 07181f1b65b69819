package bucket

import (
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"time"
)

// xml answers 200 with v, whose XMLName names the root.
func (c *call) xml(v any) *failure {
	b, err := xml.Marshal(v)
	if err != nil {
		return fail(http.StatusInternalServerError, "InternalError", err.Error())
	}
	c.body(http.StatusOK, "application/xml", append([]byte(xml.Header), b...), "")
	return nil
}

func isoTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func hexEncode(s string) string { return hex.EncodeToString([]byte(s)) }

func hexDecode(s string) (string, error) {
	b, err := hex.DecodeString(s)
	return string(b), err
}
