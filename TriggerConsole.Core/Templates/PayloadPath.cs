using System.Text.Json;
using TriggerConsole.Core.Events;

namespace TriggerConsole.Core.Templates;

/// <summary>The way to one value in a payload: <c>.name</c>, <c>['any name']</c>, <c>[0]</c>.</summary>
internal sealed class PayloadPath(PayloadPath.Step[] steps)
{
    public static PayloadPath Root { get; } = new([]);

    /// <summary>A name in UTF-8, or an index when there is none.</summary>
    internal readonly record struct Step(byte[]? Name, int Index);

    /// <summary>The value, undefined when the payload has none there.</summary>
    /// <param name="listsMayBeSingle">
    /// For forms and XML, which cannot tell a list of one from one value: <c>[0]</c> of what is no list is the value itself.
    /// </param>
    public JsonElement Resolve(JsonElement value, bool listsMayBeSingle)
    {
        foreach (var step in steps)
        {
            if (step.Name is not null)
            {
                value = JsonParsing.Find(value, step.Name);
            }
            else if (value.ValueKind == JsonValueKind.Array)
            {
                value = step.Index < value.GetArrayLength() ? value[step.Index] : default;
            }
            else if (!listsMayBeSingle || step.Index != 0)
            {
                return default;
            }
            if (value.ValueKind == JsonValueKind.Undefined) return default;
        }
        return value;
    }
}
