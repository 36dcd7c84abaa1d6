using System.Net;
using System.Net.Sockets;

namespace TriggerConsole.Core.Egress;

/// <summary>
/// IPv6 addresses that stand for an IPv4 one: a packet sent to them comes out at the address inside, so that one must be
/// judged too. IPv4-mapped addresses are not here: the system itself treats them as IPv4, see <see cref="EgressPolicy"/>.
/// </summary>
internal static class CarriedAddresses
{
    private static readonly IPNetwork s_compatible = IPNetwork.Parse("::/96"); // RFC 4291, 2.5.5.1
    private static readonly IPNetwork s_translated = IPNetwork.Parse("::ffff:0:0:0/96"); // RFC 2765, SIIT
    private static readonly IPNetwork s_nat64 = IPNetwork.Parse("64:ff9b::/96"); // RFC 6052
    private static readonly IPNetwork s_localNat64 = IPNetwork.Parse("64:ff9b:1::/48"); // RFC 8215
    private static readonly IPNetwork s_6to4 = IPNetwork.Parse("2002::/16"); // RFC 3056
    private static readonly IPNetwork s_teredo = IPNetwork.Parse("2001::/32"); // RFC 4380

    /// <summary>Every IPv4 address that <paramref name="address"/> may lead to.</summary>
    public static List<IPAddress> In(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return [];
        var bytes = address.GetAddressBytes();
        var found = new List<IPAddress>();
        if (s_compatible.Contains(address) && !address.Equals(IPAddress.IPv6Any) && !address.Equals(IPAddress.IPv6Loopback)) found.Add(At(12));
        if (s_translated.Contains(address) || s_nat64.Contains(address)) found.Add(At(12));
        if (s_6to4.Contains(address)) found.Add(At(2));
        if (s_teredo.Contains(address))
        {
            found.Add(At(4)); // the Teredo server
            found.Add(new IPAddress([.. bytes[12..].Select(b => (byte)~b)])); // the client, its bits turned round
        }
        if (s_localNat64.Contains(address))
        {
            // The length of a local prefix is its network's own choice: every place RFC 6052 (2.2) knows; byte 8 is skipped
            found.Add(new IPAddress([bytes[6], bytes[7], bytes[9], bytes[10]]));
            found.Add(new IPAddress([bytes[7], bytes[9], bytes[10], bytes[11]]));
            found.Add(new IPAddress([bytes[9], bytes[10], bytes[11], bytes[12]]));
            found.Add(At(12));
        }
        // ISATAP (RFC 5214, 6.1) is known by its interface identifier, under any prefix
        if (bytes is [_, _, _, _, _, _, _, _, 0x00 or 0x02, 0x00, 0x5E, 0xFE, ..]) found.Add(At(12));
        return found;

        IPAddress At(int start) => new(bytes.AsSpan(start, 4));
    }
}
