using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Jobs;

/// <summary>Executions of one kind and one priority: <c>http-5</c>. Nothing is stored for a queue; it is what its executions have in common.</summary>
public readonly record struct JobQueue(TriggerKind Kind, int Priority)
{
    public const int Priorities = 10;

    /// <summary>How many queues there are.</summary>
    public const int Count = 3 * Priorities;

    /// <summary>Its place in arrays.</summary>
    public int Index => (int)Kind * Priorities + Priority;

    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Kind.ToString().ToLowerInvariant()}-{Priority}");

    /// <summary>All of them, HTTP first, and of each kind the highest priority first.</summary>
    public static IReadOnlyList<JobQueue> All { get; } = [.. Enum.GetValues<TriggerKind>().SelectMany(kind => Enumerable.Range(0, Priorities).Reverse().Select(priority => new JobQueue(kind, priority)))];

    public static JobQueue At(int index) => new((TriggerKind)(index / Priorities), index % Priorities);

    public static bool TryParse([NotNullWhen(true)] string? name, out JobQueue queue)
    {
        queue = default;
        var dash = name?.IndexOf('-', StringComparison.Ordinal) ?? -1;
        if (dash < 1 || !TryParseKind(name![..dash], out var kind) || name.Length != dash + 2 || !char.IsAsciiDigit(name[^1])) return false;
        queue = new(kind, name[^1] - '0');
        return true;
    }

    public static bool TryParseKind(string name, out TriggerKind kind)
        => Enum.TryParse(name, ignoreCase: true, out kind) && !char.IsAsciiDigit(name[0]) && Enum.IsDefined(kind);

    public override string ToString() => Name;
}
