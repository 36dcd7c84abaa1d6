namespace TriggerConsole.Core.Validation;

/// <summary>
/// What a command of Core answers: the value, or why it was refused. Expected refusals are data; exceptions are for bugs.
/// </summary>
public readonly struct CommandResult<T>
{
    private CommandResult(T? value, Refusal? refusal) => (Value, Refusal) = (value, refusal);

    public T? Value { get; }

    public Refusal? Refusal { get; }

    public bool IsRefused => Refusal is not null;

    public static implicit operator CommandResult<T>(T value) => new(value, null);

    public static implicit operator CommandResult<T>(Refusal refusal) => new(default, refusal);
}

/// <summary>Why a command did nothing.</summary>
public abstract record Refusal(string Message)
{
    /// <summary>The thing named by the request does not exist.</summary>
    public sealed record NotFound(string Message) : Refusal(Message);

    /// <summary>What was sent is wrong; every fault is listed.</summary>
    public sealed record Invalid(IReadOnlyList<FieldError> Errors) : Refusal("The request has errors.")
    {
        public Invalid(string field, string message) : this([new FieldError(field, message)]) { }
    }

    /// <summary>Right in itself, but not in the present state: a name taken, an execution already finished, …</summary>
    public record Conflict(string Message) : Refusal(Message);

    /// <summary>The server cannot take it durably right now; try again after <paramref name="RetryAfter"/>.</summary>
    public sealed record Unavailable(string Message, TimeSpan RetryAfter) : Refusal(Message);
}
