using System.Collections.Concurrent;
using System.Threading.Channels;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>A whole run of a job, as tests of its behaviour need it.</summary>
internal static class JobRun
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(120);

    public static DicomFile File(int number, int rows = 16, string syntax = SyntheticInstance.Explicit, string name = "memory")
    {
        var bytes = new SyntheticInstance { Number = number, Rows = rows, TransferSyntax = syntax }.ToArray();
        return DicomFile.Read(new MemorySource(bytes), name, new DicomOrigin { FileName = name })!;
    }

    public static DicomDestination At(int port) => new() { Host = "127.0.0.1", Port = port, CalledAE = "PEER" };

    public static async Task<List<DicomSendResult>> SendAsync(int port, StoreOptions options, params DicomFile[] files)
    {
        var results = new ConcurrentQueue<DicomSendResult>();
        var input = Channel.CreateUnbounded<DicomFile>();
        foreach (var file in files)
            input.Writer.TryWrite(file);
        input.Writer.Complete();
        await new StoreJob(At(port), options, result =>
        {
            results.Enqueue(result);
            return default;
        }, _ => { }, default).RunAsync(input.Reader).WaitAsync(s_limit);
        return [.. results];
    }

    /// <summary>The same with a journal at this path.</summary>
    public static async Task<List<DicomSendResult>> SendWithJournalAsync(int port, string path, StoreOptions options, params DicomFile[] files)
    {
        using var journal = SendJournal.Open(path, At(port));
        return await SendAsync(port, options with { Journal = journal, Client = options.Client with { ComputesDigests = true } }, files);
    }
}
