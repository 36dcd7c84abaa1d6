using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Api;

/// <summary>Every problem that the API answers (RFC 9457), in one place. <c>type</c> is stable; programs may rely on it.</summary>
internal static class ApiProblems
{
    private const string TypePrefix = "urn:triggerconsole:problem:";

    public static ProblemHttpResult From(Refusal refusal, HttpContext context)
    {
        switch (refusal)
        {
            case Refusal.NotFound:
                return Problem(StatusCodes.Status404NotFound, "not-found", "Not found", refusal.Message);
            case Refusal.Conflict:
                return Problem(StatusCodes.Status409Conflict, "conflict", "Not possible in the present state", refusal.Message);
            case Refusal.Invalid invalid:
                return Invalid(invalid.Errors);
            case Refusal.Unavailable unavailable:
                context.Response.Headers.RetryAfter = Seconds(unavailable.RetryAfter);
                return Problem(StatusCodes.Status503ServiceUnavailable, "unavailable", "Not available right now", refusal.Message);
            default:
                throw new InvalidOperationException($"Unhandled refusal {refusal.GetType().Name}.");
        }
    }

    /// <summary>All faults at once: <c>errors</c> by field, and <c>faults</c> with line and column where there are any.</summary>
    public static ProblemHttpResult Invalid(IReadOnlyList<FieldError> errors, int status = StatusCodes.Status400BadRequest)
    {
        var byField = errors.GroupBy(e => e.Field).ToDictionary(g => g.Key, g => g.Select(e => e.Message).ToArray());
        var extensions = new Dictionary<string, object?> { ["errors"] = byField };
        if (errors.Any(e => e.Line is not null)) extensions["faults"] = errors;
        var detail = errors.Count == 1 ? $"{errors[0].Field}: {errors[0].Message}" : $"{errors.Count} fields have errors: {string.Join(", ", byField.Keys)}.";
        return TypedResults.Problem(detail, statusCode: status, title: "The request has errors", type: TypePrefix + "invalid", extensions: extensions);
    }

    public static ProblemHttpResult Invalid(string field, string message) => Invalid([new(field, message)]);

    public static ProblemHttpResult NotFound(string what, Guid id) => Problem(StatusCodes.Status404NotFound, "not-found", "Not found", $"There is no {what} {id}.");

    public static ProblemHttpResult Problem(int status, string type, string title, string detail)
        => TypedResults.Problem(detail, statusCode: status, title: title, type: TypePrefix + type);

    /// <summary>For answers that have a status and nothing else.</summary>
    public static ProblemHttpResult OfStatus(int status) => status switch
    {
        StatusCodes.Status404NotFound => Problem(status, "not-found", "Not found", "There is nothing at this address. /swagger lists all routes."),
        StatusCodes.Status405MethodNotAllowed => Problem(status, "method-not-allowed", "Method not allowed", "This address does not take this method. The header Allow lists those it takes."),
        StatusCodes.Status413PayloadTooLarge => Problem(status, "too-large", "Too large", "The body is larger than the API takes."),
        StatusCodes.Status415UnsupportedMediaType => Problem(status, "media-type", "Wrong content type", "Send JSON, with the header Content-Type: application/json."),
        _ => Problem(status, "refused", "Refused", Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status)),
    };

    public static string TypeOf(string type) => TypePrefix + type;

    public static string Seconds(TimeSpan time) => ((int)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    /// <summary>A request that could not even be read: wrong content type, too large, no JSON, wrong types, unknown fields.</summary>
    public static ProblemHttpResult From(BadHttpRequestException exception) => exception switch
    {
        { StatusCode: StatusCodes.Status413PayloadTooLarge or StatusCodes.Status415UnsupportedMediaType } => OfStatus(exception.StatusCode),
        { InnerException: JsonException json } => Invalid([JsonFaults.Describe(json)]),
        // Text that is not UTF-8 is found when a string is taken out
        { InnerException: InvalidOperationException } => Invalid("", "The body holds text that is not valid UTF-8."),
        _ => Problem(exception.StatusCode, "bad-request", "The request cannot be read", exception.Message),
    };
}
