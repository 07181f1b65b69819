package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	xterm "golang.org/x/term"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release"
	"github.com/yingzao-dev/yingzao/release/trust"
)

// trustFlags say whose signatures count. given returns what they say; its Policy
// is nil when they say nothing.
func (a *app) trustFlags(c *cobra.Command) (given func() (trust.Options, error)) {
	keys := c.Flags().StringSlice("key", nil, a.say("a public key that must have signed, or a file with one; several: all of them", "必须有其签名的公钥，或公钥文件；给出多个时须全部签名"))
	policy := c.Flags().String("trust", "", a.say("a trust.yaml that says whose signatures count", "说明信任哪些签名的 trust.yaml"))
	rebuilders := c.Flags().Int("require-rebuilders", 0, a.say("so many other trusted parties must have built the release again to the same bytes", "须有这么多其他受信任方重建出相同的字节"))
	downgrade := c.Flags().Bool("allow-downgrade", false, a.say("an older release than one that was verified before is fine", "允许比此前校验过的版本更旧"))
	return func() (trust.Options, error) {
		o := trust.Options{AllowDowngrade: *downgrade}
		var err error
		switch {
		case *policy != "" && len(*keys) > 0:
			return o, msg.Errorf("--key and --trust exclude each other", "--key 与 --trust 不能同时使用").WithKind(msg.Usage).
				WithHint("put the key into the trust.yaml", "请把该公钥写入 trust.yaml")
		case *policy != "":
			o.Policy, err = trust.ReadPolicy(*policy)
		case len(*keys) > 0:
			var all []*trust.Key
			for _, text := range *keys {
				k, err := trust.ReadKey(text)
				if err != nil {
					return o, err
				}
				all = append(all, k)
			}
			o.Policy = trust.OfKeys(all...)
		}
		if err == nil && *rebuilders > 0 {
			if o.Policy == nil {
				return o, msg.Errorf("--require-rebuilders: whose attestations count?", "--require-rebuilders：谁的证明有效？").WithKind(msg.Usage).
					WithHint("add --trust with a trust.yaml that lists their keys", "请用 --trust 给出列有其公钥的 trust.yaml")
			}
			o.Policy.Rebuilders = max(o.Policy.Rebuilders, *rebuilders)
		}
		if dir := release.SequencesFolder(a.environ); dir != "" && o.Policy != nil {
			o.Sequences = &trust.Sequences{Dir: dir}
		}
		return o, err
	}
}

// secretFlags name the files with the keys that sign; the environment's keys are
// taken for those that are not named.
func (a *app) secretFlags(c *cobra.Command) (given func() release.Keys) {
	mini := c.Flags().String("key-file", "", a.say("a minisign secret key, mode 0600 (default: YINGZAO_SIGN_KEY)", "minisign 密钥文件，权限 0600（默认：YINGZAO_SIGN_KEY）"))
	sm2 := c.Flags().String("sm2-key-file", "", a.say("an SM2 key, PKCS #8 in PEM, with a password or not, mode 0600 (default: YINGZAO_SM2_KEY)", "SM2 密钥文件，PKCS #8 PEM，可带密码，权限 0600（默认：YINGZAO_SM2_KEY）"))
	command := c.Flags().String("command", "", a.say("a program that signs its standard input, for an HSM or UKey (arguments: put them into a script)", "为标准输入签名的程序，用于 HSM 或 UKey（如需参数请写成脚本）"))
	public := c.Flags().String("command-key", "", a.say("the public key that it signs by, or a file with it", "该程序所用密钥的公钥，或其所在文件"))
	return func() release.Keys {
		k := a.secrets()
		k.KeyFile, k.SM2KeyFile, k.CommandKey = *mini, *sm2, *public
		if *command != "" {
			k.Command = &trust.Command{Args: []string{*command}, Environ: a.environ}
		}
		for variable, file := range map[string]string{release.SignKeyVariable: *mini, release.SM2KeyVariable: *sm2} {
			if file != "" { // a file that is named goes before a variable
				k.Environ = append(k.Environ[:len(k.Environ):len(k.Environ)], variable+"=")
			}
		}
		return k
	}
}

// signSection is where the section sign of a project is.
type signSection struct{ dir, config string }

func (a *app) signSection(c *cobra.Command) *signSection {
	s := &signSection{}
	c.Flags().StringVarP(&s.dir, "dir", "C", ".", a.say("the project's folder; the release is signed as its sign section says", "项目目录；按其 sign 段签名"))
	c.Flags().StringVarP(&s.config, "config", "f", "", a.say("configuration file (default: .yingzao.yaml)", "配置文件（默认：.yingzao.yaml）"))
	return s
}

// secrets are the keys of the environment.
func (a *app) secrets() release.Keys {
	return release.Keys{Environ: a.environ, Password: a.passwords()}
}

// passwords asks on the terminal; nil when there is none.
func (a *app) passwords() trust.Password {
	in, ok := a.in.(*os.File)
	if !ok || !xterm.IsTerminal(int(in.Fd())) {
		return nil
	}
	return func(what string) (string, error) {
		a.note("password of %s: ", "%s 的密码：", what)
		b, err := xterm.ReadPassword(int(in.Fd()))
		fmt.Fprintln(a.err)
		if err != nil {
			return "", msg.Errorf("read password: %w", "读取密码：%w", err)
		}
		return string(b), nil
	}
}

// someKeys wants at least one key of those that were opened.
func someKeys(keys []trust.Signer, err error) ([]trust.Signer, error) {
	if err == nil && len(keys) == 0 {
		err = msg.Errorf("sign: there is no key", "签名：没有密钥").WithKind(msg.Usage).
			WithHint("name one with --key-file or --sm2-key-file, or a program with --command, or put its content into YINGZAO_SIGN_KEY or YINGZAO_SM2_KEY; yingzao release key new makes one",
				"请用 --key-file 或 --sm2-key-file 指定，或用 --command 指定签名程序，或将其内容放入 YINGZAO_SIGN_KEY 或 YINGZAO_SM2_KEY；yingzao release key new 可生成密钥")
	}
	return keys, err
}
