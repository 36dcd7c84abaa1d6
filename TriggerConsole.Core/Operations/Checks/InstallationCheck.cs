using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Egress;

namespace TriggerConsole.Core.Operations.Checks;

/// <summary>Looks at everything a server needs, without serving and without changing anything. What comes first is what the rest needs.</summary>
internal sealed class InstallationCheck(IStartupValidator settings, DatabaseCheck database, BrokersCheck brokers, TransportCheck transport, IOptions<EgressOptions> egress)
{
    /// <param name="isOffline">Calls no broker.</param>
    public async IAsyncEnumerable<CheckLine> RunAsync(bool isOffline, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var faults = FaultsOfSettings();
        foreach (var fault in faults) yield return new("settings", CheckState.Fault, fault);
        if (faults.Count > 0) yield break;
        yield return new("settings", CheckState.Ok, "Every key is known and every value can be used.");
        foreach (var line in await database.RunAsync(cancellationToken)) yield return line;
        if (await transport.RunAsync(isOffline, cancellationToken) is { } carried) yield return carried;
        yield return CheckEgress();
        if (!database.IsUsable)
        {
            yield return new("brokers", CheckState.Note, "Not called: they are in the database.");
            yield break;
        }
        var lines = await brokers.RunAsync(isOffline, cancellationToken);
        if (lines.Count == 0) yield return new("brokers", CheckState.Ok, "There are none.");
        foreach (var line in lines) yield return line;
    }

    private IReadOnlyList<string> FaultsOfSettings()
    {
        try
        {
            settings.Validate();
            return [];
        }
        catch (OptionsValidationException exception) { return [.. Named(exception)]; }
        catch (AggregateException exception) { return [.. exception.InnerExceptions.SelectMany(e => e is OptionsValidationException options ? Named(options) : [e.Message])]; }
    }

    // Attributes say "MaxConcurrency: must be …"; people look for "Execution:MaxConcurrency"
    private static IEnumerable<string> Named(OptionsValidationException exception)
    {
        var section = exception.OptionsType.GetField("SectionName")?.GetValue(null) as string;
        return exception.Failures.Select(failure => section is null || failure.StartsWith(section + ":", StringComparison.Ordinal) ? failure : $"{section}:{failure}");
    }

    private CheckLine CheckEgress()
    {
        var rules = EgressRules.Read(egress.Value);
        var wide = rules.Allowed.Where(r => r.Networks.Any(n => n.PrefixLength == 0)).Select(r => r.Entry).ToList();
        if (wide.Count > 0) return new("egress", CheckState.Note, $"Triggers may call every address but link-local and metadata ones, because Egress:AllowedNetworks names {string.Join(", ", wide)}. Name only the networks they need.");
        var text = rules.Allowed.Count == 0 ? "Triggers and brokers may be at public addresses only" : $"Besides public addresses: {string.Join("; ", rules.Allowed.Select(r => r.Entry))}";
        if (rules.Denied.Count > 0) text += $". Never: {string.Join("; ", rules.Denied.Select(r => r.Entry))}";
        if (rules.Ports is not null) text += $". On ports: {rules.Ports}";
        return new("egress", CheckState.Ok, text + ".");
    }
}
