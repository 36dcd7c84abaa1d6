using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Mqtt;

/// <summary>
/// Lists messages by broker and topic. What an index cannot tell (the topic, the broker of a message without a trigger) is read out
/// of the records, step by step and within a time, as the search of executions does.
/// </summary>
internal sealed class MqttLogQueries(IDbContextFactory<TriggerConsoleDbContext> contexts, ExecutionQueries executions, TriggerDirectory triggerDirectory, MqttBrokerDirectory brokers, TimeProvider time)
{
    private const int SearchStep = 200;

    /// <summary>Beyond this many triggers one walk through all executions is cheaper than a seek for each.</summary>
    private const int MostSeeks = 64;

    private static readonly TimeSpan s_searchTime = TimeSpan.FromSeconds(1);

    /// <param name="cursor">From the page before; null for the first.</param>
    public async Task<MqttLogPage> ListAsync(MqttLogFilter filter, string? cursor, int limit, CancellationToken cancellationToken)
    {
        var wanted = new ExecutionFilter
        {
            Kind = TriggerKind.Mqtt,
            Statuses = filter.Statuses,
            From = filter.From,
            To = filter.To,
            TriggerId = filter.TriggerId,
            TriggerIds = filter.TriggerId is null ? await TriggersAsync(filter.BrokerId, cancellationToken) : null,
        };
        var before = Guid.TryParse(cursor, out var id) ? id : (Guid?)null;
        var looksInside = filter.BrokerId is not null || !string.IsNullOrWhiteSpace(filter.Topic);
        var step = looksInside ? SearchStep : limit + 1;
        var found = new List<MqttLogEntry>();
        var start = time.GetTimestamp();
        while (true)
        {
            var rows = await executions.WithLastAttemptAsync(wanted, before, step, cancellationToken);
            foreach (var (view, last) in rows)
            {
                var entry = EntryOf(view, last);
                if (Matches(entry, filter))
                {
                    if (found.Count == limit) return new(found, found[^1].ExecutionId.ToString(), null);
                    found.Add(entry);
                }
                before = view.Id;
            }
            if (rows.Count < step) return new(found, null, null);
            if (time.GetElapsedTime(start) > s_searchTime) return new(found, before?.ToString(), Uuid7.TimeOf(before!.Value));
        }
    }

    // Deleted triggers as well: their messages were sent all the same. Null when a walk through all is better.
    private async Task<IReadOnlyList<Guid?>?> TriggersAsync(Guid? brokerId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var triggers = context.Triggers.AsNoTracking().Where(t => t.Kind == TriggerKind.Mqtt);
        if (brokerId is { } id)
        {
            // Where a trigger leads may have been changed since, so the record has the last word; this only narrows down
            var text = id.ToString();
            var used = await context.Triggers.AsNoTracking().CountAsync(t => t.Kind == TriggerKind.Mqtt, cancellationToken);
            if (used > MostSeeks) triggers = triggers.Where(t => t.Settings.Contains(text));
        }
        var ids = await triggers.Select(t => (Guid?)t.Id).Take(MostSeeks + 1).ToListAsync(cancellationToken);
        return ids.Count > MostSeeks ? null : [.. ids, null];
    }

    private static bool Matches(MqttLogEntry entry, MqttLogFilter filter)
        => (filter.BrokerId is null || entry.BrokerId == filter.BrokerId)
            && (string.IsNullOrWhiteSpace(filter.Topic) || entry.Topic?.Contains(filter.Topic.Trim(), StringComparison.OrdinalIgnoreCase) == true);

    private MqttLogEntry EntryOf(ExecutionView view, Attempt? last)
    {
        var request = Read<RecordedMqttRequest>(last?.Request);
        // What waits for its first attempt goes where its trigger leads now
        var brokerId = request?.BrokerId ?? (view.TriggerId is { } trigger && triggerDirectory.Find(trigger)?.Settings is MqttTriggerSettings settings ? settings.BrokerId : null);
        return new()
        {
            ExecutionId = view.Id,
            CreatedAt = view.CreatedAt,
            SentAt = last?.StartedAt,
            TriggerId = view.TriggerId,
            TriggerName = view.TriggerName,
            BrokerId = brokerId,
            Broker = (brokerId is { } id ? brokers.Find(id)?.Name : null) ?? request?.Broker,
            Topic = request?.Topic,
            Qos = request?.Qos,
            Retain = request?.Retain,
            PayloadSize = request?.BodySize,
            Status = view.Status,
            Code = view.Code,
            Reason = Read<RecordedMqttResponse>(last?.Response)?.Reason,
            Detail = view.Detail,
            Attempts = view.Attempts,
            Test = view.Test,
            DurationMs = view.DurationMs,
        };
    }

    private static T? Read<T>(byte[]? record) where T : class
    {
        if (record is null) return null;
        try { return JsonSerializer.Deserialize(record, typeof(T), MqttRecordJson.Default) as T; }
        catch (JsonException) { return null; } // of another version
    }
}
