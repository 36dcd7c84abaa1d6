using System.Collections;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Identity.Tokens;
using TriggerConsole.Core.Limits;
using TriggerConsole.Core.Mail;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets.Keys;
using TriggerConsole.Core.Templates;

namespace TriggerConsole.Core.Hosting;

/// <summary>
/// Finds keys in our sections, and sections named nearly like ours, that nothing reads: a setting with a slip in its name must not be passed over in silence.
/// </summary>
public static class ConfigurationCheck
{
    /// <summary>Letters more, less or other in the name of a section that is still taken for ours.</summary>
    private const int MostSlips = 2;

    private static readonly Dictionary<string, Type> s_sections = new(StringComparer.OrdinalIgnoreCase)
    {
        [DatabaseOptions.SectionName] = typeof(DatabaseOptions),
        [ExecutionOptions.SectionName] = typeof(ExecutionOptions),
        [IngressOptions.SectionName] = typeof(IngressOptions),
        [EgressOptions.SectionName] = typeof(EgressOptions),
        [TemplateOptions.SectionName] = typeof(TemplateOptions),
        [TokenOptions.SectionName] = typeof(TokenOptions),
        [NodeOptions.SectionName] = typeof(NodeOptions),
        [AuditOptions.SectionName] = typeof(AuditOptions),
        [SignInOptions.SectionName] = typeof(SignInOptions),
        [MailOptions.SectionName] = typeof(MailOptions),
        [SecretsOptions.SectionName] = typeof(SecretsOptions),
        [RateLimitingOptions.SectionName] = typeof(RateLimitingOptions),
        [LoadSheddingOptions.SectionName] = typeof(LoadSheddingOptions),
    };

    /// <summary>One sentence per unknown key.</summary>
    /// <param name="configuration">The whole configuration.</param>
    /// <param name="more">Sections of the application above Core.</param>
    public static IReadOnlyList<string> UnknownKeys(IConfiguration configuration, IReadOnlyDictionary<string, Type> more)
    {
        var faults = new List<string>();
        var ours = s_sections.Concat(more).ToList();
        foreach (var (name, type) in ours) Check(configuration.GetSection(name), type, faults);
        foreach (var section in configuration.GetChildren()) CheckName(section, [.. ours.Select(o => o.Key)], faults);
        return faults;
    }

    // Only slips of ours: the environment is full of other people's names
    private static void CheckName(IConfigurationSection section, List<string> known, List<string> faults)
    {
        if (section.Value is not null || known.Contains(section.Key, StringComparer.OrdinalIgnoreCase)) return;
        var nearest = known.MinBy(name => Distance(name.ToLowerInvariant(), section.Key.ToLowerInvariant()))!;
        if (Distance(nearest.ToLowerInvariant(), section.Key.ToLowerInvariant()) <= MostSlips) faults.Add($"{section.Key} is unknown. Did you mean {nearest}?");
    }

    private static void Check(IConfigurationSection section, Type type, List<string> faults)
    {
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance);
        foreach (var child in section.GetChildren())
        {
            var property = properties.FirstOrDefault(p => p.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
            {
                var nearest = properties.Select(p => p.Name).MinBy(name => Distance(name.ToLowerInvariant(), child.Key.ToLowerInvariant()));
                var hint = nearest is not null && Distance(nearest.ToLowerInvariant(), child.Key.ToLowerInvariant()) <= 3 ? $" Did you mean {section.Path}:{nearest}?" : $" Known are: {string.Join(", ", properties.Select(p => p.Name))}.";
                faults.Add($"{child.Path} is unknown.{hint}");
            }
            else if (child.GetChildren().Any() && !typeof(IEnumerable).IsAssignableFrom(property.PropertyType) && property.PropertyType.Assembly == type.Assembly)
            {
                Check(child, property.PropertyType, faults);
            }
        }
    }

    /// <summary>Levenshtein distance.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }
        return row[b.Length];
    }
}
