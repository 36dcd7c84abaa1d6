using Microsoft.AspNetCore.Http.HttpResults;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Api;

/// <summary>From what Core answers to what HTTP answers.</summary>
internal static class ApiResults
{
    public static Results<Ok<T>, ProblemHttpResult> ToOk<T>(this CommandResult<T> result, HttpContext context)
        => result.Refusal is { } refusal ? ApiProblems.From(refusal, context) : TypedResults.Ok(result.Value);

    public static Results<Ok<TOut>, ProblemHttpResult> ToOk<T, TOut>(this CommandResult<T> result, HttpContext context, Func<T, TOut> show)
        => result.Refusal is { } refusal ? ApiProblems.From(refusal, context) : TypedResults.Ok(show(result.Value!));

    public static Results<Created<TOut>, ProblemHttpResult> ToCreated<T, TOut>(this CommandResult<T> result, HttpContext context, Func<T, string> location, Func<T, TOut> show)
        => result.Refusal is { } refusal ? ApiProblems.From(refusal, context) : TypedResults.Created(location(result.Value!), show(result.Value!));

    public static Results<NoContent, ProblemHttpResult> ToNoContent<T>(this CommandResult<T> result, HttpContext context)
        => result.Refusal is { } refusal ? ApiProblems.From(refusal, context) : TypedResults.NoContent();

    public static Results<Ok<T>, ProblemHttpResult> OkOr404<T>(T? value, string what, Guid id) where T : class
        => value is null ? ApiProblems.NotFound(what, id) : TypedResults.Ok(value);
}
