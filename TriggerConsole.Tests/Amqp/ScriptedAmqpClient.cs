using System.Collections.Concurrent;
using RabbitMQ.Client;
using TriggerConsole.Core.Amqp.Client;

namespace TriggerConsole.Tests.Amqp;

/// <summary>A client whose state and answers a test sets.</summary>
internal sealed class ScriptedAmqpClient(AmqpClientOptions options) : IAmqpClient
{
    public event Action<AmqpStatus>? StatusChanged;

    public AmqpClientOptions Options { get; } = options;

    public AmqpStatus Status { get; private set; } = new(AmqpState.Stopped, null, null, null, 0, 0, 0, null, null, null);

    public bool IsReady => Status.State == AmqpState.Connected;

    public ConcurrentQueue<AmqpMessage> Messages { get; } = new();

    public Func<AmqpMessage, CancellationToken, Task<AmqpPublishResult>> Answer { get; set; } = (_, _) => Task.FromResult(Result(AmqpPublishStatus.Confirmed));

    /// <summary>What becomes of declaring and binding; nothing is carried out.</summary>
    public Func<Task<AmqpOperationResult>> Operate { get; set; } = () => Task.FromResult(new AmqpOperationResult(AmqpOperationStatus.Done, 0, null));

    public bool IsStopped { get; private set; }

    public static AmqpPublishResult Result(AmqpPublishStatus status, ushort code = 0, string? text = null) => new(status, code, text, TimeSpan.FromMilliseconds(1.5));

    public static async Task<AmqpPublishResult> Never(AmqpMessage message, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        throw new InvalidOperationException("It never ends.");
    }

    public void Become(AmqpStatus status)
    {
        Status = status;
        StatusChanged?.Invoke(status);
    }

    public void Become(AmqpState state, AmqpConnectFailure? failure = null, string? blocked = null)
        => Become(Status with { State = state, LastFailure = failure ?? Status.LastFailure, BlockedReason = blocked });

    public void Start() => Become(AmqpState.Connecting);

    public Task<AmqpConnectFailure?> ConnectAsync(CancellationToken cancellationToken) => Task.FromResult<AmqpConnectFailure?>(null);

    public Task<AmqpPublishResult> PublishAsync(AmqpMessage message, CancellationToken cancellationToken)
    {
        Messages.Enqueue(message);
        return Answer(message, cancellationToken);
    }

    public Task<AmqpOperationResult> RunAsync(Func<IChannel, CancellationToken, Task> operations, bool declaresInternal, CancellationToken cancellationToken) => Operate();

    public Task StopAsync(CancellationToken cancellationToken)
    {
        IsStopped = true;
        Become(AmqpState.Stopped);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
