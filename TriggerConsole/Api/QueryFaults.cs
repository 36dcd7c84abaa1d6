using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Api;

/// <summary>
/// Names the values of a query that are not of the kind their route takes. The code that is generated for a route refuses those with a
/// status alone; which one it was is found out here, when somebody needs to be told.
/// </summary>
internal static class QueryFaults
{
    /// <summary>Null when there are none, or no route was found.</summary>
    public static ProblemHttpResult? Find(HttpContext context)
    {
        var errors = new FieldErrors();
        foreach (var parameter in context.GetEndpoint()?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>() ?? [])
        {
            if (!context.Request.Query.TryGetValue(parameter.Name, out var values)) continue;
            var type = parameter.ParameterInfo.ParameterType;
            if (values.ToString() is { Length: > 0 } text && Fault(Nullable.GetUnderlyingType(type) ?? type, text) is { } fault) errors.Add(JsonNamingPolicy.CamelCase.ConvertName(parameter.Name), fault);
        }
        return errors.Any ? ApiProblems.Invalid(errors.All) : null;
    }

    private static string? Fault(Type type, string text)
    {
        if (type == typeof(int)) return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _) ? null : "Give a whole number.";
        if (type == typeof(bool)) return bool.TryParse(text, out _) ? null : "Give true or false.";
        if (type == typeof(Guid)) return Guid.TryParse(text, out _) ? null : "Give an id as the API shows them: 01a1fe27-2495-7000-bb9a-0e314e647b53.";
        if (type == typeof(DateTimeOffset))
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out _) ? null : "Give a time as in RFC 3339: 2026-11-22T08:00:00Z.";
        if (type.IsEnum) return Enum.TryParse(type, text, ignoreCase: true, out _) ? null : $"Give one of {string.Join(", ", Enum.GetNames(type))}.";
        return null;
    }
}
