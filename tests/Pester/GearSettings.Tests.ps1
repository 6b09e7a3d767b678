BeforeAll {
    . $PSScriptRoot/Support.ps1
    $folder = New-TestFolder
    $pwsh = Join-Path $PSHOME pwsh.dll

    # Starts the gear on a config.json as given; an instance that nobody answers for shows that it was not even asked.
    function Invoke-GearOn([string] $Json) {
        $base = (New-Item (Join-Path $folder ([guid]::NewGuid().ToString('N'))) -ItemType Directory).FullName
        $Json | Set-Content (Join-Path $base config.json)
        $info = [Diagnostics.ProcessStartInfo]::new((Get-Command dotnet -CommandType Application | Select-Object -First 1).Source)
        $pwsh, '-NoLogo', '-NoProfile', '-NonInteractive', '-File', (Join-Path $repo gear/run.ps1) | ForEach-Object { $info.ArgumentList.Add($_) }
        $info.RedirectStandardOutput = $info.RedirectStandardError = $true
        $info.Environment['FLYWHEEL_BASE'] = $base
        $process = [Diagnostics.Process]::Start($info)
        $errors = $process.StandardError.ReadToEndAsync()
        $log = $process.StandardOutput.ReadToEnd() + $errors.Result
        $process.WaitForExit()
        $process.ExitCode | Should -Be 1 -Because $log
        $log | Should -Not -BeLike '*Connected*'
        $log | Should -Not -BeLike '*null array*'
        $log | Should -Not -BeLike '*s3cr3t*'
        $log
    }

    function Get-Json([hashtable] $Config = @{}, [hashtable] $Inputs = @{}, $Destination = @{ type = 'session'; id = 's1' }) {
        @{
            config = @{ destination = 'pacs'; called_ae = 'PACS' } + $Config; destination = $Destination
            inputs = @{ 'api-key' = @{ key = '127.0.0.1:1:__force_insecure:s3cr3t-of-the-double' } } + $Inputs
        } | ConvertTo-Json -Depth 9
    }
}

AfterAll { Remove-Item $folder -Recurse }

Describe 'What is wrong with the gear''s settings' {
    It 'is told in words before Flywheel is asked: <what>' -ForEach @(
        @{ what = 'an empty config.json'; json = { '' }; text = '*is no object*' }
        @{ what = 'a list'; json = { '[1, 2]' }; text = '*is no object*' }
        @{ what = 'text for a part'; json = { '{ "config": "x" }' }; text = "*its 'config' is no object*" }
        @{ what = 'no destination'; json = { Get-Json -Destination $null }; text = '*nothing to send*' }
        @{ what = 'a destination without id'; json = { Get-Json -Destination @{ type = 'session' } }; text = '*id of its session*' }
        @{ what = 'a group'; json = { Get-Json -Destination @{ type = 'group'; id = 'g' } }; text = "*images of a 'group'*" }
        @{ what = 'a file without a place'; json = { Get-Json -Inputs @{ file = @{ base = 'file'; location = @{ name = 'x.dcm' } } } }; text = "*'x.dcm' is not one of an acquisition*" }
        @{ what = 'a file without a path'; json = { Get-Json -Inputs @{ file = @{ base = 'file'; hierarchy = @{ type = 'acquisition'; id = 'a' } } } }; text = '*does not tell its acquisition, name and path*' }
        @{ what = 'a title of 17 characters'; json = { Get-Json @{ calling_ae = 'A2345678901234567' } }; text = '*is not an AE title*' }
        @{ what = 'a host with another port'; json = { $c = Get-Json | ConvertFrom-Json; $c.config.destination = 'pacs:11113'; $c | ConvertTo-Json -Depth 9 }; text = '*-Destination names the port 11113, and -Port names *' }
        @{ what = 'an even group'; json = { Get-Json @{ group = '0x0020' } }; text = '*must be odd*' }
        @{ what = 'a tag of 65 characters'; json = { Get-Json @{ tag_value = 'x' * 65 } }; text = '*1 to 64*' }
        @{ what = 'a key that is not there'; json = { Get-Json @{ tls_enabled = $true } @{ key = @{ location = @{ path = '/nope/key' } }; cert = @{ location = @{ path = '/nope/cert' } } } }; text = "*/nope/*does not exist*" }
    ) {
        Invoke-GearOn (& $json) | Should -BeLike $text
    }
}
