namespace TriggerConsole.Hosting;

/// <summary>Asks a server over HTTP how it is: the health check of a container that has no other program to ask with.</summary>
internal static class HealthProbe
{
    private const string Path = "/health/ready";

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    /// <param name="address">Of the server, or of the page to ask; null for the one that the environment tells the server to listen on.</param>
    /// <returns>0 when it is ready.</returns>
    public static async Task<int> RunAsync(string? address)
    {
        var uri = AddressOf(address ?? Listening());
        if (uri is null)
        {
            Console.Error.WriteLine($"TriggerConsole --health: {address} is no address. Write, for example, http://localhost:5080.");
            return 1;
        }
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = s_limit };
        try
        {
            using var response = await client.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead);
            Console.WriteLine(response.IsSuccessStatusCode ? "ready" : $"not ready: {uri} answered {(int)response.StatusCode}");
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            Console.Error.WriteLine(exception is TaskCanceledException ? $"not ready: {uri} did not answer within {s_limit.TotalSeconds:0} s" : $"not ready: {exception.Message}");
            return 1;
        }
    }

    /// <summary>The page to ask; null when it is no HTTP address.</summary>
    internal static Uri? AddressOf(string address)
    {
        foreach (var wildcard in (ReadOnlySpan<string>)["[::]", "0.0.0.0", "*", "+"]) address = address.Replace($"//{wildcard}:", "//localhost:", StringComparison.Ordinal);
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")) return null;
        return uri.AbsolutePath is "" or "/" ? new(uri, Path) : uri;
    }

    // What containers are told by: ASPNETCORE_URLS, or only ports
    private static string Listening()
        => (Environment.GetEnvironmentVariable("ASPNETCORE_URLS") ?? Environment.GetEnvironmentVariable("URLS"))?.Split(';').FirstOrDefault(a => a.Length > 0)
            ?? ((Environment.GetEnvironmentVariable("ASPNETCORE_HTTP_PORTS") ?? Environment.GetEnvironmentVariable("HTTP_PORTS"))?.Split(';').FirstOrDefault(p => p.Length > 0) is { } port
                ? $"http://localhost:{port}" : ServerServices.DefaultUrl);
}
