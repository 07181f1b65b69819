package config

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// ParseTokens reads a tokens file: lines of a name and the SHA-256 of that holder's
// token in hex, as [HashToken] and sha256sum make it. Empty lines and such that
// begin with # are passed over. Errors repeat no digest.
func ParseTokens(name string, data []byte) (map[string]proxy.TokenHash, error) {
	tokens := map[string]proxy.TokenHash{}
	line := 0
	for text := range bytes.Lines(data) {
		line++
		f := strings.Fields(string(text))
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		var hash proxy.TokenHash
		bad := len(f) != 2 || hex.DecodedLen(len(f[1])) != len(hash)
		if !bad {
			_, err := hex.Decode(hash[:], []byte(f[1]))
			bad = err != nil
		}
		_, twice := tokens[f[0]]
		switch {
		case bad:
			return nil, msg.Errorf("%s:%d: expected a name and a SHA-256 in hex", "%s:%d：应为名称和十六进制的 SHA-256", name, line).WithKind(msg.Usage).
				WithHint("the file holds digests, not tokens: printf %%s \"$TOKEN\" | sha256sum", "该文件存放摘要而不是令牌本身：printf %%s \"$TOKEN\" | sha256sum")
		case twice:
			return nil, msg.Errorf("%s:%d: %s is named twice", "%s:%d：%s 出现了两次", name, line, f[0]).WithKind(msg.Usage)
		case hash == HashToken(""):
			return nil, msg.Errorf("%s:%d: the token of %s is empty", "%s:%d：%s 的令牌是空的", name, line, f[0]).WithKind(msg.Usage)
		}
		tokens[f[0]] = hash
	}
	return tokens, nil
}

// HashToken is what is kept of a token.
func HashToken(token string) proxy.TokenHash { return sha256.Sum256([]byte(token)) }
