using System.Text.Json;
using TriggerConsole.Core.Templates;

namespace TriggerConsole.Components.Controls.Templates;

/// <summary>One entry of the completion list.</summary>
/// <param name="Insert">The whole placeholder: <c>{payload.user.id}</c>.</param>
/// <param name="Detail">What it is, or its value in the sample.</param>
/// <param name="Group">Heading it stands under.</param>
/// <param name="Select">The part to be typed over after it was inserted: <c>NAME</c>.</param>
public sealed record TemplateChoice(string Insert, string Detail, string Group, string? Select = null);

/// <summary>Offers what can stand in a template: the placeholders there are, filled in from the sample where it says more.</summary>
public sealed class TemplateHelp
{
    /// <summary>Values of the payload first: they are what people look for.</summary>
    public IReadOnlyList<TemplateChoice> Choices { get; private set; } = Build(default, [], [], [], []);

    /// <param name="payload">The sample as JSON; undefined when it is none.</param>
    /// <param name="headers">Names and values of the sample's headers.</param>
    /// <param name="query">Names and values of the sample's query.</param>
    /// <param name="secrets">Names of the secrets.</param>
    /// <param name="environment">Names of the environment variables that may be read.</param>
    public void Set(
        JsonElement payload, IReadOnlyList<KeyValuePair<string, string>> headers, IReadOnlyList<KeyValuePair<string, string>> query,
        IEnumerable<string> secrets, IEnumerable<string> environment)
        => Choices = Build(payload, headers, query, secrets, environment);

    /// <summary>Offers these placeholders alone, for templates without an event.</summary>
    /// <param name="names">As <see cref="TemplateVariable.Name"/> has them.</param>
    /// <param name="environment">Names of the environment variables that may be read.</param>
    public void SetOnly(IReadOnlyCollection<string> names, IEnumerable<string> environment)
        => Choices = [.. Build(default, [], [], [], environment).Where(c => names.Any(n => c.Insert.StartsWith($"{{{n}}}", StringComparison.Ordinal) || c.Insert.StartsWith($"{{{n}:", StringComparison.Ordinal)))];

    private static List<TemplateChoice> Build(
        JsonElement payload, IReadOnlyList<KeyValuePair<string, string>> headers, IReadOnlyList<KeyValuePair<string, string>> query,
        IEnumerable<string> secrets, IEnumerable<string> environment)
    {
        var choices = new List<TemplateChoice>();
        foreach (var variable in TemplateVariables.All)
        {
            switch (variable.Name)
            {
                case "payload":
                    var paths = PayloadPaths.Of(payload);
                    choices.InsertRange(0, paths.Select(p => new TemplateChoice($"{{payload{p.Path}}}", p.Sample, "Payload")));
                    if (paths.Count == 0) choices.Add(new("{payload.field}", variable.Description, "Event", "field"));
                    break;
                case "header": AddNamed(variable, headers); break;
                case "query": AddNamed(variable, query); break;
                case "secret": choices.AddRange(secrets.Order(StringComparer.OrdinalIgnoreCase).Select(s => new TemplateChoice($"{{secret:{s}}}", "Secret, masked in records", "Secrets"))); break;
                case "env": choices.AddRange(environment.Order(StringComparer.OrdinalIgnoreCase).Select(e => new TemplateChoice($"{{env:{e}}}", "Environment variable of the server", "Server"))); break;
                case "var": choices.Add(new(variable.Pattern, variable.Description, "Event", "NAME")); break;
                default: choices.Add(new(variable.Pattern, variable.Description, "Event")); break;
            }
        }
        return choices;

        void AddNamed(TemplateVariable variable, IReadOnlyList<KeyValuePair<string, string>> pairs)
        {
            foreach (var (name, value) in pairs.DistinctBy(p => p.Key, StringComparer.OrdinalIgnoreCase).Take(30))
                choices.Add(new($"{{{variable.Name}:{name}}}", value.Length > 40 ? value[..40] + "…" : value, "Request"));
            choices.Add(new(variable.Pattern, variable.Description, "Request", "NAME"));
        }
    }
}
