using System.Globalization;

namespace FlywheelDicom.TestSupport;

/// <summary>A study of some series, classes and transfer syntaxes, for the demo and for a first look.</summary>
public static class SampleStudy
{
    public static void Save(string folder)
    {
        Write(folder, "ct", 60, new SyntheticInstance { Series = 1, Rows = 256, Columns = 256 });
        Write(folder, "mr", 30, new SyntheticInstance { Series = 2, Rows = 192, Columns = 192, SopClass = SyntheticInstance.MRImage, Modality = "MR", TransferSyntax = SyntheticInstance.Implicit });
        Write(folder, "mr-bigendian", 5, new SyntheticInstance { Series = 3, Rows = 128, Columns = 128, SopClass = SyntheticInstance.MRImage, Modality = "MR", TransferSyntax = SyntheticInstance.BigEndian });
        Write(folder, "sc-jpeg2000", 5, new SyntheticInstance { Series = 4, SopClass = SyntheticInstance.SecondaryCapture, Modality = "OT", TransferSyntax = SyntheticInstance.Jpeg2000, Rows = 128, Columns = 128, Frames = 2 });
        Write(folder, "sc-deflated", 5, new SyntheticInstance { Series = 5, SopClass = SyntheticInstance.SecondaryCapture, Modality = "OT", TransferSyntax = SyntheticInstance.Deflated, Rows = 64, Columns = 64 });
    }

    private static void Write(string folder, string series, int count, SyntheticInstance first)
    {
        var target = Directory.CreateDirectory(Path.Combine(folder, series)).FullName;
        for (var i = 1; i <= count; i++)
            (first with { Number = i }).Save(Path.Combine(target, string.Create(CultureInfo.InvariantCulture, $"{i:0000}.dcm")));
    }
}
