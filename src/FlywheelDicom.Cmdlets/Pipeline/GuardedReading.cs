using System.Management.Automation;

namespace FlywheelDicom.Cmdlets;

/// <summary>Whatever goes wrong with one instance becomes that instance's problem, and costs no other.</summary>
internal static class GuardedReading
{
    /// <summary>
    /// The files of one place. What reading it throws becomes one file with a problem, behind those that could be read. Only the end
    /// of the pipeline passes.
    /// </summary>
    public static IEnumerable<DicomFile> Each(string name, DicomOrigin origin, Func<IEnumerable<DicomFile>> read)
    {
        IEnumerator<DicomFile>? files = null;
        try
        {
            while (true)
            {
                DicomFile file;
                var isLast = false;
                try
                {
                    files ??= read().GetEnumerator();
                    if (!files.MoveNext())
                        yield break;
                    file = files.Current;
                }
                catch (Exception e) when (e is not (OperationCanceledException or PipelineStoppedException))
                {
                    (file, isLast) = (ProblemOf(name, origin, e), true);
                }
                yield return file;
                if (isLast)
                    yield break;
            }
        }
        finally
        {
            files?.Dispose();
        }
    }

    /// <summary>Stands for an instance whose handling threw an exception that nobody expected.</summary>
    public static DicomFile ProblemOf(string name, DicomOrigin origin, Exception e)
        => DicomFile.Unusable(name, origin, new(DicomProblem.Unreadable, $"It cannot be read: {e.Message}"));
}
