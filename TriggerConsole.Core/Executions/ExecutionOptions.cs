using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Jobs;

namespace TriggerConsole.Core.Executions;

/// <summary>How the engine works. The defaults suit one node with two cores and up to a few hundred megabytes of memory.</summary>
public sealed class ExecutionOptions
{
    public const string SectionName = "Execution";

    /// <summary>Executions at the same time in all. No trigger gets more than are still free, so some always are. Default: 1,024.</summary>
    [Range(1, 20_000)] public int MaxConcurrency { get; set; } = 1024;

    /// <summary>Executions at the same time of one trigger that sets no limit of its own. Default: 64.</summary>
    [Range(1, 1000)] public int MaxConcurrencyPerTrigger { get; set; } = 64;

    /// <summary>
    /// Executions at the same time of one queue on one node: <c>Execution:Workers:Http=256</c> for a kind, <c>Execution:Workers:Http-9=16</c>
    /// for a kind and priority. What is not named has no limit of its own. Default: none.
    /// </summary>
    public Dictionary<string, int> Workers { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Executions held in memory, running or about to; what is beyond waits in the database. Default: 4,096.</summary>
    [Range(16, 1_000_000)] public int MemoryWindow { get; set; } = 4096;

    /// <summary>Payload bytes held in memory for them. Default: 64 MB.</summary>
    [Range(1 << 20, 1L << 34)] public long MemoryWindowBytes { get; set; } = 64L << 20;

    /// <summary>Entries that may wait for the disk; beyond, callers are told to come back (503). Default: 20,000.</summary>
    [Range(16, 1_000_000)] public int JournalCapacity { get; set; } = 20_000;

    /// <summary>Bytes that may wait for the disk. Default: 64 MB.</summary>
    [Range(1 << 20, 1L << 34)] public long JournalCapacityBytes { get; set; } = 64L << 20;

    /// <summary>Entries written in one transaction at most. Default: 1,000.</summary>
    [Range(1, 100_000)] public int JournalBatchSize { get; set; } = 1000;

    /// <summary>How long what nobody waits for (attempts, refusals) may wait to share a transaction. Default: 10 ms.</summary>
    public TimeSpan JournalLinger { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>How long a stopping server waits for attempts under way before it breaks them off; they are then tried again, no attempt used. Default: 20 s.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a synchronous call waits for its execution before it is answered 504 (the execution goes on). Default: 30 s.</summary>
    public TimeSpan SynchronousTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an idempotency key is remembered. Default: 24 h.</summary>
    public TimeSpan IdempotencyPeriod { get; set; } = TimeSpan.FromHours(24);

    /// <summary>When a target is taken for broken.</summary>
    [ValidateObjectMembers] public CircuitBreakerOptions CircuitBreaker { get; set; } = new();
}

/// <summary>
/// A target that fails is left alone for a while: its executions wait without using attempts, then one of them probes.
/// </summary>
public sealed class CircuitBreakerOptions
{
    /// <summary>Default: on.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Share of failures in <see cref="SamplingPeriod"/> that opens the circuit. Default: 0.5.</summary>
    [Range(0.01, 1)] public double FailureRatio { get; set; } = 0.5;

    /// <summary>Attempts in the period before the share says anything. Default: 20.</summary>
    [Range(1, 100_000)] public int MinimumAttempts { get; set; } = 20;

    /// <summary>Default: 30 s.</summary>
    public TimeSpan SamplingPeriod { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>First break; doubled each time a probe fails. Default: 5 s.</summary>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Default: 2 min.</summary>
    public TimeSpan MaxBreakDuration { get; set; } = TimeSpan.FromMinutes(2);
}

/// <summary>What attributes cannot say: names of queues, and their limits.</summary>
internal sealed class ExecutionWorkersRules : IValidateOptions<ExecutionOptions>
{
    private const int MostWorkers = 20_000;

    public ValidateOptionsResult Validate(string? name, ExecutionOptions options)
    {
        var faults = new List<string>();
        foreach (var (queue, workers) in options.Workers)
        {
            if (!JobQueue.TryParse(queue, out _) && !JobQueue.TryParseKind(queue, out _))
                faults.Add($"{ExecutionOptions.SectionName}:Workers:{queue} names no queue. Name a kind (Http, Mqtt, Amqp), or a kind and a priority from 0 to 9: Http-9.");
            if (workers is < 1 or > MostWorkers)
                faults.Add($"{ExecutionOptions.SectionName}:Workers:{queue} is {workers}. Give a number from 1 to {MostWorkers:N0}; to stop a queue, pause it on the Jobs page.");
        }
        return faults.Count > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }
}

[OptionsValidator]
internal sealed partial class ExecutionOptionsValidator : IValidateOptions<ExecutionOptions>;
