package bkci

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/pipelines"
)

func params(t *testing.T) []pipelines.Param {
	t.Helper()
	all, err := pipelines.Params()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// agent lays out $bk_data_dir as BlueKing's agent does.
func agent(t *testing.T, input string) (dir string, getenv func(string) string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range map[string]string{".sdk.json": `{"buildType":"AGENT","secretKey":"hunter2"}`, "in.json": input} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{"bk_data_dir": dir, "bk_data_input": "in.json", "bk_data_output": "out.json"}
	return dir, func(k string) string { return env[k] }
}

func TestOpen(t *testing.T) {
	dir, getenv := agent(t, `{"publishTo":" oss://b/p ","targets":"linux/amd64,linux/loong64","bkWorkspace":"/data/ws","pipeline.id":"p-1",
		"accessKeyId":"AK","accessKeySecret":"SK","stage":"build","BK_CI_GIT_REPO_TAG":"v1.0.0","somethingNew":"x","count":3,"profile":""}`)
	a, err := Open(params(t), getenv)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, ".sdk.json")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the agent's token is still there")
	}
	if a.Workspace != "/data/ws" || a.Stage != "build" || a.Tag != "v1.0.0" || a.Inputs["publish_to"] != "oss://b/p" || a.Inputs["profile"] != "" {
		t.Errorf("%+v", a)
	}
	env, err := a.Environment()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"BK_CI_PIPELINE_ID=p-1", "OSS_ACCESS_KEY_ID=AK", "OSS_ACCESS_KEY_SECRET=SK"} {
		if !slices.Contains(env, want) {
			t.Errorf("no %s in %v", want, env)
		}
	}
	// What the plug-in hands over is what pipeline run takes.
	text := strings.TrimPrefix(env[0], pipelines.ParamsVariable+"=")
	v, err := pipelines.Resolve(params(t), nil, func(k string) string { return map[string]string{pipelines.ParamsVariable: text}[k] })
	if err != nil || v["targets"] != "linux/amd64,linux/loong64" {
		t.Errorf("%v, %v", v, err)
	}
	if strings.Contains(text, "SK") {
		t.Error("the parameters hold a secret")
	}
}

func TestKeysGoToTheirCloud(t *testing.T) {
	for to, want := range map[string]string{"oss://b/p": "OSS_ACCESS_KEY_SECRET=SK", "cos://b-1/p": "TENCENTCLOUD_SECRET_KEY=SK", "s3://b/p": "AWS_SECRET_ACCESS_KEY=SK", "/srv/dl": ""} {
		_, getenv := agent(t, `{"publishTo":"`+to+`","accessKeyId":"AK","accessKeySecret":"SK"}`)
		a, err := Open(params(t), getenv)
		if err != nil {
			t.Fatal(err)
		}
		env, _ := a.Environment()
		got := slices.DeleteFunc(env, func(s string) bool { return !strings.HasSuffix(s, "=SK") })
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", to, got, want)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	if _, err := Open(params(t), func(string) string { return "" }); msg.KindOf(err) != msg.Usage {
		t.Errorf("outside of BlueKing: %v", err)
	}
	for _, input := range []string{"", "[]", "{", `"x"`} {
		dir, getenv := agent(t, input)
		if _, err := Open(params(t), getenv); err == nil || !strings.Contains(msg.In(err, msg.Chinese), "读取插件输入") {
			t.Errorf("%q: %v", input, err)
		}
		if _, err := os.Stat(filepath.Join(dir, ".sdk.json")); err == nil {
			t.Errorf("%q: the agent's token survives a failure", input)
		}
	}
	dir, getenv := agent(t, "{}")
	if err := os.Remove(filepath.Join(dir, "in.json")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(params(t), getenv); err == nil {
		t.Error("no input, no error")
	}
}

func TestClose(t *testing.T) {
	for _, c := range []struct {
		code   int
		status string
		exit   int
	}{{0, "success", 0}, {1, "failure", 1}, {3, "failure", 1}, {2, "error", 2}, {4, "error", 2}} {
		dir, getenv := agent(t, "{}")
		a, err := Open(params(t), getenv)
		if err != nil {
			t.Fatal(err)
		}
		o := Outcome{Code: c.code, Message: "m", Outputs: ParseEnv("YINGZAO_URL=https://dl.example.cn/a?b=c\n\n# x\n"), Files: []string{"/ws/dist/a.tar.gz"}}
		if err := a.Close(context.Background(), o); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(dir, "out.json"))
		if err != nil {
			t.Fatal(err)
		}
		var out struct {
			Status, Message, Type string
			ErrorCode             int
			Data                  map[string]struct {
				Type  string
				Value any
			}
		}
		if err := json.Unmarshal(b, &out); err != nil {
			t.Fatal(err)
		}
		if out.Status != c.status || o.Exit() != c.exit || out.Type != "default" || out.Data["YINGZAO_URL"].Value != "https://dl.example.cn/a?b=c" || out.Data["artifacts"].Type != "artifact" {
			t.Errorf("code %d: %s", c.code, b)
		}
	}
}
