# Brings yingzao into this job: the machine's own, the cache's, a download with a
# pinned sum, or go install. A file with another sum is never run. POSIX sh.
yingzao_bring() (
  set -eu
  say() { echo "yingzao: $*" >&2; }
  dir=${YINGZAO_CACHE_DIR:-.cache/yingzao}/bin
  case $(uname -s) in Linux) os=linux ;; Darwin) os=darwin ;; *) say "no binary for $(uname -s)"; exit 1 ;; esac
  case $(uname -m) in
    x86_64 | amd64) arch=amd64 ;;
    aarch64 | arm64) arch=arm64 ;;
    # Old-world LoongArch (Kylin V10, UOS 20) has the loader of the new world nowhere.
    loongarch64) if [ -e /lib64/ld-linux-loongarch-lp64d.so.1 ]; then arch=loong64; else arch=loong64-abi1.0; fi ;;
    *) say "no binary for $(uname -m)"; exit 1 ;;
  esac
  want=
  for pin in $(echo "${YINGZAO_TOOL_SHA256:-}" | tr ',' ' '); do
    case $pin in "$os/$arch="*) want=${pin#*=} ;; esac
  done
  sum() { if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1; }
  if [ -x "$dir/yingzao" ] && [ -n "$want" ] && [ "$(sum "$dir/yingzao")" = "$want" ]; then exit 0; fi
  mkdir -p "$dir"
  url=${YINGZAO_TOOL_URL:-}
  if [ -n "$url" ]; then
    file=yingzao_${os}_$arch
    if [ -z "$want" ]; then say "no sum is pinned for $os/$arch: set tool_sha256"; exit 1; fi
    part=$(mktemp "$dir/part.XXXXXX")
    trap 'rm -f "$part"' EXIT
    trap 'exit 1' INT TERM HUP
    case $url in
      http://* | https://*)
        if command -v curl >/dev/null; then curl -fsSL --retry 3 --connect-timeout 10 -o "$part" "${url%/}/$file"
        elif command -v wget >/dev/null; then wget -q -O "$part" "${url%/}/$file"
        else say "neither curl nor wget is here: put yingzao into the image, or name a folder"; exit 1; fi ;;
      *) cat "${url#file://}/$file" >"$part" ;;
    esac || { say "$file cannot be fetched from tool_url"; exit 1; }
    got=$(sum "$part")
    if [ "$got" != "$want" ]; then say "$file: the sum is $got, pinned is $want: not run"; exit 1; fi
    chmod 755 "$part"
    mv -f "$part" "$dir/yingzao"
  elif [ -n "${YINGZAO_TOOL_VERSION:-}" ]; then
    bin=$(cd "$dir" && pwd)
    GOBIN=$bin GOFLAGS=-modcacherw go install "github.com/yingzao-dev/yingzao/cmd/yingzao@$YINGZAO_TOOL_VERSION"
  else
    say "it is not on PATH: put it into the image, or set tool_url and tool_sha256, or tool_version"
    exit 1
  fi
)
if ! command -v yingzao >/dev/null; then
  yingzao_bring
  PATH=$(cd "${YINGZAO_CACHE_DIR:-.cache/yingzao}/bin" && pwd):$PATH
  export PATH
fi
