using System.Globalization;
using FlywheelDicom.TestSupport;

namespace FlywheelDicom.Unit.Data;

public class ValueRuleTests
{
    private static DicomFile File(string characterSet = "")
        => MemorySource.Read(new SyntheticInstance { Extra = characterSet.Length == 0 ? [] : [SyntheticElement.Text(0x00080005, "CS", characterSet)] }.ToArray())!;

    private static readonly string s_long = new('x', 11_000);

    [Theory]
    [InlineData("StudyDate", "20240131\\20240201", "takes 1 value, not 2.")]
    [InlineData("PixelSpacing", "1", "takes 2 values, not 1.")]
    [InlineData("ImageType", "A", "takes 2-n values, not 1.")]
    public void Number_of_values_is_told_in_a_whole_sentence(string keyword, string value, string words)
        => Assert.EndsWith(words, Assert.Throws<ArgumentException>(() => File().SetValue(keyword, value)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("StudyDate", "hello")]
    [InlineData("StudyDate", "20240231")]
    [InlineData("StudyDate", "2024-01-31")]
    [InlineData("StudyDate", "20240131-20240201")]
    [InlineData("StudyTime", "2500")]
    [InlineData("StudyTime", "093")]
    [InlineData("StudyTime", "09:30")]
    [InlineData("StudyTime", "0930.5")]
    [InlineData("AcquisitionDateTime", "20241301")]
    [InlineData("AcquisitionDateTime", "20240131093000+9900")]
    [InlineData("PatientAge", "18")]
    [InlineData("PatientAge", "018X")]
    [InlineData("Modality", "ct")]
    [InlineData("Modality", "SEVENTEENCHARACTR")]
    [InlineData("Modality", "A-B")]
    [InlineData("PatientWeight", "12345678.90123456")]
    [InlineData("PatientWeight", "1,5")]
    [InlineData("PatientWeight", "heavy")]
    [InlineData("InstanceNumber", "9999999999")]
    [InlineData("InstanceNumber", "1.5")]
    [InlineData("InstanceNumber", "0x10")]
    [InlineData("StudyID", "seventeen letters")]
    [InlineData("StudyDescription", "line\nbreak")]
    [InlineData("StationAETitle", "SEVENTEEN_LETTERS")]
    [InlineData("StationAETitle", "    ")]
    [InlineData("StudyInstanceUID", "1.02")]
    [InlineData("PatientName", "a^b^c^d^e^f")]
    [InlineData("PatientName", "a=b=c=d")]
    [InlineData("PatientName", "12345678901234567890123456789012345678901234567890123456789012345")]
    [InlineData("PatientName", "Jörg")]
    [InlineData("PatientID", "one\\two")]
    [InlineData("PatientComments", "a\u001bb")]
    [InlineData("RetrieveURL", "http://a b")]
    [InlineData("Rows", "70000")]
    [InlineData("Rows", "-1")]
    [InlineData("ImageType", "A")]
    [InlineData("PixelSpacing", "1")]
    [InlineData("ReferencedStudySequence", "x")]
    [InlineData("PixelData", "x")]
    [InlineData("TransferSyntaxUID", "1.2.3")]
    public void Text_that_the_VR_does_not_allow_is_refused_in_words_without_the_value(string keyword, string value)
    {
        var file = File();
        var before = file.OpenDataset().ReadAll();
        var error = Assert.Throws<ArgumentException>(() => file.SetValue(keyword, value));
        Assert.Contains(keyword, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain($"'{value}'", error.Message, StringComparison.Ordinal);
        if (value.Length > 8)
            Assert.DoesNotContain(value, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, file.OpenDataset().ReadAll());
        Assert.Null(file.Problem);
    }

    [Fact]
    public void Long_text_is_refused_by_characters_and_not_by_bytes()
    {
        Assert.Contains("64 characters", Assert.Throws<ArgumentException>(() => File().SetValue("StudyDescription", new string('x', 100))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => File().SetValue("PatientComments", s_long));
        var file = File("ISO_IR 192");
        file.SetValue("StudyDescription", new string('王', 64));
        Assert.Equal(new string('王', 64), file.Dataset["StudyDescription"]);
        Assert.Throws<ArgumentException>(() => file.SetValue("StudyDescription", new string('王', 65)));
    }

    public static TheoryData<string, object, string> Written { get; } = new()
    {
        { "StudyDate", new DateTime(2024, 1, 31, 9, 30, 0, DateTimeKind.Unspecified), "20240131" },
        { "StudyDate", new DateOnly(2024, 1, 31), "20240131" },
        { "StudyTime", new DateTime(2024, 1, 31, 9, 30, 0, DateTimeKind.Unspecified), "093000" },
        { "StudyTime", new TimeOnly(9, 30, 0, 250), "093000.250000" },
        { "StudyTime", new TimeSpan(9, 30, 5), "093005" },
        { "AcquisitionDateTime", new DateTime(2024, 1, 31, 9, 30, 0, DateTimeKind.Utc), "20240131093000+0000" },
        { "AcquisitionDateTime", new DateTimeOffset(2024, 1, 31, 9, 30, 0, TimeSpan.FromHours(-3.5)), "20240131093000-0330" },
        { "AcquisitionDateTime", new DateOnly(2024, 1, 31), "20240131" },
        { "AcquisitionDateTime", "20240131093000.123456+0100", "20240131093000.123456+0100" },
        { "AcquisitionDateTime", "2024", "2024" },
        { "StudyTime", "235960", "235960" },
        { "PatientWeight", 1.5, "1.5" },
        { "PatientWeight", 1.0 / 3, "0.33333333333333" },
        { "PatientWeight", -1e-300 / 3, "-3.33333333E-301" },
        { "PatientWeight", 70.25m, "70.25" },
        { "PatientWeight", 70, "70" },
        { "PixelSpacing", new[] { 0.5, 0.75 }, "0.5\\0.75" },
        { "InstanceNumber", 7L, "7" },
        { "InstanceNumber", 7.0, "7" },
        { "InstanceNumber", true, "1" },
        { "InstanceNumber", DayOfWeek.Tuesday, "2" },
        { "PatientSex", DayOfWeek.Tuesday, "TUESDAY" },
        { "BurnedInAnnotation", false, "NO" },
        { "ImageType", new[] { "ORIGINAL", "PRIMARY" }, "ORIGINAL\\PRIMARY" },
        { "ImageType", "ORIGINAL\\PRIMARY\\AXIAL", "ORIGINAL\\PRIMARY\\AXIAL" },
        { "StudyDescription", 1.5, "1.5" },
        { "PatientComments", "a\\b\r\nc", "a\\b\r\nc" },
        { "SOPInstanceUID", "1.2.3.4", "1.2.3.4" },
        { "PatientAge", "018M", "018M" },
    };

    [Theory, MemberData(nameof(Written))]
    public void Values_are_written_as_DICOM_does_whatever_the_culture(string keyword, object value, string expected)
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            foreach (var name in new[] { "de-DE", "ar-SA", "th-TH", "fa-IR" })
            {
                CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(name);
                var file = File();
                file.SetValue(keyword, value);
                Assert.Equal(expected, file.Dataset.GetString(keyword));
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void Numbers_keep_their_value_or_are_refused()
    {
        var file = File();
        file.SetValue("Rows", 32.0);
        file.SetValue("Columns", "33");
        file.SetValue("BitsStored", true);
        Assert.Equal(((ushort)32, (ushort)33, (ushort)1), (file.Dataset["Rows"], file.Dataset["Columns"], file.Dataset["BitsStored"]));
        Assert.Contains("from 0 to 65535", Assert.Throws<ArgumentException>(() => file.SetValue("Rows", 1.5)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => file.SetValue("Rows", new[] { 1, 2 }));
        Assert.Throws<ArgumentException>(() => file.SetValue("Rows", DateTime.UnixEpoch));
        Assert.Throws<ArgumentException>(() => file.SetValue("Rows", new byte[] { 1, 2, 3 }));
        Assert.Throws<ArgumentException>(() => file.SetValue("PatientName", new byte[] { 65, 66 }));
        Assert.Throws<ArgumentException>(() => file.SetValue("PatientWeight", double.NaN));
        Assert.Throws<ArgumentException>(() => file.SetValue("StudyDate", TimeSpan.FromHours(1)));
        Assert.Throws<ArgumentException>(() => file.SetValue("StudyTime", TimeSpan.FromHours(25)));
        Assert.Throws<ArgumentException>(() => file.SetValue("ReferencedTimeOffsets", "a"));
        file.SetValue("PatientName", null);
        file.SetValue("PatientID", "");
        Assert.Equal((null, null), (file.Dataset["PatientName"], file.PatientId));
    }

    [Fact]
    public void Many_numbers_of_a_short_VR_leave_as_UN_in_explicit()
    {
        var many = new byte[70_000];
        foreach (var syntax in new[] { SyntheticInstance.Explicit, SyntheticInstance.Implicit, SyntheticInstance.BigEndian })
        {
            var instance = new SyntheticInstance { TransferSyntax = syntax };
            var file = MemorySource.Read(instance.ToArray())!;
            file.SetValue("00091001", "x");
            file.SetValue("LUTData", many);
            file.SetValue("HistogramData", Enumerable.Repeat(1, 20_000).ToArray());
            file.SetValue("RedPaletteColorLookupTableDescriptor", new[] { 0, 0, 16 });
            var again = MemorySource.Read(file.OpenRead().ReadAll())!;
            Assert.Null(again.Problem);
            Assert.Equal(20_000, Assert.IsType<uint[]>(again.Dataset["HistogramData"]).Length);
            Assert.All((uint[])again.Dataset["HistogramData"]!, n => Assert.Equal(1u, n));
        }
    }

    [Fact]
    public void Sequence_in_disguise_is_no_text()
    {
        SyntheticElement[] extra = [SyntheticElement.Bytes(0x00081140, "UN", []), SyntheticElement.Sequence(0x00091001, true, [SyntheticElement.Text(0x00081150, "UI", "1.2")]) with { VR = "UN", IsImplicit = false }];
        var file = MemorySource.Read(new SyntheticInstance { TransferSyntax = SyntheticInstance.Implicit, Extra = extra }.ToArray())!;
        Assert.Null(file.Problem);
        Assert.Contains("sequence", Assert.Throws<ArgumentException>(() => file.SetValue("ReferencedImageSequence", "x")).Message, StringComparison.Ordinal);
        Assert.Contains("sequence", Assert.Throws<ArgumentException>(() => file.SetValue("00091001", "x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_width_set_does_not_take_full_width_characters()
    {
        Assert.True(DicomCharacterSet.Parse("ISO_IR 13").TryEncode("ﾔﾏﾀﾞ", out var bytes));
        Assert.Equal(4, bytes.Length);
        Assert.False(DicomCharacterSet.Parse("ISO_IR 13").TryEncode("山", out _));
    }

    [Theory]
    [InlineData("Modalty", "Modality")]
    [InlineData("PatientNmae", "PatientName")]
    [InlineData("SeriesDiscription", "SeriesDescription")]
    [InlineData("seriesinstanceUUID", "SeriesInstanceUID")]
    public void Nearest_keyword_is_named(string word, string nearest)
    {
        var file = File();
        Assert.Contains($"Did you mean {nearest}?", Assert.Throws<FormatException>(() => file.Dataset.GetValue(word)).Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => file.Dataset.GetString(word));
        Assert.Throws<FormatException>(() => file.SetValue(word, "x"));
    }

    [Fact]
    public void Host_is_told_once_of_a_word_that_is_none()
    {
        var told = new List<string>();
        var before = DicomHost.UnknownKeyword;
        DicomHost.UnknownKeyword = told.Add;
        try
        {
            for (var i = 0; i < 3; i++)
                Assert.Throws<FormatException>(() => File().Dataset["AcquisitionDeviceProcesingCode"]);
            _ = File().Dataset["Modality"];
        }
        finally
        {
            DicomHost.UnknownKeyword = before;
        }
        Assert.Contains("AcquisitionDeviceProcessingCode", Assert.Single(told), StringComparison.Ordinal);
    }
}
