namespace TriggerConsole.Core.Executions;

/// <summary>What was done to an execution besides attempts.</summary>
public enum ExecutionActionKind
{
    /// <summary>Cancelled before it was finished.</summary>
    Cancelled,

    /// <summary>Set to be tried now: a dead letter, a cancelled one, or one that waited for its retry.</summary>
    Retried,

    /// <summary>A dead letter that was given up: it counts as cancelled from then on.</summary>
    Discarded,

    /// <summary>Its node ended or was lost while it held it; another one took it over.</summary>
    Recovered,
}

/// <summary>One thing that a person or the engine did to an execution, for its history. Written with the change itself.</summary>
public sealed class ExecutionAction
{
    public const int MaxDetailLength = 200;

    public required Guid ExecutionId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required ExecutionActionKind Kind { get; init; }

    /// <summary>E-mail of the user or name of the API key; null for the engine itself.</summary>
    public string? Actor { get; init; }

    /// <summary>Why, when it is not plain: <c>trigger deleted</c>.</summary>
    public string? Detail { get; init; }

    /// <summary>The node that wrote it.</summary>
    public Guid? NodeId { get; init; }
}
