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

    /// <summary>Series as a brain examination has them, with descriptions, for pictures.</summary>
    public static void SaveDescribed(string folder)
    {
        SyntheticInstance Series(int number, string modality, string description, string study) => new()
        {
            Study = modality == "CT" ? 1 : 2, Series = number, Modality = modality, Rows = 192, Columns = 192, SopClass = modality == "CT" ? SyntheticInstance.CTImage : SyntheticInstance.MRImage,
            Extra = [SyntheticElement.Text(0x00081030, "LO", study), SyntheticElement.Text(0x0008103E, "LO", description)],
        };
        Write(folder, "ct", 60, Series(1, "CT", "Head 3.0 mm soft tissue", "CT head"));
        Write(folder, "bone", 24, Series(2, "CT", "Head 1.0 mm bone", "CT head"));
        Write(folder, "t1", 40, Series(3, "MR", "T1 MPRAGE sagittal", "MR brain"));
        Write(folder, "t2", 30, Series(4, "MR", "T2 TSE axial", "MR brain"));
        Write(folder, "dwi", 36, Series(5, "MR", "DWI b1000", "MR brain"));
    }

    private static void Write(string folder, string series, int count, SyntheticInstance first)
    {
        var target = Directory.CreateDirectory(Path.Combine(folder, series)).FullName;
        for (var i = 1; i <= count; i++)
            (first with { Number = i }).Save(Path.Combine(target, string.Create(CultureInfo.InvariantCulture, $"{i:0000}.dcm")));
    }
}
