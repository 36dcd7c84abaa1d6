using System.Net;

namespace TriggerConsole.Core.Egress;

/// <summary>
/// Sorts addresses into <see cref="AddressClass"/>es by IANA's special-purpose registries (RFC 6890 and its updates), read in
/// 2025. IPv6 is judged the other way round: only <c>2000::/3</c> has ever been given out, so everything else is reserved
/// (<c>100::/64</c>, <c>100:0:0:1::/64</c> and <c>5f00::/16</c> of the registry among them). What the registries call globally
/// reachable (anycast of PCP and TURN, AS112, AMT, ORCHIDv2, drone ids) is refused as well: it is machinery of the network, answered by
/// the nearest router that knows it, and nobody's server.
/// </summary>
internal static class AddressTable
{
    public static IPNetwork LinkLocalV4 { get; } = IPNetwork.Parse("169.254.0.0/16");

    public static IPNetwork LinkLocalV6 { get; } = IPNetwork.Parse("fe80::/10");

    // Whoever reaches one of these gets the machine's own credentials. Several lie inside other ranges: they come first.
    private static readonly HashSet<IPAddress> s_metadata = new(new[]
    {
        "169.254.169.254", // AWS, Azure, Google Cloud, DigitalOcean, OpenStack, Oracle
        "169.254.170.2", "169.254.170.23", // AWS: roles of containers and pods
        "169.254.0.23", // Tencent Cloud
        "169.254.42.42", "fd00:42::42", // Scaleway
        "169.254.169.250", // Rancher
        "100.100.100.200", // Alibaba Cloud
        "168.63.129.16", // Azure: the machine's host
        "192.0.0.192", // Oracle Cloud classic
        "fd00:ec2::254", "fd00:ec2::23", // AWS
        "fd20:ce::254", // Google Cloud
        "fe80::a9fe:a9fe", // OpenStack
    }.Select(IPAddress.Parse));

    private static readonly (IPNetwork Network, AddressClass Class)[] s_v4 = Table(
        ("0.0.0.0/8", AddressClass.Unspecified),
        ("10.0.0.0/8", AddressClass.Private),
        ("100.64.0.0/10", AddressClass.CarrierGradeNat),
        ("127.0.0.0/8", AddressClass.Loopback),
        ("169.254.0.0/16", AddressClass.LinkLocal),
        ("172.16.0.0/12", AddressClass.Private),
        ("192.0.0.0/24", AddressClass.Reserved), // with the anycast addresses .9 and .10, DS-Lite and NAT64 discovery, RFC 6890
        ("192.0.2.0/24", AddressClass.Documentation),
        ("192.31.196.0/24", AddressClass.Reserved), // AS112, RFC 7535
        ("192.52.193.0/24", AddressClass.Reserved), // AMT, RFC 7450
        ("192.88.99.0/24", AddressClass.Reserved), // relays of 6to4, RFC 7526
        ("192.168.0.0/16", AddressClass.Private),
        ("192.175.48.0/24", AddressClass.Reserved), // AS112, RFC 7534
        ("198.18.0.0/15", AddressClass.Benchmarking),
        ("198.51.100.0/24", AddressClass.Documentation),
        ("203.0.113.0/24", AddressClass.Documentation),
        ("224.0.0.0/4", AddressClass.Multicast),
        ("240.0.0.0/4", AddressClass.Reserved));

    private static readonly (IPNetwork Network, AddressClass Class)[] s_v6 = Table(
        ("::/128", AddressClass.Unspecified),
        ("::1/128", AddressClass.Loopback),
        ("64:ff9b::/96", AddressClass.Public), // NAT64: what counts is the address it carries
        ("2001:2::/48", AddressClass.Benchmarking),
        ("2001::/23", AddressClass.Reserved), // protocol assignments, RFC 2928: Teredo, anycast, AMT, AS112, ORCHID, ORCHIDv2, drones
        ("2001:db8::/32", AddressClass.Documentation),
        ("2620:4f:8000::/48", AddressClass.Reserved), // AS112, RFC 7534
        ("3fff::/20", AddressClass.Documentation),
        ("2000::/3", AddressClass.Public),
        ("fc00::/7", AddressClass.UniqueLocal),
        ("fe80::/10", AddressClass.LinkLocal),
        ("fec0::/10", AddressClass.SiteLocal),
        ("ff00::/8", AddressClass.Multicast));

    /// <summary>The class of the address itself, without regard to another one that it may carry.</summary>
    public static AddressClass ClassOf(IPAddress address)
    {
        if (s_metadata.Contains(WithoutScope(address))) return AddressClass.Metadata;
        foreach (var (network, addressClass) in address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? s_v4 : s_v6)
            if (network.Contains(address)) return addressClass;
        return address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? AddressClass.Public : AddressClass.Reserved;
    }

    // fe80::a9fe:a9fe%eth0 and fe80::a9fe:a9fe are the same place, but not equal
    private static IPAddress WithoutScope(IPAddress address)
        => address is { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6, ScopeId: not 0 } ? new IPAddress(address.GetAddressBytes()) : address;

    private static (IPNetwork, AddressClass)[] Table(params (string Network, AddressClass Class)[] rows)
        => [.. rows.Select(r => (IPNetwork.Parse(r.Network), r.Class))];
}
