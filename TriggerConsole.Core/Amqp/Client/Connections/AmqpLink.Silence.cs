namespace TriggerConsole.Core.Amqp.Client.Connections;

internal sealed partial class AmqpLink
{
    private readonly ITimer _silence;

    // The library would need three to four heartbeats to notice that nobody is there any more
    private ITimer WatchSilence()
    {
        var limit = SilenceLimit;
        return _time.CreateTimer(static link => ((AmqpLink)link!).Look(), this, limit > TimeSpan.Zero ? limit : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    // As negotiated; brokers send a heartbeat in half this time at least
    private TimeSpan SilenceLimit => _connection.Heartbeat * 2;

    private void Look()
    {
        var left = SilenceLimit - _time.GetElapsedTime(Stream.LastHeard);
        if (left > TimeSpan.Zero)
        {
            _silence.Change(left, Timeout.InfiniteTimeSpan);
            return;
        }
        End(Judge.Silent(_options, SilenceLimit), null);
    }
}
