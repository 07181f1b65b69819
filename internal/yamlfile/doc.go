// Package yamlfile reads a YAML file that people write by hand, strictly.
//
// The rules, in the order they are applied:
//
//   - at most [MaxSize] bytes of UTF-8; a byte order mark and CRLF are fine;
//   - one document; its root is a mapping, or the file says nothing at all;
//   - at most [MaxDepth] levels and [MaxNodes] values after aliases are
//     expanded, so a small file cannot become a large one;
//   - no key twice in one mapping;
//   - no key that the receiving struct does not have, and no value of another
//     kind than the field's.
//
// Whatever breaks a rule is refused with file:line:column in both languages,
// all of it at once, with the nearest known key where one is near. Hostile
// input costs time linear in its size.
//
// A file that several products share, .yingzao.yaml, is opened with [Open];
// each product decodes its own section and never sees the others.
package yamlfile
