package bucket

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// walk lists by pages and returns keys and prefixes in order.
func walk(c *client, query string) (names []string, pages int) {
	c.t.Helper()
	next := ""
	for {
		pages++
		a := c.must(200, "GET", "/?"+query+next, "", nil)
		var page listing
		if err := xml.Unmarshal(a.body, &page); err != nil {
			c.t.Fatal(err)
		}
		for _, o := range page.Contents {
			names = append(names, o.Key)
		}
		for _, p := range page.CommonPrefixes {
			names = append(names, p.Prefix)
		}
		switch {
		case !page.IsTruncated:
			return names, pages
		case page.NextContinuationToken != "":
			next = "&continuation-token=" + page.NextContinuationToken
		case page.NextMarker != "":
			next = "&marker=" + uriEncode(page.NextMarker, false)
		default: // S3 version 1 without a delimiter
			next = "&marker=" + uriEncode(page.Contents[len(page.Contents)-1].Key, false)
		}
	}
}

func TestList(t *testing.T) {
	keys := []string{"a", "b/1", "b/2", "b/sub/3", "b/sub/4", "b0", "c d+e", "中"}
	eachDialect(t, func(t *testing.T, d Dialect) {
		c := start(t, Options{Dialect: d})
		for _, k := range keys {
			c.s.PutObject(k, []byte(k), nil)
		}
		c.s.PutObject("gone", nil, nil)
		c.must(204, "DELETE", "/gone", "gone", nil)
		_ = c.initiate("unfinished")
		for _, version := range []string{"", "list-type=2&"} {
			for _, most := range []int{1, 2, 3, 100} {
				all, pages := walk(c, fmt.Sprintf("%smax-keys=%d", version, most))
				if !slices.Equal(all, keys) {
					t.Errorf("%s max %d: %q", version, most, all)
				}
				if want := (len(keys) + most - 1) / most; pages != want {
					t.Errorf("%s max %d: %d pages, want %d", version, most, pages, want)
				}
				folders, _ := walk(c, fmt.Sprintf("%smax-keys=%d&delimiter=/&prefix=b", version, most))
				if slices.Sort(folders); !slices.Equal(folders, []string{"b/", "b0"}) {
					t.Errorf("%s max %d: folders %q", version, most, folders)
				}
			}
			if got, _ := walk(c, version+"prefix=b/s"); !slices.Equal(got, []string{"b/sub/3", "b/sub/4"}) {
				t.Errorf("prefix: %q", got)
			}
			if got, _ := walk(c, version+"encoding-type=url&prefix=c"); !slices.Equal(got, []string{"c%20d%2Be"}) {
				t.Errorf("encoded: %q", got)
			}
		}
		if d != COS {
			if got, _ := walk(c, "list-type=2&start-after=b/sub/3"); !slices.Equal(got, keys[4:]) {
				t.Errorf("start-after: %q", got)
			}
			c.refused(400, "InvalidArgument", "GET", "/?list-type=2&continuation-token=b", "", nil)
		}
	})
}

func TestMultiDelete(t *testing.T) {
	eachDialect(t, func(t *testing.T, d Dialect) {
		c := start(t, Options{Dialect: d})
		for _, k := range []string{"a", "b&c", "kept"} {
			c.s.PutObject(k, nil, http.Header{})
		}
		body := []byte("<Delete><Object><Key>a</Key></Object><Object><Key>b&amp;c</Key></Object><Object><Key>never</Key></Object></Delete>")
		c.refused(400, "MissingArgument", "POST", "/?delete", "", body)
		a := c.must(200, "POST", "/?delete", "", body, "Content-MD5", base64MD5(body))
		if n := strings.Count(string(a.body), "<Deleted>"); n != 3 || len(c.s.Objects()) != 1 {
			t.Errorf("%d deleted, %d left: %s", n, len(c.s.Objects()), a.body)
		}
		quiet := []byte("<Delete><Quiet>true</Quiet><Object><Key>kept</Key></Object></Delete>")
		if a := c.must(200, "POST", "/?delete", "", quiet, "Content-MD5", base64MD5(quiet)); strings.Contains(string(a.body), "kept") || len(c.s.Objects()) != 0 {
			t.Errorf("quiet: %s", a.body)
		}
		bad := []byte("<Delete>")
		c.refused(400, "MalformedXML", "POST", "/?delete", "", bad, "Content-MD5", base64MD5(bad))
	})
}
