package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy/config"
)

// proxyConfig is the file's section with what the flags say.
func (a *app) proxyConfig(c *cobra.Command, f proxyFlags) (config.Config, error) {
	name, data, err := f.configFile()
	if err != nil {
		return config.Config{}, err
	}
	conf := config.Default()
	if data != nil {
		if conf, err = config.Parse(name, data); err != nil {
			return conf, err
		}
	}
	if conf.Cache.Dir == config.Default().Cache.Dir {
		// The system's folder belongs to a service that its package set up.
		if dir := a.userCache(); dir != "" && !writable(conf.Cache.Dir) {
			conf.Cache.Dir = filepath.Join(dir, "yingzao", "mod")
		}
	}
	if f.listen != "" {
		conf.Listen = f.listen
	}
	if f.admin != "" {
		conf.Admin.Listen = f.admin
	}
	switch {
	case strings.Contains(f.cache, "://"):
		conf.Cache.Store = f.cache
	case f.cache != "":
		conf.Cache.Dir = f.cache
	}
	if err := config.CheckFlag("--upstream", f.upstream); err != nil {
		return conf, err
	}
	if c.Flags().Changed("upstream") {
		conf.Mirrors = nil
		for _, m := range f.upstream {
			if m != "" {
				conf.Mirrors = append(conf.Mirrors, m)
			}
		}
	}
	switch db := f.sumdb; {
	case db == "off":
		conf.SumDB.Databases = nil
	case db != "":
		conf.SumDB.Databases = []string{db}
	case a.getenv("GOSUMDB") != "" && slices.Equal(conf.SumDB.Databases, config.Default().SumDB.Databases):
		conf.SumDB.Databases = []string{a.getenv("GOSUMDB")}
	}
	if f.drain < 0 {
		return conf, msg.Errorf("--drain: %v is less than 0", "--drain：%v 小于 0", f.drain).WithKind(msg.Usage).WithHint("0 means 30s", "0 表示 30s")
	}
	if f.drain > 0 {
		conf.Limits.Drain = config.Duration(f.drain)
	}
	conf.Offline = conf.Offline || f.offline
	return conf, nil
}

// userCache is the folder for caches of the user's; "" = there is none.
func (a *app) userCache() string {
	if dir := a.getenv("XDG_CACHE_HOME"); dir != "" {
		return dir
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return dir
}

// writable reports whether a directory exists in which we may make files.
func writable(dir string) bool {
	f, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return false
	}
	_ = f.Close()
	return os.Remove(f.Name()) == nil
}
