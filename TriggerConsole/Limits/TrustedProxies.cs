using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Validation;
using TriggerConsole.Hosting;

namespace TriggerConsole.Limits;

/// <summary>The proxies whose word counts: <c>Server:TrustedProxies</c>.</summary>
internal sealed class TrustedProxies(IOptions<ServerOptions> options)
{
    private static readonly IPNetwork[] s_near = [.. new[] { "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7" }.Select(text => IPNetwork.Parse(text))];

    private readonly IPNetwork[] _networks = [.. options.Value.TrustedProxies.Select(Networks.Read).OfType<IPNetwork>()];

    public bool Contains(IPAddress? address)
    {
        if (_networks.Length == 0 || address is null) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return IsIn(_networks, address);
    }

    /// <summary>Whether it is on this machine or in a private network, where one's own proxies are.</summary>
    public static bool IsNear(IPAddress address) => IsIn(s_near, address);

    private static bool IsIn(IPNetwork[] networks, IPAddress address)
    {
        foreach (var network in networks)
            if (network.Contains(address)) return true;
        return false;
    }
}

/// <summary>Checked at start, every fault at once.</summary>
internal sealed class TrustedProxiesRules : IValidateOptions<ServerOptions>
{
    private const int LeastBits = 4;

    public ValidateOptionsResult Validate(string? name, ServerOptions options)
    {
        var faults = new List<string>();
        for (var i = 0; i < options.TrustedProxies.Count; i++)
        {
            var (key, entry) = ($"{ServerOptions.SectionName}:{nameof(options.TrustedProxies)}:{i} (\"{options.TrustedProxies[i]}\")", Networks.Read(options.TrustedProxies[i]));
            if (entry is not { } network) faults.Add($"{key} must be a network such as 10.20.0.0/16 or a single address such as 10.20.30.40.");
            else if (network.PrefixLength < (network.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6 ? LeastBits * 4 : LeastBits))
                faults.Add($"{key} would trust nearly everybody, so that anyone could claim any address. Name the proxy itself.");
        }
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
