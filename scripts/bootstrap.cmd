@echo off
rem Brings the program yingzao to this computer and lets it do the rest: a proven
rem Go, the right settings, tools. ASCII only, for every code page.
rem
rem The sums of the program are in the head of this script, written by "yingzao
rem bootstrap bundle"; what is downloaded is believed for nothing else.
rem
rem     bootstrap.cmd [plan^|apply^|undo] [FLAGS OF yingzao bootstrap]
rem
rem The program is taken from --from DIR, the folder of this script, the addresses
rem in YINGZAO_TOOL_URL (separated by blanks), and those in the head, in this order.
rem Exit codes: 0 done, 1 could not do it, 2 usage, 3 this computer or the file that
rem came is refused, 4 a download was impossible; then those of yingzao itself.
setlocal EnableExtensions DisableDelayedExpansion
rem cmd runs line by line; the last lines tell that the script is whole.
set "whole="
call :whole 2>nul
if not defined whole echo error: this script was cut; download it again. Nothing was done.>&2
if not defined whole exit /b 3

rem linux/amd64=SHA-256 and so on, separated by blanks. Empty = nothing is believed yet.
set "pins="
rem Where the program is, separated by blanks, tried in this order.
set "urls="

call :main %*
exit /b %errorlevel%

:main
if "%~1"=="--help" goto usage
if "%~1"=="-h" goto usage
if "%~1"=="/?" goto usage
call :limit
if errorlevel 1 exit /b 3

set "machine=%PROCESSOR_ARCHITECTURE%"
if defined PROCESSOR_ARCHITEW6432 set "machine=%PROCESSOR_ARCHITEW6432%"
set "arch="
if /i "%machine%"=="AMD64" set "arch=amd64"
if /i "%machine%"=="ARM64" set "arch=arm64"
if not defined arch echo error: there is no yingzao for a %machine% Windows; it has to be a 64-bit one.>&2
if not defined arch exit /b 3
set "program=yingzao_windows_%arch%.exe"

set "all=%pins%"
if not defined all set "all=%YINGZAO_TOOL_SHA256%"
if not defined all echo error: this script holds no sum of yingzao, so nothing that comes can be believed.>&2
if not defined all echo   Take the script that "yingzao bootstrap bundle" writes, or set YINGZAO_TOOL_SHA256=windows/%arch%=SUM>&2
if not defined all exit /b 3
rem for takes blank, comma and = for separators: a platform is followed by its sum.
set "want="
set "before="
for %%p in (%all%) do call :pin %%p
if not defined want echo error: there is no yingzao for windows/%arch% here, only: %all%>&2
if not defined want exit /b 3

set "from="
call :options %*
set "bindir=%LOCALAPPDATA%\yingzao\bin"
if not defined LOCALAPPDATA echo error: LOCALAPPDATA is not set>&2
if not defined LOCALAPPDATA exit /b 1
set "exe=%bindir%\yingzao.exe"
set "bundle="
if not defined from if exist "%~dp0bundle.json" set "bundle=%~dp0."

if exist "%exe%" call :sum "%exe%"
if not exist "%exe%" set "got="
if /i "%got%"=="%want%" echo yingzao is in %bindir% already>&2
if /i "%got%"=="%want%" goto ready

if not exist "%bindir%\" mkdir "%bindir%" 2>nul
if not exist "%bindir%\" echo error: cannot write to %bindir%>&2
if not exist "%bindir%\" exit /b 1
rem What an interrupted run left.
del /q "%bindir%\.yingzao.*.part.exe" 2>nul
set "part=%bindir%\.yingzao.%RANDOM%%RANDOM%.part.exe"
set "done="
set "failure=4"
if defined from call :try "%from%"
if defined from goto tried
call :try "%~dp0."
if not defined done for %%u in (%YINGZAO_TOOL_URL% %urls%) do call :try "%%~u"
:tried
if not defined done del /q "%part%" 2>nul
if not defined done echo error: no place has %program% as it must be; nothing was installed>&2
if not defined done exit /b %failure%
"%part%" version >nul 2>&1
if errorlevel 1 goto dies
move /y "%part%" "%exe%" >nul 2>&1
if not errorlevel 1 goto placed
rem A program that runs cannot be replaced, but may get another name.
set "old=.yingzao.%RANDOM%%RANDOM%.part.exe"
ren "%exe%" "%old%" 2>nul
move /y "%part%" "%exe%" >nul 2>&1
if not errorlevel 1 goto placed
if exist "%bindir%\%old%" ren "%bindir%\%old%" yingzao.exe
del /q "%part%" 2>nul
echo error: cannot replace %exe%>&2
exit /b 1
:placed
echo yingzao for windows/%arch% is in %bindir%>&2

:ready
set "verb=apply "
if "%~1"=="plan" set "verb="
if "%~1"=="apply" set "verb="
if "%~1"=="undo" set "verb="
if "%~1"=="undo" set "bundle="
if defined bundle goto offline
"%exe%" bootstrap %verb%%*
exit /b %errorlevel%
:offline
"%exe%" bootstrap %verb%%* "--from=%bundle%"
exit /b %errorlevel%

:usage
echo usage: bootstrap.cmd [plan^|apply^|undo] [FLAGS OF yingzao bootstrap]>&2
echo   --from DIR        a bundle; nothing else is asked, and it is handed on>&2
echo   YINGZAO_TOOL_URL  where the program is: https://, http://, file:/// or a folder>&2
echo The program goes to %%LOCALAPPDATA%%\yingzao\bin, then runs: yingzao bootstrap apply>&2
exit /b 0

:dies
echo error: yingzao for windows/%arch% does not start here; it needs Windows 10 or newer.>&2
if defined GODEBUG echo   GODEBUG=%GODEBUG% may be why: unset it.>&2
"%part%" version
del /q "%part%" 2>nul
exit /b 1

rem A Go program with a malformed GOMEMLIMIT dies before its first line, so none can say it.
:limit
if "%GOMEMLIMIT%"=="" exit /b 0
if "%GOMEMLIMIT%"=="off" exit /b 0
set "tail=%GOMEMLIMIT%"
set "number="
:digit
set "head=%tail:~0,1%"
set "is="
for %%d in (0 1 2 3 4 5 6 7 8 9) do if "%head%"=="%%d" set "is=1"
if not defined is goto unit
set "number=1"
set "tail=%tail:~1%"
if defined tail goto digit
exit /b 0
:unit
if not defined number goto malformed
for %%u in (B KiB MiB GiB TiB) do if "%tail%"=="%%u" exit /b 0
:malformed
echo error: GOMEMLIMIT=%GOMEMLIMIT% is malformed: no Go program starts with it, the go command neither.>&2
echo   Correct it where it is set (512MiB, 2GiB, off), or: set GOMEMLIMIT=>&2
exit /b 1

:pin
if "%before%"=="windows/%arch%" set "want=%~1"
set "before=%~1"
exit /b 0

:options
if "%~1"=="" exit /b 0
if "%~1"=="--from" set "from=%~2"
shift
goto options

:sum
set "got="
"%SystemRoot%\System32\certutil.exe" -hashfile %1 SHA256 >"%TEMP%\yingzao.sum" 2>nul
for /f "usebackq skip=1 delims=" %%h in ("%TEMP%\yingzao.sum") do if not defined got set "got=%%h"
del /q "%TEMP%\yingzao.sum" 2>nul
rem Windows 7 writes blanks between the bytes.
if defined got set "got=%got: =%"
exit /b 0

rem Gets the program from one place, if it is there as it must be.
:try
if defined done exit /b 0
set "place=%~1"
del /q "%part%" 2>nul
if /i "%place:~0,8%"=="https://" goto web
if /i "%place:~0,7%"=="http://" goto web
if /i "%place:~0,8%"=="file:///" set "place=%place:~8%"
if exist "%place%\%program%" copy /y /b "%place%\%program%" "%part%" >nul
if exist "%place%\bin\%program%" copy /y /b "%place%\bin\%program%" "%part%" >nul
goto arrived
:web
set "curl=%SystemRoot%\System32\curl.exe"
if not exist "%curl%" goto nocurl
"%curl%" -fsSL --retry 3 --connect-timeout 10 --speed-limit 100 --speed-time 30 -o "%part%" "%place%/%program%"
if errorlevel 1 del /q "%part%" 2>nul
goto arrived
:nocurl
"%SystemRoot%\System32\certutil.exe" -urlcache -split -f "%place%/%program%" "%part%" >nul
if errorlevel 1 del /q "%part%" 2>nul
:arrived
if exist "%part%" goto compare
if not "%place%"=="%~dp0." echo cannot get %program% from %place%>&2
exit /b 0
:compare
call :sum "%part%"
if /i "%got%"=="%want%" set "done=1"
if defined done exit /b 0
set "failure=3"
echo %place%: %program% is damaged or not genuine: sha256 %got%, expected %want%>&2
exit /b 0
rem This is the end.
:whole
set "whole=1"
