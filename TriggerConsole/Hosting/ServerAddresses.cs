using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace TriggerConsole.Hosting;

/// <summary>The addresses this server listens on.</summary>
internal sealed class ServerAddresses(IServer server)
{
    public IEnumerable<int> Ports => (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        .Select(a => Uri.TryCreate(a.Replace("//*", "//localhost", StringComparison.Ordinal).Replace("//+", "//localhost", StringComparison.Ordinal), UriKind.Absolute, out var uri) ? uri.Port : 0)
        .Where(port => port > 0);

    /// <summary>The first one, as something to click on: wildcards become <c>localhost</c>.</summary>
    public string First
    {
        get
        {
            var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost:5080";
            foreach (var wildcard in (ReadOnlySpan<string>)["[::]", "0.0.0.0", "*", "+"]) address = address.Replace($"//{wildcard}:", "//localhost:", StringComparison.Ordinal);
            return address.TrimEnd('/');
        }
    }
}
