using System.Collections.Frozen;
using System.Net;
using System.Net.NetworkInformation;

namespace TriggerConsole.Core.Egress;

/// <summary>
/// Where this very server listens. A trigger must not call it: a template filled by a stranger could reach the API from inside,
/// and a trigger that calls its own callback goes in a circle.
/// </summary>
public sealed class OwnServer(TimeProvider time)
{
    private static readonly TimeSpan s_addressesAge = TimeSpan.FromMinutes(1);

    private FrozenSet<int> _ports = [];
    private FrozenSet<IPAddress> _addresses = [];
    private long _addressesAt;

    /// <summary>Told by the server once it listens.</summary>
    public void ListensOn(IEnumerable<int> ports) => _ports = ports.ToFrozenSet();

    /// <summary>Whether a connection to this address and port would come out here. <c>0.0.0.0</c> and <c>::</c> are loopback to a socket.</summary>
    public bool IsAt(IPAddress address, int port)
        => _ports.Contains(port) && (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || Addresses().Contains(address));

    private FrozenSet<IPAddress> Addresses()
    {
        // Addresses come and go (DHCP, VPN), but asking for them costs system calls
        if (_addressesAt != 0 && time.GetElapsedTime(_addressesAt) < s_addressesAge) return _addresses;
        _addresses = NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address.IsIPv4MappedToIPv6 ? a.Address.MapToIPv4() : a.Address).ToFrozenSet();
        _addressesAt = time.GetTimestamp();
        return _addresses;
    }
}
