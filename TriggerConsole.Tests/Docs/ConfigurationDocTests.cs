using System.Collections;
using System.Reflection;
using TriggerConsole.Authentication.External;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Limits;
using TriggerConsole.Core.Mail;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets.Keys;
using TriggerConsole.Core.Templates;
using TriggerConsole.Hosting;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Docs;

/// <summary>docs/configuration.md lists every key, with the default that the code has.</summary>
public sealed class ConfigurationDocTests
{
    private static readonly string s_text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md"));

    public static TheoryData<string, string> Keys
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var options in (object[])
            [
                new DatabaseOptions(), new ExecutionOptions(), new IngressOptions(), new EgressOptions(), new TemplateOptions(), new ServerOptions(), new NodeOptions(), new AuditOptions(), new SignInOptions(),
                new MailOptions(), new SecretsOptions(), new RateLimitingOptions(), new LoadSheddingOptions(), new ExternalSignInOptions(),
            ])
                foreach (var (key, value) in KeysOf(options, (string)options.GetType().GetField("SectionName")!.GetValue(null)!)) data.Add(key, value);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Key_IsDocumentedWithItsDefault(string key, string value)
    {
        var line = s_text.Split('\n').SingleOrDefault(l => l.StartsWith($"| `{key}`", StringComparison.Ordinal));

        Assert.NotNull(line);
        if (value.Length > 0) Assert.Contains($"`{value}`", line, StringComparison.Ordinal);
    }

    private static IEnumerable<(string Key, string Default)> KeysOf(object options, string prefix)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var (key, value) = ($"{prefix}:{property.Name}", property.GetValue(options));
            if (value is not null && property.PropertyType.Namespace!.StartsWith("TriggerConsole", StringComparison.Ordinal) && !property.PropertyType.IsEnum)
                foreach (var inner in KeysOf(value, key)) yield return inner;
            else
                yield return (key, value switch
                {
                    null or IEnumerable and not string => "",
                    bool flag => flag ? "true" : "false",
                    TimeSpan time => time.Milliseconds == 0 ? time.ToString("c") : time.ToString(@"hh\:mm\:ss\.fff", System.Globalization.CultureInfo.InvariantCulture),
                    IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
                    _ => value.ToString()!,
                });
        }
    }
}
