package goenv

import "testing"

func TestArticle(t *testing.T) {
	if _, err := ParseSumDB("sum.golang.org+https://gocenter.io/sumdb/sum.golang.org"); err == nil || err.Error() != "invalid GOSUMDB: malformed verifier id" {
		t.Fatal(err)
	}
	if _, err := ParseProxies(","); err != ErrNoProxies {
		t.Fatal(err)
	}
}
