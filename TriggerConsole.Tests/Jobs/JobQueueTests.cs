using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Jobs;
using Xunit;

namespace TriggerConsole.Tests.Jobs;

public sealed class JobQueueTests
{
    [Fact]
    public void Name_OfEachQueue_ReadsBack()
    {
        Assert.Equal(JobQueue.Count, JobQueue.All.Count);
        foreach (var queue in JobQueue.All)
        {
            Assert.True(JobQueue.TryParse(queue.Name, out var parsed));
            Assert.Equal(queue, parsed);
            Assert.Equal(queue, JobQueue.At(queue.Index));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("http")]
    [InlineData("http-")]
    [InlineData("http-10")]
    [InlineData("http--1")]
    [InlineData("ftp-5")]
    [InlineData("0-5")]
    [InlineData("-5")]
    public void TryParse_NoQueue_IsFalse(string? name) => Assert.False(JobQueue.TryParse(name, out _));

    [Theory]
    [InlineData("Http", 256)]
    [InlineData("http-9", 16)]
    [InlineData("AMQP-0", 1)]
    public void Workers_KnownQueue_IsValid(string name, int workers) => Assert.True(new ExecutionWorkersRules().Validate(null, With(name, workers)).Succeeded);

    [Theory]
    [InlineData("Htp-9", 16, "Name a kind (Http, Mqtt, Amqp)")]
    [InlineData("Http-10", 16, "priority from 0 to 9")]
    [InlineData("Http-9", 0, "pause it on the Jobs page")]
    [InlineData("Http-9", 20_001, "from 1 to 20,000")]
    public void Workers_UnknownQueueOrNumber_IsAFaultWithAHint(string name, int workers, string hint)
    {
        var result = new ExecutionWorkersRules().Validate(null, With(name, workers));

        Assert.True(result.Failed);
        Assert.Contains($"Execution:Workers:{name}", result.FailureMessage);
        Assert.Contains(hint, result.FailureMessage);
    }

    private static ExecutionOptions With(string name, int workers) => new() { Workers = new() { [name] = workers } };
}
