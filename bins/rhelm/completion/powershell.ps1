# Completes PROGRAM in PowerShell: the program itself is asked.

Register-ArgumentCompleter -Native -CommandName 'PROGRAM' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $elements = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { "$_" })
    $program = "$($commandAst.CommandElements[0])"
    $words = @($elements | Select-Object -Skip 1)
    # Older versions drop arguments that are empty.
    $begun = if ($wordToComplete) { $wordToComplete } elseif ($PSNativeCommandArgumentPassing) { '' } else { '""' }
    $lines = @(& $program REQUEST @words $begun 2>$null)
    if ($lines.Count -eq 0) { return }
    $directive = [int]$lines[-1].TrimStart(':')
    if ($directive -band 1) { return }
    $kept = if ($wordToComplete -match '^(-[^=]*=)') { $Matches[1] } else { '' }
    $blank = if ($directive -band 2) { '' } else { ' ' }
    $found = @($lines | Select-Object -SkipLast 1 | Where-Object { $_ -notlike '_activeHelp_*' } | ForEach-Object {
        $name, $about = $_ -split "`t", 2
        $whole = "$kept$name"
        if ($whole.StartsWith($wordToComplete)) {
            $tip = if ($about) { $about } else { $name }
            [System.Management.Automation.CompletionResult]::new("$whole$blank", $name, 'ParameterValue', $tip)
        }
    })
    # Without any, PowerShell shows files.
    if ($found.Count -eq 0 -and ($directive -band 4)) { return '' }
    $found
}
