using System.Net;
using Microsoft.Extensions.Options;

namespace TriggerConsole.Core.Egress;

/// <summary>What the policy says of one address.</summary>
/// <param name="Address">The address as it was judged: IPv4-mapped ones as IPv4.</param>
/// <param name="Class">Its class, or the class of the address it carries when that is the reason for the refusal.</param>
/// <param name="Carried">The IPv4 address inside that is the reason, when there is one.</param>
internal sealed record EgressVerdict(IPAddress Address, AddressClass Class, bool IsAllowed, IPAddress? Carried = null)
{
    /// <summary>Why, and what can be done about it; for a refused address.</summary>
    public string Reason
    {
        get
        {
            var what = Carried is null ? $"{Address} is {Class.InWords()}" : $"{Address} leads to {Carried}, {Class.InWords()}";
            if (Class == AddressClass.OwnServer) return $"{what}, which triggers do not call. If this is meant (the echo endpoint, say), an administrator can set {EgressOptions.SectionName}:{nameof(EgressOptions.AllowOwnServer)}.";
            return Class is AddressClass.Metadata or AddressClass.LinkLocal
                ? $"{what}, and those are not called. An administrator can name the exact address under {EgressPolicy.SettingName}."
                : $"{what}, and those are not called. If this is meant, an administrator can name the network under {EgressPolicy.SettingName}.";
        }
    }
}

/// <summary>
/// Decides which addresses may be called. Public ones may; everything else only when <see cref="EgressOptions.AllowedNetworks"/>
/// names it. Judges addresses, never the text of a host name: the connector asks for each address it is about to connect to.
/// </summary>
internal sealed class EgressPolicy(IOptions<EgressOptions> options, OwnServer ownServer)
{
    public const string SettingName = $"{EgressOptions.SectionName}:{nameof(EgressOptions.AllowedNetworks)}";

    private readonly IPNetwork[] _allowed = [.. options.Value.AllowedNetworks.Select(EgressOptions.ReadNetwork).OfType<IPNetwork>()];

    /// <summary>Whether this port of this address may be connected to.</summary>
    public EgressVerdict Judge(IPAddress address, int port)
    {
        var verdict = Judge(address);
        return verdict.IsAllowed && !options.Value.AllowOwnServer && ownServer.IsAt(verdict.Address, port)
            ? new(verdict.Address, AddressClass.OwnServer, IsAllowed: false)
            : verdict;
    }

    public EgressVerdict Judge(IPAddress address)
    {
        // A socket connects ::ffff:127.0.0.1 to 127.0.0.1: the same place in every respect
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var addressClass = AddressTable.ClassOf(address);
        // Carrying such an address is never opened by naming a network: no IPv6 entry says "metadata" on purpose
        foreach (var carried in CarriedAddresses.In(address))
            if (AddressTable.ClassOf(carried) is var inner and (AddressClass.Metadata or AddressClass.LinkLocal))
                return new(address, inner, IsAllowed: false, carried);
        if (IsNamed(address, addressClass)) return new(address, addressClass, IsAllowed: true);
        if (addressClass != AddressClass.Public) return new(address, addressClass, IsAllowed: false);
        foreach (var carried in CarriedAddresses.In(address))
            if (AddressTable.ClassOf(carried) is var inner and not AddressClass.Public)
                return new(address, inner, IsAllowed: false, carried);
        return new(address, AddressClass.Public, IsAllowed: true);
    }

    private bool IsNamed(IPAddress address, AddressClass addressClass)
    {
        foreach (var network in _allowed)
            if (network.Contains(address) && Opens(network, addressClass)) return true;
        return false;
    }

    private static bool Opens(IPNetwork network, AddressClass addressClass) => addressClass switch
    {
        AddressClass.Metadata => network.PrefixLength == network.BaseAddress.GetAddressBytes().Length * 8,
        AddressClass.LinkLocal => LiesInside(network, AddressTable.LinkLocalV4) || LiesInside(network, AddressTable.LinkLocalV6),
        _ => true,
    };

    private static bool LiesInside(IPNetwork network, IPNetwork range)
        => network.PrefixLength >= range.PrefixLength && range.Contains(network.BaseAddress);
}
