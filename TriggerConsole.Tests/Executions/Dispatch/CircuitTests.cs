using TriggerConsole.Core.Executions;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Executions.Dispatch;

public sealed class CircuitTests
{
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task Transient_OpensTheCircuit_UnlessTheTargetIsWell(bool isWell, int circuits)
    {
        await using var bench = await EngineBench.StartAsync(new() { CircuitBreaker = new() { MinimumAttempts = 10 } });
        var full = bench.AddTrigger(
            (_, _) => Task.FromResult(new AttemptOutcome { Failure = FailureKind.Transient, Code = "refused", Detail = "A queue is full.", TargetIsWell = isWell }), new() { MaxAttempts = 1 }, new() { MaxConcurrent = 1 }, target: "amqp:1");
        for (var i = 0; i < 10; i++) await bench.AcceptAsync(full);
        await bench.WaitForCountAsync(ExecutionStatus.DeadLettered, 10);

        Assert.Equal(circuits, bench.Dispatcher.OpenCircuits.Count);
    }
}
