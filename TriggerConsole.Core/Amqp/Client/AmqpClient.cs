using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using TriggerConsole.Core.Amqp.Client.Connections;
using TriggerConsole.Core.Amqp.Client.Publishing;
using TriggerConsole.Core.Amqp.Client.Reconnecting;

namespace TriggerConsole.Core.Amqp.Client;

/// <inheritdoc cref="IAmqpClient"/>
internal sealed partial class AmqpClient : IAmqpClient
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly AmqpClientOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly PublishCounter _counter;
    private readonly Connector _connector;
    private readonly Backoff _backoff;
    private volatile AmqpLink? _link;
    private volatile bool _isStopping;
    private Task? _running;
    private Task<AmqpConnectFailure?>? _connecting;
    private Task? _stopping;

    public AmqpClient(AmqpClientOptions options, TimeProvider time, ILogger logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _counter = new(time);
        _connector = new(options, _counter, time);
        _backoff = new(options.Reconnect);
    }

    public bool IsReady => !_isStopping && _link is { IsReady: true };

    public void Start()
    {
        lock (_lock)
        {
            if (_isStopping || _running is not null || _connecting is not null) throw new InvalidOperationException("An AMQP client is started once, and not after ConnectAsync or StopAsync.");
            _running = Task.Run(StayConnectedAsync);
        }
    }

    public Task<AmqpConnectFailure?> ConnectAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_isStopping || _running is not null) throw new InvalidOperationException("An AMQP client that was started or stopped cannot be connected by ConnectAsync.");
            if (_connecting is null || (_connecting.IsCompleted && _link is null)) _connecting = Task.Run(ConnectOnceAsync);
            return _connecting.WaitAsync(cancellationToken);
        }
    }

    public Task<AmqpPublishResult> PublishAsync(AmqpMessage message, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<AmqpPublishResult>(cancellationToken);
        if (_isStopping) return Unsent(AmqpPublishStatus.Stopped);
        if (_link is not { Ending: null } link) return Unsent(AmqpPublishStatus.NotConnected);
        return link.IsBlocked ? Unsent(AmqpPublishStatus.Blocked) : link.PublishAsync(message, cancellationToken);
    }

    public Task<AmqpOperationResult> RunAsync(Func<IChannel, CancellationToken, Task> operations, CancellationToken cancellationToken) => RunAsync(operations, declaresInternal: false, cancellationToken);

    public Task<AmqpOperationResult> RunAsync(Func<IChannel, CancellationToken, Task> operations, bool declaresInternal, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<AmqpOperationResult>(cancellationToken);
        return !_isStopping && _link is { Ending: null } link
            ? link.RunAsync(operations, declaresInternal, cancellationToken)
            : Task.FromResult(new AmqpOperationResult(AmqpOperationStatus.NotConnected, 0, null));
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _isStopping = true;
            // Whoever asks may stop waiting; the stop itself goes on
            _stopping ??= Task.Run(StopOnceAsync, CancellationToken.None);
            return _stopping.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None); // has its own limit
        _stop.Dispose();
    }

    private async Task StopOnceAsync()
    {
        if (_link is { } link) await link.StopAsync(_options.StopTimeout);
        await _stop.CancelAsync();
        try { await (_running ?? _connecting ?? Task.CompletedTask).WaitAsync(_options.StopTimeout, _time); }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException) { }
        SetState(AmqpState.Stopped);
    }

    private static Task<AmqpPublishResult> Unsent(AmqpPublishStatus status) => Task.FromResult(new AmqpPublishResult(status, 0, null, TimeSpan.Zero));
}
