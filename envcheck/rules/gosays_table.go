package rules

import (
	"regexp"
	"sync"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func saying(pattern, en, zh string, codes ...string) Saying {
	return Saying{Pattern: regexp.MustCompile(pattern), Codes: codes, Means: msg.Text{EN: en, ZH: zh}}
}

// sayings are compiled when they are first wanted: a check never does.
var sayings = sync.OnceValue(func() []Saying {
	return []Saying{
		// GOPROXY
		saying(`GOPROXY list is not the empty string, but contains no entries`, "GOPROXY holds only separators, or GOROOT/go.env, which has its default, is missing.", "GOPROXY 只有分隔符，或保存其默认值的 GOROOT/go.env 缺失。", "PRX001", "ROOT006"),
		saying(`invalid proxy URL missing scheme: (?i:direct|off|none)`, "direct and off are lower-case words; anything else is taken for a URL.", "direct 与 off 只能小写；其他写法会被当作 URL。", "PRX002"),
		saying(`invalid proxy URL missing scheme`, "An entry of GOPROXY is neither direct, off nor a URL with https://.", "GOPROXY 中有一项既不是 direct、off，也不是带 https:// 的 URL。", "PRX002", "PRX006"),
		saying(`(Get|Head) "https://(direct|off)/`, "direct with a character after it was taken for a host name.", "direct 后多了字符，被当成了主机名。", "PRX003"),
		saying(`invalid proxy URL scheme \(must be https, http, file\)`, "GOPROXY names a scheme that the go command does not speak.", "GOPROXY 使用了 go 命令不支持的协议。", "PRX006"),
		saying(`invalid file:// proxy URL with non-path elements`, "A file:// mirror has a host: three slashes are needed, file:///path.", "file:// 镜像带了主机名：需要三个斜杠，file:///path。", "PRX006"),
		saying(`refusing to pass credentials to insecure URL`, "GOPROXY holds a user name or password in an http:// URL. Use https:// and netrc.", "GOPROXY 在 http:// URL 中带有用户名或密码。请改用 https:// 并把凭据放入 netrc。", "PRX015"),
		saying(`zip: not a valid zip file`, "The mirror answered with something that is no archive: a login page of the network, or a damaged copy. Log in to the network, or try another mirror.", "镜像返回的不是归档：可能是网络登录页，也可能是损坏的副本。请先完成网络认证，或换一个镜像。", "PRX016", "PRX019"),
		saying(`invalid response from proxy`, "The mirror answered with something that is not the module protocol, most often a login or error page.", "镜像返回的内容不符合模块协议，多半是登录页或错误页。", "PRX016"),
		saying(`proxy returned info for version .* instead of requested version`, "The mirror answered for another version: it is broken or rewrites modules.", "镜像返回了别的版本：它有故障，或在改写模块。", "PRX019"),
		saying(`reading .*/sumdb/.*/supported: (4|5)\d\d`, "A mirror neither serves the checksum database nor says that it does not (404). The go command stops there unless | follows the mirror.", "该镜像既不提供校验和数据库，也没有明确答复“没有”（404）。除非其后为 |，go 命令会就此停止。", "SUM006"),
		saying(`golang\.org/toolchain@.*(403 Forbidden|not available|40[34])`, "The mirror does not serve this Go toolchain. Install the version yourself, or use a mirror that has it.", "该镜像不提供此 Go 工具链。请自行安装该版本，或换用提供它的镜像。", "TCH002"),
		saying(`This module version is not available`, "The mirror does not serve this version. Another mirror may: join them with |.", "该镜像不提供此版本。其他镜像可能有：用 | 连接多个镜像。", "TCH002", "PRX017"),
		saying(`reading .*: (401 Unauthorized|403 Forbidden|407 Proxy)`, "The mirror refuses. After a comma the go command stops here; after | it would ask the next mirror.", "镜像拒绝访问。逗号之后 go 命令到此为止；若为 | 则会询问下一个镜像。", "PRX017"),
		saying(`reading .*: 5\d\d `, "The mirror is in trouble. Join mirrors with | so that the next one is asked.", "镜像出现故障。请用 | 连接镜像，以便询问下一个。", "PRX018", "PRX010"),
		saying(`(module|package) .*: reading file://.*no such file or directory|open .*/cache/download/.*: no such file`, "The folder that GOPROXY names does not hold this module.", "GOPROXY 指向的目录中没有该模块。", "PRX021"),
		saying(`module lookup disabled by GOPROXY=off`, "GOPROXY=off forbids every download, and the module is not in the cache.", "GOPROXY=off 禁止一切下载，而缓存中没有该模块。", "PRX020"),
		// GOSUMDB
		saying(`invalid GOSUMDB: malformed verifier id`, "GOSUMDB must be exactly sum.golang.org, sum.golang.google.cn, off, or a whole verifier key: no URL, no blank around it.", "GOSUMDB 必须恰为 sum.golang.org、sum.golang.google.cn、off 或完整的验证密钥：不能是 URL，首尾不能有空格。", "SUM002", "SUM003", "SUM004"),
		saying(`invalid GOSUMDB|missing GOSUMDB`, "GOSUMDB cannot be read as a checksum database.", "GOSUMDB 无法被识别为校验和数据库。", "SUM002"),
		saying(`checksum database disabled by GOSUMDB=off`, "A Go toolchain is always checked against the database, and GOSUMDB=off makes that impossible. Remove the setting.", "Go 工具链总要经校验和数据库核对，GOSUMDB=off 使其无法进行。请删除该设置。", "SUM001", "SUM008"),
		saying(`SECURITY ERROR|checksum mismatch`, "The bytes are not those that were recorded. Do not switch the check off: compare with another mirror, clean the module cache (go clean -modcache), and if it stays, somebody has changed the module.", "内容与记录不符。不要关闭校验：请换一个镜像比对，并清理模块缓存（go clean -modcache）；若依旧，则模块已被改动。", "PRX019", "SUM014"),
		saying(`missing go\.sum entry`, "go.sum has no line for a module that is needed. Run go mod tidy and commit go.sum.", "go.sum 缺少所需模块的条目。请运行 go mod tidy 并提交 go.sum。", "SUM012"),
		saying(`cannot authenticate record data`, "A proof from the checksum database was tampered with.", "来自校验和数据库的证明被篡改。", "ROOT007"),
		saying(`checking tree#\d+`, "The database's signed head is older than the one this client has seen before, or the proof between them is missing.", "数据库签名的树头比本机见过的旧，或缺少两者之间的一致性证明。", "SUM007"),
		// toolchains
		saying(`download go[\d.]+\S* for .*: toolchain not available`, "go.mod wants a newer Go, and no mirror may be asked for it: GOPROXY is off or direct.", "go.mod 需要更新的 Go，但没有镜像可供下载：GOPROXY 为 off 或 direct。", "TCH002"),
		saying(`requires go >= .* \(running go .*\)`, "go.mod wants a newer Go than the one that runs, and GOTOOLCHAIN forbids to fetch it. Install that version.", "go.mod 要求的 Go 比当前版本新，而 GOTOOLCHAIN 不允许下载。请安装该版本。", "TCH001"),
		saying(`invalid GOTOOLCHAIN`, "Every go command fails, go env -u too. go env -w GOTOOLCHAIN=auto works, or yingzao check --fix.", "所有 go 命令都会失败，包括 go env -u。可用 go env -w GOTOOLCHAIN=auto 或 yingzao check --fix 修复。", "ENV010", "TCH007"),
		saying(`(go\.mod|go\.work):\d+: invalid (go|toolchain) version|invalid toolchain`, "The go or toolchain line cannot be read.", "go 行或 toolchain 行无法识别。", "TCH003"),
		saying(`errors parsing (\S*go\.mod|\S*go\.work)`, "go.mod or go.work cannot be read; the next lines say where.", "go.mod 或 go.work 无法解析；后续几行给出位置。", "MOD004", "TCH003"),
		// the Go installation
		saying(`cannot find GOROOT directory`, "GOROOT names a folder that does not exist. Remove the setting; where it stands in the env file, yingzao check --fix does so without go.", "GOROOT 指向不存在的目录。请删除该设置；若它在 env 文件中，yingzao check --fix 无需 go 即可修复。", "ENV010", "ROOT002"),
		saying(`'go' binary is trimmed and GOROOT is not set`, "The go command was copied out of its folder. Make a symbolic link instead.", "go 命令被单独拷出了安装目录。请改用符号链接。", "ROOT005"),
		saying(`package .* is not in std`, "An import without a dot is searched in GOROOT only: a local package misspelt, or GOROOT of another version.", "不含点号的导入只在 GOROOT 中查找：本地包名写错，或 GOROOT 属于其他版本。", "ROOT003", "ROOT002"),
		saying(`does not match go tool version`, "GOROOT is of another version than the go command.", "GOROOT 与 go 命令的版本不同。", "ROOT003"),
		// settings
		saying(`unknown go command variable`, "There is no such setting: misspelt, or one that never existed.", "没有这个设置：拼写错误，或从未存在过。", "SUM010", "ENV009"),
		saying(`does not override conflicting OS environment variable`, "go env -w wrote the value, but a variable of the environment wins.", "go env -w 已写入，但环境变量优先生效。", "ENV001"),
		saying(`GOCACHE=off|GOCACHE is not an absolute path|build cache is disabled by GOCACHE=off`, "GOCACHE must be an absolute path, and it cannot be switched off.", "GOCACHE 必须是绝对路径，且不能关闭。", "CCH009"),
		saying(`build cache is required.*GOCACHE is not defined|module cache not found: neither GOMODCACHE nor GOPATH is set`, "HOME is not set: services and CI jobs often have none. Set HOME, or GOCACHE and GOPATH.", "HOME 未设置：服务与 CI 作业中常见。请设置 HOME，或设置 GOCACHE 与 GOPATH。", "ENV008"),
		saying(`parsing \$GOFLAGS: (unknown flag|non-flag)`, "GOFLAGS holds something that is no flag of any go command; every command but go env fails.", "GOFLAGS 中含有任何 go 命令都不认识的内容；除 go env 外的命令都会失败。", "FLG001"),
		saying(`-insecure flag is no longer supported`, "GOFLAGS holds -insecure. Use GOINSECURE for the one host that needs it.", "GOFLAGS 含有 -insecure。请只对需要的主机使用 GOINSECURE。", "FLG004"),
		saying(`-mod may only be set to readonly or vendor when in workspace mode`, "A workspace does not allow -mod=mod. Take it out of GOFLAGS.", "工作区不允许 -mod=mod。请从 GOFLAGS 中删去。", "FLG003"),
		saying(`inconsistent vendoring`, "vendor/ does not fit go.mod. Run go mod vendor.", "vendor/ 与 go.mod 不一致。请运行 go mod vendor。", "FLG002", "FLG007"),
		saying(`unknown GOEXPERIMENT`, "GOEXPERIMENT names something this Go does not have. Remove it.", "GOEXPERIMENT 中有此 Go 不支持的名字。请删除。", "ENV032"),
		saying(`malformed GOMEMLIMIT`, "GOMEMLIMIT kills every Go program at its start. It is a number of bytes with B, KiB, MiB, GiB or TiB; percentages do not exist.", "该 GOMEMLIMIT 会使所有 Go 程序一启动就退出。它应为字节数，单位 B、KiB、MiB、GiB 或 TiB；没有百分比写法。", "ENV031"),
		saying(`GOPATH entry is relative|GOPATH entry cannot start with shell metacharacter`, "GOPATH must be an absolute path; ~ and $HOME are not expanded.", "GOPATH 必须是绝对路径；~ 与 $HOME 不会展开。", "ROOT009"),
		saying(`GOAUTH`, "GOAUTH cannot be read.", "GOAUTH 无法识别。", "VCS007"),
		saying(`GOVCS disallows using`, "GOVCS forbids this version control system for this host.", "GOVCS 禁止对该主机使用此版本控制系统。", "VCS011"),
		saying(`in GOVCS`, "GOVCS cannot be read.", "GOVCS 无法识别。", "VCS006"),
		// modules
		saying(`ignoring go\.mod in system temp root`, "A go.mod directly in the temporary folder is ignored. Work in a folder below it.", "直接位于临时目录下的 go.mod 会被忽略。请在其子目录中工作。", "MOD003"),
		saying(`listed in go\.work file requires go`, "A module of the workspace wants a newer Go than the go line of go.work. Run go work use.", "工作区中的模块要求的 Go 比 go.work 的 go 行更新。请运行 go work use。", "MOD006"),
		saying(`not one of the workspace modules`, "This folder's module is not in go.work. Run go work use ., or set GOWORK=off.", "当前目录的模块不在 go.work 中。请运行 go work use .，或设 GOWORK=off。", "MOD007"),
		saying(`conflicting replacements`, "Two modules of the workspace replace the same module differently. Put one replace into go.work.", "工作区中两个模块对同一模块的 replace 不同。请在 go.work 中写一条 replace。", "MOD008"),
		saying(`cannot load module .* listed in go\.work file|directory .* does not contain.*go\.work`, "go.work names a folder that has no module.", "go.work 列出的目录中没有模块。", "MOD005"),
		saying(`no required module provides package`, "The package's module is not in go.mod: run go get. GOPATH/src is not searched in module mode.", "go.mod 中没有该包所属的模块：请运行 go get。模块模式下不会查找 GOPATH/src。", "MOD020"),
		saying(`does not contain package`, "The module has no such package: the path is misspelt, or the package went in this version.", "该模块没有这个包：路径写错，或此版本已移除。", "CI011"),
		saying(`cannot find main module`, "There is no go.mod here or above.", "当前目录及上级目录中没有 go.mod。"),
		saying(`modules disabled by GO111MODULE=off`, "GO111MODULE=off switches modules off. Remove it.", "GO111MODULE=off 关闭了模块模式。请删除。", "ENV011"),
		// network and TLS
		saying(`certificate signed by unknown authority`, "Somebody between you and the host signs with an authority that this machine does not trust, most often the company's own. Install its certificate; do not switch verification off.", "中间有人用本机不信任的机构签发证书，多为公司自建 CA。请安装该证书；不要关闭校验。", "TLS001"),
		saying(`certificate has expired or is not yet valid`, "The clock of this machine or the certificate is wrong: compare the two times in the message.", "本机时钟或证书有误：请比较消息中的两个时间。", "TLS002", "TLS006"),
		saying(`protocol version not supported`, "The other side speaks only TLS older than 1.2.", "对方只支持低于 1.2 的 TLS。", "TLS005", "TLS001"),
		saying(`first record does not look like a TLS handshake|TLS handshake timeout`, "HTTPS_PROXY begins with https:// although the proxy speaks plain HTTP. Write http://.", "HTTPS_PROXY 写成了 https://，而该代理使用明文 HTTP。请写 http://。", "NET010"),
		saying(`407|Proxy Authentication Required`, "The HTTP proxy wants a user name and password.", "HTTP 代理要求用户名和密码。", "NET019"),
		saying(`certificate is valid for .*, not `, "The certificate is for another name: a wrong address, or somebody answers in the host's place.", "证书属于其他域名：地址写错，或有人冒充该主机应答。", "TLS007"),
		saying(`proxyconnect tcp|: Forbidden$`, "The HTTP proxy does not let this host through, or cannot be reached.", "HTTP 代理不放行该主机，或代理不可达。", "NET014", "NET011"),
		saying(`no such host`, "The name cannot be resolved: misspelt, or the network has no DNS for it.", "域名无法解析：拼写错误，或当前网络没有该域名的解析。", "NET040"),
		saying(`(i/o timeout|connection refused|network is unreachable|context deadline exceeded|connection reset by peer)`, "The host cannot be reached from here. In mainland China the default Go module proxy often cannot; name a mirror.", "从此处无法到达该主机。在中国大陆，默认 Go 模块代理往往不可达；请指定镜像。", "PRX012", "NET011"),
		// git
		saying(`error obtaining VCS status: exit status 128`, "git refuses the repository, most often because it belongs to another user (safe.directory).", "git 拒绝该仓库，多因其属于其他用户（safe.directory）。", "VCS004", "VCS001"),
		saying(`"git": executable file not found|exec: "git"`, "git is not installed, and a module has to be fetched from its repository.", "未安装 git，而某个模块需要从其仓库获取。", "VCS001"),
		saying(`terminal prompts disabled|could not read (Username|Password)|Permission denied \(publickey\)`, "The repository wants credentials. Put them into netrc or a credential helper; go never asks.", "仓库需要凭据。请放入 netrc 或凭据助手；go 不会询问。", "VCS005"),
		saying(`unrecognized import path`, "The host did not say where the module's repository is: a login page, no access, or a wrong path.", "主机没有给出模块仓库的位置：返回了登录页、无权访问或路径错误。", "VCS005", "PRV001"),
		// cgo, files, binaries
		saying(`cgo: C compiler .* not found|exec: "gcc"`, "cgo is on and there is no C compiler. Set CGO_ENABLED=0, or install one.", "cgo 已启用但没有 C 编译器。请设 CGO_ENABLED=0，或安装编译器。", "CGO002"),
		saying(`build constraints exclude all Go files`, "The package has no file for this target or for CGO_ENABLED=0: it needs cgo, or GOOS/GOARCH are left over.", "该包没有适用于此目标或 CGO_ENABLED=0 的文件：它需要 cgo，或残留了 GOOS/GOARCH。", "CGO010"),
		saying(`unsupported GOOS/GOARCH pair`, "There is no such target; LoongArch is loong64, not loongarch64.", "没有这样的目标平台；龙架构写作 loong64，而非 loongarch64。", "CGO012", "CGO010"),
		saying(`invalid GO(ARM64|AMD64|ARM|386|MIPS|MIPS64|PPC64|RISCV64)`, "This architecture has no such level.", "该架构没有这个级别。", "CGO014"),
		saying(`This program can only be run on`, "The program was built for a higher level (GOAMD64) than this processor has.", "程序的构建级别（GOAMD64）高于本机处理器。", "CGO011"),
		saying(`failed to initialize build cache`, "The build cache cannot be made: HOME is missing or cannot be written.", "无法创建构建缓存：HOME 缺失或不可写。", "CI003", "CCH001"),
		saying(`exec format error`, "The program was built for another architecture: GOOS or GOARCH are left over.", "程序是为其他架构构建的：残留了 GOOS 或 GOARCH。", "CGO010"),
		saying(`cannot install cross-compiled binaries when GOBIN is set`, "GOOS or GOARCH are left over, or go install is used for another target: build with -o instead.", "残留了 GOOS 或 GOARCH，或对其他目标使用了 go install：请改用 go build -o。", "CGO010"),
		saying(`fork/exec .*: permission denied`, "The temporary folder does not allow programs to run (noexec). Set GOTMPDIR to one that does.", "临时目录禁止执行程序（noexec）。请将 GOTMPDIR 指向允许执行的目录。", "CCH003"),
		saying(`no space left on device|disk quota exceeded`, "The disk of the cache or of the temporary folder is full.", "缓存或临时目录所在磁盘已满。", "CCH002"),
		saying(`read-only file system`, "The cache lies on a file system that cannot be written.", "缓存位于只读文件系统。", "CCH007", "CCH001"),
		saying(`(mkdir|open|unlinkat|could not create module cache).*permission denied`, "A folder of Go's belongs to another user, or is read-only.", "Go 的某个目录属于其他用户，或为只读。", "CCH001"),
		saying(`bcryptprimitives\.dll not found`, "This Windows, or wine, is too old for Go 1.21 and newer.", "该 Windows 或 wine 对 Go 1.21 及更新版本而言过旧。"),
		saying(`dir has been modified`, "go mod verify found a changed module in the cache. go clean -modcache removes it.", "go mod verify 发现缓存中的模块被改动。可用 go clean -modcache 清除。", "CCH010"),
	}
})

// Sayings are the messages that we know, the more specific ones first.
func Sayings() []Saying { return sayings() }
