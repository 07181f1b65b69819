package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/rules"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// options reads policy and baseline and checks the words.
func (o *checkOptions) options() (envcheck.Options, error) {
	opts := envcheck.Options{Only: o.only, Skip: o.skip}
	usage := func(en, zh string, args ...any) error {
		return msg.Errorf(en, zh, args...).WithKind(msg.Usage).WithHint("yingzao check --help shows the flags", "yingzao check --help 可查看选项")
	}
	switch {
	case !slices.Contains(checkFormats, o.format):
		return opts, usage("check: --format %q: it is one of %s", "check：--format %q：可取 %s", o.format, strings.Join(checkFormats, ", "))
	case o.online && o.offline:
		return opts, usage("check: --online and --offline exclude each other", "check：--online 与 --offline 不能同时使用")
	case o.dryRun && o.fix == "":
		return opts, usage("check: --dry-run goes with --fix", "check：--dry-run 需与 --fix 一起使用")
	case (o.proof != "" || o.writeProof != "") && !o.deep:
		return opts, usage("check: --proof and --write-proof go with --deep", "check：--proof 与 --write-proof 需与 --deep 一起使用")
	case o.writeProof != "" && !o.online:
		return opts, usage("check: --write-proof needs --online", "check：--write-proof 需要 --online")
	case o.writeBaseline != "" && o.reason == "":
		return opts, usage("check: --write-baseline needs --reason", "check：--write-baseline 需要 --reason")
	}
	for _, word := range append(slices.Clone(o.only), o.skip...) {
		if err := knownCode(word, true); err != nil {
			return opts, err
		}
	}
	if file := o.policyFile(); file != "" {
		data, err := os.ReadFile(file)
		if err != nil {
			return opts, msg.Errorf("read the policy: %w", "读取策略：%w", err).WithKind(msg.Usage)
		}
		if opts.Policy, err = envcheck.ParsePolicy(file, data); err != nil {
			return opts, err
		}
		for code := range opts.Policy.Rules {
			if err := knownCode(code, false); err != nil {
				return opts, msg.Errorf("%s: check.rules: %w", "%s：check.rules：%w", file, err).WithKind(msg.Usage)
			}
		}
	}
	name, base := o.profile, o.baseline
	if name == "" {
		name = opts.Policy.Profile
	}
	if base == "" && opts.Policy.Baseline != "" {
		base = filepath.Join(filepath.Dir(opts.Policy.File), opts.Policy.Baseline)
	}
	var err error
	if opts.Profile, err = envcheck.ProfileNamed(name); err != nil {
		return opts, err
	}
	if base != "" {
		data, err := os.ReadFile(base)
		if err != nil {
			return opts, msg.Errorf("read the baseline: %w", "读取基线：%w", err).WithKind(msg.Usage)
		}
		if opts.Baseline, err = envcheck.ParseBaseline(base, data); err != nil {
			return opts, err
		}
	}
	word := o.failOnWord
	if word == "" {
		word = opts.Policy.FailOn
	}
	if word == "" {
		word = string(envcheck.Error)
	}
	o.failOn, err = envcheck.ParseSeverity(word)
	return opts, err
}

// knownCode refuses a code, or where areas are allowed an area, that does not
// exist: it would silently ask for nothing.
func knownCode(word string, areas bool) error {
	var names []string
	for _, r := range rules.All() {
		names = append(names, r.Code)
	}
	if areas {
		for _, ar := range envcheck.Areas() {
			names = append(names, ar.Letters)
		}
	}
	if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, word) }) {
		return nil
	}
	return unknownRule(word, names)
}
