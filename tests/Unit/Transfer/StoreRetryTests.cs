using FlywheelDicom.Network.Scu;
using FlywheelDicom.TestSupport;
using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer;

public sealed class StoreRetryTests
{
    private static DicomNetworkException Failure(DicomNetworkError error, RetryAdvice advice = RetryAdvice.BackOff, int inFlight = 1)
        => new(error, $"{error}", advice) { InFlight = inFlight };

    private static DicomResponse Answer(ushort status) => new(new DicomStatus(status), null, SyntheticInstance.Explicit, 0);

    /// <summary>How often it was tried.</summary>
    private static async Task<int> TriesAsync(TimeSpan retryTime, Func<int, Task<DicomResponse>> store, bool once = false, Func<long, bool>? hasAnsweredSince = null)
    {
        var retry = new StoreRetry(retryTime, new SkippingTime(), _ => { }, hasAnsweredSince ?? (_ => false));
        var attempts = new StoreAttempts();
        if (once)
            retry.AllowOneTry(attempts);
        var tries = 0;
        try
        {
            await retry.ExecuteAsync(attempts, async () => await store(++tries), default).WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (DicomNetworkException)
        {
            // The last one's failure.
        }
        Assert.Equal(tries, attempts.Count);
        return tries;
    }

    [Theory]
    [InlineData(0x0000, 1)]
    [InlineData(0xB000, 1)]
    [InlineData(0x0111, 1)]
    [InlineData(0xA900, 1)]
    [InlineData(0xC000, 2)]
    [InlineData(0x0110, 2)]
    public async Task Answers_are_worth_as_many_tries_as_their_status_says(int status, int tries)
        => Assert.Equal(tries, await TriesAsync(TimeSpan.FromMinutes(1), _ => Task.FromResult(Answer((ushort)status))));

    [Theory]
    [InlineData(DicomNetworkError.AssociationAborted)]
    [InlineData(DicomNetworkError.ProtocolError)]
    public async Task Instance_at_which_the_peer_gives_up_five_times_is_given_up(DicomNetworkError error)
        => Assert.Equal(5, await TriesAsync(TimeSpan.FromHours(1), _ => throw Failure(error)));

    /// <summary>One process that serves an association after the other has the run's others before this one.</summary>
    [Fact]
    public async Task Wait_for_an_association_does_not_count_while_others_are_answered()
    {
        var busy = new DicomNetworkException(DicomNetworkError.ResponseTimeout, "No answer.", RetryAdvice.BackOff) { IsNegotiation = true };
        var asked = 0;
        var tries = await TriesAsync(TimeSpan.FromSeconds(1), n => n < 12 ? throw busy : Task.FromResult(Answer(0)), hasAnsweredSince: _ => ++asked > 0);
        Assert.Equal((12, 11), (tries, asked));
        Assert.InRange(await TriesAsync(TimeSpan.FromSeconds(1), _ => throw busy), 2, 6);
    }

    [Fact]
    public async Task Another_s_fault_does_not_count_against_it()
        => Assert.Equal(8, await TriesAsync(TimeSpan.FromHours(1), n => n < 8 ? throw Failure(DicomNetworkError.AssociationAborted, inFlight: 3) : Task.FromResult(Answer(0))));

    [Fact]
    public async Task Retry_time_ends_it()
    {
        Assert.Equal(1, await TriesAsync(TimeSpan.Zero, _ => throw Failure(DicomNetworkError.ConnectionLost)));
        Assert.InRange(await TriesAsync(TimeSpan.FromSeconds(10), _ => throw Failure(DicomNetworkError.ConnectionLost)), 2, 12);
    }

    [Fact]
    public async Task One_try_is_one_try()
        => Assert.Equal(1, await TriesAsync(TimeSpan.FromMinutes(1), _ => throw Failure(DicomNetworkError.ConnectionLost), once: true));

    [Fact]
    public async Task What_never_heals_is_not_tried_again()
        => Assert.Equal(1, await TriesAsync(TimeSpan.FromMinutes(1), _ => throw Failure(DicomNetworkError.ContextRefused, RetryAdvice.Never)));
}
