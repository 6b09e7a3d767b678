namespace FlywheelDicom.Flywheel;

internal sealed partial class FlywheelClient
{
    /// <summary>
    /// Adds a job once. If the answer is lost, it looks for the job before it asks again. For that, one of the tags must be unique to
    /// this job.
    /// </summary>
    /// <exception cref="FlywheelException">The instance refuses it, or cannot be asked.</exception>
    public async Task<string> AddJobAsync(FlywheelJobRequest job, string uniqueTag, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(job);
        var tagged = job.Tags.Contains(uniqueTag, StringComparer.Ordinal) ? job : job with { Tags = [.. job.Tags, uniqueTag] };
        var request = Post("jobs/add", tagged, FlywheelJson.Default.FlywheelJobRequest);
        var mayExist = false;
        return await _retry.ExecuteAsync(async c =>
        {
            if (mayExist)
            {
                await foreach (var known in ListJobsAsync($"tags={FilterValue(uniqueTag)}", c).ConfigureAwait(false))
                    return known.Id;
            }
            mayExist = true;
            var answer = await _transport.JsonAsync(request, FlywheelJson.Default.JobCreated, c).ConfigureAwait(false);
            return answer?.Id ?? throw new FlywheelException(FlywheelError.BadAnswer, $"{_key} made a job and did not say which.");
        }, cancellation).ConfigureAwait(false);
    }

    public Task<FlywheelJob> GetJobAsync(string id, CancellationToken cancellation)
        => GetAsync($"jobs/{Segment(id)}", FlywheelJson.Default.FlywheelJob, cancellation);

    /// <param name="filter">Such as <c>tags=campaign-7,state=failed</c>.</param>
    /// <param name="cancellation">Ends the listing.</param>
    public IAsyncEnumerable<FlywheelJob> ListJobsAsync(string? filter, CancellationToken cancellation)
        => ListAsync("jobs", filter, FlywheelJson.Default.FlywheelJob, j => j.Id, unread: null, cancellation);
}
