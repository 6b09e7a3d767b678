namespace FlywheelDicom;

/// <summary>What a pipeline holds of one series: counts and sizes, no patient data.</summary>
public sealed class DicomSeriesSummary
{
    private readonly SortedSet<string> _syntaxes = new(StringComparer.Ordinal);

    internal DicomSeriesSummary(DicomFile first)
    {
        (StudyInstanceUid, SeriesInstanceUid, Modality) = (first.StudyInstanceUid, first.SeriesInstanceUid, first.Modality);
        SeriesDescription = DescriptionOf(first);
    }

    /// <summary>Null for what could not be read.</summary>
    public string? StudyInstanceUid { get; }

    /// <summary>Null for what could not be read.</summary>
    public string? SeriesInstanceUid { get; }

    /// <summary>(0008,0060), such as CT or MR; null where it is not there.</summary>
    public string? Modality { get; }

    /// <summary>(0008,103E) of the first instance.</summary>
    public string? SeriesDescription { get; }

    /// <summary>Instances, those with a problem included.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the sources.</summary>
    public long Bytes { get; private set; }

    /// <summary>Names of the transfer syntaxes met.</summary>
    public IReadOnlyCollection<string> TransferSyntaxes => _syntaxes;

    /// <summary>Instances that cannot be sent.</summary>
    public int Problems { get; private set; }

    /// <summary>The problem that was met first.</summary>
    public string? FirstProblem { get; private set; }

    /// <summary>Null if the header cannot be read again. The problem is reported when the file is sent.</summary>
    private static string? DescriptionOf(DicomFile file)
    {
        if (file.TransferSyntaxUid is null)
            return null;
        try
        {
            return file.Dataset.GetString("SeriesDescription") is { } text ? PlainText.Clean(text) : null;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    internal void Add(DicomFile file)
    {
        Count++;
        Bytes += file.Length;
        if (file.TransferSyntaxUid is { } syntax)
            _syntaxes.Add(DicomUID.Lookup(syntax).Name);
        if (file.Problem is { } problem)
        {
            Problems++;
            FirstProblem ??= problem;
        }
    }
}
