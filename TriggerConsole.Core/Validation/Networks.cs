using System.Net;

namespace TriggerConsole.Core.Validation;

/// <summary>Networks that callers may come from, as people write them.</summary>
internal static class Networks
{
    public const int Most = 100;
    private const string Field = "allowedNetworks";

    /// <summary>Networks in CIDR notation (RFC 4632), single addresses allowed; null when one cannot be read.</summary>
    /// <param name="errors">Collects faults by place in the list, below <c>allowedNetworks</c>.</param>
    public static IReadOnlyList<IPNetwork>? Read(IReadOnlyList<string> texts, FieldErrors errors)
    {
        if (texts.Count > Most)
        {
            errors.Add(Field, $"Give at most {Most} networks.");
            return null;
        }
        var networks = new List<IPNetwork>();
        for (var i = 0; i < texts.Count; i++)
        {
            if (Read(texts[i]) is { } network) networks.Add(network);
            else errors.Add($"{Field}[{i}]", "Give a network like 203.0.113.0/24 or 2001:db8::/32, or one address.");
        }
        return networks.Count == texts.Count ? networks : null;
    }

    /// <summary>Null when it is neither a network nor an address. An IPv4 network in its IPv6 form (<c>::ffff:10.0.0.0/104</c>) is the IPv4 one.</summary>
    public static IPNetwork? Read(string? text)
    {
        text = text?.Trim() ?? "";
        // "10" would be taken for 0.0.0.10, which nobody means
        if (!text.Contains(':') && text.Count(c => c == '.') != 3) return null;
        if (!IPNetwork.TryParse(text, out var network))
        {
            if (text.Contains('/') || !IPAddress.TryParse(text, out var address)) return null;
            network = new(address, address.GetAddressBytes().Length * 8);
        }
        return network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= 96 ? new(network.BaseAddress.MapToIPv4(), network.PrefixLength - 96) : network;
    }

    /// <summary>What is stored: without spaces and doubles, joined by commas.</summary>
    public static string Join(IEnumerable<IPNetwork> networks) => string.Join(',', networks.Select(n => n.ToString()).Distinct());

    public static IReadOnlyList<string> Split(string stored) => stored.Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether the address lies in one of them, or there is none to keep to. An IPv4 address is the same in its IPv6 form.</summary>
    public static bool Admits(this IReadOnlyList<IPNetwork> networks, IPAddress? address)
    {
        if (networks.Count == 0) return true;
        if (address is null) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        foreach (var network in networks)
            if (network.Contains(address)) return true;
        return false;
    }
}
