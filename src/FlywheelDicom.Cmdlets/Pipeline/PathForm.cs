namespace FlywheelDicom.Cmdlets;

/// <summary>How a path was given, which decides what its wildcard characters mean.</summary>
internal enum PathForm
{
    /// <summary>Typed: a star and a question mark are wildcards.</summary>
    Typed,

    /// <summary>It came through the pipeline: a file of just this name is meant first.</summary>
    Piped,

    /// <summary>It is taken as it is written.</summary>
    Literal,
}
