namespace TriggerConsole.Core.Amqp.Client.Transports;

internal sealed partial class AmqpStream
{
    private readonly OutBuffer _out = new();
    private readonly ClosedChannels _closedChannels = new();

    /// <summary>So much waits for the network that publishers should wait as well: <see cref="RoomAsync"/>.</summary>
    public bool IsCongested => _out.IsCongested;

    /// <summary>A message of at least this size is on its way through the library.</summary>
    public void Expect(int bytes) => _out.Expect(bytes);

    /// <summary>It will not come after all.</summary>
    public void Forget(int bytes) => _out.Forget(bytes);

    /// <summary>Completes when <see cref="IsCongested"/> may have ended; soon after an <see cref="Abort"/> too.</summary>
    public Task RoomAsync(CancellationToken cancellationToken) => _out.RoomAsync(cancellationToken);

    /// <summary>Channels on which exchanges are declared as internal.</summary>
    public InternalExchanges InternalExchanges { get; } = new();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_closedChannels.IsTooLate(buffer.Span)) return ValueTask.CompletedTask;
        buffer = InternalExchanges.Mark(buffer);
        if (!_out.TryAppend(buffer.Span, out var mustStart)) return AppendSlowlyAsync(buffer);
        if (mustStart) StartSending();
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(ReadOnlySpan<byte> buffer) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // What is written goes out as soon as it can
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush() { }

    private async ValueTask AppendSlowlyAsync(ReadOnlyMemory<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var taken = await _out.AppendSomeAsync(buffer);
            if (taken.MustStart) StartSending();
            buffer = buffer[taken.Count..];
        }
    }

    private void StartSending() => ThreadPool.UnsafeQueueUserWorkItem(static stream => _ = stream.SendAllAsync(), this, preferLocal: false);

    private async Task SendAllAsync()
    {
        try
        {
            while (_out.TryTake(out var batch))
            {
                await transport.Stream.WriteAsync(batch);
                await transport.Stream.FlushAsync();
                _out.SignalRoom();
            }
        }
        catch (Exception exception)
        {
            End(exception);
        }
    }
}
