using System.Text.Json;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Brokers;

/// <summary>Reads what was published without a trigger, whatever the protocol.</summary>
internal sealed class SentMessages(ExecutionQueries executions)
{
    // Those to other brokers are among them
    private const int Looked = 200;

    /// <param name="read">Reads a record; null for one of another version.</param>
    /// <param name="isMeant">Whether it went to the broker in question.</param>
    public async Task<IReadOnlyList<TSent>> ListAsync<TMessage, TSent>(
        TriggerKind kind, Func<JsonElement?, TMessage?> read, Func<TMessage, bool> isMeant, Func<ExecutionView, TMessage, TSent> make, int most, CancellationToken cancellationToken) where TMessage : class
    {
        var rows = await executions.WithLastAttemptAsync(new() { Kind = kind, TriggerIds = [null] }, null, Looked, cancellationToken);
        return [.. rows.Select(r => (r.View, Message: Read(r.Last?.Request, read))).Where(r => r.Message is not null && isMeant(r.Message)).Take(most).Select(r => make(r.View, r.Message!))];
    }

    private static TMessage? Read<TMessage>(byte[]? record, Func<JsonElement?, TMessage?> read) where TMessage : class
    {
        if (record is null) return null;
        try { return read(JsonSerializer.Deserialize<JsonElement>(record)); }
        catch (JsonException) { return null; } // of another version
    }
}
