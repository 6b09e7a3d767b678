namespace FlywheelDicom.FlywheelDouble;

public enum FaultKind
{
    /// <summary>Answers with <see cref="Fault.Status"/>.</summary>
    Status,

    /// <summary>The same, with a proxy's HTML page.</summary>
    Html,

    /// <summary>Sends half of the body, then resets the connection.</summary>
    Cut,

    /// <summary>Sends half of the body, then nothing more.</summary>
    Stall,

    /// <summary>Sends half of the body as if it were the whole, in good order.</summary>
    Short,

    /// <summary>Sends the body with one byte changed.</summary>
    Garbled,

    /// <summary>Says nothing at all.</summary>
    Silence,

    /// <summary>Closes without an answer.</summary>
    Reset,

    /// <summary>Sends the caller to another host over and over.</summary>
    RedirectLoop,

    /// <summary>Signs a URL that the storage then refuses.</summary>
    ExpiredUrl,

    /// <summary>A page of a list holds what the page before held.</summary>
    RepeatPage,

    /// <summary>A page of a list is shorter than asked for.</summary>
    ShrinkPage,

    /// <summary>Does what was asked, and loses the answer.</summary>
    LostAnswer,

    /// <summary>The part that was asked for begins elsewhere.</summary>
    WrongRange,
}

/// <summary>Something that goes wrong with requests whose path holds a text.</summary>
public sealed record Fault
{
    public required FaultKind Kind { get; init; }
    public string Path { get; init; } = "";
    public string? Method { get; init; }
    public int Times { get; init; } = 1;

    /// <summary>Lets so many requests pass first.</summary>
    public int After { get; init; }
    public int Status { get; init; } = 500;
    public string? RetryAfter { get; init; }
}
