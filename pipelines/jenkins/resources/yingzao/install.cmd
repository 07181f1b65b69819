@echo off
rem Brings yingzao into this job: the machine's own, the cache's, a download with a
rem pinned sum, or go install. A file with another sum is never run. Values are read
rem as !NAME!, which cmd does not parse again, whatever is in them.
setlocal EnableExtensions EnableDelayedExpansion
if not defined YINGZAO_DIR set "YINGZAO_DIR=."
cd /d "!YINGZAO_DIR!" || exit /b 1
set "YINGZAO_DIR=."
where /q yingzao.exe
if not errorlevel 1 goto yingzao_here
if not defined YINGZAO_CACHE_DIR set "YINGZAO_CACHE_DIR=.cache\yingzao"
set "yz_cache=!YINGZAO_CACHE_DIR:/=\!"
set "yz_dir=!yz_cache!\bin"
set "yz_arch="
if /i "!PROCESSOR_ARCHITECTURE!" == "AMD64" set "yz_arch=amd64"
if /i "!PROCESSOR_ARCHITEW6432!" == "AMD64" set "yz_arch=amd64"
if /i "!PROCESSOR_ARCHITECTURE!" == "ARM64" set "yz_arch=arm64"
if not defined yz_arch (
  >&2 echo yingzao: no binary for !PROCESSOR_ARCHITECTURE!
  exit /b 1
)
set "yz_want="
set "yz_last="
rem for takes = for a space: a target is followed by its sum.
if defined YINGZAO_TOOL_SHA256 for %%p in (!YINGZAO_TOOL_SHA256!) do (
  if "!yz_last!" == "windows/!yz_arch!" set "yz_want=%%p"
  set "yz_last=%%p"
)
if exist "!yz_dir!\yingzao.exe" if defined yz_want (
  call :yingzao_sum "!yz_dir!\yingzao.exe"
  if "!yz_sum!" == "!yz_want!" goto yingzao_path
)
if not exist "!yz_dir!" mkdir "!yz_dir!" || exit /b 1
if not exist "!yz_cache!\.gitignore" (echo *)>"!yz_cache!\.gitignore"
if not defined YINGZAO_TOOL_URL goto yingzao_goinstall
set "yz_file=yingzao_windows_!yz_arch!.exe"
if not defined yz_want (
  >&2 echo yingzao: no sum is pinned for windows/!yz_arch!: set tool_sha256
  exit /b 1
)
set "yz_part=!yz_dir!\part.!RANDOM!!RANDOM!"
set "yz_url=!YINGZAO_TOOL_URL!"
if "!yz_url:~-1!" == "/" set "yz_url=!yz_url:~0,-1!"
if /i "!yz_url:~0,7!" == "http://" goto yingzao_curl
if /i "!yz_url:~0,8!" == "https://" goto yingzao_curl
if /i "!yz_url:~0,8!" == "file:///" set "yz_url=!yz_url:~8!"
if /i "!yz_url:~0,7!" == "file://" set "yz_url=\\!yz_url:~7!"
copy /b /y "!yz_url:/=\!\!yz_file!" "!yz_part!" >nul
goto yingzao_fetched
:yingzao_curl
curl.exe -fsSL --retry 3 --connect-timeout 10 -o "!yz_part!" "!yz_url!/!yz_file!"
:yingzao_fetched
if errorlevel 1 (
  if exist "!yz_part!" del /q "!yz_part!"
  >&2 echo yingzao: !yz_file! cannot be fetched from tool_url
  exit /b 1
)
call :yingzao_sum "!yz_part!"
if not "!yz_sum!" == "!yz_want!" (
  del /q "!yz_part!"
  >&2 echo yingzao: !yz_file!: the sum is !yz_sum!, pinned is !yz_want!: not run
  exit /b 1
)
move /y "!yz_part!" "!yz_dir!\yingzao.exe" >nul || exit /b 1
goto yingzao_path
:yingzao_goinstall
if not defined YINGZAO_TOOL_VERSION (
  >&2 echo yingzao: it is not on PATH: put it into the image, or set tool_url and tool_sha256, or tool_version
  exit /b 1
)
for %%d in ("!yz_dir!") do set "GOBIN=%%~fd"
set "yz_flags=!GOFLAGS!"
set "GOFLAGS=-modcacherw"
go install "github.com/yingzao-dev/yingzao/cmd/yingzao@!YINGZAO_TOOL_VERSION!" || exit /b 1
set "GOFLAGS=!yz_flags!"
set "GOBIN="
goto yingzao_path
rem The SHA-256 of a file. Older systems print it in groups.
:yingzao_sum
set "yz_sum="
for /f "skip=1 delims=" %%h in ('certutil -hashfile "%~1" SHA256') do if not defined yz_sum set "yz_sum=%%h"
if defined yz_sum set "yz_sum=!yz_sum: =!"
exit /b 0
:yingzao_path
for %%d in ("!yz_dir!") do set "PATH=%%~fd;!PATH!"
:yingzao_here
rem What follows is the job's own command.
