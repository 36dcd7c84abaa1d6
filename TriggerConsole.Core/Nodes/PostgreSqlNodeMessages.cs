using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using TriggerConsole.Core.Diagnostics;

namespace TriggerConsole.Core.Nodes;

/// <summary>
/// Messages through <c>LISTEN</c> and <c>NOTIFY</c>: one connection to hear on, kept alive by questions of its own, and one to speak
/// on, made when there is something to say.
/// </summary>
internal sealed partial class PostgreSqlNodeMessages : INodeMessages, IAsyncDisposable
{
    /// <summary>Channels belong to one database, so that one name is enough.</summary>
    public const string Channel = "triggerconsole";

    private const int MostWaiting = 1000;
    private const int MostAtOnce = 100;
    private static readonly TimeSpan s_keepAlive = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(500);

    private readonly NpgsqlDataSource _source;
    private readonly ILogger<PostgreSqlNodeMessages> _logger;
    private readonly Channel<string> _outgoing = System.Threading.Channels.Channel.CreateBounded<string>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly CancellationTokenSource _stop = new();
    private ImmutableArray<Subscription> _subscriptions = [];
    private Task _work = Task.CompletedTask;
    private int _hasStopped;

    public PostgreSqlNodeMessages(string connectionString, ILogger<PostgreSqlNodeMessages> logger)
    {
        _logger = logger;
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "TriggerConsole messages", Pooling = false, Timeout = 5, CommandTimeout = 5 };
        _source = NpgsqlDataSource.Create(builder);
    }

    public Guid Sender { get; } = Guid.NewGuid();

    public event Action? Missed;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var connection = await ListenAsync(cancellationToken);
        _work = Task.WhenAll(Task.Run(() => HearAsync(connection), CancellationToken.None), Task.Run(SpeakAsync, CancellationToken.None));
    }

    public void Publish(string topic, string payload) => _outgoing.Writer.TryWrite(Compose(Sender, topic, payload));

    public IDisposable Subscribe(string topic, Action<NodeMessage> handler)
    {
        var subscription = new Subscription(this, topic, handler);
        ImmutableInterlocked.Update(ref _subscriptions, (list, added) => list.Add(added), subscription);
        return subscription;
    }

    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _hasStopped, 1) != 0) return;
        _outgoing.Writer.TryComplete();
        await _stop.CancelAsync();
        await _work;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _source.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>The text of a message; for those that are sent in another transaction, with what they tell about.</summary>
    public static string Compose(Guid sender, string topic, string payload) => $"{sender:N}{topic}:{payload}";

    private async Task<NpgsqlConnection> ListenAsync(CancellationToken cancellationToken)
    {
        var connection = _source.CreateConnection();
        try
        {
            connection.Notification += (_, message) => Hear(message.Payload);
            await connection.OpenAsync(cancellationToken);
            await using var listen = new NpgsqlCommand($"LISTEN {Channel}", connection);
            await listen.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task HearAsync(NpgsqlConnection connection)
    {
        var isAway = false;
        NpgsqlConnection? current = connection;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                current ??= await ListenAsync(_stop.Token);
                if (isAway)
                {
                    isAway = false;
                    LogBack();
                    Missed?.Invoke();
                }
                if (await current.WaitAsync(s_keepAlive, _stop.Token)) continue;
                // A peer that is gone without a word is found out by a question
                await using var question = new NpgsqlCommand("SELECT 1", current);
                await question.ExecuteNonQueryAsync(_stop.Token);
            }
            catch (Exception exception)
            {
                if (current is not null) await current.DisposeAsync();
                current = null;
                if (_stop.IsCancellationRequested) break;
                if (!isAway) LogAway(exception.Message);
                isAway = true;
                await Task.Delay(s_retry, CancellationToken.None);
            }
        }
        if (current is not null) await current.DisposeAsync();
    }

    private async Task SpeakAsync()
    {
        NpgsqlConnection? connection = null;
        var messages = new List<string>(MostAtOnce);
        while (await _outgoing.Reader.WaitToReadAsync(CancellationToken.None))
        {
            messages.Clear();
            while (messages.Count < MostAtOnce && _outgoing.Reader.TryRead(out var message)) messages.Add(message);
            try
            {
                connection ??= await _source.OpenConnectionAsync(CancellationToken.None);
                await using var notify = new NpgsqlCommand("SELECT pg_notify($1, m) FROM unnest($2) m", connection) { Parameters = { new() { Value = Channel }, new() { Value = messages.ToArray() } } };
                await notify.ExecuteNonQueryAsync(CancellationToken.None);
            }
            catch (Exception exception)
            {
                // Nothing in it must arrive; what it would have hurried up takes its time
                if (!_stop.IsCancellationRequested) LogUnsent(messages.Count, exception.Message);
                if (connection is not null) await connection.DisposeAsync();
                connection = null;
                if (!_stop.IsCancellationRequested) await Task.Delay(s_retry, CancellationToken.None);
            }
        }
        if (connection is not null) await connection.DisposeAsync();
    }

    private void Hear(string text)
    {
        const int SenderLength = 32;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < SenderLength || !Guid.TryParseExact(text.AsSpan(0, SenderLength), "N", out var sender) || sender == Sender) return;
        var topic = text[SenderLength..colon];
        foreach (var subscription in _subscriptions)
        {
            if (subscription.Topic != topic) continue;
            try
            {
                subscription.Handler(new(sender, topic, text[(colon + 1)..]));
            }
            catch (Exception exception)
            {
                LogHandlerFault(topic, exception); // of another version, perhaps; the next message must still be heard
            }
        }
    }

    private sealed class Subscription(PostgreSqlNodeMessages messages, string topic, Action<NodeMessage> handler) : IDisposable
    {
        public string Topic { get; } = topic;

        public Action<NodeMessage> Handler { get; } = handler;

        public void Dispose() => ImmutableInterlocked.Update(ref messages._subscriptions, (list, removed) => list.Remove(removed), this);
    }

    [LoggerMessage(EventIds.MessagesAway, LogLevel.Warning, "Messages of other nodes are not heard for now: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(EventIds.MessagesBack, LogLevel.Information, "Messages of other nodes are heard again; what may have been missed is read from the database.")]
    private partial void LogBack();

    [LoggerMessage(EventIds.MessagesUnsent, LogLevel.Debug, "{Count} messages to other nodes were not sent: {Reason}")]
    private partial void LogUnsent(int count, string reason);

    [LoggerMessage(EventIds.MessageFault, LogLevel.Error, "A fault of ours in what follows a message about {Topic}.")]
    private partial void LogHandlerFault(string topic, Exception exception);
}
