using System.Diagnostics.CodeAnalysis;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Executions.Starting;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Brokers;

/// <summary>Publishes one message without a trigger. It is recorded like a test: event and execution are on disk before it is sent.</summary>
/// <param name="path">Of the API, where the event is said to have come in.</param>
internal abstract class BrokerPublisher(string path, TriggerTester tester, TimeProvider time)
{
    /// <summary>A text as a template that gives just this text: the same way leads through as for triggers.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    protected static string? Literal(string? text) => text?.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);

    /// <param name="prepared">Passes the event on as it came.</param>
    /// <param name="actor">Who asks: e-mail of the user or name of the API key.</param>
    protected Task<CommandResult<ExecutionDetails>> RunAsync(ITriggerKind kind, PreparedTrigger prepared, PublishedPayload payload, string? actor, CancellationToken cancellationToken)
        => tester.RunAsync(kind, prepared, new EventContent(Store(payload, actor)), isNew: true, triggerId: null, cancellationToken);

    private StoredEvent Store(PublishedPayload payload, string? actor)
    {
        var now = time.Now();
        var contentType = payload.Format is { } known ? MessageBody.ContentTypeOf(known) : null;
        KeyValuePair<string, string>[] headers = contentType is null ? [] : [new("Content-Type", contentType)];
        return new()
        {
            Id = Uuid7.New(now),
            Origin = EventOrigin.Api,
            ReceivedAt = now,
            Method = "POST",
            Path = path,
            Headers = EventHeaders.Write(headers),
            ContentType = contentType,
            EventType = EventTypes.Detect(headers, contentType, payload.Bytes),
            Verdicts = VerdictJson.Write([]),
            Actor = actor,
            Body = payload.Bytes,
        };
    }
}
