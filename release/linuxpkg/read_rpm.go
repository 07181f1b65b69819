package linuxpkg

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
)

func rpmAreas(b []byte) ([]Area, error) {
	if len(b) < rpmLead || !bytes.HasPrefix(b, []byte{0xed, 0xab, 0xee, 0xdb}) {
		return nil, errRPM("no lead", "缺少文件头")
	}
	name, _, _ := strings.Cut(string(b[10:76]), "\x00")
	lead := Area{Name: "lead", Data: b[:rpmLead], Facts: []Fact{{"name", []string{name}}}}
	signature, rest, err := rpmHeader(b[rpmLead:])
	if err != nil {
		return nil, err
	}
	if pad := (8 - len(signature)%8) % 8; len(rest) >= pad {
		rest = rest[pad:]
	}
	header, payload, err := rpmHeader(rest)
	if err != nil {
		return nil, err
	}
	out := []Area{lead, {Name: "signature", Data: signature}, {Name: "header", Data: header}, {Name: "payload", Data: payload}}
	for i, names := range map[int]map[uint32]string{1: signatureTags(), 2: headerTags()} {
		if out[i].Facts, err = rpmTags(out[i].Data, names); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// maxTags bounds the bytes of all values together: many tags of a hostile header may
// stand for the same bytes of its store.
const maxTags = 64 << 20

// rpmTags reads a header that rpmHeader has split off, in its order.
func rpmTags(header []byte, names map[uint32]string) (out []Fact, err error) {
	entries := int(binary.BigEndian.Uint32(header[8:]))
	index, store := header[rpmIntro:rpmIntro+entries*rpmIndexEntry], header[rpmIntro+entries*rpmIndexEntry:]
	total := 0
	for ; len(index) > 0; index = index[rpmIndexEntry:] {
		tag, kind := binary.BigEndian.Uint32(index), binary.BigEndian.Uint32(index[4:])
		at, count := int64(binary.BigEndian.Uint32(index[8:])), int64(binary.BigEndian.Uint32(index[12:]))
		if at > int64(len(store)) {
			return nil, errRPM("a tag lies outside of its header", "标签超出头部范围")
		}
		name, known := names[tag]
		if !known {
			name = "tag " + strconv.Itoa(int(tag))
		}
		values, used, ok := rpmValues(store[at:], kind, count, maxTags-total)
		if !ok {
			return nil, errRPM("a tag lies outside of its header", "标签超出头部范围")
		}
		total += used
		out = append(out, Fact{name, values})
	}
	return out, nil
}

// rpmValues reads count values of a kind; limit is how many bytes they may be.
func rpmValues(b []byte, kind uint32, count int64, limit int) (values []string, used int, ok bool) {
	const char, integer8, integer64, text, binary8, texts, translated = 1, 2, 5, 6, 7, 8, 9
	switch {
	case kind >= char && kind <= integer64:
		size := int64(1)
		if kind > integer8 {
			size = 1 << (kind - integer8)
		}
		if count*size > int64(len(b)) || count*size > int64(limit) {
			return nil, 0, false
		}
		for i := range count {
			var whole [8]byte
			copy(whole[8-size:], b[i*size:(i+1)*size])
			values = append(values, strconv.FormatUint(binary.BigEndian.Uint64(whole[:]), 10))
		}
		return values, int(count * size), true
	case kind == binary8:
		if count > int64(len(b)) || count > int64(limit) {
			return nil, 0, false
		}
		return []string{hex.EncodeToString(b[:count])}, int(count), true
	case kind == text || kind == texts || kind == translated:
		for range count {
			end := bytes.IndexByte(b, 0)
			if end < 0 || used+end >= limit {
				return nil, 0, false
			}
			values, b, used = append(values, string(b[:end])), b[end+1:], used+end+1
		}
		return values, used, true
	}
	return nil, 0, kind == 0
}

// The tags by rpm's own names (rpmtag.h); of the signature header's, those that
// have another meaning there.
func signatureTags() map[uint32]string {
	return map[uint32]string{
		62: "HEADERSIGNATURES", 267: "DSAHEADER", 268: "RSAHEADER", 269: "SHA1HEADER", 270: "LONGSIGSIZE", 271: "LONGARCHIVESIZE", 273: "SHA256HEADER", 278: "OPENPGP",
		1000: "SIZE", 1002: "PGP", 1004: "MD5", 1005: "GPG", rpmPayloadSize: "PAYLOADSIZE", 1008: "RESERVEDSPACE",
	}
}

func headerTags() map[uint32]string {
	return map[uint32]string{
		63: "HEADERIMMUTABLE", 100: "HEADERI18NTABLE", 1000: "NAME", 1001: "VERSION", 1002: "RELEASE", 1003: "EPOCH", 1004: "SUMMARY", 1005: "DESCRIPTION",
		1006: "BUILDTIME", 1007: "BUILDHOST", 1009: "SIZE", 1010: "DISTRIBUTION", 1011: "VENDOR", 1014: "LICENSE", 1015: "PACKAGER", 1016: "GROUP",
		1020: "URL", 1021: "OS", 1022: "ARCH", 1023: "PREIN", 1024: "POSTIN", 1025: "PREUN", 1026: "POSTUN", 1028: "FILESIZES", 1030: "FILEMODES",
		1033: "FILERDEVS", 1034: "FILEMTIMES", 1035: "FILEDIGESTS", 1036: "FILELINKTOS", 1037: "FILEFLAGS", 1039: "FILEUSERNAME", 1040: "FILEGROUPNAME",
		1044: "SOURCERPM", 1045: "FILEVERIFYFLAGS", 1046: "ARCHIVESIZE", 1047: "PROVIDENAME", 1048: "REQUIREFLAGS", 1049: "REQUIRENAME", 1050: "REQUIREVERSION",
		1053: "CONFLICTFLAGS", 1054: "CONFLICTNAME", 1055: "CONFLICTVERSION", 1064: "RPMVERSION", 1085: "PREINPROG", 1086: "POSTINPROG", 1087: "PREUNPROG", 1088: "POSTUNPROG",
		1090: "OBSOLETENAME", 1095: "FILEDEVICES", 1096: "FILEINODES", 1097: "FILELANGS", 1098: "PREFIXES", 1112: "PROVIDEFLAGS", 1113: "PROVIDEVERSION",
		1114: "OBSOLETEFLAGS", 1115: "OBSOLETEVERSION", 1116: "DIRINDEXES", 1117: "BASENAMES", 1118: "DIRNAMES", 1124: "PAYLOADFORMAT", 1125: "PAYLOADCOMPRESSOR",
		1126: "PAYLOADFLAGS", 5009: "LONGSIZE", 5011: "FILEDIGESTALGO", 5046: "RECOMMENDNAME", 5047: "RECOMMENDVERSION", 5048: "RECOMMENDFLAGS",
		5049: "SUGGESTNAME", 5050: "SUGGESTVERSION", 5051: "SUGGESTFLAGS", 5092: "PAYLOADDIGEST", 5093: "PAYLOADDIGESTALGO", 5097: "PAYLOADDIGESTALT",
	}
}
