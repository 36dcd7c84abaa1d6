using System.Net;
using Microsoft.Extensions.Options;

namespace TriggerConsole.Core.Egress;

/// <summary>Where TriggerConsole may connect to.</summary>
public sealed class EgressOptions
{
    public const string SectionName = "Egress";

    /// <summary>
    /// Networks (<c>10.20.0.0/16</c>) and single addresses (<c>10.20.30.40</c>, <c>::1</c>) that may be called although they are
    /// not public. Default: none.
    /// <para>A wide entry never opens the dangerous places by accident: a link-local address is allowed only by an entry that
    /// lies wholly inside <c>169.254.0.0/16</c> or <c>fe80::/10</c>, a cloud metadata address only by its own single entry.
    /// <c>0.0.0.0/0</c> opens neither.</para>
    /// </summary>
    public IList<string> AllowedNetworks { get; init; } = [];

    /// <summary>Whether triggers may call this very server, its echo endpoint for example. Default: no; Development: yes.</summary>
    public bool AllowOwnServer { get; init; }

    /// <summary>Reads an entry; null when it is neither a network nor an address.</summary>
    internal static IPNetwork? ReadNetwork(string? entry)
    {
        var text = entry?.Trim();
        if (string.IsNullOrEmpty(text)) return null;
        if (!text.Contains('/'))
        {
            if (!IPAddress.TryParse(text, out var address) || !LooksLikeAddress(text)) return null;
            if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        }
        if (!IPNetwork.TryParse(text, out var network) || !LooksLikeAddress(text)) return null;
        // ::ffff:10.0.0.0/104 means 10.0.0.0/8
        return network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= 96
            ? new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - 96)
            : network;
    }

    // "10" parses as 0.0.0.10: surely not what was meant
    private static bool LooksLikeAddress(string text) => text.Contains(':') || text.Count(c => c == '.') == 3;
}

/// <summary>Checked at start, every fault at once.</summary>
internal sealed class EgressOptionsRules : IValidateOptions<EgressOptions>
{
    public ValidateOptionsResult Validate(string? name, EgressOptions options)
    {
        var faults = options.AllowedNetworks
            .Select((entry, index) => (entry, index))
            .Where(e => EgressOptions.ReadNetwork(e.entry) is null)
            .Select(e => $"{EgressOptions.SectionName}:{nameof(EgressOptions.AllowedNetworks)}:{e.index} (\"{e.entry}\") must be a network such as 10.20.0.0/16 or a single address such as 10.20.30.40.")
            .ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
