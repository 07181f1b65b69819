package cred

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

type named struct{ K Keys }

func TestKeysShowNothing(t *testing.T) {
	k := Keys{ID: "CANARYid", Secret: "CANARYsecret", Token: "CANARYtoken", Expires: time.Now()}
	holder := struct {
		K Keys
		P *Keys
		L []Keys
		M map[string]Keys
		V Provider
	}{k, &k, []Keys{k}, map[string]Keys{"k": k}, Static(k)}
	var out bytes.Buffer
	// %p is not here: fmt asks no method for it, and vet refuses it.
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%T", "%5.2f", "%U"} {
		for _, v := range []any{k, &k, holder, &holder, Static(k), []any{k}} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
	}
	fmt.Fprintln(&out, k, fmt.Sprint(k), fmt.Errorf("x: %v", k))
	for _, marshal := range []func(any) ([]byte, error){json.Marshal, xml.Marshal, yaml.Marshal} {
		b, err := marshal(named{k})
		if err != nil {
			t.Error(err)
		}
		out.Write(b)
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("k", "k", k, "p", &k, "h", holder.K)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("k", "k", k, "p", &k, "v", holder)
	for _, s := range []string{out.String(), fmt.Sprintf("%s", k.String()), k.GoString()} {
		for _, form := range []string{"CANARY", "43414e415259", "43414E415259", "67 65 78"} { // hex and decimal too
			if strings.Contains(s, form) {
				t.Errorf("%s is shown:\n%s", form, s)
			}
		}
	}
}
