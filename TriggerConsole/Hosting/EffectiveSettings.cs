using System.Collections;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Options;
using TriggerConsole.Authentication.External;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Transport;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Limits;
using TriggerConsole.Core.Mail;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets.Keys;
using TriggerConsole.Core.Templates;

namespace TriggerConsole.Hosting;

/// <summary>One setting as it is in effect.</summary>
/// <param name="Key">As configuration names it: <c>Execution:CircuitBreaker:Enabled</c>.</param>
/// <param name="IsChanged">It is not the default.</param>
public sealed record EffectiveSetting(string Key, string Value, bool IsChanged);

/// <summary>The settings in effect, for people to look at: what holds a secret is only said to be configured.</summary>
internal sealed class EffectiveSettings(
    IConfiguration configuration, IOptions<DatabaseOptions> database, IOptions<ExecutionOptions> execution, IOptions<IngressOptions> ingress, IOptions<EgressOptions> egress,
    IOptions<TemplateOptions> templates, IOptions<ServerOptions> server, IOptions<NodeOptions> node, IOptions<AuditOptions> audit,
    IOptions<SignInOptions> signIn, IOptions<MailOptions> mail, IOptions<SecretsOptions> secrets, IOptions<RateLimitingOptions> rates, IOptions<LoadSheddingOptions> load,
    IOptions<ExternalSignInOptions> external)
{
    private const string Configured = "configured";
    private const string NotSet = "not set";

    public IReadOnlyList<EffectiveSetting> Read() =>
    [
        .. Of(ServerOptions.SectionName, server.Value),
        .. Of(DatabaseOptions.SectionName, database.Value),
        // Each may hold a password
        OnlyWhether($"ConnectionStrings:{DatabaseOptions.ConnectionStringName}"),
        OnlyWhether("TriggerConsole:Admin:Password"),
        OnlyWhether("TriggerConsole:Admin:ApiKey"),
        .. Of(IngressOptions.SectionName, ingress.Value),
        .. Of(ExecutionOptions.SectionName, execution.Value),
        .. Of(EgressOptions.SectionName, egress.Value),
        .. Of(TemplateOptions.SectionName, templates.Value),
        .. Of(NodeOptions.SectionName, node.Value),
        .. Of(AuditOptions.SectionName, audit.Value),
        .. Of(SignInOptions.SectionName, signIn.Value),
        .. Of(MailOptions.SectionName, mail.Value),
        .. Of(ExternalSignInOptions.SectionName, external.Value),
        .. Of(SecretsOptions.SectionName, secrets.Value),
        .. Of(RateLimitingOptions.SectionName, rates.Value),
        .. Of(LoadSheddingOptions.SectionName, load.Value),
    ];

    internal static IEnumerable<EffectiveSetting> Of<T>(string section, T options) where T : class, new() => Flatten(section, options, new T());

    private EffectiveSetting OnlyWhether(string key)
    {
        var isSet = !string.IsNullOrEmpty(configuration[key]);
        return new(key, isSet ? Configured : NotSet, isSet);
    }

    private static IEnumerable<EffectiveSetting> Flatten(string path, object options, object defaults)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var key = $"{path}:{property.Name}";
            var (value, standard) = (property.GetValue(options), property.GetValue(defaults));
            if (value is not null && standard is not null && value is not IEnumerable && property.PropertyType is { IsClass: true } type && type.Namespace?.StartsWith(nameof(TriggerConsole), StringComparison.Ordinal) == true)
            {
                foreach (var setting in Flatten(key, value, standard)) yield return setting;
                continue;
            }
            var text = Text(value);
            var isSecret = (value is string || (value is IEnumerable<string> many && many.Any())) && IsSecret(property.Name);
            yield return new(key, isSecret ? Configured : text, text != Text(standard));
        }
    }

    private static bool IsSecret(string name)
        => name.Contains("Password", StringComparison.OrdinalIgnoreCase) || name.Contains("Secret", StringComparison.OrdinalIgnoreCase)
            || name.Contains("Token", StringComparison.OrdinalIgnoreCase) || name.EndsWith("Key", StringComparison.OrdinalIgnoreCase) || name.EndsWith("Keys", StringComparison.OrdinalIgnoreCase) || name == nameof(RabbitMqTransportOptions.Uri);

    private static string Text(object? value) => value switch
    {
        null or "" => NotSet,
        string text => text,
        bool flag => flag ? "true" : "false",
        IDictionary<string, string> named => string.Join("; ", named.Select(n => $"{n.Key} = {n.Value}")) is { Length: > 0 } joined ? joined : "none",
        IEnumerable list => string.Join(", ", list.Cast<object>().Select(Text)) is { Length: > 0 } joined ? joined : "none",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
