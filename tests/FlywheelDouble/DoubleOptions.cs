using System.Security.Cryptography.X509Certificates;

namespace FlywheelDicom.FlywheelDouble;

/// <summary>Which kind of instance the double plays.</summary>
public sealed record DoubleOptions
{
    /// <summary>57 characters make it a key of the new kind.</summary>
    public string Secret { get; init; } = "s3cr3t-of-the-double";

    /// <summary>Answers as servers of 2018 did: bare lists of everything, no parents, code in place of label.</summary>
    public bool IsOld { get; init; }

    /// <summary>The site wants uploads straight into its storage.</summary>
    public bool SignedUrls { get; init; }

    /// <summary>The config says so, but the endpoint refuses.</summary>
    public bool RefusesTickets { get; init; }

    /// <summary>Downloads are redirected to the storage.</summary>
    public bool RedirectsDownloads { get; init; }

    /// <summary>Lists leave out files.</summary>
    public bool ListsWithoutFiles { get; init; }
    public bool IsReadOnly { get; init; }
    public bool IsDevice { get; init; }

    /// <summary>Fewer entries on a page than were asked for.</summary>
    public int PageCap { get; init; } = int.MaxValue;
    public X509Certificate2? Certificate { get; init; }
}
