param([string] $ModulePath, [string] $DocsPath)
