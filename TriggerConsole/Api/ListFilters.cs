using Microsoft.AspNetCore.Http.HttpResults;
using TriggerConsole.Core.Executions;

namespace TriggerConsole.Api;

/// <summary>Filters that lists by cursor share.</summary>
internal static class ListFilters
{
    /// <summary>Reads <c>status=A&amp;status=B</c> and <c>status=A,B</c>; null when all are right.</summary>
    public static ProblemHttpResult? ReadStatuses(string[]? given, List<ExecutionStatus> statuses)
    {
        foreach (var word in (given ?? []).SelectMany(s => s.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            if (!Enum.TryParse<ExecutionStatus>(word, ignoreCase: true, out var status) || int.TryParse(word, out _))
                return ApiProblems.Invalid("status", $"{word} is no status. Use {string.Join(", ", Enum.GetNames<ExecutionStatus>())}.");
            statuses.Add(status);
        }
        return null;
    }

    public static ProblemHttpResult? CheckCursor(string? cursor)
        => cursor is null || Guid.TryParse(cursor, out _) ? null : ApiProblems.Invalid("cursor", "Give the nextCursor of the page before.");
}
