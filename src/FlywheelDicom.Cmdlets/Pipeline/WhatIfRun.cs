using System.Globalization;
using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// What the stages of one pipeline know together of a run with -WhatIf: it is given to one of them, and the others act on it. The
/// stages of a pipeline begin one after the other, on one thread, before the first of them works.
/// </summary>
internal sealed class WhatIfRun
{
    [ThreadStatic]
    private static WhatIfRun? s_current;

    private readonly int _length;
    private readonly int _position;

    private WhatIfRun(InvocationInfo stage) => (_position, _length) = (stage.PipelinePosition, stage.PipelineLength);

    /// <summary>Files that would be fetched from Flywheel.</summary>
    public long Files { get; set; }

    /// <summary>Bytes of these files, as far as their entries tell.</summary>
    public long FileBytes { get; set; }

    /// <summary>Files of an archive, as far as Flywheel has counted them.</summary>
    public long Members { get; set; }

    /// <summary>The stage was given -WhatIf itself.</summary>
    public static WhatIfRun Begin(InvocationInfo stage) => s_current = new WhatIfRun(stage);

    /// <summary>The run of a pipeline of which another stage was given -WhatIf; null where none was.</summary>
    public static WhatIfRun? Of(InvocationInfo stage)
        => s_current is { } run && run._length == stage.PipelineLength && run._position != stage.PipelinePosition ? run : null;

    /// <summary>The pipeline of the stage that began it ends.</summary>
    public void End()
    {
        if (s_current == this)
            s_current = null;
    }

    /// <summary>Shown like PowerShell's own lines, and kept in the information stream.</summary>
    public static void Say(Cmdlet stage, string text)
        => stage.WriteInformation(new HostInformationMessage { Message = PlainText.Clean("What if: " + text) }, ["PSHOST"]);

    /// <summary>A number of bytes for people.</summary>
    public static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");

    /// <summary>What would be fetched, in words.</summary>
    public string Fetched => string.Create(CultureInfo.InvariantCulture,
        $"{Files} {(Files == 1 ? "file" : "files")} ({Size(FileBytes)}{(Members > 0 ? $", {Members} members of archives" : "")})");
}
