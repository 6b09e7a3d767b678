namespace FlywheelDicom.Unit.Transfer;

/// <summary>
/// Whatever goes wrong, each of 200 instances ends as one result, which is true against what the peer really stored; and a second
/// run with the journal sends what is missing, and nothing else.
/// </summary>
public class FaultMatrixTests(FaultMatrix matrix) : IClassFixture<FaultMatrix>
{
    public static TheoryData<string, int> Rows()
    {
        var rows = new TheoryData<string, int>();
        foreach (var scenario in FaultScenario.All)
        {
            rows.Add(scenario.Fault, 1);
            rows.Add(scenario.Fault, 4);
        }
        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Every_instance_ends_as_one_true_result(string fault, int associations)
    {
        var row = await matrix.RowAsync(fault, associations);
        var scenario = row.Scenario;
        Assert.Equal(FaultScenario.Instances, row.First.Select(r => r.SopInstanceUid).Distinct().Count());
        Assert.Equal(FaultScenario.Instances, row.First.Count);
        Assert.All(row.First.Where(r => r.IsStored), r => Assert.Contains(r.SopInstanceUid!, row.StoredThen));
        Assert.All(row.First.Where(r => !r.IsStored), r => Assert.DoesNotContain(r.SopInstanceUid!, row.StoredThen));
        var failed = row.First.Where(r => !r.IsStored).ToList();
        Assert.Equal(scenario.Failures, failed.Count);
        Assert.All(failed, r => Assert.Equal(scenario.ErrorId, r.ErrorId));
        Assert.All(failed, r => Assert.False(string.IsNullOrEmpty(r.Reason)));
        // With several, the fault may meet one that carries nothing yet.
        if (scenario.Retries && associations == 1)
            Assert.Contains(row.First, r => r.Attempts > 1);
        // What was delivered more than once, a result says so.
        Assert.True(row.First.Sum(r => r.Attempts) >= row.Deliveries, $"{row.Deliveries} deliveries, {row.First.Sum(r => r.Attempts)} attempts");

        Assert.Equal(FaultScenario.Instances, row.Second.Count);
        if (scenario.NeverHeals)
        {
            Assert.All(row.Second, r => Assert.Equal(scenario.ErrorId, r.ErrorId));
            return;
        }
        Assert.Equal(FaultScenario.Instances - scenario.Failures, row.Second.Count(r => r.Status == DicomSendStatus.Skipped));
        Assert.Equal(scenario.Failures, row.Second.Count(r => r.Status == DicomSendStatus.Sent));
        Assert.Equal(scenario.Failures, row.DeliveredAgain);
        Assert.Equal(FaultScenario.Instances, row.StoredAtLast.Count);
    }
}
