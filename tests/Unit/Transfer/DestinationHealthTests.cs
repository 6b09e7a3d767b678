using FlywheelDicom.Transfer.Sending;

namespace FlywheelDicom.Unit.Transfer;

public sealed class DestinationHealthTests
{
    private readonly StandingTime _time = new();
    private readonly DestinationHealth _health;

    public DestinationHealthTests() => _health = new DestinationHealth(_time);

    private static DicomNetworkException Failure(DicomNetworkError error, bool isNegotiation = false)
        => new(error, $"What went wrong: {error}.", RetryAdvice.BackOff) { IsNegotiation = isNegotiation };

    private void Fail(DicomNetworkException failure) => _health.Failed(failure, _time.GetTimestamp());

    private DestinationState Next => _health.Check().State;

    [Theory]
    [InlineData(DicomNetworkError.AssociationAborted, DestinationHealth.MaxUnanswered)]
    [InlineData(DicomNetworkError.ProtocolError, DestinationHealth.MaxUnanswered)]
    [InlineData(DicomNetworkError.ConnectionLost, DestinationHealth.MaxUnanswered)]
    [InlineData(DicomNetworkError.ClientCertificateRefused, DestinationHealth.MaxUnanswered)]
    [InlineData(DicomNetworkError.ResponseTimeout, DestinationHealth.MaxTimedOut)]
    [InlineData(DicomNetworkError.WriteTimeout, DestinationHealth.MaxTimedOut)]
    public void Instances_in_a_row_without_an_answer_are_tried_in_full_then_once_then_not(DicomNetworkError error, int limit)
    {
        for (var failed = 0; failed < limit; failed++)
        {
            Assert.Equal(failed < DestinationHealth.MaxInFull ? DestinationState.Available : DestinationState.Doubtful, Next);
            Fail(Failure(error));
        }
        Assert.Equal((DestinationState.Down, new DestinationFailure("Dicom" + error, $"What went wrong: {error}.")), _health.Check());
    }

    [Fact]
    public void One_that_is_down_is_tried_every_half_minute_until_it_answers()
    {
        Fail(Failure(DicomNetworkError.ConnectionRefused, isNegotiation: true));
        for (var probe = 0; probe < 3; probe++)
        {
            Assert.Equal(DestinationState.Down, Next);
            _time.Move(DestinationHealth.ProbeInterval);
            Assert.Equal((DestinationState.Doubtful, DestinationState.Down), (Next, Next));
            // Whatever the probe fails of.
            Fail(Failure(DicomNetworkError.AssociationAborted));
        }
        _time.Move(DestinationHealth.ProbeInterval);
        Assert.Equal(DestinationState.Doubtful, Next);
        _health.Answered(DicomStatus.Success);
        Assert.Equal(DestinationState.Available, Next);
    }

    [Fact]
    public void Any_answer_ends_the_row()
    {
        for (var round = 0; round < 5; round++)
        {
            for (var failed = 0; failed < DestinationHealth.MaxUnanswered - 1; failed++)
                Fail(Failure(DicomNetworkError.AssociationAborted));
            Assert.Equal(DestinationState.Doubtful, Next);
            _health.Answered(DicomStatus.Success);
            Assert.Equal(DestinationState.Available, Next);
        }
    }

    [Fact]
    public void Refusal_of_a_context_says_nothing_of_the_destination()
    {
        for (var failed = 0; failed < 100; failed++)
            Fail(Failure(DicomNetworkError.ContextRefused));
        Assert.Equal(DestinationState.Available, Next);
    }

    [Fact]
    public void One_that_answers_with_failures_is_there_and_is_asked_once_for_each()
    {
        for (var refused = 0; refused < 100; refused++)
        {
            Assert.Equal(refused < DestinationHealth.MaxInFull ? DestinationState.Available : DestinationState.Doubtful, Next);
            _health.Answered(DicomStatus.CannotUnderstand);
        }
        _health.Answered(DicomStatus.Success);
        Assert.Equal(DestinationState.Available, Next);
        _health.Answered(DicomStatus.OutOfResources);
        Assert.Equal(DestinationState.Doubtful, Next);
    }

    /// <summary>A series that it cannot take is not the end of those after it.</summary>
    [Theory]
    [InlineData(5, DestinationHealth.MaxUnanswered)]
    [InlineData(50, 50)]
    [InlineData(5000, DestinationHealth.MaxUnansweredEver)]
    public void One_that_took_many_before_is_given_more(int taken, int limit)
    {
        for (var i = 0; i < taken; i++)
            _health.Answered(DicomStatus.Success);
        for (var failed = 0; failed < limit; failed++)
        {
            Assert.NotEqual(DestinationState.Down, Next);
            Fail(Failure(DicomNetworkError.AssociationAborted));
        }
        Assert.Equal(DestinationState.Down, Next);
    }

    /// <summary>An association that is not let in again says nothing of those that are.</summary>
    [Fact]
    public void One_that_answers_another_association_is_not_down()
    {
        var begun = _time.GetTimestamp();
        _time.Move(TimeSpan.FromSeconds(60));
        _health.Answered(DicomStatus.Success);
        _health.Failed(Failure(DicomNetworkError.ConnectionRefused, isNegotiation: true), begun);
        Assert.Equal(DestinationState.Available, Next);
        _time.Move(TimeSpan.FromSeconds(60));
        Fail(Failure(DicomNetworkError.ConnectionRefused, isNegotiation: true));
        Assert.Equal(DestinationState.Down, Next);
    }
}
