using System.Buffers.Binary;
using System.Text;
using TriggerConsole.Core;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Tests.Testing;

/// <summary>Rows for tests; what a test is about it says itself.</summary>
internal static class Sample
{
    public static DateTimeOffset Now { get; } = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    private static long s_ids;

    /// <summary>A version 7 id of the given time; later calls give greater ids.</summary>
    public static Guid Id(DateTimeOffset? at = null)
    {
        var bytes = Uuid7.Floor(at ?? Now).ToByteArray(bigEndian: true);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), long.MinValue | Interlocked.Increment(ref s_ids));
        return new(bytes, bigEndian: true);
    }

    public static StoredEvent Event(byte[]? body = null, DateTimeOffset? at = null, Guid? callbackId = null) => new()
    {
        Id = Id(at),
        CallbackId = callbackId,
        Origin = EventOrigin.Callback,
        ReceivedAt = at ?? Now,
        Method = "POST",
        Path = "/api/trigger/x",
        QueryString = "?a=1",
        Headers = "[[\"Content-Type\",\"application/json\"]]"u8.ToArray(),
        ContentType = "application/json",
        RemoteAddress = "127.0.0.1",
        EventType = "order.created",
        Verdicts = "[]"u8.ToArray(),
        Body = body ?? Encoding.UTF8.GetBytes("{\"n\":1}"),
    };

    public static Execution Execution(StoredEvent stored, Guid? triggerId = null, int priority = 5, DateTimeOffset? due = null, Guid? owner = null) => new()
    {
        Id = Id(stored.ReceivedAt),
        EventId = stored.Id,
        TriggerId = triggerId ?? Guid.NewGuid(),
        Kind = TriggerKind.Http,
        Status = ExecutionStatus.Queued,
        Priority = priority,
        CreatedAt = stored.ReceivedAt,
        DueAt = due ?? stored.ReceivedAt,
        OwnerId = owner,
    };

    public static AttemptEntry Attempt(Execution execution, int number, ExecutionStatus status, DateTimeOffset? due = null) => new(
        new Attempt
        {
            ExecutionId = execution.Id,
            Number = number,
            StartedAt = Now,
            DurationMicroseconds = 1500,
            Succeeded = status == ExecutionStatus.Succeeded,
            Failure = status == ExecutionStatus.Succeeded ? null : FailureKind.Timeout,
            Code = status == ExecutionStatus.Succeeded ? "http_200" : "timeout",
            Detail = status == ExecutionStatus.Succeeded ? null : "The target did not answer within 30 s.",
            NodeId = execution.OwnerId,
            Request = "{\"method\":\"POST\"}"u8.ToArray(),
            Response = "{\"status\":200}"u8.ToArray(),
        },
        new ExecutionChange(execution.TriggerId, status, due ?? execution.DueAt, status == ExecutionStatus.Retrying ? null : Now, "POST http://target/"));
}
