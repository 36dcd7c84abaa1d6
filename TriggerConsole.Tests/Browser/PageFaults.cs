using System.Collections.Concurrent;
using Microsoft.Playwright;
using Xunit;

namespace TriggerConsole.Tests.Browser;

/// <summary>What the browser complains of while it shows pages: errors on the console, exceptions, failed answers, requests to other servers.</summary>
internal sealed class PageFaults
{
    private readonly ConcurrentQueue<string> _seen = new();
    private readonly Uri _server;

    public PageFaults(Uri server, IPage page)
    {
        _server = server;
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !IsExpected(message.Text)) Note($"console: {message.Text} ({message.Location})");
        };
        page.PageError += (_, error) => Note($"exception: {error}");
        page.Crash += (_, _) => Note("the page crashed");
        page.WebSocket += (_, socket) => CheckOrigin(socket.Url);
        page.Context.Request += (_, request) => CheckOrigin(request.Url);
        page.Context.Response += (_, response) =>
        {
            if (response.Status >= 400 && response.Status != ExpectedStatus) Note($"{response.Status} from {response.Url}");
        };
    }

    /// <summary>A failure that belongs to the test, such as 404 for a page that is not there.</summary>
    public int? ExpectedStatus { get; set; }

    /// <summary>The connection is cut on purpose: the browser reports that on its console.</summary>
    public bool MayLoseConnection { get; set; }

    public IEnumerable<string> Seen => _seen;

    public void AssertNone() => Assert.True(_seen.IsEmpty, $"The browser complained:\n{string.Join('\n', _seen)}");

    private void Note(string fault) => _seen.Enqueue(fault);

    private void CheckOrigin(string url)
    {
        var uri = new Uri(url);
        if (uri.Scheme is not ("data" or "blob" or "about") && uri.Authority != _server.Authority) Note($"request to another server: {url}");
    }

    private bool IsExpected(string text)
        => ExpectedStatus is { } status && text.Contains($"status of {status}", StringComparison.Ordinal)
            || MayLoseConnection && (text.Contains("net::ERR_", StringComparison.Ordinal) || text.Contains("WebSocket", StringComparison.Ordinal) || text.Contains("Failed to fetch", StringComparison.Ordinal));
}
