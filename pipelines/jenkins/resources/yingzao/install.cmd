@echo off
rem Brings yingzao into this job: the machine's own, the cache's, a download with a
rem pinned sum, or go install. A file with another sum is never run.
setlocal EnableExtensions DisableDelayedExpansion
if not defined YINGZAO_DIR set "YINGZAO_DIR=."
if not exist "%YINGZAO_DIR%\." goto yingzao_nodir
cd /d "%YINGZAO_DIR%"
set "YINGZAO_DIR=."
where /q yingzao.exe
if not errorlevel 1 goto yingzao_here
if not defined YINGZAO_CACHE_DIR set "YINGZAO_CACHE_DIR=.cache\yingzao"
set "yz_cache=%YINGZAO_CACHE_DIR:/=\%"
set "yz_dir=%yz_cache%\bin"
set "yz_arch="
if /i "%PROCESSOR_ARCHITECTURE%" == "AMD64" set "yz_arch=amd64"
if /i "%PROCESSOR_ARCHITEW6432%" == "AMD64" set "yz_arch=amd64"
if /i "%PROCESSOR_ARCHITECTURE%" == "ARM64" set "yz_arch=arm64"
if not defined yz_arch goto yingzao_noarch
set "yz_file=yingzao_windows_%yz_arch%.exe"
set "yz_want="
set "yz_pins=%YINGZAO_TOOL_SHA256%"
:yingzao_pins
set "yz_pin="
set "yz_rest="
if defined yz_pins for /f "tokens=1* delims=," %%p in ("%yz_pins%") do set "yz_pin=%%p" & set "yz_rest=%%q"
if not defined yz_pin goto yingzao_pinned
for /f "tokens=1,2 delims==" %%p in ("%yz_pin%") do if "%%p" == "windows/%yz_arch%" set "yz_want=%%q"
set "yz_pins=%yz_rest%"
goto yingzao_pins
:yingzao_pinned
if not defined yz_want goto yingzao_fetch
if not exist "%yz_dir%\yingzao.exe" goto yingzao_fetch
set "yz_part=%yz_dir%\yingzao.exe"
call :yingzao_sum
if "%yz_sum%" == "%yz_want%" goto yingzao_path
:yingzao_fetch
if not exist "%yz_dir%\." mkdir "%yz_dir%"
if not exist "%yz_cache%\.gitignore" >"%yz_cache%\.gitignore" echo *
if not defined YINGZAO_TOOL_URL goto yingzao_goinstall
if not defined yz_want goto yingzao_nopin
set "yz_part=%yz_dir%\part.%RANDOM%%RANDOM%"
set "yz_url=%YINGZAO_TOOL_URL%"
if "%yz_url:~-1%" == "/" set "yz_url=%yz_url:~0,-1%"
if /i "%yz_url:~0,7%" == "http://" goto yingzao_curl
if /i "%yz_url:~0,8%" == "https://" goto yingzao_curl
if /i "%yz_url:~0,8%" == "file:///" set "yz_url=%yz_url:~8%"
if /i "%yz_url:~0,7%" == "file://" set "yz_url=\\%yz_url:~7%"
copy /b /y "%yz_url:/=\%\%yz_file%" "%yz_part%" >nul
goto yingzao_fetched
:yingzao_curl
curl.exe -fsSL --retry 3 --connect-timeout 10 -o "%yz_part%" "%yz_url%/%yz_file%"
if errorlevel 1 if exist "%yz_part%" del /q "%yz_part%"
:yingzao_fetched
if not exist "%yz_part%" goto yingzao_nofile
call :yingzao_sum
if not "%yz_sum%" == "%yz_want%" goto yingzao_badsum
move /y "%yz_part%" "%yz_dir%\yingzao.exe" >nul
if exist "%yz_part%" goto yingzao_nofile
goto yingzao_path
:yingzao_goinstall
if not defined YINGZAO_TOOL_VERSION goto yingzao_nowhere
set "yz_flags=%GOFLAGS%"
set "GOFLAGS=-modcacherw"
for %%d in ("%yz_dir%") do set "GOBIN=%%~fd"
go install "github.com/yingzao-dev/yingzao/cmd/yingzao@%YINGZAO_TOOL_VERSION%"
if errorlevel 1 exit /b 1
set "GOFLAGS=%yz_flags%"
set "GOBIN="
goto yingzao_path
rem The SHA-256 of yz_part. Older systems print it in groups.
:yingzao_sum
set "yz_sum="
for /f "skip=1 delims=" %%h in ('certutil -hashfile "%yz_part%" SHA256') do if not defined yz_sum set "yz_sum=%%h"
if defined yz_sum set "yz_sum=%yz_sum: =%"
exit /b 0
:yingzao_nodir
>&2 echo yingzao: there is no folder "%YINGZAO_DIR%"
exit /b 1
:yingzao_noarch
>&2 echo yingzao: no binary for %PROCESSOR_ARCHITECTURE%
exit /b 1
:yingzao_nopin
>&2 echo yingzao: no sum is pinned for windows/%yz_arch%: set tool_sha256
exit /b 1
:yingzao_nofile
>&2 echo yingzao: %yz_file% cannot be fetched from tool_url
exit /b 1
:yingzao_badsum
del /q "%yz_part%"
>&2 echo yingzao: %yz_file%: the sum is %yz_sum%, pinned is %yz_want%: not run
exit /b 1
:yingzao_nowhere
>&2 echo yingzao: it is not on PATH: put it into the image, or set tool_url and tool_sha256, or tool_version
exit /b 1
:yingzao_path
for %%d in ("%yz_dir%") do set "PATH=%%~fd;%PATH%"
:yingzao_here
