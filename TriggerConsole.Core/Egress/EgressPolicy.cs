using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace TriggerConsole.Core.Egress;

/// <summary>
/// Decides which addresses may be called. Public ones may; everything else only when <see cref="EgressOptions.AllowedNetworks"/>
/// names it, and nothing that <see cref="EgressOptions.DeniedNetworks"/> names. Judges addresses, never the text of a host name:
/// the connector asks for each address it is about to connect to.
/// </summary>
internal sealed class EgressPolicy(IOptions<EgressOptions> options, OwnServer ownServer)
{
    public const string SettingName = $"{EgressOptions.SectionName}:{nameof(EgressOptions.AllowedNetworks)}";

    private readonly EgressRules _rules = EgressRules.Read(options.Value);

    /// <summary>Whether this address may be connected to.</summary>
    /// <param name="port">Null to leave ports out of account.</param>
    public EgressVerdict Judge(IPAddress address, int? port = null)
    {
        // A socket connects ::ffff:127.0.0.1 to 127.0.0.1: the same place in every respect
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        // Which interface it is on (fe80::1%eth0) says where it is looked for, not what it is
        var place = address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 } ? new IPAddress(address.GetAddressBytes()) : address;
        var carried = CarriedAddresses.In(place);
        if (Deny(address, place, carried, port) is { } denied) return denied;
        var verdict = JudgeClass(address, place, carried, port);
        if (!verdict.IsAllowed || port is null) return verdict;
        if (!options.Value.AllowOwnServer && (ownServer.IsAt(place, port.Value) || carried.Exists(c => ownServer.IsAt(c, port.Value)))) return new(address, AddressClass.OwnServer, IsAllowed: false);
        return verdict;
    }

    private EgressVerdict? Deny(IPAddress address, IPAddress place, List<IPAddress> carried, int? port)
    {
        foreach (var rule in _rules.Denied)
        {
            if (port is not null && rule.Ports?.Contains(port.Value) == false) continue;
            foreach (var network in rule.Networks)
            {
                if (network.Contains(place)) return new(address, AddressTable.ClassOf(place), IsAllowed: false) { Denied = rule.Entry };
                if (carried.Find(network.Contains) is { } inner) return new(address, AddressTable.ClassOf(inner), IsAllowed: false, inner) { Denied = rule.Entry };
            }
        }
        return null;
    }

    private EgressVerdict JudgeClass(IPAddress address, IPAddress place, List<IPAddress> carried, int? port)
    {
        var addressClass = AddressTable.ClassOf(place);
        // Carrying such an address is never opened by naming a network: no IPv6 entry says "metadata" on purpose
        foreach (var inner in carried)
            if (AddressTable.ClassOf(inner) is var found and (AddressClass.Metadata or AddressClass.LinkLocal)) return new(address, found, IsAllowed: false, inner);
        if (AllowedOn(place, addressClass, port, out var rule)) return new(address, addressClass, IsAllowed: true);
        // The address inside says more than the class of the one that carries it
        foreach (var inner in carried)
            if (AddressTable.ClassOf(inner) is var found and not AddressClass.Public) return new(address, found, IsAllowed: false, inner);
        if (addressClass == AddressClass.Public && OnAllowedPort(port)) return new(address, AddressClass.Public, IsAllowed: true);
        if (rule is not null || addressClass == AddressClass.Public) return new(address, addressClass, IsAllowed: false) { Port = port, Entry = rule?.Ports is null ? null : rule.Entry };
        return new(address, addressClass, IsAllowed: false);
    }

    /// <param name="rule">One that names the address, also when it does not open this port.</param>
    private bool AllowedOn(IPAddress address, AddressClass addressClass, int? port, out EgressRule? rule)
    {
        rule = null;
        foreach (var candidate in _rules.Allowed)
        {
            if (!candidate.Networks.Any(n => n.Contains(address) && Opens(n, addressClass))) continue;
            rule = candidate;
            if (candidate.Ports is null ? OnAllowedPort(port) : port is null || candidate.Ports.Contains(port.Value)) return true;
        }
        return false;
    }

    private bool OnAllowedPort(int? port) => port is null || _rules.Ports?.Contains(port.Value) != false;

    private static bool Opens(IPNetwork network, AddressClass addressClass) => addressClass switch
    {
        AddressClass.Metadata => network.PrefixLength == network.BaseAddress.GetAddressBytes().Length * 8,
        AddressClass.LinkLocal => LiesInside(network, AddressTable.LinkLocalV4) || LiesInside(network, AddressTable.LinkLocalV6),
        _ => true,
    };

    private static bool LiesInside(IPNetwork network, IPNetwork range)
        => network.PrefixLength >= range.PrefixLength && range.Contains(network.BaseAddress);
}
