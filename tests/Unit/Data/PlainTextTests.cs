using System.Text;
using FlywheelDicom.Flywheel;
using FlywheelDicom.IO;
using FlywheelDicom.Network.Connection.Tls;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Unit.Data;

/// <summary>What would command a terminal is made harmless where text enters.</summary>
public class PlainTextTests
{
    private const string Evil = "a\u001b[2Jb\u001b]0;t\u0007\r\nc\u009bd\u202Ee\u2066f\u2028g\u007f\t";
    private const string Shown = @"a\u001B[2Jb\u001B]0;t\u0007\u000D\u000Ac\u009Bd\u202Ee\u2066f\u2028g\u007F\u0009";

    [Fact]
    public void Names_and_labels_are_shown_in_plain()
    {
        var origin = new DicomOrigin
        {
            FileName = Evil, LocalPath = Evil, FlywheelPath = Evil, ProjectLabel = Evil, SubjectLabel = Evil, SessionLabel = Evil, AcquisitionLabel = Evil,
        };
        Assert.All([origin.FileName, origin.FlywheelPath, origin.ProjectLabel, origin.SubjectLabel, origin.SessionLabel, origin.AcquisitionLabel, origin.ToString()],
            t => Assert.Equal(Shown, t));
        // The file is opened by this.
        Assert.Equal(Evil, origin.LocalPath);
        Assert.Equal(Shown, (origin with { FlywheelPath = null }).ToString());
        Assert.Equal(Shown, new DicomOriginScope("session", "1", Evil).Label);
        var file = DicomFile.Unusable(Evil, origin, new DicomProblem(DicomProblem.NotDicom, Evil));
        Assert.Equal((Shown, Shown, Shown), (file.Name, file.ToString(), file.Problem));
    }

    [Fact]
    public void Errors_are_shown_in_plain()
    {
        Assert.Equal(Shown, new FlywheelException(FlywheelError.Refused, Evil).Message);
        Assert.Equal(Shown, new DicomFormatException(Evil).Message);
        Assert.Equal(Shown, new DicomNetworkException(DicomNetworkError.ProtocolError, Evil, RetryAdvice.Never).Message);
        Assert.Equal(Shown, new CertificateFileException("x", Evil).Message);
    }

    [Fact]
    public void What_a_peer_says_is_shown_in_plain()
    {
        var comment = Encoding.Latin1.GetBytes("x\u001b[31m\r\n\u009b1 ");
        byte[] command =
        [
            0, 0, 0x00, 0x01, 2, 0, 0, 0, 0x01, 0x80, 0, 0, 0x20, 0x01, 2, 0, 0, 0, 1, 0, 0, 0, 0x00, 0x08, 2, 0, 0, 0, 0x01, 0x01,
            0, 0, 0x00, 0x09, 2, 0, 0, 0, 0, 0xC0, 0, 0, 0x02, 0x09, (byte)comment.Length, 0, 0, 0, .. comment,
        ];
        Assert.Equal(@"x\u001B[31m\u000D\u000A\u009B1", DimseCommand.Decode(command).ErrorComment);

        var pdu = new AssociationPdu { CalledAE = "A\u001bB", CallingAE = "C\nD", Contexts = [], ImplementationVersion = "V\u001b]0;x\u0007" };
        var decoded = AssociationPdu.Decode(pdu.Encode(PduType.AssociateAccept).AsSpan(6), PduType.AssociateAccept);
        Assert.Equal((@"A\u001BB", @"C\u000AD", @"V\u001B]0;x\u0007"), (decoded.CalledAE, decoded.CallingAE, decoded.ImplementationVersion));
    }

    [Fact]
    public void What_is_fit_stays_the_same_string()
    {
        var text = "M\u00fcller \u5c71\u7530 \U0001F9E0 e\u0301";
        var problem = new DicomProblem("x", text);
        Assert.Equal(text, problem.Message);
        var plain = new string('a', 3);
        Assert.Same(plain, new DicomOrigin { FileName = plain }.FileName);
    }

    [Fact]
    public void Half_a_character_is_replaced() => Assert.Equal("a\uFFFDb\uFFFD", new DicomOrigin { FileName = "a\uD83Db\uDE00" }.FileName);
}
