package server

import (
	"context"
	"crypto/x509"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/config"
	"github.com/yingzao-dev/yingzao/proxy/sumdb"
	"github.com/yingzao-dev/yingzao/proxy/upstream"
	"github.com/yingzao-dev/yingzao/proxy/vcs"
)

// everything is the name of the route that the mirrors are.
const everything = "mirrors"

// makeRoutes makes the routes of the file, and behind them that of the mirrors.
func (b *builder) makeRoutes() error {
	for i := range b.c.Routes {
		r, err := b.route(&b.c.Routes[i])
		if err != nil {
			return err
		}
		b.routes = append(b.routes, r)
	}
	last := proxy.Route{Pattern: "*", Name: everything}
	if len(b.c.Mirrors) > 0 && !b.c.Offline {
		pool, err := b.pool(everything, b.c.Mirrors, b.d.HTTP)
		if err != nil {
			return err
		}
		b.main, last.Source = pool, pool
	}
	b.routes = append(b.routes, last)
	return nil
}

// route makes one route with its source.
func (b *builder) route(r *config.Route) (proxy.Route, error) {
	out := proxy.Route{Pattern: strings.Join(r.Match, ","), Name: r.Name, Block: r.Block, Versions: r.Versions, Private: r.Hidden()}
	for _, name := range r.Access {
		hash, ok := b.tokens[name]
		if !ok {
			return out, msg.Errorf("route %s: %s has no token in %s", "路由 %s：%[3]s 中没有 %[2]s 的令牌", r.Name, name, b.c.TokensFile).WithKind(msg.Usage)
		}
		if out.Tokens == nil {
			out.Tokens = map[string]proxy.TokenHash{}
		}
		out.Tokens[name] = hash
	}
	if b.c.Offline {
		return out, nil
	}
	http := b.d.HTTP
	if r.CAFile != "" {
		pool, err := b.authorities(r.CAFile)
		if err != nil {
			return out, err
		}
		http.RootCAs = pool
	}
	var err error
	switch {
	case r.Git.URL != "":
		out.Source, err = b.git(r, http)
	case len(r.Mirrors) > 0:
		var list []string
		if list, err = b.withToken(r); err == nil {
			out.Source, err = b.pool(r.Name, list, http)
		}
	}
	if err != nil {
		return out, msg.Errorf("route %s: %w", "路由 %s：%w", r.Name, err)
	}
	return out, nil
}

// git makes the source of a route's repositories.
func (b *builder) git(r *config.Route, http httpx.Options) (proxy.Source, error) {
	o := vcs.Options{Dir: filepath.Join(b.c.Cache.Dir, ".yingzao", "vcs"), HTTP: http, Getenv: b.d.Getenv, Log: b.d.Log}
	for _, prefix := range r.Match {
		o.Repos = append(o.Repos, vcs.Repo{Prefix: prefix, URL: r.Git.URL, Depth: r.Git.Depth, MaxDepth: r.Git.MaxDepth, MaxBytes: max(int64(r.Git.MaxSize), 0),
			Auth:   vcs.Auth{User: r.User, TokenFile: r.TokenFile, KeyFile: r.SSHKeyFile, KnownHosts: r.KnownHostsFile},
			CAFile: r.CAFile, LFS: vcs.LFS(r.LFS)})
	}
	g, err := vcs.New(o)
	if err != nil {
		return nil, err
	}
	b.later(func(context.Context) error { g.Close(); return nil })
	return g, nil
}

// pool makes a pool of mirrors whose health is shown.
func (b *builder) pool(name string, mirrors []string, http httpx.Options) (*upstream.Pool, error) {
	hosts, nets := b.allowed()
	hosts = append(hosts, b.written(mirrors...)...)
	p, err := upstream.New(upstream.Options{Name: name, Mirrors: mirrors, HTTP: http, AllowHosts: hosts, AllowNets: nets, Log: b.d.Log})
	if err != nil {
		return nil, err
	}
	b.later(func(context.Context) error { p.Close(); return nil })
	b.health = append(b.health, func() []Mirror {
		var out []Mirror
		for _, h := range p.Health() {
			out = append(out, Mirror{Name: h.URL, State: string(h.State), Latency: h.Latency, Success: h.Success, Error: string(h.LastError), Since: h.Since})
		}
		return out
	})
	return p, nil
}

// withToken are a route's mirrors with the token that its file holds.
func (b *builder) withToken(r *config.Route) ([]string, error) {
	if r.TokenFile == "" {
		return r.Mirrors, nil
	}
	token, err := mirrorToken(r.TokenFile)
	if err != nil {
		return nil, msg.Errorf("read the token %s: %w", "读取令牌 %s：%w", r.TokenFile, err).WithKind(msg.Usage)
	}
	user := r.User
	if user == "" {
		user = "token"
	}
	var out []string
	for _, m := range r.Mirrors {
		u, err := url.Parse(m)
		if err != nil {
			return nil, httpx.Error(err)
		}
		u.User = url.UserPassword(user, token)
		out = append(out, u.String())
	}
	return out, nil
}

// mirrorToken is what a file that its owner alone can read holds.
func mirrorToken(name string) (string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return "", err
	}
	if err := ownersAlone(info); err != nil {
		return "", err
	}
	data, err := os.ReadFile(name)
	token := strings.TrimSpace(string(data))
	if err == nil && token == "" {
		return "", msg.Errorf("it is empty", "文件为空")
	}
	return token, err
}

// authorities are the system's, those of the file as a whole and those of a route;
// nil where the file names none.
func (b *builder) authorities(route string) (*x509.CertPool, error) {
	var pems [][]byte
	for _, name := range []string{b.c.HTTP.CAFile, route} {
		if name == "" {
			continue
		}
		pem, err := os.ReadFile(name)
		if err != nil {
			return nil, msg.Errorf("read authorities: %w", "读取证书颁发机构：%w", err).WithKind(msg.Usage)
		}
		pems = append(pems, pem)
	}
	if pems == nil {
		return nil, nil
	}
	return httpx.Pool(pems...)
}

// databases opens the checksum databases. The first proves what is fetched.
func (b *builder) databases(ctx context.Context, o *Options) error {
	o.Databases = map[string]Database{}
	refuse := func(path string) bool {
		r := b.routes.For(path, "")
		return r == nil || r.Private
	}
	for _, value := range b.c.SumDB.Databases {
		db, err := goenv.ParseSumDB(value)
		if err != nil {
			return msg.Errorf("read checksum database: %w", "读取校验数据库：%w", err).WithKind(msg.Usage)
		}
		if db.Off {
			continue
		}
		sources, err := b.ways(db)
		if err != nil {
			return err
		}
		d, err := sumdb.Open(ctx, sumdb.Options{Key: db.Key, Sources: sources, Cache: b.cache, Refuse: refuse, Log: b.d.Log})
		if err != nil {
			return err
		}
		b.later(func(context.Context) error { return d.Close() })
		if b.all = append(b.all, d); b.proves == nil {
			b.proves = d
		}
		o.Databases[d.Name()] = d
		if d.Name() == goenv.PublicSumDB {
			o.Databases[alias] = d
		}
	}
	return nil
}

// ways are the mirrors, then the database's own hosts.
func (b *builder) ways(db goenv.SumDB) ([]mirror.Source, error) {
	if b.c.Offline {
		return nil, nil
	}
	var out []mirror.Source
	if b.main != nil {
		out = b.main.SumSources(db.Name)
	}
	direct := []string{"https://" + db.Name}
	switch {
	case db.URL != nil:
		direct = []string{db.URL.String()}
	case db.Public():
		direct = append(direct, "https://"+goenv.PublicSumDBAlias)
	}
	client := b.client(direct...)
	for _, url := range direct {
		s, err := mirror.Direct(url, client)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// written are the hosts of URLs that somebody wrote into the configuration, and of
// the HTTP proxies that lead there: those may be inside the own network, where a
// site's mirror usually is. What we name by default may not.
func (b *builder) written(urls ...string) []string {
	var out []string
	for _, raw := range urls {
		u, err := url.Parse(strings.TrimSpace(raw))
		if err != nil || u.Host == "" {
			continue
		}
		if !slices.Contains(config.DefaultMirrors(), raw) && !slices.Contains(config.DefaultDownloads(), raw) {
			out = append(out, u.Host)
		}
		if b.d.HTTP.Proxy == nil {
			continue
		}
		if via, err := b.d.HTTP.Proxy(u); err == nil && via != nil {
			out = append(out, via.Host)
		}
	}
	return out
}
