using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer;

/// <summary>Whether two instances of one UID are the same file, where no digest tells.</summary>
public sealed class SameNameTests
{
    private static DicomSendResult Stored(string name, DicomOrigin origin) => new()
    {
        Name = name, Origin = origin, SopClassUid = "1.2", SopInstanceUid = "1.2.3", Status = DicomSendStatus.Sent, TransferSyntaxUid = "1.2.840.10008.1.2.1", Bytes = 1000,
        Destination = new DicomDestination { Host = "localhost" },
    };

    [Fact]
    public void Entries_of_one_archive_and_one_name_may_be_two_versions()
    {
        var origin = new DicomOrigin { FileName = "x.tar", LocalPath = "/data/x.tar" };
        var stored = new StoredInstances();
        Assert.Null(stored.Note(Stored("IM1", origin), null).SameUidAs);

        var second = stored.Note(Stored("IM1", origin), null);

        Assert.Equal("IM1 in x.tar", second.SameUidAs);
        Assert.Null(second.HasOtherContent);
    }

    [Fact]
    public void File_that_was_given_twice_is_the_same()
    {
        var origin = new DicomOrigin { FileName = "IM1", LocalPath = "/data/IM1" };
        var stored = new StoredInstances();
        stored.Note(Stored("/data/IM1", origin), null);

        Assert.False(stored.Note(Stored("/data/IM1", origin), null).HasOtherContent);
    }
}
