using System.Reflection;

namespace FlywheelDicom.Transfer.Sources;

/// <summary>
/// A DicomFile of the fo-dicom library, which a user may have loaded: there is no reference to it, it is known by its name and its
/// shape. It writes itself into a temporary file each time its bytes are wanted, so that memory stays flat; between two times the
/// file goes. Whoever changes the object in between changes what is sent, or fails by its length.
/// </summary>
internal static class SavedObject
{
    private const string TypeName = "FellowOakDicom.DicomFile";

    /// <summary>Whether an object is of that type, or of one that is derived from it, and can be saved.</summary>
    public static bool IsOne(object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        for (var type = value.GetType(); type is not null; type = type.BaseType)
        {
            if (type.FullName == TypeName)
                return SaveOf(value) is not null && value.GetType().GetProperty("Dataset") is not null;
        }
        return false;
    }

    /// <summary>Its file's name, where it was read from one.</summary>
    public static string NameOf(object value) => PathOf(value) is { Length: > 0 } path ? path : TypeName;

    /// <summary>The instance; with a problem where it cannot be saved or is none. What its library says may hold values: it is not told.</summary>
    public static DicomFile Read(object value, SpoolSpace space)
    {
        ArgumentNullException.ThrowIfNull(value);
        var path = PathOf(value);
        var name = NameOf(value);
        var origin = new DicomOrigin { FileName = path is null ? name : Path.GetFileName(path), LocalPath = path is not null && Path.IsPathRooted(path) && File.Exists(path) ? path : null };
        try
        {
            var spool = new SpoolFile(space, long.MaxValue, into => Save(value, into));
            try
            {
                Save(value, spool);
                if (DicomFile.Read(spool.Slice(0, spool.Length), name, origin) is not { } file)
                    return DicomFile.Unusable(name, origin, new(DicomProblem.NotDicom, "What fo-dicom saves of it is not DICOM."));
                // What was changed in memory is not in the file that it was read from.
                file.ForgetEdits();
                // Its temporary file goes until somebody opens it: there may be thousands.
                file.Claim();
                file.Release();
                return file;
            }
            finally
            {
                spool.EndFilling();
            }
        }
        catch (ArchiveException e)
        {
            return DicomFile.Unusable(name, origin, new(e.ProblemId, e.Message));
        }
        catch (IOException e)
        {
            return DicomFile.Unusable(name, origin, new(DicomProblem.Unreadable, e.Message));
        }
    }

    private static void Save(object value, SpoolFile into)
    {
        var save = SaveOf(value)!;
        var arguments = save.GetParameters().Select(p => p.HasDefaultValue ? p.DefaultValue : null).ToArray();
        using var target = new AppendingStream(into);
        arguments[0] = target;
        string cause;
        try
        {
            save.Invoke(value, arguments);
            return;
        }
        catch (TargetInvocationException e) when (e.InnerException is ArchiveException inner)
        {
            throw new ArchiveException(inner.ProblemId, inner.Message);
        }
        catch (TargetInvocationException e)
        {
            cause = (e.InnerException ?? e).GetType().Name;
        }
        throw new IOException($"fo-dicom could not save it ({cause}).");
    }

    /// <summary>Save(Stream), or Save(Stream, options) where the options may be left out.</summary>
    private static MethodInfo? SaveOf(object value) => value.GetType().GetMethods(BindingFlags.Public | BindingFlags.Instance)
        .Where(m => m.Name == "Save" && m.GetParameters() is [var first, ..] parameters && first.ParameterType == typeof(Stream) && parameters.Skip(1).All(p => p.IsOptional))
        .MinBy(m => m.GetParameters().Length);

    private static string? PathOf(object value)
    {
        var file = value.GetType().GetProperty("File")?.GetValue(value);
        return file?.GetType().GetProperty("Name")?.GetValue(file) is string { Length: > 0 } name ? name : null;
    }

    /// <summary>What is written goes to the end of a temporary file.</summary>
    private sealed class AppendingStream(SpoolFile spool) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => spool.Length;
        public override long Position { get => spool.Length; set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer) => spool.Append(buffer);
        public override void Write(byte[] buffer, int offset, int count) => spool.Append(buffer.AsSpan(offset, count));
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
