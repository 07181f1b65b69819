package bkci

import (
	"cmp"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/pipelines"
)

// Inputs of task.json that are no parameters, because secrets are none.
const (
	KeyID     = "accessKeyId"
	KeySecret = "accessKeySecret"
)

// maxInput bounds input.json; BlueKing's own limit for a variable is far below.
const maxInput = 4 << 20

// Atom is one run of the plug-in.
type Atom struct {
	Workspace string // where the sources are; "" = not said, the current folder
	Stage     string // what to run
	Inputs    pipelines.Values
	Tag       string // the tag the pipeline runs for; "" = none

	pipeline         string
	keyID, keySecret string
	output           string
}

// Open takes over what BlueKing left in $bk_data_dir. The agent's token is removed
// before anything else happens. Inputs that are neither parameters nor BlueKing's
// own are ignored: later versions of it add some.
func Open(params []pipelines.Param, getenv func(string) string) (*Atom, error) {
	dir := getenv("bk_data_dir")
	if dir == "" {
		return nil, msg.Errorf("run plug-in: bk_data_dir is not set", "运行插件：未设置 bk_data_dir").WithKind(msg.Usage).
			WithHint("BlueKing runs this command; elsewhere use yingzao pipeline run", "该命令由蓝盾调用；在其他环境中请使用 yingzao pipeline run")
	}
	if err := os.Remove(filepath.Join(dir, ".sdk.json")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, msg.Errorf("run plug-in: remove the agent's token: %w", "运行插件：删除构建机令牌文件：%w", err)
	}
	a := &Atom{Inputs: pipelines.Values{}, output: filepath.Join(dir, cmp.Or(getenv("bk_data_output"), "output.json"))}
	all, err := readInput(filepath.Join(dir, cmp.Or(getenv("bk_data_input"), "input.json")))
	if err != nil {
		return nil, err
	}
	for _, p := range params {
		if v := strings.TrimSpace(all[p.Camel()]); v != "" && p.In("bkci") {
			a.Inputs[p.Name] = v
		}
	}
	a.Stage = cmp.Or(a.Inputs["stage"], "release")
	a.Workspace = cmp.Or(all["bkWorkspace"], getenv("WORKSPACE"))
	a.Tag = cmp.Or(all["BK_CI_GIT_REPO_TAG"], getenv("BK_CI_GIT_REPO_TAG"))
	a.pipeline = cmp.Or(all["pipeline.id"], getenv("BK_CI_PIPELINE_ID"), "unknown")
	a.keyID, a.keySecret = all[KeyID], all[KeySecret]
	return a, nil
}

func readInput(name string) (map[string]string, error) {
	fail := func(en, zh string, args ...any) error {
		return msg.Errorf("read plug-in's input: %s", "读取插件输入：%s", msg.Textf(en, zh, args...))
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, fail("%v", "%v", err)
	}
	if info.Size() > maxInput {
		return nil, fail("%d bytes are too many", "%d 字节，过大", info.Size())
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fail("%v", "%v", err)
	}
	var raw map[string]any
	if json.Unmarshal(b, &raw) != nil {
		return nil, fail("no JSON object", "不是 JSON 对象")
	}
	all := map[string]string{}
	for k, v := range raw {
		if s, ok := v.(string); ok {
			all[k] = s
		}
	}
	return all, nil
}

// Environment is what the inputs add to the environment of the stage: the
// parameters, and the keys in the variables of the clouds that are published to.
func (a *Atom) Environment() ([]string, error) {
	text, err := json.Marshal(without(a.Inputs, "stage"))
	if err != nil {
		return nil, err
	}
	env := []string{pipelines.ParamsVariable + "=" + string(text), "BK_CI_PIPELINE_ID=" + a.pipeline, "BK_CI_GIT_REPO_TAG=" + a.Tag}
	if a.keyID == "" {
		return env, nil
	}
	for _, to := range a.Inputs.List("publish_to") {
		switch scheme, _, _ := strings.Cut(to, "://"); scheme {
		case "oss":
			env = append(env, "OSS_ACCESS_KEY_ID="+a.keyID, "OSS_ACCESS_KEY_SECRET="+a.keySecret)
		case "cos":
			env = append(env, "TENCENTCLOUD_SECRET_ID="+a.keyID, "TENCENTCLOUD_SECRET_KEY="+a.keySecret)
		case "s3":
			env = append(env, "AWS_ACCESS_KEY_ID="+a.keyID, "AWS_SECRET_ACCESS_KEY="+a.keySecret)
		}
	}
	return env, nil
}

func without(v pipelines.Values, name string) pipelines.Values {
	rest := pipelines.Values{}
	for k, s := range v {
		if k != name {
			rest[k] = s
		}
	}
	return rest
}
