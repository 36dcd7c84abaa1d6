using System.Net;
using System.Net.Sockets;
using TriggerConsole.Core.Operations.Checks;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Persistence.Sqlite;

namespace TriggerConsole.Hosting;

/// <summary>Whether the addresses to listen on are free.</summary>
internal sealed class ListenCheck(IConfiguration configuration, DatabaseTarget target, SqliteFileLock fileLock)
{
    public IEnumerable<CheckLine> Run()
    {
        foreach (var address in Addresses())
        {
            if (!Uri.TryCreate(address.Replace("//*", "//0.0.0.0", StringComparison.Ordinal).Replace("//+", "//0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            {
                yield return new("address", CheckState.Fault, $"{address} is no address to listen on. Write, for example, http://localhost:5080.");
                continue;
            }
            yield return WhyNot(uri) is not { } why ? new("address", CheckState.Ok, $"{address} is free.")
                : IsServing() ? new("address", CheckState.Note, $"{address} is taken, and a server works on this database: it is this one, probably.")
                : new("address", CheckState.Fault, $"{address} cannot be listened on: {why}. Stop what has it, or choose another address (--urls).");
        }
    }

    private IEnumerable<string> Addresses()
    {
        if (configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"]).OfType<string>().ToList() is { Count: > 0 } endpoints) return endpoints;
        if (configuration["urls"] is { Length: > 0 } urls) return urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return [.. Ports("http"), .. Ports("https")];

        IEnumerable<string> Ports(string scheme) => (configuration[$"{scheme}_ports"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(port => $"{scheme}://*:{port}");
    }

    private static string? WhyNot(Uri uri)
    {
        if (uri.Port == 0) return null; // any free one
        var address = IPAddress.TryParse(uri.Host.Trim('[', ']'), out var literal) ? literal : uri.Host == "localhost" ? IPAddress.Loopback : IPAddress.Any;
        try
        {
            using var listener = new TcpListener(address, uri.Port);
            listener.Start();
            return null;
        }
        catch (SocketException exception) { return exception.Message; }
    }

    private bool IsServing()
    {
        if (target.SqliteFile is not { } file || !File.Exists(file + ".lock")) return false;
        try
        {
            fileLock.Take(target);
            return false;
        }
        catch (InvalidOperationException) { return true; }
    }
}
