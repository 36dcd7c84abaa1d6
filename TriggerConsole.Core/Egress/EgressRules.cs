using System.Net;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Egress;

/// <summary>One entry of a list of networks.</summary>
/// <param name="Entry">As it stands in the configuration: what people are told.</param>
/// <param name="Ports">Null for all.</param>
internal sealed record EgressRule(string Entry, IReadOnlyList<IPNetwork> Networks, PortSet? Ports);

/// <summary><see cref="EgressOptions"/> as the policy reads them.</summary>
internal sealed class EgressRules
{
    private const string PortsWord = " ports ";
    private const int LongestName = 50;

    private readonly List<string> _faults = [];
    private readonly Dictionary<string, IReadOnlyList<IPNetwork>> _names = new(StringComparer.OrdinalIgnoreCase);

    private EgressRules()
    {
    }

    public IReadOnlyList<EgressRule> Allowed { get; private set; } = [];

    public IReadOnlyList<EgressRule> Denied { get; private set; } = [];

    /// <summary>Null for all.</summary>
    public PortSet? Ports { get; private set; }

    /// <summary>What cannot be understood, each named by its key. Such an entry opens nothing.</summary>
    public IReadOnlyList<string> Faults => _faults;

    public static EgressRules Read(EgressOptions options)
    {
        var rules = new EgressRules();
        foreach (var (name, text) in options.Networks) rules.ReadName(name, text);
        rules.Allowed = rules.ReadEntries(nameof(EgressOptions.AllowedNetworks), options.AllowedNetworks);
        rules.Denied = rules.ReadEntries(nameof(EgressOptions.DeniedNetworks), options.DeniedNetworks);
        rules.ReadPorts(options.AllowedPorts);
        return rules;
    }

    private void ReadName(string name, string? text)
    {
        var key = $"{EgressOptions.SectionName}:{nameof(EgressOptions.Networks)}:{name}";
        if (name.Length > LongestName || name is not [var first, ..] || !char.IsAsciiLetter(first) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            _faults.Add($"{key} cannot be the name of a network. A name is made of at most {LongestName} letters, digits, - and _, and begins with a letter.");
        var entries = (text ?? "").Split(',', StringSplitOptions.TrimEntries);
        if (Array.Find(entries, e => Networks.Read(e) is null) is { } wrong) _faults.Add($"{key} (\"{wrong}\") must be networks such as 10.20.0.0/16 or addresses such as 10.20.30.40, with commas between them.");
        _names[name] = [.. entries.Select(Networks.Read).OfType<IPNetwork>()];
    }

    private List<EgressRule> ReadEntries(string list, IList<string> entries)
    {
        var rules = new List<EgressRule>(entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            var key = $"{EgressOptions.SectionName}:{list}:{i}";
            var entry = entries[i]?.Trim() ?? "";
            var word = entry.IndexOf(PortsWord, StringComparison.OrdinalIgnoreCase);
            var what = word < 0 ? entry : entry[..word].TrimEnd();
            var ports = word < 0 ? null : PortSet.Read(entry[(word + PortsWord.Length)..].Split(','));
            var networks = Networks.Read(what) is { } network ? [network] : _names.GetValueOrDefault(what);
            if (networks is null) _faults.Add($"{key} (\"{entry}\") must be a network such as 10.20.0.0/16, a single address such as 10.20.30.40, or a name out of {EgressOptions.SectionName}:{nameof(EgressOptions.Networks)}.");
            else if (word >= 0 && ports is null) _faults.Add($"{key} (\"{entry}\") must name its ports as numbers from 1 to 65535 or ranges of them: {what} ports 443,8000-8999.");
            else rules.Add(new(entry, networks, ports));
        }
        return rules;
    }

    private void ReadPorts(IList<string> entries)
    {
        if (entries.Count == 0) return;
        for (var i = 0; i < entries.Count; i++)
            if (PortSet.Read([entries[i] ?? ""]) is null) _faults.Add($"{EgressOptions.SectionName}:{nameof(EgressOptions.AllowedPorts)}:{i} (\"{entries[i]}\") must be a port from 1 to 65535 such as 443, or a range such as 8000-8999.");
        // With a fault among them, none is open: nothing starts with faults in any case
        Ports = PortSet.Read(entries) ?? PortSet.None;
    }
}

/// <summary>Some ports.</summary>
internal sealed class PortSet
{
    private readonly List<(ushort First, ushort Last)> _ranges = [];

    public static PortSet None { get; } = new();

    /// <summary>Null when one of them is no port and no range of ports.</summary>
    public static PortSet? Read(IEnumerable<string> entries)
    {
        var ports = new PortSet();
        foreach (var entry in entries)
        {
            var ends = entry.Split('-', StringSplitOptions.TrimEntries);
            if (ends.Length > 2 || !ushort.TryParse(ends[0], out var first) || !ushort.TryParse(ends[^1], out var last) || first == 0 || last < first) return null;
            ports._ranges.Add((first, last));
        }
        return ports;
    }

    public bool Contains(int port) => _ranges.Exists(r => r.First <= port && port <= r.Last);

    public override string ToString() => string.Join(", ", _ranges.Select(r => r.First == r.Last ? $"{r.First}" : $"{r.First}-{r.Last}"));
}
