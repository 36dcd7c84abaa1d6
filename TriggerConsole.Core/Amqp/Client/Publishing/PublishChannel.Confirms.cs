using System.Globalization;
using System.Text;
using RabbitMQ.Client.Events;

namespace TriggerConsole.Core.Amqp.Client.Publishing;

/// <summary>What comes back. Called by the library's reader, one at a time; it must not be held up.</summary>
internal sealed partial class PublishChannel
{
    private readonly List<PendingPublish> _settled = [];
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _idle;

    public Task WhenClosedAsync() => _end.Task;

    /// <summary>Completes when nothing is outstanding, or the channel is closed.</summary>
    public Task WhenIdleAsync()
    {
        lock (_gate) return IsClosed || _outstanding.Count == 0 ? Task.CompletedTask : (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    private Task OnConfirm(ulong tag, bool isMultiple, bool isAck)
    {
        bool isKnown;
        TaskCompletionSource? idle = null;
        lock (_gate)
        {
            isKnown = _outstanding.Knows(tag);
            if (isKnown && isMultiple) _outstanding.TakeUpTo(tag, _settled);
            else if (isKnown && _outstanding.Take(tag) is { } one) _settled.Add(one);
            if (_outstanding.Count == 0) (idle, _idle) = (_idle, null);
        }
        if (!isKnown) _context.EndByViolation("confirmed a message that was never sent");
        if (_settled.Count > 0)
        {
            Settle(isAck);
            _settled.Clear();
        }
        idle?.TrySetResult();
        return Task.CompletedTask;
    }

    private void Settle(bool isAck)
    {
        _context.Window.Release(_settled.Count);
        var confirmed = 0;
        foreach (var publish in _settled)
        {
            if (isAck && publish.ReturnCode == 0) confirmed++;
            publish.Settle(isAck);
        }
        _context.Counter.NoteConfirmed(confirmed, _settled[^1].SentAt);
    }

    private Task OnReturn(BasicReturnEventArgs returned)
    {
        object? key = null;
        returned.BasicProperties.Headers?.TryGetValue(AmqpMessage.KeyHeader, out key);
        var wanted = key is byte[] bytes ? Encoding.UTF8.GetString(bytes) : Convert.ToString(key, CultureInfo.InvariantCulture);
        lock (_gate)
        {
            var publish = _outstanding.FindReturned(wanted, static (p, wanted) => p.Message.Mandatory && p.Message.Key == wanted)
                // The header is not what was agreed on: then by the way it went
                ?? _outstanding.FindReturned(returned, static (p, r) => p.Message.Mandatory && p.Message.RoutingKey == r.RoutingKey && p.Message.Exchange == r.Exchange);
            if (publish is not null) (publish.ReturnCode, publish.ReturnText) = (returned.ReplyCode, returned.ReplyText);
        }
        return Task.CompletedTask;
    }

    private Task OnShutdown(ShutdownEventArgs reason)
    {
        _context.OnChannelClosed();
        if (TryClose(reason)) _onClosed();
        return Task.CompletedTask;
    }

    private bool TryClose(ShutdownEventArgs reason)
    {
        TaskCompletionSource? idle;
        lock (_gate)
        {
            if (IsClosed) return false;
            Closure = reason;
            (idle, _idle) = (_idle, null);
        }
        _ = _closed.CancelAsync(); // not here: this is the library's reader
        _end.TrySetResult();
        idle?.TrySetResult();
        return true;
    }
}
