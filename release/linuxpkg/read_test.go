package linuxpkg

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
)

// small is a package without a program in it.
func small(t testing.TB, format string) []byte {
	dir := t.TempDir()
	p := fixture(t, dir, "", format, tgt(t, "linux/amd64"))
	p.Contents = p.Contents[1:]
	return pack(t, p)
}

func TestAreas(t *testing.T) {
	names := func(all []Area) (out []string) {
		for _, a := range all {
			out = append(out, a.Name)
		}
		return out
	}
	deb, err := Areas(Deb, small(t, Deb))
	if err != nil || !slices.Equal(names(deb), []string{"debian-binary", "control.tar.gz", "data.tar.gz"}) {
		t.Fatal(names(deb), err)
	}
	if got := deb[0].Fact("time"); len(got) != 1 || got[0] != "1793588645" || string(deb[0].Data) != "2.0\n" || deb[0].Fact("owner")[0] != "0/0" {
		t.Errorf("%v %q", deb[0].Facts, deb[0].Data)
	}
	rpm, err := Areas(RPM, small(t, RPM))
	if err != nil || !slices.Equal(names(rpm), []string{"lead", "signature", "header", "payload"}) {
		t.Fatal(names(rpm), err)
	}
	for _, tc := range []struct {
		area        int
		name, value string
	}{
		{0, "name", "demo"}, {2, "NAME", "demo"}, {2, "BUILDHOST", "reproducible"}, {2, "BUILDTIME", "1793588645"}, {2, "PAYLOADCOMPRESSOR", "gzip"},
		{2, "FILEUSERNAME", "root"}, {2, "FILEMODES", "33188"}, {2, "SUMMARY", "A demo 演示"},
	} {
		got := rpm[tc.area].Fact(tc.name)
		if len(got) == 0 || !strings.HasPrefix(got[0], tc.value) {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.value)
		}
	}
	for _, name := range []string{"SHA256HEADER", "SIZE", "PAYLOADSIZE"} {
		if len(rpm[1].Fact(name)) != 1 {
			t.Errorf("no %s in %v", name, rpm[1].Facts)
		}
	}
	if n := len(rpm[2].Fact("BASENAMES")); n < 10 || n != len(rpm[2].Fact("FILEMTIMES")) {
		t.Errorf("%d files", n)
	}
	for _, f := range slices.Concat(rpm[1].Facts, rpm[2].Facts) {
		if strings.HasPrefix(f.Name, "tag ") {
			t.Errorf("%s has no name: %q", f.Name, f.Values)
		}
	}
	if _, err := Areas(APK, small(t, APK)); err == nil {
		t.Error("an apk is taken apart")
	}
}

func TestHostilePackages(t *testing.T) {
	rpm, deb := small(t, RPM), small(t, Deb)
	number := func(at int, n uint32) []byte {
		b := bytes.Clone(rpm)
		binary.BigEndian.PutUint32(b[at:], n)
		return b
	}
	const first = rpmLead + rpmIntro // entry of the signature header
	many := bytes.Clone(rpm[:rpmLead])
	many = append(many, rpmMagic...)
	store := bytes.Repeat([]byte{'x'}, 1<<20)
	many = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(many, 10_000), uint32(len(store)))
	for range 10_000 {
		for _, n := range []uint32{1, 7, 0, uint32(len(store))} {
			many = binary.BigEndian.AppendUint32(many, n)
		}
	}
	many = append(many, store...)
	many = append(many, rpmMagic...)
	many = append(many, make([]byte, 8)...)
	for name, tc := range map[string]struct {
		format string
		b      []byte
	}{
		"nothing":                  {RPM, nil},
		"a lead alone":             {RPM, rpm[:rpmLead]},
		"cut short":                {RPM, rpm[:rpmLead+200]},
		"entries without end":      {RPM, number(rpmLead+8, 1<<32-1)},
		"a store without end":      {RPM, number(rpmLead+12, 1<<32-1)},
		"a tag outside":            {RPM, number(first+8, 1<<31)},
		"values without end":       {RPM, number(first+12, 1<<32-1)},
		"one text for all tags":    {RPM, many},
		"no ar":                    {Deb, []byte("!<arch>x")},
		"half a member":            {Deb, deb[:30]},
		"a member larger than all": {Deb, bytes.Replace(deb, []byte("4         `"), []byte("999999999 `"), 1)},
		"a negative size":          {Deb, bytes.Replace(deb, []byte("4         `"), []byte("-4        `"), 1)},
		"members without end":      {Deb, []byte(arMagic + strings.Repeat(strings.Repeat(" ", 48)+"0         `\n", 200))},
	} {
		if got, err := Areas(tc.format, tc.b); err == nil {
			t.Errorf("%s: %d areas", name, len(got))
		}
	}
}

func FuzzAreas(f *testing.F) {
	f.Add(true, small(f, RPM))
	f.Add(false, small(f, Deb))
	f.Fuzz(func(t *testing.T, rpm bool, b []byte) {
		format := Deb
		if rpm {
			format = RPM
		}
		all, err := Areas(format, b)
		if err != nil && all != nil {
			t.Error("areas and an error")
		}
	})
}
