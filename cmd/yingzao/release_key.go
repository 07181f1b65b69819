package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release"
	"github.com/yingzao-dev/yingzao/release/trust"
)

// releaseKey makes and shows signing keys.
func (a *app) releaseKey() *cobra.Command {
	c := a.command("key", msg.Text{EN: "make and show signing keys, and follow a change of keys", ZH: "生成与查看签名密钥，跟随密钥更换"}, msg.Text{})
	c.AddCommand(a.releaseKeyNew(), a.releaseKeyShow(), a.releaseKeyUpdate())
	return c
}

func (a *app) releaseKeyNew() *cobra.Command {
	c := a.command("new", msg.Text{EN: "make a key pair: FILE, and FILE.pub for everybody", ZH: "生成密钥对：FILE 与可公开的 FILE.pub"}, msg.Text{
		EN: "The password is asked for on the terminal, or taken from YINGZAO_SIGN_PASSWORD. Opening a minisign key\nunder one takes a second or more and a gibibyte of memory, which is minisign's own choice; an SM2 key\n(PKCS #8, as openssl reads it) takes a fraction of a second. A key for CI that is kept as a secret there\nmay do without: --no-password.",
		ZH: "密码在终端中询问，或取自 YINGZAO_SIGN_PASSWORD。打开带密码的 minisign 密钥需要一秒以上和 1 GiB 内存，\n这是 minisign 的既定参数；SM2 密钥（PKCS #8，openssl 可读）只需不到一秒。在 CI 中作为机密保存的密钥可以不设密码：--no-password。",
	})
	out := c.Flags().String("out", "", a.say("file for the secret key; it must not be there", "密钥文件；不得已存在"))
	sm2 := c.Flags().Bool("sm2", false, a.say("an SM2 key, instead of Ed25519 in minisign's format", "生成 SM2 密钥，而非 minisign 格式的 Ed25519"))
	none := c.Flags().Bool("no-password", false, a.say("no password; the file's mode is the only protection", "不设密码；仅靠文件权限保护"))
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *out == "" {
			return msg.Errorf("key new: no file is named", "生成密钥：未指定文件").WithKind(msg.Usage).WithHint("add --out FILE", "请添加 --out FILE")
		}
		password := ""
		if !*none {
			var err error
			if password, err = a.newPassword(*out); err != nil {
				return err
			}
		}
		make := trust.NewMinisign
		if *sm2 {
			make = trust.NewSM2
		}
		secret, public, err := make(password)
		if err != nil {
			return err
		}
		if err := trust.WriteSecret(*out, secret); err != nil {
			return err
		}
		if err := os.WriteFile(*out+".pub", []byte(public.Text()), 0o644); err != nil { //nolint:gosec // it is for everybody
			return msg.Errorf("write public key: %w", "写入公钥：%w", err)
		}
		a.printf("secret key  %s (keep it, and a copy off this computer)\npublic key  %s.pub\n", "密钥  %s（请妥善保管，并在其他地方留一份备份）\n公钥  %s.pub\n", *out, *out)
		return a.printKey(public)
	}
	return c
}

// newPassword asks twice.
func (a *app) newPassword(what string) (string, error) {
	ask := a.passwords()
	word := a.getenv(release.SignPasswordVariable)
	if word == "" && ask != nil {
		first, err := ask(what)
		if err != nil {
			return "", err
		}
		if word, err = ask(a.say(what+" again", what+"（再次输入）")); err != nil {
			return "", err
		}
		if word != first {
			return "", msg.Errorf("key new: the two passwords differ", "生成密钥：两次输入的密码不同").WithKind(msg.Usage)
		}
	}
	if word == "" {
		return "", msg.Errorf("key new: no password was given", "生成密钥：未给出密码").WithKind(msg.Usage).
			WithHint("run it on a terminal, set YINGZAO_SIGN_PASSWORD, or add --no-password", "请在终端中运行、设置 YINGZAO_SIGN_PASSWORD，或添加 --no-password")
	}
	return word, nil
}

func (a *app) releaseKeyShow() *cobra.Command {
	c := a.command("show [FILE]", msg.Text{EN: "show the public key of a file or of the environment's keys", ZH: "显示文件或环境变量中密钥的公钥"}, msg.Text{})
	c.Args = cobra.MaximumNArgs(1)
	c.RunE = func(_ *cobra.Command, args []string) error {
		k := a.secrets()
		if len(args) == 1 {
			if public, err := trust.ReadKey(args[0]); err == nil {
				return a.printKey(public)
			}
			secret, err := trust.ReadSecret(args[0])
			if err != nil {
				return err
			}
			k.Environ = append(k.Environ[:len(k.Environ):len(k.Environ)], release.SignKeyVariable+"=", release.SM2KeyVariable+"=")
			if trust.IsPEM(secret) {
				k.SM2KeyFile = args[0]
			} else {
				k.KeyFile = args[0]
			}
		}
		keys, err := someKeys(k.Signers())
		if err != nil {
			return err
		}
		for _, s := range keys {
			if err := a.printKey(s.Key()); err != nil {
				return err
			}
		}
		return nil
	}
	return c
}

// printKey shows a public key, and how others check with it.
func (a *app) printKey(k *trust.Key) error {
	a.printf("%s key  %s\n%s", "%s 密钥  %s\n%s", k.Kind(), k.ID(), k.Text())
	if line := k.Line(); line != "" {
		a.printf("check with  minisign -Vm SHA256SUMS -P %s\n", "校验命令  minisign -Vm SHA256SUMS -P %s\n", line)
		return nil
	}
	a.printf("check with  openssl dgst -sm3 -verify KEY.pub -signature SM3SUMS.sm2sig -sigopt %s SM3SUMS\n", "校验命令  openssl dgst -sm3 -verify KEY.pub -signature SM3SUMS.sm2sig -sigopt %s SM3SUMS\n", trust.OpensslUserID)
	return nil
}

func (a *app) releaseKeyUpdate() *cobra.Command {
	c := a.command("update NEXT…", msg.Text{EN: "replace a trust.yaml by the next, if the present holders signed it", ZH: "用新的 trust.yaml 替换现有的（须由现有持有者签名）"}, msg.Text{
		EN: "Each NEXT has to be signed by as many holders of the file before it as that file asks for, in\nNEXT.minisig, NEXT.KEYID.minisig, NEXT.sm2sig, and to have a higher serial.",
		ZH: "每个 NEXT 都必须由前一个文件要求数量的持有者签名（NEXT.minisig、NEXT.KEYID.minisig、NEXT.sm2sig），\n且 serial 更大。",
	})
	c.Args = cobra.MinimumNArgs(1)
	current := c.Flags().String("trust", trust.PolicyFile, a.say("the present file", "现有文件"))
	c.RunE = func(c *cobra.Command, args []string) error {
		p, err := release.UpdateTrust(c.Context(), *current, args)
		if err != nil {
			return err
		}
		a.printf("%s now has serial %d: %d keys, threshold %d\n", "%s 的 serial 现为 %d：%d 个密钥，需要 %d 人签名\n", *current, p.Serial, len(p.Keys), p.Threshold)
		return nil
	}
	return c
}
