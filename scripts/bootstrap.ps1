# Brings the program yingzao to this computer and lets it do the rest: a proven Go,
# the right settings, tools. Where PowerShell scripts are forbidden, bootstrap.cmd
# does the same.
#
#     powershell -ExecutionPolicy Bypass -File bootstrap.ps1 [plan|apply|undo] [FLAGS OF yingzao bootstrap]
#
# The program is taken from --from DIR, the folder of this script, the addresses in
# YINGZAO_TOOL_URL (separated by blanks), and those in the head, in this order.
# Exit codes: 0 done, 1 could not do it, 2 usage, 3 this computer or the file that
# came is refused, 4 a download was impossible; then those of yingzao itself.
#
# The whole script is one block, which is read to its end before any of it runs.
& {
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue' # the progress bar of Windows PowerShell slows a download down tenfold
# windows/amd64=SHA-256 and so on, separated by blanks. Empty = nothing is believed yet.
$pins = ''
# Where the program is, separated by blanks, tried in this order.
$urls = ''

function Say([string]$text) { [Console]::Error.WriteLine($text) }
function Stop-Here([int]$code, [string]$text) { Say "error: $text"; exit $code }

$limit = $env:GOMEMLIMIT
if ($limit -and $limit -cnotmatch '^([0-9]{1,18}(B|KiB|MiB|GiB|TiB)?|off)$') {
    Stop-Here 3 "GOMEMLIMIT=$limit is malformed: no Go program starts with it. Correct it where it is set (512MiB, 2GiB, off)"
}
$machine = if ($env:PROCESSOR_ARCHITEW6432) { $env:PROCESSOR_ARCHITEW6432 } else { $env:PROCESSOR_ARCHITECTURE }
$arch = @{ AMD64 = 'amd64'; ARM64 = 'arm64' }[$machine]
if (-not $arch) { Stop-Here 3 "there is no yingzao for a $machine Windows; it has to be a 64-bit one" }
$program = "yingzao_windows_$arch.exe"

$want = ''
$all = if ($pins) { $pins } else { $env:YINGZAO_TOOL_SHA256 }
foreach ($pin in "$all" -split '[\s,]+') {
    if ($pin -match "^windows/$arch=([0-9a-f]{64})$") { $want = $Matches[1] }
}
if (-not $all) { Stop-Here 3 'this script holds no sum of yingzao, so nothing that comes can be believed. Take the script that "yingzao bootstrap bundle" writes' }
if (-not $want) { Stop-Here 3 "there is no yingzao for windows/$arch here, only: $all" }

$from = ''
for ($i = 0; $i -lt $args.Count; $i++) {
    if ($args[$i] -eq '--from' -and $i + 1 -lt $args.Count) { $from = $args[$i + 1] }
    elseif ($args[$i] -like '--from=*') { $from = $args[$i].Substring(7) }
}
$here = $PSScriptRoot
$hand = @($args)
if ($hand.Count -eq 0 -or @('plan', 'apply', 'undo') -cnotcontains $hand[0]) { $hand = @('apply') + $hand }
if (-not $from -and $here -and (Test-Path (Join-Path $here 'bundle.json'))) { $from = $here; if ($hand[0] -cne 'undo') { $hand += "--from=$here" } }
$places = if ($from) { @($from) } else { @($here) + @("$env:YINGZAO_TOOL_URL $urls" -split '\s+') }

$dir = Join-Path $env:LOCALAPPDATA 'yingzao\bin'
$exe = Join-Path $dir 'yingzao.exe'
$sum = { param($file) (Get-FileHash -Algorithm SHA256 -LiteralPath $file).Hash.ToLowerInvariant() }
if (-not (Test-Path -LiteralPath $exe) -or (& $sum $exe) -ne $want) {
    [void](New-Item -ItemType Directory -Force -Path $dir)
    $part = Join-Path $dir ".yingzao.$PID.part.exe"
    $failure = 4
    $done = $false
    try {
        foreach ($place in $places | Where-Object { $_ }) {
            try {
                if ($place -match '^https?://') {
                    [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
                    Invoke-WebRequest -UseBasicParsing -Uri "$($place.TrimEnd('/'))/$program" -OutFile $part
                } else {
                    $folder = $place -replace '^file:///', ''
                    $file = @("bin\$program", $program) | ForEach-Object { Join-Path $folder $_ } | Where-Object { Test-Path -LiteralPath $_ } | Select-Object -First 1
                    if (-not $file) { throw 'it is not there' }
                    Copy-Item -LiteralPath $file -Destination $part -Force
                }
            } catch {
                Say "cannot get $program from ${place}: $($_.Exception.Message)"
                continue
            }
            $got = & $sum $part
            if ($got -eq $want) { $done = $true; break }
            $failure = 3
            Say "${place}: $program is damaged or not genuine: sha256 $got, expected $want"
        }
        if (-not $done) { Stop-Here $failure "no place has $program as it must be; nothing was installed" }
        & $part version | Out-Null
        if ($LASTEXITCODE -ne 0) { Stop-Here 1 "yingzao for windows/$arch does not start here; it needs Windows 10 or newer" }
        Move-Item -LiteralPath $part -Destination $exe -Force
    } finally {
        Remove-Item -LiteralPath $part -ErrorAction SilentlyContinue
    }
    Say "yingzao for windows/$arch is in $dir"
}
& $exe bootstrap @hand
exit $LASTEXITCODE
} @args
