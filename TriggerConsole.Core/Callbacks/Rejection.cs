namespace TriggerConsole.Core.Callbacks;

/// <summary>A request to a callback that was refused, with the reason. Nothing of its body is kept.</summary>
public sealed class Rejection
{
    public required Guid Id { get; init; }

    /// <summary>Null when no callback has that id or path.</summary>
    public Guid? CallbackId { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary><c>unknown_callback</c>, <c>token_missing</c>, <c>token_wrong</c>, <c>disabled</c>, <c>method_not_allowed</c>, <c>too_large</c>, <c>loop</c>, …</summary>
    public required string Reason { get; init; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    public string? RemoteAddress { get; init; }

    public string? UserAgent { get; init; }

    public long? ContentLength { get; init; }
}
